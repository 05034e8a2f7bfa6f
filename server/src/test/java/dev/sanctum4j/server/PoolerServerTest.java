package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.spring.store.FeedLifecycle;
import dev.sanctum4j.spring.store.SanctumAutoConfiguration;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The server with a PgBouncer before PostgreSQL, which gives each session to a transaction at a time. */
@ExtendWith(OutputCaptureExtension.class)
@ExtendWith(TestDatabases.class)
class PoolerServerTest {

    private static final String PASSWORD = "correct horse battery staple";
    private static final int AT_ONCE = 12;

    private String pooler = "";
    private String direct = "";

    @BeforeEach
    void find() {
        String url = TestDatabases.url("SANCTUM_TEST_SERVER_POOLER_URL");
        if (url == null) {
            String why = "set SANCTUM_TEST_SERVER_POOLER_URL to test a pooler, as .ci/run does";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        } else {
            pooler = url;
            direct = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        }
    }

    private ConfigurableApplicationContext start(String... settings) {
        return new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=" + pooler,
                        "SANCTUM_DATABASE_USERNAME=postgres",
                        "SANCTUM_ADMIN_EMAIL=root@example.test",
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run(settings);
    }

    private static Client client(ConfigurableApplicationContext context) {
        return new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static ChangeFeed.Kind feed(ConfigurableApplicationContext context) {
        return context.getBean(FeedLifecycle.class).state().feed();
    }

    /** How often each answer came, of so many requests, so many at a time. */
    private static Map<Object, Long> answers(int requests, Callable<Object> request) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Object>> asked = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                asked.add(clients.submit(request));
            }
            List<Object> answers = new ArrayList<>();
            for (Future<Object> one : asked) {
                answers.add(one.get(1, TimeUnit.MINUTES));
            }
            return answers.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        } finally {
            clients.shutdownNow();
        }
    }

    /** A token that nobody has issued, and that is looked up in the database each time. */
    private static String unknown(Random random) {
        return random.nextLong(1, Long.MAX_VALUE) + "|"
                + Long.toHexString(random.nextLong()).repeat(3);
    }

    private static String token(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return Client.json(answer).path("token").asString();
    }

    @Test
    void everyRequestIsAnsweredAndRevocationsAreHeardByPollingOrPastThePooler(CapturedOutput output) throws Exception {
        Random random = new Random(18);
        String manages = "{\"name\":\"manager\",\"abilities\":[\"a\",\"tokens:manage\"]}";
        String issued = "{\"name\":\"ci\",\"abilities\":[\"a\"]}";
        try (ConfigurableApplicationContext polls = start();
                ConfigurableApplicationContext listens = start("--sanctum.jdbc.direct-url=" + direct)) {
            Client one = client(polls);
            Client other = client(listens);
            Programs.await("polling", 60, () -> feed(polls) == ChangeFeed.Kind.POLLING);
            Programs.await("listening", 60, () -> feed(listens) == ChangeFeed.Kind.LISTENING);
            assertThat(output)
                    .contains(
                            "A pooler stands before PostgreSQL, so no statements are prepared there",
                            "Cannot listen for changes of tokens, and polls instead",
                            "a pooler stands between; name the database itself in sanctum.jdbc.direct-url");

            assertThat(answers(
                            1_200,
                            () -> one.bearer("GET", "/api/user", unknown(random))
                                    .statusCode()))
                    .isEqualTo(Map.of(401, 1_200L));

            assertThat(one.signIn("root@example.test", PASSWORD)).isEqualTo(204);
            other.cookies.putAll(one.cookies);
            assertThat(other.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
            String manager = token(one.page("POST", "/api/tokens", manages));
            assertThat(answers(AT_ONCE * 10, () -> {
                        String token = token(one.withBearer("POST", "/api/tokens", manager, issued));
                        int before = other.bearer("GET", "/api/user", token).statusCode();
                        int revoked = one.bearer("DELETE", "/api/tokens/current", token)
                                .statusCode();
                        Programs.await(
                                "a revocation",
                                60,
                                () -> other.bearer("GET", "/api/user", token).statusCode() == 401);
                        return List.of(before, revoked);
                    }))
                    .isEqualTo(Map.of(List.of(200, 204), AT_ONCE * 10L));

            String token = one.exchange("root@example.test", PASSWORD);
            assertThat(one.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
            assertThat(other.bearer("DELETE", "/api/tokens/current", token).statusCode())
                    .isEqualTo(204);
            PhpTest.within(() -> one.bearer("GET", "/api/user", token).statusCode() == 401);
            assertThat(feed(polls)).isEqualTo(ChangeFeed.Kind.POLLING);
            assertThat(feed(listens)).isEqualTo(ChangeFeed.Kind.LISTENING);
        }
    }

    @Test
    void tablesAreMadePastThePoolerWhereThatIsNamed() throws Exception {
        try (ConfigurableApplicationContext context = start("--SANCTUM_DATABASE_DIRECT_URL=" + direct)) {
            try (var connection = context.getBean(Flyway.class)
                    .getConfiguration()
                    .getDataSource()
                    .getConnection()) {
                assertThat(connection.getMetaData().getURL()).startsWith(direct.replaceAll("\\?.*", ""));
            }
            assertThat(context.getBean(HikariDataSource.class).getJdbcUrl()).isEqualTo(pooler);
        }
    }

    @Test
    void whoeverSpeaksOfPreparedStatementsIsLeftAlone() {
        try (HikariDataSource silent = new HikariDataSource();
                HikariDataSource said = new HikariDataSource()) {
            silent.setJdbcUrl(pooler);
            said.setJdbcUrl(pooler + "&prepareThreshold=5");
            for (HikariDataSource one : List.of(silent, said)) {
                new PreparedStatements().postProcessBeforeInitialization(one, "dataSource");
            }

            assertThat(silent.getDataSourceProperties()).containsEntry("prepareThreshold", "0");
            assertThat(said.getDataSourceProperties()).isEmpty();
        }
    }

    @Test
    void applicationWithTheStarterIsToldAtItsStart(CapturedOutput output) {
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(DataSourceAutoConfiguration.class, SanctumAutoConfiguration.class))
                .withPropertyValues("sanctum.endpoints.tokens=true", "sanctum.cache.mode=strict");
        String warning = "A pooler stands before PostgreSQL, and the driver prepares statements";

        application
                .withPropertyValues("spring.datasource.url=" + pooler + "&prepareThreshold=0")
                .run(context -> assertThat(output).doesNotContain(warning));
        application
                .withPropertyValues("spring.datasource.url=" + pooler)
                .run(context -> assertThat(output).contains(warning, "Add prepareThreshold=0 to the JDBC URL"));
    }

    @Test
    void healthIsDownWhileTokensCannotBeRead() throws Exception {
        try (ConfigurableApplicationContext context = start()) {
            Client management =
                    new Client(context.getEnvironment().getRequiredProperty("local.management.port", Integer.class));
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            assertThat(management.get("/actuator/health").statusCode()).isEqualTo(200);
            jdbc.execute("alter table personal_access_tokens rename to elsewhere");
            try {
                assertThat(management.get("/actuator/health").statusCode()).isEqualTo(503);
            } finally {
                jdbc.execute("alter table elsewhere rename to personal_access_tokens");
            }
            assertThat(management.get("/actuator/health").statusCode()).isEqualTo(200);
        }
    }
}
