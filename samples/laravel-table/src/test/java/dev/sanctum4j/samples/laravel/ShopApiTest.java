package dev.sanctum4j.samples.laravel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.cache.CacheSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.security.crypto.password.PasswordEncoder;

/** What {@code docs/guides/laravel-table.md} shows, on tables as Laravel makes them. */
class ShopApiTest {

    private static final String HASH = "$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O";
    private static final String SECRET = "0123456789abcdefghijABCDEFGHIJ0123456789fcca43d2";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb", "postgresql"})
    void applicationServesLaravelsPeopleAndTokens(String database) throws Exception {
        String url = create(database);
        JdbcTemplate laravel = jdbc(url);
        laravel.update("insert into users (name, email, password) values ('Ada', 'ada@example.test', ?)", HASH);
        laravel.update(
                "insert into personal_access_tokens (name, token, abilities, tokenable_id, tokenable_type)"
                        + " values ('ci', ?, '[\"orders:read\"]', 1, ?)",
                SecretHash.of(SECRET).toHex(),
                "App\\Models\\User");

        try (ConfigurableApplicationContext api = start(database, url)) {
            String base = "http://localhost:" + api.getEnvironment().getRequiredProperty("local.server.port");

            assertThat(orders(base, "1|" + SECRET).body()).isEqualTo("orders of ada@example.test");
            assertThat(orders(base, SECRET).statusCode()).isEqualTo(200);
            assertThat(orders(base, "1|x" + SECRET).statusCode()).isEqualTo(401);

            HttpResponse<String> made = exchange(base);
            assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
            assertThat(orders(base, made.body()).statusCode()).isEqualTo(200);
            assertThat(laravel.queryForList(
                            "select tokenable_type from personal_access_tokens where tokenable_id = 1", String.class))
                    .containsExactly("App\\Models\\User", "App\\Models\\User");
            assertThat(api.getBean(Tokens.class).list(Owner.of("user", 1))).hasSize(2);
            assertThat(api.getBean(PasswordEncoder.class).encode("x")).startsWith("$2y$12$");

            laravel.update("update users set deleted_at = '2026-11-28 12:00:00'");
            long since = System.nanoTime();
            int status = orders(base, made.body()).statusCode();
            while (status == 200 && System.nanoTime() - since < CacheSettings.MAX_STALE_UNNOTIFIED.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(50); // people are remembered for so long on PostgreSQL
                status = orders(base, made.body()).statusCode();
            }
            assertThat(status == 200 ? orders(base, made.body()).statusCode() : status)
                    .isEqualTo(401); // one that began after the bound
            assertThat(exchange(base).statusCode()).isEqualTo(422);
        }
        start(database, url).close(); // the columns are there already

        // migrate:fresh takes everything, and a rollback of Sanctum's migration the table alone
        run(url, "drop table personal_access_tokens; drop table users; drop table sanctum_application_history");
        migrateTokens(database, url);
        migrateUsers(database, url);
        start(database, url).close();
        run(url, "drop table personal_access_tokens");
        migrateTokens(database, url);
        assertThatThrownBy(() -> start(database, url))
                .hasMessageEndingWith(
                        "personal_access_tokens lacks the columns revoked_at, issued_by, metadata, last_used_from.");
    }

    /** What {@code samples/run} starts has tables and somebody of its own, twice too. */
    @Test
    void itIsTriedWithoutLaravel() throws Exception {
        for (int time = 1; time <= 2; time++) {
            try (ConfigurableApplicationContext api = SpringApplication.run(
                    ShopApi.class,
                    "--server.port=0",
                    "--spring.profiles.active=try",
                    "--spring.datasource.url=jdbc:sqlite:" + folder.resolve("try.sqlite"))) {
                String base = "http://localhost:" + api.getEnvironment().getRequiredProperty("local.server.port");

                assertThat(orders(base, exchange(base).body()).body()).isEqualTo("orders of ada@example.test");
            }
        }
    }

