package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import dev.sanctum4j.spring.store.FeedLifecycle;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Two nodes of a Galera cluster, both of which are written to. What comes of nodes that fail is in {@code GaleraFailover}. */
@ExtendWith(OutputCaptureExtension.class)
class GaleraTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static GaleraCluster cluster;
    private static DataSource one;
    private static DataSource other;

    @BeforeAll
    static void start() throws Exception {
        cluster = new GaleraCluster(2, false);
        one = new DriverManagerDataSource(cluster.url(0));
        other = new DriverManagerDataSource(cluster.url(1));
        JdbcSchema.of(one, JdbcTokenStore.DEFAULT_TABLE).createIfMissing();
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** The other node gets the revocation, and cannot apply it yet. */
    @Test
    void whatWasRevokedOnOneNodeIsRefusedByTheOther() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Tokens here = Tokens.of(JdbcTokenStore.of(one));
        Tokens there = Tokens.of(JdbcTokenStore.of(other));
        NewToken made = here.issue(TokenRequest.of(ADA, "ci", "*"));
        String text = made.plainText().reveal();
        assertThat(there.authenticate(text)).isInstanceOf(Accepted.class);
        try (Connection connection = other.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("flush tables with read lock");
            here.revoke(made.token().id());

            Future<Verdict> asked = threads.submit(() -> there.authenticate(text));
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(asked).as("it waits for what the other has committed").isNotDone();
            statement.execute("unlock tables");

            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(new Rejected(Reason.REVOKED));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Whoever comes second with a change of a row is given up, without a lock to wait for. */
    @Test
    void changesOfOneRowOnTwoNodesAllComeAbout() throws Exception {
        TokenId id = Tokens.of(JdbcTokenStore.of(one))
                .issue(TokenRequest.of(ADA, "ci", "*"))
                .token()
                .id();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> both = new ArrayList<>();
            for (DataSource node : List.of(one, other)) {
                TokenStore store = JdbcTokenStore.of(node);
                both.add(threads.submit(() -> {
                    int changed = 0;
                    for (int i = 0; i < 150; i++) {
                        String name = "name " + i;
                        changed += store.update(id, old -> old.with(name, old.abilities()), Instant.now())
                                        .isPresent()
                                ? 1
                                : 0;
                        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(20));
                    }
                    return changed;
                }));
            }
            for (Future<Integer> changed : both) {
                assertThat(changed.get(60, TimeUnit.SECONDS)).isEqualTo(150);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void serversReadLateIfTheyAreToldToAndThenKeepNothing(CapturedOutput output) {
        try (ConfigurableApplicationContext told = Witness.start(
                cluster.url(0), "--sanctum.cache.mode=on", "--spring.datasource.hikari.connection-init-sql=do 0")) {
            assertThat(told.getBean(FeedLifecycle.class).state().tokens()).isNull();
            assertThat(output).containsOnlyOnce("add sessionVariables=wsrep_sync_wait=1 to the JDBC URL");
        }
        try (ConfigurableApplicationContext usual = Witness.start(cluster.url(1), "--sanctum.cache.mode=on")) {
            assertThat(usual.getBean(FeedLifecycle.class).state().tokens()).isNotNull();
            assertThat(JdbcSchema.readsLate(usual.getBean(DataSource.class))).isFalse();
            assertThat(output).containsOnlyOnce("add sessionVariables=wsrep_sync_wait=1 to the JDBC URL");
            assertThat(usual.getBean(JdbcTemplate.class).queryForObject("select @@wsrep_sync_wait", Integer.class))
                    .isEqualTo(1);
        }
    }
}
