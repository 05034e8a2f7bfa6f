package dev.sanctum4j.server.accounts;

import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.StoreProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Repository;

/**
 * The accounts, in a table: ours, or that of a Laravel application, which is only read. What we know of Laravel's people
 * beyond that, their role and whether they are let in, is in a table of ours.
 *
 * <p>Thread-safe. Each method throws {@link org.springframework.dao.DataAccessException} if the database could not answer.
 */
@Repository
public class Accounts {

    /** The table of a Laravel's people, if they are the people here. */
    static final String LARAVEL_USERS = "SANCTUM_LARAVEL_USERS";

    private static final int MIN_PASSWORD = 8;
    private static final int NEWEST = 1_000;
    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");

    private final JdbcClient jdbc;
    private final PasswordEncoder encoder;
    private final Clock clock;
    private final Owners owners;
    private final boolean laravels;
    private final ZoneId zone;
    private final String all;

    Accounts(
            JdbcClient jdbc,
            PasswordEncoder encoder,
            Clock clock,
            Owners owners,
            StoreProperties properties,
            @Value("${" + LARAVEL_USERS + ":}") String laravelUsers) {
        this.jdbc = jdbc;
        this.encoder = encoder;
        this.clock = clock;
        this.owners = owners;
        this.laravels = !laravelUsers.isEmpty();
        this.zone = laravels ? properties.jdbc().timeZone() : ZoneOffset.UTC;
        if (laravels && !TABLE.matcher(laravelUsers).matches()) {
            throw new InvalidConfigurationPropertyValueException(
                    LARAVEL_USERS, laravelUsers, "it must be the name of a table");
        }
        if (laravels) {
            checkNumbered(jdbc, laravelUsers);
        }
        this.all = laravels ? """
                select u.id, u.name, u.email, u.password, coalesce(ours.role, 'USER') as role, ours.disabled_at,
                    u.created_at, u.updated_at
                from %s u left join sanctum_laravel_users ours on ours.user_id = u.id
                """.formatted(laravelUsers) : """
                select id, name, email, password, role, disabled_at, created_at, updated_at from sanctum_accounts
                """;
    }

    /** People are numbers here, and a database that compares one with a text may find them equal: 1 and '1b9d6bcd-…'. */
    private static void checkNumbered(JdbcClient jdbc, String table) {
        String wrong = jdbc.sql("select id from " + table + " where 1 = 0").query((ResultSetExtractor<String>) none -> {
            int type = none.getMetaData().getColumnType(1);
            return type == Types.BIGINT || type == Types.INTEGER
                    ? ""
                    : none.getMetaData().getColumnTypeName(1);
        });
        if (!"".equals(wrong)) {
            throw new InvalidConfigurationPropertyValueException(
                    LARAVEL_USERS,
                    table,
                    "its column id is of the type " + wrong
                            + ", and this server knows people by number. For UUIDs or ULIDs"
                            + " write an application with the starter and an OwnerLoader of its own, see"
                            + " docs/with-laravel.md.");
        }
    }

    /** Whether people are those of a Laravel application, which alone creates them and changes their passwords. */
    public boolean areLaravels() {
        return laravels;
    }

    /** The account with this number. */
    public Optional<Account> find(long id) {
        return query(" where id = ?", id).optional();
    }

    /**
     * The account with this number, for a request that is about it.
     *
     * @throws ProblemException if there is none
     */
    Account get(long id) {
        return find(id).orElseThrow(() -> new ProblemException(Problem.notFound()));
    }

    /** The account that signs in with this address: in whatever case it is written, or as Laravel would find it. */
    public Optional<Account> findByEmail(String email) {
        return query(" where email = ?", laravels ? email.trim() : lower(email)).optional();
    }

    /**
     * A password that may be chosen.
     *
     * @throws ProblemException if it may not, saying what it must be
     */
    public static String chosen(@Nullable String password) {
        int length = password == null ? 0 : password.length();
        if (password == null || length < MIN_PASSWORD || WholePasswords.bytes(password) > WholePasswords.MAX_BYTES) {
            String code = password == null ? "required" : length < MIN_PASSWORD ? "too-short" : "too-long";
            String rule = "The password must have at least " + MIN_PASSWORD + " characters and at most "
                    + WholePasswords.MAX_BYTES + " bytes.";
            throw new ProblemException(Problem.invalid("password", code, rule));
        }
        return password;
    }

    /** The newest accounts, the newest first. */
    public List<Account> latest(int count) {
        return query(" order by id desc limit ?", count).list();
    }

    /** The highest cost of BCrypt among the newest accounts, which are those that a newer setting has made. */
    int costliestHash() {
        return latest(NEWEST).stream()
                .mapToInt(account -> WholePasswords.cost(account.password()))
                .max()
                .orElse(0);
    }

    /** Whether somebody may administer the server who is let in. */
    public boolean haveAdministrator() {
        String table = laravels ? "sanctum_laravel_users" : "sanctum_accounts";
        return count(table + " where role = 'ADMIN' and disabled_at is null") > 0;
    }

    /**
     * Some accounts by number.
     *
     * @param search a part of the name or of the address; empty for all
     * @param after the number after which to begin
     */
    List<Account> page(String search, long after, int count) {
        String part = "%" + search.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0") + "%";
        String fits = " where id > ? and (lower(email) like ? escape '!' or lower(name) like ? escape '!')";
        return query(fits + " order by id limit ?", after, part, part, count).list();
    }

