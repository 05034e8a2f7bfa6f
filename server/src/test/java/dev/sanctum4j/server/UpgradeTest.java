package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What a server of commit 57dd67b has written, today's goes on with: tokens, people, clients, the audit log, and whoever is signed in. */
@ExtendWith(TestDatabases.class)
class UpgradeTest {

    private static final String FIXTURE = "/fixtures/57dd67b/";
    private static final String PASSWORD = "correct horse battery staple";

    enum Database {
        H2,
        POSTGRESQL;

        /** A copy of what was written then. Only the clock of its sessions is put right, for nobody waits two hours here. */
        String restored() throws IOException {
            String url = switch (this) {
                case H2 -> "jdbc:h2:mem:upgrade" + System.nanoTime() + ";DB_CLOSE_DELAY=-1";
                case POSTGRESQL -> emptyPostgres();
            };
            try (SingleConnectionDataSource connection = new SingleConnectionDataSource(url, user(url), "", true)) {
                JdbcTemplate jdbc = new JdbcTemplate(connection);
                jdbc.execute(new String(open(name() + ".sql").readAllBytes(), StandardCharsets.UTF_8));
                Instant now = Instant.now();
                jdbc.update(
                        "update " + (this == H2 ? "" : "public.")
                                + "sanctum_session set last_access_time = ?, expiry_time = ?",
                        now.toEpochMilli(),
                        now.plus(Duration.ofHours(1)).toEpochMilli());
            }
            return url;
        }

        /** Cookies, tokens and a client's secret, which the database holds as hashes only. */
        Properties secrets() throws IOException {
            Properties secrets = new Properties();
            secrets.load(open(name() + ".properties"));
            return secrets;
        }

        private static InputStream open(String file) {
            return Objects.requireNonNull(
                    UpgradeTest.class.getResourceAsStream(FIXTURE + file.toLowerCase(Locale.ROOT)), file);
        }

        private static String emptyPostgres() {
            String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
            try {
                url = url != null ? url : EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
            } catch (IOException | RuntimeException e) {
                String why =
                        "set SANCTUM_TEST_SERVER_POSTGRES_URL to test PostgreSQL; the embedded one did not start: " + e;
                if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                    fail(why);
                }
                Assumptions.abort(why);
                throw new UncheckedIOException(new IOException(why));
            }
            try (SingleConnectionDataSource connection = new SingleConnectionDataSource(url, user(url), "", true)) {
                JdbcTemplate jdbc = new JdbcTemplate(connection);
                jdbc.execute("drop database if exists sanctum_upgrade");
                jdbc.execute("create database sanctum_upgrade");
            }
            return url.replaceFirst("(//[^/]*/)[^?]*", "$1sanctum_upgrade");
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverGoesOnWithWhatAnOlderOneWrote(Database database) throws IOException {
        Properties secrets = database.secrets();
        try (ConfigurableApplicationContext server = start(database.restored())) {
            int port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);

            tokensAreWhatTheyWere(new Client(port), secrets);
            whoeverIsSignedInStaysSo(browser(port, "ada", secrets), secrets);
            whoeverIsRememberedStaysSo(browser(port, "phone", secrets));
            administratorSeesWhatHappenedThen(browser(port, "root", secrets));
            whoHasOnlyACsrfTokenSignsInWithIt(browser(port, "stranger", secrets));
            clientsAskWithTheirSecrets(new Client(port), secrets);
        }
    }

    /**
     * And the other way round, while both run side by side: what today's server writes into a session is made of nothing but the
     * classes, in the same versions, that the older one wrote into its own. A field may be missing.
     */
    @Test
    void olderServerReadsWhatThisOneWrites() throws IOException {
        try (ConfigurableApplicationContext server = start(Database.H2.restored())) {
            JdbcTemplate jdbc = server.getBean(JdbcTemplate.class);
            Set<String> known = writtenInSessions(jdbc);
            assertThat(known).anyMatch(one -> one.startsWith("dev.sanctum4j.server.accounts.AccountDetails "));
            jdbc.update("delete from sanctum_session");

            Client page = new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            assertThat(page.signIn("ada@example.test", PASSWORD)).isEqualTo(204);
            assertThat(page.page("POST", "/user/confirm-password", "{\"password\":\"" + PASSWORD + "\"}")
                            .statusCode())
                    .isEqualTo(201);

            assertThat(known).containsAll(writtenInSessions(jdbc));
        }
    }

