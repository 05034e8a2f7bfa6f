package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.cache.CacheSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.crypto.password.PasswordEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A PHP that does what a Laravel application with Sanctum does, beside the running server on one database: another language,
 * other drivers, and its own hashing, dates and JSON ({@code laravel.php}).
 */
class PhpTest {

    private static final String EMAIL = "ada@example.test";
    private static final String PASSWORD = "correct horse battery staple";

    @TempDir
    private Path folder;

    private String dsn = "";
    private String user = "";

    @ParameterizedTest
    @CsvSource({"SQLITE, standard", "MARIADB, laravel", "POSTGRESQL, standard"})
    void phpAndTheServerAgreeAboutTokensAndPasswords(LaravelDatabase database, String format) throws Exception {
        assumeInstalled(database);
        String url = database.create(folder);
        connect(url);
        php("register", EMAIL, php("hash", PASSWORD).asString());
        String early = php("issue", EMAIL, "before our columns", "[\"*\"]").asString();

        try (ConfigurableApplicationContext server = start(url, format)) {
            Client client = new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            Tokens tokens = server.getBean(Tokens.class);
            Owner ada = Owner.of("user", 1);

            // What PHP issues
            String theirs =
                    php("issue", EMAIL, "ci", "[\"orders:read\",\"a/b\"]").asString();
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
            assertThat(php("accept", narrow).get("abilities").toString()).isEqualTo("[\"orders:read\",\"a/b'<&\"]");
            assertThat(abilities(client, narrow)).contains("orders:read"); // after PHP noted its use
            assertThat(accepted(ours + "x")).isEqualTo("null");
            assertThat(client.bearer("GET", "/api/user", theirs + "x").statusCode())
                    .isEqualTo(401);

            // What PHP changes
            assertThat(php("narrow", ours, "[\"orders:write\"]").asInt()).isEqualTo(1);
            within(() -> abilities(client, ours).equals("[\"orders:write\"]"));
            assertThat(php("expire", ours).asInt()).isEqualTo(1);
            within(() -> client.bearer("GET", "/api/user", ours).statusCode() == 401);
            assertThat(accepted(ours)).isEqualTo("null");
            assertThat(php("delete", theirs).asInt()).isEqualTo(1);
            within(() -> client.bearer("GET", "/api/user", theirs).statusCode() == 401);

            // What the server revokes
            for (String token : List.of(early, narrow)) {
                assertThat(accepted(token)).isNotEqualTo("null");
                assertThat(client.bearer("DELETE", "/api/tokens/current", token).statusCode())
                        .isEqualTo(204);
                assertThat(accepted(token)).isEqualTo("null");
            }

            // Passwords: the server's own hashes are no other bcrypt than PHP's
            String hash = server.getBean(PasswordEncoder.class).encode(PASSWORD);
            assertThat(hash).startsWith("{bcrypt}");
            assertThat(php("verify", PASSWORD, hash.substring("{bcrypt}".length()))
                            .asBoolean())
                    .isTrue();
            assertThat(php("verify", PASSWORD + "x", hash.substring("{bcrypt}".length()))
                            .asBoolean())
                    .isFalse();
        }
    }

    private static String abilities(Client client, String token) {
        return String.valueOf(
                Client.json(client.bearer("GET", "/api/tokens/current", token)).get("abilities"));
    }

    private String accepted(String token) throws Exception {
        return php("accept", token).toString();
    }

    /** What others do to the table is seen within the bound. */
    private static void within(BooleanSupplier seen) throws InterruptedException {
        long since = System.nanoTime();
        boolean late = false;
        while (!seen.getAsBoolean()) {
            assertThat(late).as("asked after the bound").isFalse();
            late = System.nanoTime() - since > CacheSettings.MAX_STALE_UNNOTIFIED.toNanos();
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static ConfigurableApplicationContext start(String url, String format) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SANCTUM_DATABASE_URL", url, "SANCTUM_LARAVEL_USERS", "users", "PORT", "0", "MANAGEMENT_PORT", "0"));
        environment.put("sanctum.token.format", format);
        SpringApplication application = SanctumServer.application(environment);
        return application.run(environment.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
    }

    /** The database of a JDBC URL, as PHP names it. */
    private void connect(String url) {
        URI uri = URI.create(url.substring("jdbc:".length()));
        if (uri.isOpaque() || uri.getHost() == null) {
            dsn = "sqlite:" + url.substring("jdbc:sqlite:".length());
            return;
        }
        boolean postgres = uri.getScheme().equals("postgresql");
        dsn = (postgres ? "pgsql" : "mysql") + ":host=" + uri.getHost() + ";port=" + uri.getPort() + ";dbname="
                + uri.getPath().substring(1) + (postgres ? ";options=--search_path=laravel" : "");
        user = uri.getQuery().replaceAll("(^|.*&)user=([^&]*).*", "$2");
    }

    private JsonNode php(String command, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                "php", Path.of("src", "test", "resources", "laravel.php").toString(), dsn, user, command));
        line.addAll(List.of(arguments));
        return JsonMapper.shared().readTree(run(line));
    }

    private static String run(List<String> line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(answer).isZero();
        return answer;
    }

    private static void assumeInstalled(LaravelDatabase database) throws InterruptedException {
        String driver = switch (database) {
            case MARIADB -> "mysql";
            case POSTGRESQL -> "pgsql";
            case SQLITE -> "sqlite";
        };
        String why = "install php with its PDO driver " + driver + " to test beside a PHP";
        try {
            if (List.of(run(List.of("php", "-r", "echo implode(' ', PDO::getAvailableDrivers());"))
                            .split(" ", -1))
                    .contains(driver)) {
                return;
            }
        } catch (IOException e) {
            why += ": " + e.getMessage();
        }
        if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
            fail(why);
        }
        Assumptions.abort(why);
    }
}
