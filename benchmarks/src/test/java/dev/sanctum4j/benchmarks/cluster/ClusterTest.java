package dev.sanctum4j.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three real servers on one PostgreSQL: paused, killed, restarted, and counted what they let in. */
class ClusterTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Path JAR =
            Path.of(System.getProperty("sanctum.server.jar", "../server/target/sanctum4j-server.jar"));

    private static @Nullable EmbeddedPostgres embedded;
    private static Cluster cluster;
    private static Scenarios scenarios;

    @BeforeAll
    static void start() throws Exception {
        if (!Files.exists(JAR)) {
            missing("the server's jar has not been built: ./mvnw verify does");
        }
        cluster = Cluster.start(JAR, database(), 3, Map.of("SANCTUM_CACHE_MAX_STALE", BOUND.toMillis() + "ms"));
        scenarios = new Scenarios(cluster, BOUND);
    }

    private static String database() {
        String given = System.getenv("SANCTUM_TEST_SERVER_POSTGRES_URL");
        if (given != null) {
            return given;
        }
        try {
            embedded = EmbeddedPostgres.start();
        } catch (IOException | RuntimeException e) {
            missing("PostgreSQL does not start on this machine (as root it needs user namespaces), and"
                    + " SANCTUM_TEST_SERVER_POSTGRES_URL is not set: " + e.getMessage());
        }
        return embedded.getJdbcUrl("postgres", "postgres");
    }

    private static void missing(String why) {
        if (Boolean.parseBoolean(System.getenv("SANCTUM_TEST_STRICT"))) {
            throw new IllegalStateException(why);
        }
        abort(why);
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
            cluster.sql("drop schema public cascade", "create schema public");
        }
        if (embedded != null) {
            embedded.close();
        }
    }

    @Test
    void revokedTokenIsRefusedOnEveryNode() throws Exception {
        Scenarios.Outcome outcome = scenarios.oneByOne(20);

        assertThat(outcome.late()).as(outcome.line("one by one")).isZero();
    }

    @Test
    void nodeThatStoodStillTrustsNothingItRemembers() throws Exception {
        assertThat(scenarios.paused().late()).isZero();
    }

    @Test
    void nodeThatCannotHearAsksTheDatabase() throws Exception {
        assertThat(scenarios.feedCut(10).late()).isZero();
    }

    @Test
    void manyRevocationsInOneStatementAreAllHeard() throws Exception {
        Scenarios.Outcome outcome = scenarios.bySql(20_000, 10, """
                update personal_access_tokens set revoked_at = now() at time zone 'UTC',
                    expires_at = now() at time zone 'UTC' - interval '1 second', updated_at = now() at time zone 'UTC'
                """);

        assertThat(outcome.revocations()).isGreaterThanOrEqualTo(20_000);
        assertThat(outcome.late()).isZero();
    }

    @Test
    void rowsThatSomebodyDeletedAreHeard() throws Exception {
        assertThat(scenarios
                        .bySql(5_000, 10, "delete from personal_access_tokens")
                        .late())
                .isZero();
    }

    @Test
    void restartedDatabaseForgetsNoRevocation() throws Exception {
        String restart = System.getenv("SANCTUM_TEST_POSTGRES_RESTART");
        if (restart == null) {
            missing("SANCTUM_TEST_POSTGRES_RESTART, a command that restarts the database, is not set");
        }

        Scenarios.Outcome outcome = scenarios.databaseRestarted(() -> assertThat(new ProcessBuilder("sh", "-c", restart)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero());

        assertThat(outcome.late()).isZero();
    }

    @Test
    void signInOnOneNodeIsASignInOnAllAndOutlivesIt() throws Exception {
        Node first = cluster.node(0);
        Session session = Session.signIn(first, Cluster.ADMIN, cluster.password());

        first.kill();
        try {
            assertThat(cluster.node(1)
                            .page("GET", "/api/user", session.cookies(), "", "")
                            .body())
                    .contains(Cluster.ADMIN);
        } finally {
            first.start();
        }
    }

    @Test
    void rollingRestartDropsNoRequest() throws Exception {
        List<String> tokens = cluster.issue(10);
        try (Load load = new Load(cluster.nodes(), tokens, 100)) {
            for (Node node : cluster.nodes()) {
                node.stop();
                node.start();
            }
            assertThat(load.answered()).isPositive();
            assertThat(load.failed()).isZero();
        }
    }
}
