package dev.sanctum4j.server.accounts;

import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.StoreProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The accounts, in a table: ours, or that of a Laravel application, which is only read. What we know of Laravel's people
 * beyond that, their role and whether they are let in, is in a table of ours.
 *
 * <p>Thread-safe. Each method throws {@link org.springframework.dao.DataAccessException} if the database could not answer.
 */
@Repository
public class Accounts {

    private static final String OURS =
            "select id, name, email, password, role, disabled_at, created_at, updated_at from sanctum_accounts";

    private static final int MIN_PASSWORD = 8;
    private static final int NEWEST = 1_000;

    /** A column of PostgreSQL may have an offset. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][X]")
            .toFormatter(Locale.ROOT);

    private final JdbcClient jdbc;
    private final PasswordEncoder encoder;
    private final Clock clock;
    private final Owners owners;
    private final TransactionOperations together;
    private final @Nullable LaravelUsers laravels;
    private final ZoneId zone;

    Accounts(
            JdbcTemplate jdbc,
            PasswordEncoder encoder,
            Clock clock,
            Owners owners,
            TransactionOperations together,
            StoreProperties properties,
            @Value("${" + LaravelUsers.TABLE + ":}") String laravelUsers,
            @Value("${" + LaravelUsers.ACTIVE + ":}") String active) {
        this.jdbc = JdbcClient.create(jdbc);
        this.encoder = encoder;
        this.clock = clock;
        this.owners = owners;
        this.together = together;
        this.laravels = LaravelUsers.of(jdbc, laravelUsers, active);
        this.zone = laravels == null ? ZoneOffset.UTC : properties.jdbc().timeZone();
    }

    /** Whether people are those of a Laravel application, which alone creates them and changes their passwords. */
    public boolean areLaravels() {
        return laravels != null;
    }

    /** The account with this number. */
    public Optional<Account> find(long id) {
        return query(" where id = ?", id).stream().findFirst();
    }

    /**
     * The account with this number, for a request that is about it.
     *
     * @throws ProblemException if there is none
     */
    Account get(long id) {
        return find(id).orElseThrow(() -> new ProblemException(Problem.notFound()));
    }

    /**
     * The account of whoever makes a request, which is read only if it was not loaded for that.
     *
     * @throws ProblemException 401 if it is there no more
     */
    public Account of(AccountDetails caller) {
        return caller.loaded()
                .or(() -> find(caller.id()))
                .orElseThrow(() -> new ProblemException(Problem.unauthenticated(false)));
    }

    /** The account that signs in with this address: in whatever case it is written, or as Laravel would find it. */
    public Optional<Account> findByEmail(String email) {
        return query(" where email = ?", areLaravels() ? email.trim() : lower(email)).stream()
                .findFirst();
    }

    /**
     * A password that may be chosen.
     *
     * @throws ProblemException if it may not, saying what it must be
     */
    public static String chosen(@Nullable String password) {
        int length = password == null ? 0 : password.codePointCount(0, password.length());
        if (password == null || length < MIN_PASSWORD || WholePasswords.bytes(password) > WholePasswords.MAX_BYTES) {
            String code = password == null ? "required" : length < MIN_PASSWORD ? "too-short" : "too-long";
            String rule = "The password must have at least " + MIN_PASSWORD + " characters and at most "
                    + WholePasswords.MAX_BYTES + " bytes.";
            throw new ProblemException(Problem.invalid("password", code, rule));
        }
        return password;
    }

    /**
     * The newest accounts, the newest first.
     *
     * @param before only accounts with a lower number
     */
    public List<Account> latest(long before, int count) {
        return query(" where id < ? order by id desc limit ?", before, count);
    }

    /** The highest cost of BCrypt among the newest accounts, which are those that a newer setting has made. */
    int costliestHash() {
        return latest(Long.MAX_VALUE, NEWEST).stream()
                .mapToInt(account -> WholePasswords.cost(account.password()))
                .max()
                .orElse(0);
    }

    /** Whether somebody may administer the server who is let in. */
    public boolean haveAdministrator() {
        String which = " where role = 'ADMIN' and disabled_at is null";
        return areLaravels()
                ? jdbc.sql("select user_id from sanctum_laravel_users" + which).query(Long.class).list().stream()
                        .anyMatch(id -> find(id).filter(one -> one.role() == Account.Role.ADMIN)
                                .isPresent())
                : count("sanctum_accounts" + which) > 0;
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
        return query(fits + " order by id limit ?", after, part, part, count);
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
        try {
            add(name, email, String.valueOf(encoder.encode(password)), role);
        } catch (DataAccessException e) {
            if (findByEmail(email).isPresent()) { // not every driver tells a duplicate from another failure
                return Optional.empty();
            }
            throw e;
        }
        return findByEmail(email);
    }

    /**
     * Creates an account without a password, for somebody whom a provider knows; a part of the open transaction.
     *
     * @throws IllegalStateException if they are Laravel's
     */
    Account createWithoutPassword(String name, String email) {
        checkOurs();
        add(name, email, Account.NO_PASSWORD, Account.Role.USER);
        return findByEmail(email).orElseThrow();
    }

    private void add(String name, String email, String hash, Account.Role role) {
        TokenRequest.checkName("name", name);
        TokenRequest.checkName("email", email);
        LocalDateTime now = now();
        jdbc.sql("""
                        insert into sanctum_accounts (name, email, password, role, created_at, updated_at)
                        values (?, ?, ?, ?, ?, ?)
                        """).params(name, lower(email), hash, role.name(), now, now).update();
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
        jdbc.sql("update sanctum_accounts set password = ?, updated_at = ? where id = ?")
                .params(String.valueOf(encoder.encode(password)), now(), id)
                .update();
        owners.invalidate(Account.owner(id));
    }