    /** Whether there is no account at all. */
    public boolean isEmpty() {
        return count("sanctum_accounts") == 0;
    }

    /**
     * Creates an account.
     *
     * @return it; empty if the address has one already
     * @throws IllegalArgumentException if the password has more than 72 bytes, of which BCrypt would ignore the rest
     * @throws IllegalStateException if they are Laravel's
     */
    public Optional<Account> create(String name, String email, String password, Account.Role role) {
        checkOurs();
        check(password);
        LocalDateTime now = now();
        try {
            jdbc.sql("""
                            insert into sanctum_accounts (name, email, password, role, created_at, updated_at)
                            values (?, ?, ?, ?, ?, ?)
                            """)
                    .params(name, lower(email), encoder.encode(password), role.name(), now, now)
                    .update();
        } catch (DataAccessException e) {
            if (findByEmail(email).isPresent()) { // not every driver tells a duplicate from another failure
                return Optional.empty();
            }
            throw e;
        }
        return findByEmail(email);
    }

    /**
     * Gives an account another password; its sessions end, but for the one that does this.
     *
     * @throws IllegalArgumentException if the password has more than 72 bytes, of which BCrypt would ignore the rest
     * @throws IllegalStateException if they are Laravel's
     */
    public void changePassword(long id, String password) {
        checkOurs();
        check(password);
        replaceHash(id, String.valueOf(encoder.encode(password)));
    }

    private void checkOurs() {
        if (laravels) {
            throw new IllegalStateException("accounts are those of a Laravel application, which alone changes them");
        }
    }

    private static void check(String password) {
        int bytes = WholePasswords.bytes(password);
        if (bytes < 1 || bytes > WholePasswords.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a password must have 1 to " + WholePasswords.MAX_BYTES + " bytes, had " + bytes);
        }
    }

    /** Lets an account in no more; its tokens and sessions are refused from the next request on, by other nodes a little later. */
    public boolean disable(long id) {
        return set(id, "disabled_at = ?", "disabled_at is null", now());
    }

    /** Lets an account in again. */
    public boolean enable(long id) {
        return set(id, "disabled_at = ?", "disabled_at is not null", null);
    }

    /** Gives an account another role. */
    public boolean changeRole(long id, Account.Role role) {
        return set(id, "role = ?", "role <> '" + role + "'", role.name());
    }

    /** Sets one column of a row where that changes something. Returns whether it did. */
    private boolean set(long id, String column, String where, @Nullable Object value) {
        if (laravels) {
            if (find(id).isEmpty()) {
                return false;
            }
            remember(id);
        }
        String sql = "update %s set %s, updated_at = ? where %s = ? and %s"
                .formatted(
                        laravels ? "sanctum_laravel_users" : "sanctum_accounts",
                        column,
                        laravels ? "user_id" : "id",
                        where);
        boolean changed = jdbc.sql(sql).params(Arrays.asList(value, now(), id)).update() == 1;
        owners.invalidate(Account.owner(id));
        return changed;
    }

    /** Makes a row of ours for one of Laravel's people if there is none. */
    private void remember(long id) {
        if (count("sanctum_laravel_users where user_id = ?", id) == 0) {
            jdbc.sql("insert into sanctum_laravel_users (user_id, role, updated_at) values (?, 'USER', ?)")
                    .params(id, now())
                    .update();
        }
    }

    /** Stores another hash of the same password, for an encoder that has become stronger; never in Laravel's table. */
    void replaceHash(long id, String hash) {
        if (laravels) {
            return;
        }
        jdbc.sql("update sanctum_accounts set password = ?, updated_at = ? where id = ?")
                .params(hash, now(), id)
                .update();
        owners.invalidate(Account.owner(id));
    }

    private JdbcClient.MappedQuerySpec<Account> query(String which, Object... values) {
        return jdbc.sql(all + which).params(values).query(this::account);
    }

    private long count(String rows, Object... values) {
        return jdbc.sql("select count(*) from " + rows)
                .params(values)
                .query(Long.class)
                .single();
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant().truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    }

    private static String lower(String email) {
        return email.trim().toLowerCase(Locale.ROOT);
    }

    private Account account(ResultSet row, int number) throws SQLException {
        Instant created = time(row, "created_at", zone);
        Instant updated = time(row, "updated_at", zone);
        return new Account(
                row.getLong("id"),
                row.getString("name"),
                row.getString("email"),
                String.valueOf(row.getString("password")), // what Laravel leaves null matches nothing
                Account.Role.valueOf(row.getString("role")),
                time(row, "disabled_at", ZoneOffset.UTC),
                created == null ? Instant.EPOCH : created,
                updated == null ? Instant.EPOCH : updated);
    }

    /** Read as text, which every driver gives alike; Laravel may leave it out. */
    private static @Nullable Instant time(ResultSet row, String column, ZoneId zone) throws SQLException {
        String text = row.getString(column);
        if (text == null || text.startsWith("0000")) { // MySQL's way to leave it out
            return null;
        }
        return LocalDateTime.parse(text.replace(' ', 'T')).atZone(zone).toInstant();
    }
}
