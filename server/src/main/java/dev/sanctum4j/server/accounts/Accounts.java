package dev.sanctum4j.server.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Repository;

/**
 * The accounts, in a table.
 *
 * <p>Thread-safe. Each method throws {@link org.springframework.dao.DataAccessException} if the database could not answer.
 */
@Repository
public class Accounts {

    private final JdbcClient jdbc;
    private final PasswordEncoder encoder;
    private final Clock clock;

    Accounts(JdbcClient jdbc, PasswordEncoder encoder, Clock clock) {
        this.jdbc = jdbc;
        this.encoder = encoder;
        this.clock = clock;
    }

    /** The account with this number. */
    public Optional<Account> find(long id) {
        return jdbc.sql("select * from sanctum_accounts where id = ?")
                .param(id)
                .query(Accounts::account)
                .optional();
    }

    /** The account that signs in with this address, in whatever case it is written. */
    public Optional<Account> findByEmail(String email) {
        return jdbc.sql("select * from sanctum_accounts where email = ?")
                .param(lower(email))
                .query(Accounts::account)
                .optional();
    }

    /** Whether there is no account at all. */
    public boolean isEmpty() {
        return jdbc.sql("select count(*) from sanctum_accounts")
                        .query(Long.class)
                        .single()
                == 0;
    }

    /**
     * Creates an account.
     *
     * @return it; empty if the address has one already
     * @throws IllegalArgumentException if the password has more than 72 bytes, of which BCrypt would ignore the rest
     */
    public Optional<Account> create(String name, String email, String password, Account.Role role) {
        check(password);
        LocalDateTime now = now();
        try {
            jdbc.sql("""
                            insert into sanctum_accounts (name, email, password, role, created_at, updated_at)
                            values (?, ?, ?, ?, ?, ?)
                            """)
                    .params(name, lower(email), encoder.encode(password), role.name(), now, now)
                    .update();
        } catch (DuplicateKeyException e) {
            return Optional.empty();
        }
        return findByEmail(email);
    }

    /**
     * Gives an account another password; its sessions end, but for the one that does this.
     *
     * @throws IllegalArgumentException if the password has more than 72 bytes, of which BCrypt would ignore the rest
     */
    public void changePassword(long id, String password) {
        check(password);
        replaceHash(id, String.valueOf(encoder.encode(password)));
    }

    private static void check(String password) {
        int bytes = WholePasswords.bytes(password);
        if (bytes < 1 || bytes > WholePasswords.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a password must have 1 to " + WholePasswords.MAX_BYTES + " bytes, had " + bytes);
        }
    }

    /** Lets an account in no more; its tokens and sessions are refused from the next request on. */
    public boolean disable(long id) {
        return jdbc.sql(
                                "update sanctum_accounts set disabled_at = ?, updated_at = ? where id = ? and disabled_at is null")
                        .params(now(), now(), id)
                        .update()
                == 1;
    }

    /** Lets an account in again. */
    public boolean enable(long id) {
        return jdbc.sql("update sanctum_accounts set disabled_at = null, updated_at = ? where id = ?")
                        .params(now(), id)
                        .update()
                == 1;
    }

    /** Stores another hash of the same password, for an encoder that has become stronger. */
    void replaceHash(long id, String hash) {
        jdbc.sql("update sanctum_accounts set password = ?, updated_at = ? where id = ?")
                .params(hash, now(), id)
                .update();
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant().truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    }

    private static String lower(String email) {
        return email.trim().toLowerCase(Locale.ROOT);
    }

    private static Account account(ResultSet row, int number) throws SQLException {
        return new Account(
                row.getLong("id"),
                row.getString("name"),
                row.getString("email"),
                row.getString("password"),
                Account.Role.valueOf(row.getString("role")),
                time(row, "disabled_at"),
                required(row, "created_at"),
                required(row, "updated_at"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        LocalDateTime time = row.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    private static Instant required(ResultSet row, String column) throws SQLException {
        Instant time = time(row, column);
        if (time == null) {
            throw new SQLException(column + " is missing");
        }
        return time;
    }
}
