package dev.sanctum4j.server.accounts;

import dev.sanctum4j.SecretHash;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * As whom a provider knows our people: which issuer and subject signs in to which account. Never by an address, which a provider gives
 * to another one day: by the account's own session, or by an invitation.
 *
 * <p>Thread-safe. Each method throws {@link DataAccessException} if the database could not answer.
 */
@Repository
public class Identities {

    /** How long an invitation is good. */
    static final Duration INVITED = Duration.ofDays(7);

    private static final int SECRET_BYTES = 24;

    private final JdbcClient jdbc;
    private final TransactionOperations together;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Identities(JdbcTemplate jdbc, TransactionOperations together, Clock clock) {
        this.jdbc = JdbcClient.create(jdbc);
        this.together = together;
        this.clock = clock;
    }

    /** Somebody at a provider. */
    public record Identity(String issuer, String subject) {}

    /** The number of the account that somebody signs in to. */
    public Optional<Long> account(Identity identity) {
        return jdbc.sql("select account_id from sanctum_identities where issuer = ? and subject = ?")
                .params(identity.issuer(), identity.subject())
                .query(Long.class)
                .optional();
    }

    /** When a provider last signed somebody in to an account. */
    Optional<Instant> seenAt(Account account) {
        return jdbc.sql(
                        "select seen_at from sanctum_identities where account_id = ? and linked_at >= ? order by seen_at desc limit 1")
                .params(account.id(), since(account))
                .query(String.class)
                .optional()
                .map(text -> LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
    }

    /** Connects somebody with an account; a part of the open transaction, which fails if the person signs in to one already. */
    void connect(Identity identity, Account account) {
        jdbc.sql(
                        "insert into sanctum_identities (issuer, subject, account_id, linked_at, seen_at) values (?, ?, ?, ?, ?)")
                .params(identity.issuer(), identity.subject(), account.id(), now(account), now())
                .update();
    }

    /** Notes that a provider has just signed somebody in. */
    void seen(Identity identity) {
        jdbc.sql("update sanctum_identities set seen_at = ? where issuer = ? and subject = ?")
                .params(now(), identity.issuer(), identity.subject())
                .update();
    }

    /** Forgets what let somebody in to an earlier account of the same number: where a Laravel's tables were made anew, its numbers begin again. */
    void forgetFormer(Account account) {
        jdbc.sql("delete from sanctum_identities where account_id = ? and linked_at < ?")
                .params(account.id(), since(account))
                .update();
        jdbc.sql("delete from sanctum_invitations where account_id = ? and expires_at < ?")
                .params(account.id(), since(account).plus(INVITED))
                .update();
    }

    /** Takes away all ways in to an account but its password. Returns whether there were any. */
    public boolean disconnect(long account) {
        jdbc.sql("delete from sanctum_invitations where account_id = ?")
                .params(account)
                .update();
        return jdbc.sql("delete from sanctum_identities where account_id = ?")
                        .params(account)
                        .update()
                > 0;
    }

    /**
     * Makes an invitation to connect with an account, in place of one that was made before, which stays good if this fails.
     *
     * @param issuer the provider that has to say who comes
     * @return its code, of which only the hash is kept
     */
    public Invited invite(Account account, String issuer) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String code = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        LocalDateTime end = now(account).plus(INVITED);
        together.executeWithoutResult(status -> {
            jdbc.sql("delete from sanctum_invitations where account_id = ? or expires_at < ?")
                    .params(account.id(), now())
                    .update();
            jdbc.sql("insert into sanctum_invitations (code, account_id, issuer, expires_at) values (?, ?, ?, ?)")
                    .params(hash(code), account.id(), issuer, end)
                    .update();
        });
        return new Invited(code, end.toInstant(ZoneOffset.UTC));
    }

    /**
     * An invitation.
     *
     * @param code what lets somebody in, once
     * @param expiresAt until when
     */
    public record Invited(String code, Instant expiresAt) {

        /** Without the code. */
        @Override
        public String toString() {
            return "Invited[code=***, expiresAt=" + expiresAt + "]";
        }
    }

    /** What a code is known by, once it has been shown. */
    public static String hash(String code) {
        return SecretHash.of(code).toHex();
    }

    /** The account that an invitation is for, if it is good still. */
    Optional<Long> invited(@Nullable String hash, String issuer) {
        return jdbc.sql("select account_id from sanctum_invitations where code = ? and issuer = ? and expires_at >= ?")
                .params(List.of(String.valueOf(hash), issuer, now()))
                .query(Long.class)
                .optional();
    }

    /** Takes an invitation, and with it any other to the same account. Of several who do so at once, one is told that it was there. */
    boolean take(String hash, Account account) {
        boolean taken = jdbc.sql("delete from sanctum_invitations where code = ? and account_id = ?")
                        .params(hash, account.id())
                        .update()
                == 1;
        jdbc.sql("delete from sanctum_invitations where account_id = ?")
                .params(account.id())
                .update();
        return taken;
    }

    private LocalDateTime now() {
        return seconds(clock.instant());
    }

    /** Now, or when the account was created by a clock that is ahead. */
    private LocalDateTime now(Account account) {
        return now().isBefore(since(account)) ? since(account) : now();
    }

    private static LocalDateTime since(Account account) {
        return seconds(Objects.requireNonNullElse(account.createdAt(), Instant.EPOCH));
    }

    private static LocalDateTime seconds(Instant time) {
        return LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    }
}
