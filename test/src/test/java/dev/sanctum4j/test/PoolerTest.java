package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Table and feed with a PgBouncer between, which gives each session of PostgreSQL to a transaction at a time. */
class PoolerTest {

    private static final String TABLE = "pooled_tokens";
    private static final Owner ADA = Owner.of("user", 1);
    private static final int AT_ONCE = 12;

    private final List<HikariDataSource> open = new ArrayList<>();
    private String pooler = "";

    @BeforeEach
    void prepare() throws Exception {
        String url = System.getenv("SANCTUM_TEST_POOLER_URL");
        if (url == null) {
            String why = "set SANCTUM_TEST_POOLER_URL to test a pooler, as .ci/run does";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        } else {
            pooler = url;
            Databases.POSTGRESQL.run("drop table if exists " + TABLE);
            JdbcSchema schema = JdbcSchema.of(pooled("&prepareThreshold=0"), TABLE);
            schema.createIfMissing();
            schema.createTriggers();
        }
    }

    @AfterEach
    void end() {
        open.forEach(HikariDataSource::close);
    }

    private DataSource pooled(String parameters) {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(10);
        config.setJdbcUrl(pooler + parameters);
        HikariDataSource pooled = new HikariDataSource(config);
        open.add(pooled);
        return pooled;
    }

    private static Tokens tokens(DataSource dataSource) {
        return Tokens.of(JdbcTokenStore.builder(dataSource).table(TABLE).build());
    }

    /** What comes of 1,200 checks, so many at a time; failures as their texts. */
    private static List<Object> checks(DataSource dataSource) throws Exception {
        Tokens tokens = tokens(dataSource);
        NewToken made = tokens(Databases.POSTGRESQL.dataSource()).issue(TokenRequest.of(ADA, "ci"));
        String text = made.plainText().reveal();
        ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Object>> asked = new ArrayList<>();
            for (int i = 0; i < 1_200; i++) {
                String other = "1|" + "x".repeat(40) + i;
                boolean good = i % 2 == 0;
                asked.add(clients.submit(() -> {
                    try {
                        return tokens.authenticate(good ? text : other) instanceof Verdict.Accepted == good;
                    } catch (TokenStoreException e) {
                        return String.valueOf(e.getMessage());
                    }
                }));
            }
            List<Object> came = new ArrayList<>();
            for (Future<Object> one : asked) {
                came.add(one.get(1, TimeUnit.MINUTES));
            }
            return came;
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void poolerIsKnownByItsSessions() {
        assertThat(JdbcSchema.preparesBehindPooler(pooled(""))).isTrue();

        assertThat(JdbcSchema.preparesBehindPooler(pooled("&prepareThreshold=0")))
                .isFalse();
        assertThat(JdbcSchema.preparesBehindPooler(pooled("&preferQueryMode=simple")))
                .isFalse();
        for (Databases direct : List.of(Databases.POSTGRESQL, Databases.H2, Databases.SQLITE)) {
            assertThat(JdbcSchema.preparesBehindPooler(direct.dataSource()))
                    .as("%s", direct)
                    .isFalse();
        }
    }

    @Test
    void failuresOfPreparedStatementsNameTheRemedy() throws Exception {
        List<Object> failures =
                checks(pooled("")).stream().filter(one -> !one.equals(true)).toList();

        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(one -> assertThat((String) one)
                        .containsPattern("SQLSTATE (42P05|26000|08P01)")
                        .endsWith(", for a pooler stands between: add prepareThreshold=0 to the JDBC URL"));
    }

    @Test
    void withTheRemedyEveryTokenIsChecked() throws Exception {
        assertThat(checks(pooled("&prepareThreshold=0"))).hasSize(1_200).containsOnly(true);

        Tokens tokens = tokens(pooled("&prepareThreshold=0"));
        for (int i = 0; i < 30; i++) {
            NewToken made = tokens.issue(TokenRequest.of(ADA, "ci"));
            assertThat(tokens.revoke(made.token().id())).isTrue();
            assertThat(tokens.authenticate(made.plainText().reveal())).isInstanceOf(Verdict.Rejected.class);
        }
    }

    @Test
    void feedListensPastThePoolerAndPollsThroughIt() throws Exception {
        DataSource pool = pooled("&prepareThreshold=0");
        assertHears(pool, new DriverManagerDataSource(pooler), ChangeFeed.Kind.POLLING);
        assertHears(
                pool,
                new DriverManagerDataSource(((HikariDataSource) Databases.POSTGRESQL.dataSource()).getJdbcUrl()),
                ChangeFeed.Kind.LISTENING);
    }

    private static void assertHears(DataSource pool, DataSource direct, ChangeFeed.Kind kind) throws Exception {
        Set<TokenId> heard = ConcurrentHashMap.newKeySet();
        ChangeFeed feed = ChangeFeed.builder(pool, new InvalidationListener() {
                    @Override
                    public void invalidated(TokenId id) {
                        heard.add(id);
                    }

                    @Override
                    public void invalidateAll() {}

                    @Override
                    public void caughtUp(long nanoTime, boolean deletes) {}
                })
                .table(TABLE)
                .interval(Duration.ofMillis(100))
                .direct(direct)
                .build();
        Thread thread = new Thread(feed, "feed");
        thread.start();
        try {
            eventually(() -> feed.kind() == kind);
            Tokens tokens = tokens(pool);
            for (int i = 0; i < 20; i++) {
                TokenId id = tokens.issue(TokenRequest.of(ADA, "ci")).token().id();
                tokens.revoke(id);
                eventually(() -> heard.contains(id));
            }
            assertThat(feed.kind()).isEqualTo(kind);
        } finally {
            feed.close();
            thread.join(10_000);
        }
    }

    private static void eventually(Callable<Boolean> fact) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!fact.call()) {
            assertThat(System.nanoTime()).as("it does not come true").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
