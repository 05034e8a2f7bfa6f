package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.cache.CacheSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * A PHP that does what a Laravel application with Sanctum does, beside the running server on one database: another language,
 * other drivers, and its own hashing, dates and JSON ({@code laravel.php}).
 */
@ExtendWith(TestDatabases.class)
class PhpTest {

    private static final String EMAIL = "ada@example.test";
    private static final String PASSWORD = "correct horse battery staple";

    @TempDir
    private Path folder;

    private Php php = new Php("", "");

    @ParameterizedTest
    @CsvSource({"SQLITE, standard", "MARIADB, laravel", "POSTGRESQL, standard"})
    void phpAndTheServerAgreeAboutTokensAndPasswords(LaravelDatabase database, String format) throws Exception {
        Php.assumeInstalled(database);
        String url = database.create(folder);
        php = Php.laravel(url);
        php.ask("register", EMAIL, php.ask("hash", PASSWORD).asString());
        String early = php.ask("issue", EMAIL, "before our columns", "[\"*\"]").asString();

        try (ConfigurableApplicationContext server = start(url, format)) {
            Client client = new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            Tokens tokens = server.getBean(Tokens.class);
            Owner ada = Owner.of("user", 1);

            // What PHP issues
            String theirs =
                    php.ask("issue", EMAIL, "ci", "[\"orders:read\",\"a/b\"]").asString();
            assertThat(abilities(client, theirs)).isEqualTo("[\"orders:read\",\"a/b\"]");
            assertThat(abilities(client, early)).isEqualTo("[\"*\"]");

            // What the server issues
            String ours = client.exchange(EMAIL, PASSWORD);
            assertThat(ours).matches(format.equals("laravel") ? "[0-9]+\\|.*" : "pat_.*");
            assertThat(accepted(ours)).isEqualTo("{\"email\":\"" + EMAIL + "\",\"abilities\":[\"*\"]}");
            String narrow = tokens.issue(
                            TokenRequest.of(ada, "ci", "orders:read", "a/b'<&").lifetime(Duration.ofHours(1)))
                    .plainText()
                    .reveal();
            assertThat(php.ask("accept", narrow).get("abilities").toString()).isEqualTo("[\"orders:read\",\"a/b'<&\"]");
            assertThat(abilities(client, narrow)).contains("orders:read"); // after PHP noted its use
            assertThat(accepted(ours + "x")).isEqualTo("null");
            assertThat(client.bearer("GET", "/api/user", theirs + "x").statusCode())
                    .isEqualTo(401);

            // What PHP changes
            assertThat(php.ask("narrow", ours, "[\"orders:write\"]").asInt()).isEqualTo(1);
            within(() -> abilities(client, ours).equals("[\"orders:write\"]"));
            assertThat(php.ask("expire", ours).asInt()).isEqualTo(1);
            within(() -> client.bearer("GET", "/api/user", ours).statusCode() == 401);
            assertThat(accepted(ours)).isEqualTo("null");
            assertThat(php.ask("logout", theirs).asInt()).isEqualTo(1);
            within(() -> client.bearer("GET", "/api/user", theirs).statusCode() == 401);
            assertThat(php.ask("prune", "0").asInt()).isEqualTo(1);
            assertThat(tokens.find(TokenId.of(1))).isPresent();

            // What the server revokes
            for (String token : List.of(early, narrow)) {
                assertThat(accepted(token)).isNotEqualTo("null");
                assertThat(client.bearer("DELETE", "/api/tokens/current", token).statusCode())
                        .isEqualTo(204);
                assertThat(accepted(token)).isEqualTo("null");
            }

            // Passwords: a hash of the server's is PHP's bcrypt but for its name, and Laravel takes no other name
            String hash = server.getBean(PasswordEncoder.class).encode(PASSWORD);
            assertThat(hash).startsWith("{bcrypt}$2a$");
            String renamed = hash.replace("{bcrypt}$2a$", "$2y$");
            assertThat(php.ask("verify", PASSWORD, renamed).asBoolean()).isTrue();
            assertThat(php.ask("verify", PASSWORD + "x", renamed).asBoolean()).isFalse();
            assertThat(php.ask("verify", PASSWORD, hash.substring("{bcrypt}".length()))
                            .asBoolean())
                    .isFalse();
        }
    }

    /** Whoever was deleted softly is let in neither there nor here, and is himself again afterwards. */
    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void whomLaravelDeletesSoftlyNeitherLetsIn(LaravelDatabase database) throws Exception {
        Php.assumeInstalled(database);
        String url = database.create(folder);
        php = Php.laravel(url);
        php.settings.put("SOFT_DELETES", "1");
        php.ask("fresh");
        php.ask("register", EMAIL, php.ask("hash", PASSWORD).asString());

        try (ConfigurableApplicationContext server = start(url, "standard")) {
            Client client = new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            String theirs = php.ask("issue", EMAIL, "ci", "[\"*\"]", "3600").asString();
            String ours = client.exchange(EMAIL, PASSWORD);
            assertThat(status(client, theirs)).isEqualTo(200);
            assertThat(php.ask("attempt", EMAIL, PASSWORD).asBoolean()).isTrue();

            assertThat(php.ask("soft-delete", EMAIL).asInt()).isEqualTo(1);
            within(() -> status(client, theirs) == 401 && status(client, ours) == 401);
            assertThat(client.exchanged(EMAIL, PASSWORD).statusCode()).isEqualTo(422);
            assertThat(accepted(theirs) + accepted(ours)).isEqualTo("nullnull");
            assertThat(php.ask("attempt", EMAIL, PASSWORD).asBoolean()).isFalse();

            assertThat(php.ask("restore", EMAIL).asInt()).isEqualTo(1);
            within(() -> status(client, theirs) == 200 && status(client, ours) == 200);
            assertThat(accepted(ours)).contains(EMAIL);

            // A new password, and every token gone with it
            assertThat(php.ask("password", EMAIL, php.ask("hash", "another one").asString())
                            .asInt())
                    .isEqualTo(1);
            assertThat(php.ask("logout-everywhere", EMAIL).asInt()).isEqualTo(2);
            within(() -> status(client, theirs) == 401 && status(client, ours) == 401);
            within(() -> client.exchanged(EMAIL, PASSWORD).statusCode() == 422);
            assertThat(client.exchanged(EMAIL, "another one").statusCode()).isEqualTo(200);
        }
    }

    private static int status(Client client, String token) {
        return client.bearer("GET", "/api/user", token).statusCode();
    }

    private static String abilities(Client client, String token) {
        return String.valueOf(
                Client.json(client.bearer("GET", "/api/tokens/current", token)).get("abilities"));
    }

    private String accepted(String token) throws Exception {
        return php.ask("accept", token).toString();
    }

    /** What others do to the table is seen within the bound. */
    static void within(BooleanSupplier seen) throws InterruptedException {
        long since = System.nanoTime();
        boolean late = false;
        while (!seen.getAsBoolean()) {
            assertThat(late).as("asked after the bound").isFalse();
            late = System.nanoTime() - since > CacheSettings.MAX_STALE_UNNOTIFIED.toNanos();
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    static ConfigurableApplicationContext start(String url, String format) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SANCTUM_DATABASE_URL", url, "SANCTUM_LARAVEL_USERS", "users", "PORT", "0", "MANAGEMENT_PORT", "0"));
        environment.put("sanctum.token.format", format);
        SpringApplication application = SanctumServer.application(environment);
        return application.run(environment.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
    }
}