    /** Laravel's own table is completed by what Sanctum4j ships, and by all of it; tables of its own are for those who switch on what they are for. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb", "postgresql"})
    void columnsAreTheOnesThatSanctum4jShips(String database) throws IOException {
        StringBuilder shipped = new StringBuilder();
        Resource[] files = new PathMatchingResourcePatternResolver()
                .getResources("classpath:dev/sanctum4j/jdbc/" + (database.equals("mariadb") ? "mysql" : database)
                        + "/V*.sql");
        Arrays.sort(files, Comparator.comparing(file -> String.valueOf(file.getFilename())));
        for (Resource file : Arrays.copyOfRange(files, 1, files.length)) {
            String migration = file.getContentAsString(StandardCharsets.UTF_8);
            if (migration.contains("${table}")) {
                shipped.append(migration.replaceAll("\\$\\{(table|name)}", "personal_access_tokens"));
            }
        }

        assertThat(Path.of("src/main/resources/db/migration", database, "V1__sanctum4j_columns.sql"))
                .content()
                .isEqualTo(shipped.toString());
    }

    /** Flyway's account may do everything; the application's own what the page grants it. */
    private static ConfigurableApplicationContext start(String database, String url) throws IOException {
        String owner = url.contains("user=") ? url.replaceAll(".*[?&]user=([^&]*).*", "$1") : "";
        Path rights = Path.of("rights", database + ".sql");
        if (Files.exists(rights)) {
            run(url, Files.readString(rights));
        }
        return SpringApplication.run(
                ShopApi.class,
                "--server.port=0",
                "--spring.datasource.url=" + url.replaceAll("user=[^&]*", "x=y"),
                "--spring.datasource.username=" + (owner.isEmpty() ? "" : "shop_java"),
                "--spring.datasource.password=",
                "--spring.flyway.url=" + url,
                "--spring.flyway.user=" + owner,
                "--spring.flyway.password=");
    }

    private static HttpResponse<String> orders(String base, String token) throws Exception {
        return send(
                HttpRequest.newBuilder(URI.create(base + "/api/orders")).header("Authorization", "Bearer " + token));
    }

    private static HttpResponse<String> exchange(String base) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(base + "/sanctum/token"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"email\":\"ada@example.test\","
                        + "\"password\":\"correct horse battery staple\",\"device_name\":\"laptop\"}")));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JdbcTemplate jdbc(String url) {
        return new JdbcTemplate(new DriverManagerDataSource(url));
    }

    /** Tables of Laravel's, in a place of their own. */
    private String create(String database) throws IOException {
        String url = switch (database) {
            case "mariadb" -> {
                String given = given("SANCTUM_TEST_MARIADB_URL");
                run(
                        given,
                        "drop database if exists sanctum_sample; create database sanctum_sample character set utf8mb4;"
                                + " drop user if exists 'shop_java'@'%'; create user 'shop_java'@'%'");
                yield given.replaceFirst("(jdbc:mariadb://[^/]*/)[^?]*", "$1sanctum_sample");
            }
            case "postgresql" -> {
                String given = given("SANCTUM_TEST_POSTGRES_URL");
                run(
                        given,
                        "drop schema if exists sample cascade; create schema sample; drop role if exists shop_java;"
                                + " create role shop_java login; grant usage on schema sample to shop_java");
                yield given + (given.contains("?") ? "&" : "?") + "currentSchema=sample";
            }
            default -> "jdbc:sqlite:" + folder.resolve("database.sqlite");
        };
        migrateTokens(database, url);
        migrateUsers(database, url);
        return url;
    }

    private static void migrateTokens(String database, String url) throws IOException {
        String vectors = "../../test/src/test/resources/vectors/schema-" + database + ".sql";
        run(
                url,
                Files.readString(Path.of(vectors))
                        .replace("public.personal", "personal")
                        .replaceAll("(?m)^(SET|SELECT|--).*$", ""));
    }

    private static void migrateUsers(String database, String url) {
        String id = switch (database) {
            case "mariadb" -> "bigint unsigned not null auto_increment primary key";
            case "postgresql" -> "bigserial not null primary key";
            default -> "integer primary key autoincrement not null";
        };
        run(
                url,
                "create table users (id " + id + ", name varchar(255) not null, email varchar(255) not null unique,"
                        + " password varchar(255) not null, created_at timestamp null, updated_at timestamp null,"
                        + " deleted_at timestamp null)");
    }

    private static void run(String url, String script) {
        for (String sql : script.split(";", -1)) {
            if (!sql.isBlank()) {
                jdbc(url).execute(sql);
            }
        }
    }

    private static String given(String variable) {
        String url = System.getenv(variable);
        if (url == null) {
            String why = "set " + variable + " to run the sample on it";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        return String.valueOf(url);
    }
}
