package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.cli.Cli;
import dev.sanctum4j.server.cli.Contexts;
import dev.sanctum4j.server.oauth.Clients;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * The server on a database that a Laravel application made and goes on using. Laravel is played by its own table
 * definitions, rows and statements (B15 to B17, B30, B61).
 */
@ExtendWith(TestDatabases.class)
class LaravelServerTest {

    private static final String USER = "App\\Models\\User";
    private static final String EMAIL = "Ada@example.test";
    private static final String PASSWORD = "correct horse battery staple";
    private static final String HASH = "$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O";
    private static final String ARGON =
            "$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    private static final String SECRET = "0123456789abcdefghijABCDEFGHIJ0123456789fcca43d2";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    @TempDir
    private Path folder;

    private String url = "";
    private JdbcTemplate laravel = new JdbcTemplate();
    private boolean postgres;

    private ConfigurableApplicationContext start(String... more) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SANCTUM_DATABASE_URL",
                url,
                "SANCTUM_LARAVEL_USERS",
                "users",
                "PORT",
                "0",
                "MANAGEMENT_PORT",
                "0",
                "sanctum.diagnosis",
                "true"));
        for (String one : more) {
            environment.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        SpringApplication application = SanctumServer.application(environment);
        return application.run(environment.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
    }

    /** Statements as Laravel makes them: times are text. */
    private void laravel(String sql, Object... values) {
        Object[] bound = values.clone();
        for (int i = 0; i < bound.length; i++) {
            if (bound[i] instanceof LocalDateTime time) {
                bound[i] = postgres ? time : TIME.format(time);
            }
        }
        laravel.update(sql, bound);
    }

    private static LocalDateTime now() {
        return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
    }

    /** As {@code createToken} does it, columns in its order. */
    private String issueInLaravel(String type, long owner, String secret, String abilities) {
        laravel(
                "insert into personal_access_tokens (name, token, abilities, expires_at, tokenable_id, tokenable_type,"
                        + " updated_at, created_at) values (?, ?, ?, null, ?, ?, ?, ?)",
                "made by Laravel",
                SecretHash.of(secret).toHex(),
                abilities,
                owner,
                type,
                now(),
                now());
        return idOf(secret) + "|" + secret;
    }

    private long idOf(String secret) {
        Long id = laravel.queryForObject(
                "select id from personal_access_tokens where token = ?",
                Long.class,
                SecretHash.of(secret).toHex());
        return id == null ? 0 : id;
    }

    /** As {@code findToken} and the guard do it. */
    private boolean acceptedByLaravel(String token) {
        String secret = token.substring(token.indexOf('|') + 1);
        String hash = SecretHash.of(secret).toHex();
        List<Map<String, Object>> rows = token.indexOf('|') < 0
                ? laravel.queryForList("select * from personal_access_tokens where token = ? limit 1", hash)
                : laravel.queryForList(
                        "select * from personal_access_tokens where personal_access_tokens.id = ? limit 1",
                        Long.valueOf(token.substring(0, token.indexOf('|'))));
        if (rows.isEmpty() || !hash.equals(rows.get(0).get("token"))) {
            return false;
        }
        Map<String, Object> row = rows.get(0);
        Object expiry = row.get("expires_at");
        boolean past = expiry != null
                && LocalDateTime.parse(expiry.toString().replace(' ', 'T').replaceAll("\\.0+$", ""))
                        .isBefore(now());
        return !past
                && USER.equals(row.get("tokenable_type"))
                && !laravel.queryForList("select * from users where users.id = ? limit 1", row.get("tokenable_id"))
                        .isEmpty();
    }

    private int status(int port, String token) throws Exception {
        return new Client(port).bearer("GET", "/api/user", token).statusCode();
    }

    /** Nobody tells us what Laravel does to its people, and on PostgreSQL we remember them for three seconds. */
    private void assertRefusedWithinTheBound(int port, String token) throws Exception {
        long since = System.nanoTime();
        int status = status(port, token);
        while (status == 200 && System.nanoTime() - since < CacheSettings.MAX_STALE_UNNOTIFIED.toNanos()) {
            Thread.sleep(50);
            status = status(port, token);
        }
        assertThat(status == 200 ? status(port, token) : status).isEqualTo(401); // one that began after the bound
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Table, and of each column its name and whether it may be null. */
    private Map<String, Set<String>> tables() throws Exception {
        Map<String, Set<String>> tables = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url)) {
            DatabaseMetaData meta = connection.getMetaData();
            try (ResultSet columns = meta.getColumns(connection.getCatalog(), connection.getSchema(), null, null)) {
                while (columns.next()) {
                    tables.computeIfAbsent(
                                    columns.getString("TABLE_NAME").toLowerCase(Locale.ROOT), name -> new TreeSet<>())
                            .add(columns.getString("COLUMN_NAME").toLowerCase(Locale.ROOT) + " "
                                    + columns.getString("IS_NULLABLE"));
                }
            }
        }
        tables.keySet().removeIf(name -> name.startsWith("sqlite_"));
        return tables;
    }

    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void bothUseTheSameTokensAndPeople(LaravelDatabase database) throws Exception {
        url = database.create(folder);
        postgres = database == LaravelDatabase.POSTGRESQL;
        laravel = LaravelDatabase.jdbc(url);
        laravel(
                "insert into users (name, email, password, created_at, updated_at) values (?, ?, ?, ?, ?)",
                "Ada",
                EMAIL,
                HASH,
                now().plusDays(1), // imported after her tokens were: Laravel minds neither that
                now());
        String old = issueInLaravel(USER, 1, SECRET, "[\"*\"]");
        String admins = issueInLaravel("App\\Models\\Admin", 1, "other-secret", "[\"*\"]");
        String undated = issueInLaravel(USER, 1, "undated-secret", "[\"*\"]");
        laravel("update personal_access_tokens set created_at = null where id = ?", idOf("undated-secret")); // nor this
        String literal = issueInLaravel("user", 1, "literal-secret", "[\"*\"]");
        String missing = issueInLaravel(USER, 77, "nobodys-secret", "[\"*\"]");
        Map<String, Set<String>> before = tables();

        try (var context = start()) {
            int port = port(context);
            Client client = new Client(port);

            // Nothing of Laravel's has changed but for nullable columns, and what is new is called ours
            Map<String, Set<String>> after = tables();
            assertThat(after).containsAllEntriesOf(Map.of("users", before.get("users")));
            Set<String> added = new TreeSet<>(after.get("personal_access_tokens"));
            assertThat(added).containsAll(before.get("personal_access_tokens"));
            added.removeAll(before.get("personal_access_tokens"));
            assertThat(added)
                    .contains("revoked_at YES", "issued_by YES", "metadata YES")
                    .allMatch(column -> column.endsWith(" YES"));
            after.keySet().removeAll(before.keySet());
            assertThat(after.keySet()).isNotEmpty().allMatch(table -> table.startsWith("sanctum_"));

            // Laravel's tokens
            assertThat(status(port, old)).isEqualTo(200);
            assertThat(status(port, undated)).isEqualTo(200);
            assertThat(status(port, SECRET)).isEqualTo(200); // as Jetstream shows it
            assertThat(status(port, old + "x")).isEqualTo(401);
            assertThat(status(port, admins)).isEqualTo(401);
            assertThat(status(port, literal)).isEqualTo(401);
            assertThat(status(port, missing)).isEqualTo(401);

            // With everything, and yet it mints nothing
            assertThat(client.withBearer(
                                    "POST",
                                    "/api/tokens",
                                    old,
                                    "{\"name\":\"run\",\"abilities\":[\"orders:read\"],\"actor\":\"run 8f3c\"}")
                            .statusCode())
                    .isEqualTo(403);

            // Other servers may ask about them
            Clients clients = context.getBean(Clients.class);
            assertThat(clients.add("orders", Abilities.of("orders:read"))).isPresent();
            assertThat(clients.add("orders", Abilities.NONE)).isEmpty();
            String secret = clients.rotate("orders").orElseThrow().reveal();
            assertThat(clients.list("", 10)).singleElement().matches(one -> one.rotatedAt() != null);
            assertThat(client.form(
                                    "/oauth2/introspect",
                                    "client_id=orders&client_secret=" + secret + "&token=" + old.replace("|", "%7C"))
                            .body())
                    .contains("\"scope\":\"orders:read\"", "\"sub\":\"user:1\"");

            // Laravel's passwords, and tokens of ours; an unknown name takes as long as one with Laravel's hash
            assertThat(client.exchanged("nobody@example.test", "wrong").statusCode())
                    .isEqualTo(422);
            assertThat(context.getBean(PasswordEncoder.class)).hasToString("WholePasswords[cost=12]");
            String ours = client.exchange(EMAIL, PASSWORD);
            assertThat(client.exchanged(EMAIL, "wrong").statusCode()).isEqualTo(422);
            assertThat(laravel.queryForObject("select password from users", String.class))
                    .isEqualTo(HASH);
            assertThat(ours).startsWith("pat_");
            assertThat(status(port, ours)).isEqualTo(200);
            assertThat(acceptedByLaravel(ours)).isTrue();
            assertThat(laravel.queryForObject(
                            "select tokenable_type from personal_access_tokens where id = ?", String.class, idOf(ours)))
                    .isEqualTo(USER);

            // A session, kept in Laravel's database
            assertThat(client.signIn(EMAIL, PASSWORD)).isEqualTo(204);
            assertThat(Client.json(client.page("GET", "/api/tokens", "")).size())
                    .isEqualTo(3);
            assertThat(client.page("PUT", "/user/password", "{\"password\":\"another one\"}")
                            .statusCode())
                    .isEqualTo(422);
            assertThat(client.page("GET", "/api/activity", "").statusCode()).isEqualTo(200);
            client.page("POST", "/logout", "");
            assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(401);

            // What Laravel does is seen: a use, an edit, a deletion
            laravel(
                    "update personal_access_tokens set last_used_at = ?, updated_at = ? where id = ?",
                    now(),
                    now(),
                    idOf(ours));
            assertThat(status(port, ours)).isEqualTo(200);
            laravel(
                    "update personal_access_tokens set abilities = ?, updated_at = ? where id = ?",
                    "[\"orders:read\"]",
                    now(),
                    idOf(ours));
            assertThat(context.getBean(Tokens.class)
                            .find(TokenId.of(idOf(ours)))
                            .orElseThrow()
                            .abilities()
                            .names())
                    .containsExactly("orders:read");
            laravel("delete from personal_access_tokens where id = ?", idOf(ours));
            assertRefusedWithinTheBound(port, ours);

            // What we revoke, Laravel refuses
            assertThat(acceptedByLaravel(old)).isTrue();
            assertThat(client.bearer("DELETE", "/api/tokens/current", old).statusCode())
                    .isEqualTo(204);
            assertThat(acceptedByLaravel(old)).isFalse();
            assertThat(status(port, old)).isEqualTo(401);

            // People: what we know of them is in a table of ours
            String token = client.exchange(EMAIL, PASSWORD);
            Accounts accounts = context.getBean(Accounts.class);
            assertThat(accounts.changeRole(1, Account.Role.ADMIN)).isTrue();
            assertThat(client.bearer("GET", "/api/doctor", token).statusCode()).isEqualTo(200);
            assertThat(accounts.disable(1)).isTrue();
            assertThat(accounts.disable(1)).isFalse();
            assertThat(status(port, token)).isEqualTo(401);
            assertThat(accounts.enable(1)).isTrue();
            assertThat(status(port, token)).isEqualTo(200);
            assertThat(accounts.disable(77)).isFalse();
            assertThatThrownBy(() -> accounts.create("x", "x@example.test", PASSWORD, Account.Role.USER))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(laravel.queryForList("select * from users")).hasSize(1);
            laravel("delete from users where id = 1");
            assertRefusedWithinTheBound(port, token);
        }

        // Another start finds all in order, and tokens in Laravel's own form
        laravel(
                "insert into users (name, email, password, created_at, updated_at) values (?, ?, ?, ?, ?)",
                "Ada",
                EMAIL,
                HASH,
                null,
                null);
        try (var context = start("sanctum.token.format=laravel")) {
            String token = new Client(port(context)).exchange(EMAIL, PASSWORD);
            assertThat(token).matches("[0-9]+\\|[A-Za-z0-9]{40}[0-9a-f]{8}");
            assertThat(acceptedByLaravel(token)).isTrue();
            assertThat(status(port(context), token)).isEqualTo(200);

            // Hashes other than bcrypt do not match, and nothing else suffers
            laravel("update users set password = ?", ARGON);
            assertThat(new Client(port(context)).exchanged(EMAIL, PASSWORD).statusCode())
                    .isEqualTo(422);
            assertThat(status(port(context), token)).isEqualTo(200);
        }
    }

    /** MySQL would find the person 1 where somebody else is '1b9d6bcd-…'. */
    @Test
    void peopleWithoutNumbersAreRefusedAtTheStart() throws Exception {
        url = LaravelDatabase.SQLITE.create(folder);
        laravel = LaravelDatabase.jdbc(url);
        laravel.execute("create table people (id char(36) primary key, name varchar, email varchar, password varchar,"
                + " created_at datetime, updated_at datetime)");
        String told =
                "Property SANCTUM_LARAVEL_USERS with value 'people' is invalid: its column id is of the type CHAR, and"
                        + " this server knows people by number. For UUIDs or ULIDs write an application with the starter and an"
                        + " OwnerLoader of its own, see docs/with-laravel.md.";

        assertThatThrownBy(() -> start("SANCTUM_LARAVEL_USERS=people"))
                .hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class)
                .rootCause()
                .hasMessage(told);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Contexts contexts = (migrations, verbose) -> {
            try {
                return start("SANCTUM_LARAVEL_USERS=people");
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        assertThat(Cli.run(
                        new String[] {"doctor"},
                        contexts,
                        new BufferedReader(new StringReader("")),
                        new PrintStream(new ByteArrayOutputStream()),
                        new PrintStream(err, true, StandardCharsets.UTF_8)))
                .isEqualTo(69);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(told + System.lineSeparator());
    }
}
