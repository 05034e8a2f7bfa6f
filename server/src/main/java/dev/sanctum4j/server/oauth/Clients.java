package dev.sanctum4j.server.oauth;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.FreshCache;
import dev.sanctum4j.cache.Transactions;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.StoreProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.keygen.Base64StringKeyGenerator;
import org.springframework.security.crypto.keygen.StringKeyGenerator;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;

/**
 * The registered clients. Of a secret only the hash is kept: it has 256 bits of entropy, so a fast one will do. Where tokens are answered
 * from memory, so are clients; what another node changes counts here within {@code sanctum.cache.max-stale}, three seconds.
 *
 * <p>Thread-safe. Each method throws {@link DataAccessException} if the database could not answer, unless it says otherwise.
 */
@Service
public class Clients {

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9._-]{0,62}");
    private static final int MAX_ABILITIES = 4_000;
    private static final int MAX_SECRET = 128;
    private static final int MOST_KEPT = 1_000;
    private static final SecretHash NOBODY = SecretHash.of("nobody");
    private static final StringKeyGenerator SECRETS =
            new Base64StringKeyGenerator(Base64.getUrlEncoder().withoutPadding(), 32);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final ApplicationEventPublisher events;
    private final @Nullable FreshCache<String, Known> memory;

    private record Known(Client client, Optional<SecretHash> secret) {}

    Clients(
            JdbcClient jdbc,
            Clock clock,
            ApplicationEventPublisher events,
            StoreProperties store,
            @Value("${spring.datasource.url}") String url) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.events = events;
        boolean remembers = switch (store.cache().mode()) {
            case ON -> true;
            case STRICT -> false;
            case AUTO -> DatabaseDriver.fromJdbcUrl(url) == DatabaseDriver.POSTGRESQL;
        };
        Duration maxStale = store.cache().maxStale();
        memory = remembers
                ? new FreshCache<>(
                        new CacheSettings(MOST_KEPT, maxStale, null, Transactions.NONE, System::nanoTime),
                        (id, client) -> id)
                : null;
    }

    /**
     * Registers a client.
     *
     * @param id what it is to call itself: lower-case letters, digits, dots, dashes and underscores
     * @param abilities which abilities it is told of; none means whatever a token lists
     * @return it and its secret; empty if the name is taken
     * @throws ProblemException if the name cannot be one
     * @throws dev.sanctum4j.InvalidTokenRequestException if an ability cannot be one
     */
    public Optional<NewClient> add(String id, Abilities abilities) {
        if (!ID.matcher(id).matches()) {
            throw new ProblemException(Problem.invalid(
                    "client_id",
                    "invalid",
                    "A client's name must have 1 to 63 lower-case letters, digits, dots, dashes or underscores,"
                            + " and begin with a letter."));
        }
        TokenRequest.checkAbilities(abilities);
        String listed = String.join(" ", abilities.names());
        if (listed.length() > MAX_ABILITIES) {
            throw new ProblemException(Problem.invalid(
                    "abilities",
                    "too-long",
                    "The abilities must not have more than " + MAX_ABILITIES + " characters together."));
        }
        String secret = newSecret();
        try {
            jdbc.sql("insert into sanctum_clients (id, secret, abilities, created_at) values (?, ?, ?, ?)")
                    .params(id, SecretHash.of(secret).toHex(), listed, now())
                    .update();
        } catch (DataAccessException e) {
            if (find(id).isPresent()) { // not every driver tells a duplicate from another failure
                return Optional.empty();
            }
            throw e;
        }
        events.publishEvent(AuditEvent.of("client_added", id));
        return find(id).map(client -> new NewClient(client, secret));
    }

    /**
     * Gives a client another secret. The old one ends at once: to change without a gap, add a second client, move to it and
     * remove the first.
     *
     * @return it and its new secret; empty if there is no such client
     */
    public Optional<NewClient> rotate(String id) {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        String secret = newSecret();
        int changed = jdbc.sql("update sanctum_clients set secret = ?, rotated_at = ? where id = ?")
                .params(SecretHash.of(secret).toHex(), now(), id)
                .update();
        invalidate(id);
        if (changed == 0) {
            return Optional.empty();
        }
        events.publishEvent(AuditEvent.of("client_rotated", id));
        return find(id).map(client -> new NewClient(client, secret));
    }

    /** Forgets a client: its secret is worth nothing from now on. Returns whether there was one. */
    public boolean remove(String id) {
        boolean removed = ID.matcher(id).matches()
                && jdbc.sql("delete from sanctum_clients where id = ?")
                                .param(id)
                                .update()
                        == 1;
        invalidate(id);
        if (removed) {
            events.publishEvent(AuditEvent.of("client_removed", id));
        }
        return removed;
    }

    /**
     * Some clients, by name.
     *
     * @param after the name after which to begin; empty for the first
     * @param count how many at most
     */
    public List<Client> list(String after, int count) {
        return jdbc.sql("select * from sanctum_clients where id > ? order by id limit ?")
                .params(after, count)
                .query(Clients::client)
                .list();
    }

    /** The client with this name. */
    public Optional<Client> find(String id) {
        return jdbc.sql("select * from sanctum_clients where id = ?")
                .param(id)
                .query(Clients::client)
                .optional();
    }

    /**
     * Who knows this secret.
     *
     * @return the client; empty if there is none with this name or the secret is another
     * @throws TokenStoreException if that could not be checked
     */
    Optional<Client> authenticate(String id, String secret) {
        if (!ID.matcher(id).matches() || secret.length() > MAX_SECRET) {
            return Optional.empty();
        }
        Optional<Known> known;
        try {
            known = memory == null ? read(id) : memory.get(id, this::read);
        } catch (DataAccessException | TransactionException e) {
            throw new TokenStoreException("a client could not be checked", e);
        }
        SecretHash given = SecretHash.of(secret);
        boolean right = known.flatMap(Known::secret).orElse(NOBODY).matches(given); // compared in any case
        if (right && known.flatMap(Known::secret).isPresent()) {
            return known.map(Known::client);
        }
        known.ifPresent(found -> events.publishEvent(AuditEvent.of("client_refused", id)));
        return Optional.empty();
    }

    private void invalidate(String id) {
        if (memory != null) {
            memory.invalidate(List.of(id));
        }
    }

    private Optional<Known> read(String id) {
        return jdbc.sql("select * from sanctum_clients where id = ?")
                .param(id)
                .query((row, number) -> new Known(client(row, number), SecretHash.parse(row.getString("secret"))))
                .optional()
                .filter(found -> found.client().id().equals(id));
    }

    private static String newSecret() {
        return "client_" + SECRETS.generateKey();
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant().truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    }

    private static Client client(ResultSet row, int number) throws SQLException {
        String abilities = row.getString("abilities");
        String rotated = row.getString("rotated_at");
        return new Client(
                row.getString("id"),
                abilities.isEmpty() ? Abilities.NONE : Abilities.of(abilities.split(" ")),
                time(row.getString("created_at")),
                rotated == null ? null : time(rotated));
    }

    /** Read as text, which every driver gives alike. */
    private static Instant time(String text) {
        return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    }
}
