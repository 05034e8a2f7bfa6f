package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract on the partitions of docs/guides/big-tables.md, and the way there: its statements are what runs here. */
class PartitionedTokenStoreTest extends JdbcTokenStoreContract {

    private static final Owner ADA = Owner.of("user", 1);

    PartitionedTokenStoreTest() {
        super(Databases.POSTGRESQL, false);
    }

    @Override
    protected TokenStore store() throws Exception {
        Databases.POSTGRESQL.run("drop table if exists " + table());
        forgetKeys(Databases.POSTGRESQL);
        run(block("table"));
        return JdbcTokenStore.builder(Databases.POSTGRESQL.dataSource())
                .table(table())
                .build();
    }

    @AfterEach
    void clear() throws Exception {
        Databases.POSTGRESQL.run("drop schema if exists moving cascade; drop schema if exists moved cascade;"
                + " drop table if exists " + table());
    }

    private String block(String kind) throws Exception {
        String page = Files.readString(Path.of("..", "docs", "guides", "big-tables.md"));
        String fence = "```sql " + kind + "\n";
        int from = page.indexOf(fence);
        assertThat(from).as("a block %s in the guide", kind).isPositive();
        return page.substring(from + fence.length(), page.indexOf("```", from + fence.length()))
                .replace("personal_access_tokens", table());
    }

    /** As it stands there: with statements that have semicolons, and transactions, of their own. */
    private static void run(String... scripts) throws SQLException {
        try (Connection connection = Databases.POSTGRESQL.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String script : scripts) {
                statement.execute(script);
            }
        }
    }

    private static long count(String sql) throws SQLException {
        try (Connection connection = Databases.POSTGRESQL.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private JdbcSchema schema() {
        return JdbcSchema.of(Databases.POSTGRESQL.dataSource(), table());
    }

    private Tokens tokensOfTable() {
        return Tokens.of(JdbcTokenStore.builder(Databases.POSTGRESQL.dataSource())
                .table(table())
                .build());
    }

    private boolean isPartitioned() throws SQLException {
        return count("select count(*) from pg_partitioned_table where partrelid = to_regclass('" + table() + "')") == 1;
    }

    @Test
    void tableIsCompleteAndItsRowsAreSpread() throws Exception {
        for (int i = 0; i < 100; i++) {
            tokensOfTable().issue(TokenRequest.of(ADA, "ci"));
        }

        assertThat(isPartitioned()).isTrue();
        assertThat(count("select count(distinct tableoid) from " + table())).isGreaterThan(10);
        assertThat(schema().missing()).isEmpty();
        assertThat(schema().createIfMissing()).isFalse();
        assertThat(schema().isLaravels()).isFalse();
        for (String migration : new String[] {"V1__personal_access_tokens.sql", "V4__owner_index.sql"}) {
            Databases.POSTGRESQL.migrate(migration, table());
        }
        assertThat(count("select count(*) from pg_indexes where tablename = '" + table() + "'"))
                .isEqualTo(7); // with these, none came
    }

    @Test
    void triggersAreMadeOnceAndTakenAwayWithAllOfOurs() throws Exception {
        assertThat(schema().createTriggers()).isTrue();
        assertThat(schema().createTriggers()).isFalse();

        schema().remove();

        assertThat(schema().missing()).isPresent();
        assertThat(count("select count(*) from pg_trigger where tgname like 'sanctum_%' and tgrelid in (select inhrelid"
                        + " from pg_inherits where inhparent = to_regclass('" + table() + "'))"))
                .isZero();
        assertThat(isPartitioned()).isTrue();
    }

    @Test
    void feedListensToEveryPartition() throws Exception {
        schema().createTriggers();
        Set<TokenId> heard = ConcurrentHashMap.newKeySet();
        ChangeFeed feed = ChangeFeed.builder(Databases.POSTGRESQL.dataSource(), new InvalidationListener() {
                    @Override
                    public void invalidated(TokenId id) {
                        heard.add(id);
                    }

                    @Override
                    public void invalidateAll() {}

                    @Override
                    public void caughtUp(long nanoTime, boolean deletes) {}
                })
                .table(table())
                .direct(Databases.POSTGRESQL.dataSource())
                .build();
        Thread thread = new Thread(feed, "feed");
        thread.start();
        try {
            eventually(() -> feed.kind() == ChangeFeed.Kind.LISTENING);
            Set<TokenId> issued = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                issued.add(tokensOfTable()
                        .issue(TokenRequest.of(ADA, "ci"))
                        .token()
                        .id());
            }
            run("update " + table() + " set expires_at = now() where id % 2 = 0", "delete from " + table());
            eventually(() -> heard.containsAll(issued));
            assertThat(feed.kind()).isEqualTo(ChangeFeed.Kind.LISTENING);
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

    /** Each answer that was given while the table moved holds afterwards. */
    @Test
    void tableIsMovedWhileItIsUsed() throws Exception {
        Databases.POSTGRESQL.run("drop table " + table());
        assertThat(schema().createIfMissing()).isTrue();
        assertThat(schema().createTriggers()).isTrue();
        run("insert into " + table() + " (tokenable_type, tokenable_id, name, token, abilities)"
                + " select 'user', 2, 'old', 'token-' || n, '[]' from generate_series(1, 30000) n");
        Map<NewToken, Boolean> valid = new LinkedHashMap<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger changes = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(200);
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> writing = writer.submit(() -> {
                Tokens tokens = tokensOfTable();
                for (int i = 0; !over.get(); i++) {
                    NewToken made = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofDays(1)));
                    if (i % 3 == 0) {
                        assertThat(tokens.revoke(made.token().id())).isTrue();
                    } else if (i % 3 == 1) {
                        valid.put(made, false);
                        made = tokens.rotate(made.token().id()).orElseThrow();
                        tokens.rename(made.token().id(), "renamed");
                    }
                    valid.put(made, i % 3 != 0);
                    changes.incrementAndGet();
                    begun.countDown();
                }
                return null;
            });
            assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();

            run("create schema moving", "set search_path to moving", block("table"), "reset search_path");
            run(block("mirror"));
            run(block("copy"));
            assertThat(count(block("compare"))).isZero();
            int before = changes.get();
            run(block("swap"));
            int after = changes.get();
            while (!writing.isDone() && changes.get() < after + 100) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            over.set(true);
            writing.get(1, TimeUnit.MINUTES);
            assertThat(before).isGreaterThan(200); // also while it was copied
        } finally {
            over.set(true);
            writer.shutdown();
        }

        assertThat(isPartitioned()).isTrue();
        assertThat(count("select count(*) from " + table() + " where tokenable_id = '2'"))
                .isEqualTo(30_000);
        Tokens tokens = tokensOfTable();
        valid.forEach(
                (made, good) -> assertThat(tokens.authenticate(made.plainText().reveal()) instanceof Verdict.Accepted)
                        .as("%s", made.token().id())
                        .isEqualTo(good));
        TokenId last = tokens.issue(TokenRequest.of(ADA, "last")).token().id();
        assertThat(count("select max(id) from " + table())).isEqualTo(last.value());
        assertThat(schema().createTriggers()).isFalse();
        assertThat(schema().missing()).isEmpty();
        assertThat(count("select count(*) from pg_tables where schemaname = 'moving'"))
                .isZero();
    }
}
