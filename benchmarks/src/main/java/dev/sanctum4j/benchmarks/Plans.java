package dev.sanctum4j.benchmarks;

import com.sun.management.ThreadMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Validity;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * What each statement costs PostgreSQL in a small and in a large table: makes both, does everything that there is to do with
 * tokens in each, and prints times, ratios and the plans in the large one. One owner has a hundredth of all tokens, the others
 * ten each; a tenth has expired.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.Plans JDBC-URL [SMALL LARGE]</pre>
 */
public final class Plans {

    private static final Owner GREAT = Owner.of("user", "great");
    private static final int TIMES = 100;
    private static final int BATCH = 1_000;

    /** What the endpoints read for an answer of a hundred. */
    private static final int PAGE = 101;

    private Plans() {}

    /** Fills, does, prints, and takes the tables away. */
    public static void main(String[] args) throws SQLException, InterruptedException {
        int small = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
        int large = args.length > 2 ? Integer.parseInt(args[2]) : 10_000_000;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(args[0]);
        config.setMaximumPoolSize(4);
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            Map<String, Recorder.Sent> few = new HashMap<>();
            for (int rows : new int[] {small, large}) {
                String table = "benchmark_plans_" + rows;
                fill(dataSource, table, rows);
                use(new Recorder(dataSource, table), table, rows); // warms up everybody
                Recorder recorder = new Recorder(dataSource, table);
                use(recorder, table, rows);
                if (rows == small) {
                    few.putAll(recorder.sent());
                } else {
                    print(dataSource, few, recorder.sent());
                    prune(dataSource, table);
                }
            }
            for (int rows : new int[] {small, large}) {
                JdbcSchema.of(dataSource, "benchmark_plans_" + rows).remove();
                run(dataSource, "drop table benchmark_plans_" + rows);
            }
        }
    }

    private static void fill(DataSource dataSource, String table, int rows) throws SQLException {
        long began = System.nanoTime();
        run(dataSource, "drop table if exists " + table);
        JdbcSchema.of(dataSource, table).createIfMissing();
        JdbcSchema.of(dataSource, table).createTriggers();
        List<String> indexes = ask(
                dataSource,
                "select indexdef from pg_indexes where tablename = '" + table + "' and indexdef like '%_index %'");
        for (String name : ask(
                dataSource,
                "select indexname from pg_indexes where tablename = '" + table + "' and indexname like '%_index'")) {
            run(dataSource, "drop index " + name);
        }
        run(dataSource, "alter table " + table + " drop constraint " + table + "_token_key");
        run(dataSource, """
                insert into %1$s (tokenable_type, tokenable_id, name, token, abilities, expires_at, created_at, updated_at,
                    revoked_at, issued_by)
                select 'user', case when i %% 100 = 0 then '%3$s' else (i %% greatest(1, %2$d / 10 - 1))::text end, 'ci',
                    encode(sha256(convert_to('plans-' || i, 'UTF8')), 'hex'), '["orders:read","orders:write"]',
                    case when i %% 10 = 3 then timestamp '2021-01-01' + i * interval '1 second' end,
                    timestamp '2025-01-01' + i * interval '1 second', timestamp '2025-01-01' + i * interval '1 second',
                    case when i %% 10 = 3 then timestamp '2025-06-01' end, case when i %% 50 = 1 then i - 1 end
                from generate_series(1, %2$d) i
                """.formatted(table, rows, GREAT.id()));
        run(dataSource, "alter table " + table + " add unique (token)");
        for (String index : indexes) {
            run(dataSource, index);
        }
        run(dataSource, "vacuum analyze " + table);
        System.out.printf(
                "%,d tokens in %.0f s, %s%n",
                rows,
                (System.nanoTime() - began) / 1e9,
                ask(dataSource, "select pg_size_pretty(pg_total_relation_size('" + table + "'))"));
    }

    private static void use(Recorder recorder, String table, int rows) throws InterruptedException {
        DataSource dataSource = recorder.dataSource();
        JdbcTokenStore store = JdbcTokenStore.builder(dataSource).table(table).build();
        Tokens tokens = Tokens.of(store);
        Validity valid = new Validity(Instant.now(), null, null);
        Map<TokenId, LastUse> uses = new HashMap<>();
        for (int i = 0; i < TIMES; i++) {
            Owner owner = Owner.of("user", 1 + i * 7 % (rows / 10 - 1));
            AccessToken made = tokens.issue(TokenRequest.of(owner, "ci", "orders:read", Abilities.MANAGE_TOKENS))
                    .token();
            tokens.authenticate("plans-" + (1 + i * 31 % rows));
            tokens.find(made.id());
            tokens.list(owner, null, PAGE);
            store.count(owner, valid, 20);
            tokens.rename(made.id(), "renamed");
            TokenId rotated = tokens.rotate(made.id()).orElseThrow().token().id();
            tokens.revoke(rotated);
            for (int j = 0; j < 10; j++) {
                uses.put(TokenId.of(1 + (i * 10 + j) * 13L % rows), new LastUse(Instant.now(), "192.0.2.1"));
            }
        }
        recorder.note(", of the great owner");
        TokenId last = null;
        for (int i = 0; i < TIMES; i++) {
            List<AccessToken> page = tokens.list(GREAT, last, PAGE);
            last = page.isEmpty() ? null : page.get(page.size() - 1).id(); // from the beginning again
            store.count(GREAT, valid, 20);
        }
        Runtime.getRuntime().gc();
        long before = allocated();
        tokens.list(GREAT, last, PAGE);
        System.out.printf("a page of the great owner's tokens: %,d bytes%n", allocated() - before);
        recorder.note("");
        for (int i = 0; i < 5; i++) {
            store.touch(uses);
            store.prune(Instant.parse("2024-01-01T00:00:00Z"), null, rows > 100 * BATCH ? BATCH : 10);
            store.prune(Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z"), BATCH); // there is nothing that old
        }
        for (int i = 1; i < TIMES / 10; i++) {
            tokens.revokeAll(Owner.of("user", 5_000L % (rows / 10) + i));
        }
        poll(dataSource, table);
    }

    /** A thousand at a time, in turn with one statement that is written by hand and minds nobody. */
    private static void prune(DataSource dataSource, String table) throws SQLException {
        JdbcTokenStore store = JdbcTokenStore.builder(dataSource).table(table).build();
        Instant expired = Instant.parse("2024-01-01T00:00:00Z");
        Instant old = Instant.parse("2025-06-01T00:00:00Z");
        String delete = "delete from " + table + " where id in (select id from " + table + " where %1$s < '%2$s'"
                + " order by %3$s limit " + BATCH + ")";
        String byExpiry = delete.formatted("expires_at", "2024-01-01", "expires_at");
        String byAge = delete.formatted("created_at", "2025-06-01", "id");
        for (int turn = 0; turn < 2; turn++) { // the first warms up
            List<Long> ours = new ArrayList<>();
            List<Long> byHand = new ArrayList<>();
            List<Long> oursByAge = new ArrayList<>();
            List<Long> byHandByAge = new ArrayList<>();
            for (int i = 0; i < TIMES / 4; i++) {
                ours.add(nanos(() -> store.prune(expired, null, BATCH)));
                byHand.add(nanos(() -> run(dataSource, byExpiry)));
                oursByAge.add(nanos(() -> store.prune(Instant.EPOCH, old, BATCH)));
                byHandByAge.add(nanos(() -> run(dataSource, byAge)));
            }
            print("a thousand by expiry", ours, byHand);
            print("a thousand by age", oursByAge, byHandByAge);
        }
    }

    private interface Deletion {
        void run() throws SQLException;
    }

    private static long nanos(Deletion deletion) throws SQLException {
        long began = System.nanoTime();
        deletion.run();
        return System.nanoTime() - began;
    }

    private static void print(String what, List<Long> ours, List<Long> byHand) {
        Collections.sort(ours);
        Collections.sort(byHand);
        double median = ours.get(ours.size() / 2);
        double baseline = byHand.get(byHand.size() / 2);
        System.out.printf(
                "%s: %.1f ms, at most %.1f; by hand %.1f ms, at most %.1f; ratio %.2f%n",
                what,
                median / 1e6,
                ours.get(ours.size() - 1) / 1e6,
                baseline / 1e6,
                byHand.get(byHand.size() - 1) / 1e6,
                median / baseline);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static void poll(DataSource dataSource, String table) throws InterruptedException {
        TimeUnit.SECONDS.sleep(13); // until what was done just now is none of its business
        CountDownLatch turns = new CountDownLatch(TIMES);
        ChangeFeed feed = ChangeFeed.builder(dataSource, new InvalidationListener() {
                    @Override
                    public void invalidated(TokenId id) {}

                    @Override
                    public void invalidateAll() {}

                    @Override
                    public void caughtUp(long nanoTime, boolean deletes) {
                        turns.countDown();
                    }
                })
                .table(table)
                .interval(Duration.ofMillis(5))
                .build();
        Thread thread = new Thread(feed);
        thread.start();
        turns.await();
        feed.close();
        thread.join();
    }

    private static void print(DataSource dataSource, Map<String, Recorder.Sent> few, Map<String, Recorder.Sent> many)
            throws SQLException {
        System.out.printf("%n| statement | small, µs | large, µs | ratio |%n|---|---|---|---|%n");
        many.forEach((text, sent) -> {
            Recorder.Sent same = few.get(text);
            if (text.contains("tokens")) {
                System.out.printf(
                        "| `%s` | %s | %,d | %s |%n",
                        text,
                        same == null ? "" : String.format("%,d", same.median() / 1_000),
                        sent.median() / 1_000,
                        same == null ? "" : String.format("%.2f", (double) sent.median() / same.median()));
            }
        });
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            for (Map.Entry<String, Recorder.Sent> one : many.entrySet()) {
                if (one.getKey().contains("tokens")) {
                    System.out.printf("%n-- %s%n", one.getKey());
                    one.getValue().plan(connection).forEach(System.out::println);
                }
            }
            connection.rollback();
        }
    }

    private static void run(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set maintenance_work_mem = '512MB'");
            statement.execute(sql);
        }
    }

    private static List<String> ask(DataSource dataSource, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
