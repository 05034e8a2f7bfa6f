package dev.sanctum4j.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Deletes a great many expired tokens of PostgreSQL from two processes at once, while a third goes on checking valid ones,
 * uncached: how long it takes, and what the checks feel of it.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.Pruning JDBC-URL [EXPIRED RATE]</pre>
 */
public final class Pruning {

    private static final String TABLE = "benchmark_pruning";
    private static final int LIVE = 10_000;
    private static final int NODES = 2;
    private static final Duration QUIET = Duration.ofSeconds(20);

    private Pruning() {}

    /** Fills the table, prunes it, and prints what happened. As a child of itself it only prunes. */
    public static void main(String[] args) throws SQLException, IOException, InterruptedException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(args[0]);
        config.setMaximumPoolSize(2);
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            Tokens tokens =
                    Tokens.of(JdbcTokenStore.builder(dataSource).table(TABLE).build());
            if (args.length > 1 && args[1].equals("node")) {
                prune(tokens);
                return;
            }
            int expired = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
            int rate = args.length > 2 ? Integer.parseInt(args[2]) : 200;
            fill(dataSource, expired);
            Checks checks = new Checks(tokens, rate);
            checks.run(quiet()); // warms up
            long[] before = sorted(checks.run(quiet()));
            long began = System.nanoTime();
            List<Process> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                nodes.add(new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx128m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Pruning.class.getName(),
                                args[0],
                                "node")
                        .inheritIO()
                        .start());
            }
            long[] meanwhile = sorted(checks.run(() -> nodes.stream().anyMatch(Process::isAlive)));
            System.out.printf("all in %.1f s%n", (System.nanoTime() - began) / 1e9);
            long[] after = sorted(checks.run(quiet()));
            print("before", before);
            print("meanwhile", meanwhile);
            print("after", after);
            System.out.printf(
                    "left: %,d rows of %,d valid ones%n", number(dataSource, "select count(*) from " + TABLE), LIVE);
        }
    }

    private static void prune(Tokens tokens) {
        long began = System.nanoTime();
        long[] last = {began};
        List<Long> batches = new ArrayList<>();
        int pruned = tokens.prune(Duration.ZERO, soFar -> {
            long now = System.nanoTime();
            batches.add(now - last[0]);
            last[0] = now;
        });
        long[] sorted = sorted(batches);
        System.out.printf(
                "a node pruned %,d rows in %.1f s, %,d batches: median %.1f ms, longest %.1f ms%n",
                pruned,
                (System.nanoTime() - began) / 1e9,
                sorted.length,
                quantile(sorted, 0.5) / 1e6,
                quantile(sorted, 1) / 1e6);
    }

    private static void fill(DataSource dataSource, int expired) throws SQLException {
        String insert = """
                insert into %s (tokenable_type, tokenable_id, name, token, abilities, expires_at, created_at, updated_at)
                select 'user', (i %% 1000)::text, 'ci', encode(sha256(convert_to('%s-' || i, 'UTF8')), 'hex'), '["*"]',
                    %s, '2020-01-01', '2020-01-01'
                from generate_series(1, %d) as i
                """;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists " + TABLE);
            JdbcSchema schema = JdbcSchema.of(dataSource, TABLE);
            schema.createIfMissing();
            schema.createTriggers();
            statement.execute(insert.formatted(
                    TABLE, "old", "timestamp '2021-01-01' + i % 10000000 * interval '1 second'", expired));
            statement.execute(insert.formatted(TABLE, "live", "null", LIVE));
            statement.execute("vacuum analyze " + TABLE);
            System.out.printf(
                    "%,d expired rows, %,d MB%n",
                    expired, number(dataSource, "select pg_total_relation_size('" + TABLE + "')") >> 20);
        }
    }

    private static long number(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Goes on for a while. */
    private static BooleanSupplier quiet() {
        long end = System.nanoTime() + QUIET.toNanos();
        return () -> System.nanoTime() < end;
    }

    /** Checks one token after the other, at most so many a second. */
    private static final class Checks {
        private final Tokens tokens;
        private final int rate;
        private int next;

        Checks(Tokens tokens, int rate) {
            this.tokens = tokens;
            this.rate = rate;
        }

        /** How long each check took. */
        List<Long> run(BooleanSupplier goesOn) {
            List<Long> nanos = new ArrayList<>();
            while (goesOn.getAsBoolean()) {
                String text = "live-" + (1 + next++ % LIVE);
                long began = System.nanoTime();
                if (!(tokens.authenticate(text) instanceof Verdict.Accepted)) {
                    throw new IllegalStateException(text + " was refused");
                }
                nanos.add(System.nanoTime() - began);
                LockSupport.parkNanos(1_000_000_000L / rate);
            }
            return nanos;
        }
    }

    private static long[] sorted(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static long quantile(long[] sorted, double q) {
        return sorted.length == 0 ? 0 : sorted[(int) (q * (sorted.length - 1))];
    }

    private static void print(String when, long[] sorted) {
        System.out.printf(
                "checks %-9s %,6d: median %,d µs, p99 %,d µs, longest %,d µs%n",
                when,
                sorted.length,
                quantile(sorted, 0.5) / 1_000,
                quantile(sorted, 0.99) / 1_000,
                quantile(sorted, 1) / 1_000);
    }
}