    /**
     * The same in place of the password that it has now.
     *
     * @return whether {@code current} was it, and was still when the other one was written
     */
    boolean changePassword(long id, String current, String password) {
        checkOurs();
        check(password);
        String hash = get(id).password();
        return encoder.matches(current, hash) && replaceHash(id, hash, String.valueOf(encoder.encode(password)));
    }

    private void checkOurs() {
        if (areLaravels()) {
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

    /**
     * Lets an administrator change another account, while nobody else does the same to either. Each of these leaves whoever does it an
     * administrator, so one is always left: of two who take the role from each other, the later is refused.
     *
     * @return what {@code change} says
     * @throws AccessDeniedException if that one is no administrator any more
     */
    boolean asAdministrator(long self, long id, BooleanSupplier change) {
        String lock = areLaravels()
                ? "update sanctum_laravel_users set updated_at = updated_at where user_id = ?"
                : "update sanctum_accounts set updated_at = updated_at where id = ?";
        if (areLaravels()) {
            find(id).ifPresent(
                            this::remember); // or two would lock the gap where its row comes, and wait for each other
        }
        Boolean changed = together.execute(begun -> {
            LongStream.of(self, id) // always in this order, or they would wait for each other
                    .sorted()
                    .forEach(one -> jdbc.sql(lock).param(one).update());
            if (find(self).stream().noneMatch(own -> own.role() == Account.Role.ADMIN && own.disabledAt() == null)) {
                throw new AccessDeniedException("no administrator any more");
            }
            return change.getAsBoolean();
        });
        owners.invalidate(Account.owner(id)); // which others may have read before it was committed
        return Boolean.TRUE.equals(changed);
    }

    /** Sets one column of a row where that changes something. Returns whether it did. */
    private boolean set(long id, String column, String where, @Nullable Object value) {
        LocalDateTime now = now();
        if (areLaravels()) {
            Optional<Account> person = find(id);
            if (person.isEmpty()) {
                return false;
            }
            remember(person.get());
            Instant created = person.get().createdAt();
            now = created == null || created.isBefore(clock.instant())
                    ? now
                    : LocalDateTime.ofInstant(created, ZoneOffset.UTC);
        }
        String sql = "update %s set %s, updated_at = ? where %s = ? and %s"
                .formatted(
                        areLaravels() ? "sanctum_laravel_users" : "sanctum_accounts",
                        column,
                        areLaravels() ? "user_id" : "id",
                        where);
        boolean changed = jdbc.sql(sql).params(Arrays.asList(value, now, id)).update() == 1;
        owners.invalidate(Account.owner(id));
        return changed;
    }

    /** Makes a row of ours for one of Laravel's people if there is none; what an earlier one of that number might do goes. */
    private void remember(Account person) {
        if (count("sanctum_laravel_users where user_id = ?", person.id()) == 0) {
            jdbc.sql("insert into sanctum_laravel_users (user_id, role, updated_at) values (?, 'USER', ?)")
                    .params(person.id(), now())
                    .update();
        } else {
            jdbc.sql("update sanctum_laravel_users set role = ? where user_id = ? and role <> ?")
                    .params(person.role().name(), person.id(), person.role().name())
                    .update();
        }
    }

    /** Stores another hash where that which was checked has not been replaced since; never in Laravel's table. Returns whether it did. */
    boolean replaceHash(long id, String checked, String hash) {
        if (areLaravels()) {
            return false;
        }
        boolean replaced =
                jdbc.sql("update sanctum_accounts set password = ?, updated_at = ? where id = ? and password = ?")
                                .params(hash, now(), id, checked)
                                .update()
                        == 1;
        owners.invalidate(Account.owner(id));
        return replaced;
    }

    private List<Account> query(String which, Object... values) {
        Function<String, List<Account>> question =
                all -> jdbc.sql(all + which).params(values).query(this::account).list();
        return laravels == null ? question.apply(OURS) : laravels.ask(question);
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

    /** Laravel may leave out everything but the number; what is no password matches nothing. */
    private Account account(ResultSet row, int number) throws SQLException {
        String email = Objects.requireNonNullElse(row.getString("email"), "");
        Instant created = time(row, "created_at", zone);
        Instant judged = laravels == null ? null : time(row, "judged_at", ZoneOffset.UTC);
        // Where a Laravel's tables were made anew, its numbers begin again: the role was given to somebody else
        boolean another = judged != null && created != null && judged.isBefore(created);
        return new Account(
                row.getLong("id"),
                Objects.requireNonNullElse(row.getString("name"), email),
                email,
                String.valueOf(row.getString("password")),
                another ? Account.Role.USER : Account.Role.valueOf(row.getString("role")),
                time(row, "disabled_at", ZoneOffset.UTC),
                created,
                time(row, "updated_at", zone));
    }

    /** Read as text, which every driver gives alike. */
    private static @Nullable Instant time(ResultSet row, String column, ZoneId zone) throws SQLException {
        String text = row.getString(column);
        if (text == null) {
            return null;
        }
        try {
            return TIME.parse(
                    text.replace(' ', 'T'),
                    found -> LocalDateTime.from(found)
                            .atZone(found.isSupported(ChronoField.OFFSET_SECONDS) ? ZoneOffset.from(found) : zone)
                            .toInstant());
        } catch (DateTimeException e) { // MySQL's 0000-00-00, or something that is no time
            return column.equals("disabled_at") ? Instant.EPOCH : null;
        }
    }
}