    /** Every class in what sessions hold, with its version. */
    private static Set<String> writtenInSessions(JdbcTemplate jdbc) throws IOException {
        Set<String> all = new TreeSet<>();
        for (byte[] bytes : jdbc.queryForList("select attribute_bytes from sanctum_session_attributes", byte[].class)) {
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes)) {
                @Override
                protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
                    ObjectStreamClass written = super.readClassDescriptor();
                    all.add(written.getName() + " " + written.getSerialVersionUID());
                    return written;
                }
            }) {
                in.readObject();
            } catch (ClassNotFoundException e) {
                throw new IOException(e);
            }
        }
        assertThat(all).isNotEmpty();
        return all;
    }

    private static void tokensAreWhatTheyWere(Client program, Properties secrets) {
        for (String accepted : new String[] {"CI", "page", "laptop"}) {
            assertThat(program.bearer("GET", "/api/user", token(secrets, accepted))
                            .statusCode())
                    .as(accepted)
                    .isEqualTo(200);
        }
        for (String refused : new String[] {"expired", "revoked"}) {
            assertThat(program.bearer("GET", "/api/user", token(secrets, refused))
                            .statusCode())
                    .as(refused)
                    .isEqualTo(401);
        }
        String laptop = token(secrets, "laptop");
        assertThat(program.bearer("DELETE", "/api/tokens/current", laptop).statusCode())
                .isEqualTo(204);
        assertThat(program.bearer("GET", "/api/user", laptop).statusCode()).isEqualTo(401);
    }

    private static void whoeverIsSignedInStaysSo(Client page, Properties secrets) {
        assertThat(page.page("GET", "/api/user", "").body()).contains("ada@example.test");
        assertThat(page.page("GET", "/api/sessions", "").body()).contains("\"ada\"", "\"phone\"");

        String csrf = page.cookies.remove("XSRF-TOKEN");
        assertThat(page.page("DELETE", "/api/tokens/1", "").statusCode())
                .as("without the CSRF token")
                .isEqualTo(419);
        page.cookies.put("XSRF-TOKEN", csrf);
        assertThat(page.page("POST", "/user/confirm-password", "{\"password\":\"" + PASSWORD + "\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(page.page("DELETE", "/api/tokens/1", "").statusCode()).isEqualTo(204);
        assertThat(page.bearer("GET", "/api/user", token(secrets, "CI")).statusCode())
                .isEqualTo(401);
    }

    private static void whoeverIsRememberedStaysSo(Client phone) {
        assertThat(phone.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
        assertThat(phone.page("POST", "/logout", "").statusCode()).isEqualTo(204);
        assertThat(phone.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
    }

    private static void administratorSeesWhatHappenedThen(Client root) {
        assertThat(root.page("GET", "/api/admin/audit", "").body())
                .contains("signed_in", "token_issued", "token_revoked", "person_disabled");
        assertThat(root.page("GET", "/api/admin/people", "").body())
                .contains("ada@example.test", "bob@example.test", "\"disabled_at\":\"");
        assertThat(root.page("GET", "/api/admin/tokens/5", "").body()).contains("\"revoked_at\":\"");
    }

    private static void whoHasOnlyACsrfTokenSignsInWithIt(Client stranger) {
        assertThat(stranger.page("POST", "/login", "{\"email\":\"ada@example.test\",\"password\":\"" + PASSWORD + "\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(stranger.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
    }

    private static void clientsAskWithTheirSecrets(Client program, Properties secrets) {
        assertThat(program.form(
                                "/oauth2/introspect",
                                "client_id=billing&client_secret=" + secrets.getProperty("client.billing") + "&token="
                                        + token(secrets, "page"))
                        .body())
                .contains("\"active\":true", "orders:read");
    }

    private static String token(Properties secrets, String name) {
        return secrets.getProperty("token." + name);
    }

    private static Client browser(int port, String name, Properties secrets) {
        Client browser = new Client(port).from(name);
        for (String cookie : new String[] {"sanctum_session", "XSRF-TOKEN"}) {
            browser.cookies.put(cookie, secrets.getProperty(name + "." + cookie));
        }
        return browser;
    }

    private static String user(String url) {
        return url.contains("postgresql") ? "postgres" : "sa";
    }

    private static ConfigurableApplicationContext start(String url) {
        return new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=" + url,
                        "SANCTUM_DATABASE_USERNAME=" + user(url),
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run();
    }
}
