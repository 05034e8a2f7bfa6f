package dev.sanctum4j.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;
import javax.sql.DataSource;

/**
 * What a look-up costs without any cache of ours, in a small table and in a large one, which take turns. The rows that are
 * asked for have been read once before, so the database has them in its buffers.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.ColdLookup JDBC-URL [SMALL LARGE LOOKUPS]</pre>
 */
public final class ColdLookup {

    private static final int TURN = 1_000;

    private ColdLookup() {}

    /** Fills the tables that are not there yet, measures, and prints a line for each. */
    public static void main(String[] args) throws SQLException {
        int small = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        int large = args.length > 2 ? Integer.parseInt(args[2]) : 10_000_000;
        int lookups = args.length > 3 ? Integer.parseInt(args[3]) : 50_000;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(args[0]);
        config.setMaximumPoolSize(2);
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            Side few = new Side(dataSource, small, lookups);
            Side many = new Side(dataSource, large, lookups);
            for (int pass = 0; pass < 2; pass++) { // the first one warms up everybody
                few.done = 0;
                many.done = 0;
                while (few.done < lookups) {
                    few.turn();
                    many.turn();
                }
            }
            few.print();
            many.print();
            System.out.printf(
                    "ratio of medians %.2f, of p99 %.2f%n",
                    (double) many.quantile(0.5) / few.quantile(0.5), (double) many.quantile(0.99) / few.quantile(0.99));
        }
    }

    private static final class Side {
        private final int rows;
        private final Tokens tokens;
        private final int[] asked;
        private final long[] nanos;
        private int done;

        Side(DataSource dataSource, int rows, int lookups) throws SQLException {
            this.rows = rows;
            String table = "benchmark_tokens_" + rows;
            if (JdbcSchema.of(dataSource, table).createIfMissing()) {
                fill(dataSource, table, rows);
            }
            tokens = Tokens.of(JdbcTokenStore.builder(dataSource).table(table).build());
            Random random = new Random(rows);
            asked = random.ints(lookups, 1, rows + 1).toArray();
            nanos = new long[lookups];
        }

        private static void fill(DataSource dataSource, String table, int rows) throws SQLException {
            String sql = """
                    insert into %s (tokenable_type, tokenable_id, name, token, abilities, created_at, updated_at)
                    select 'user', (i %% 1000000)::text, 'ci', encode(sha256(convert_to('cold-' || i, 'UTF8')), 'hex'),
                        '["orders:read","orders:write"]', now() at time zone 'UTC', now() at time zone 'UTC'
                    from generate_series(1, %d) as i
                    """.formatted(table, rows);
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("alter table " + table + " disable trigger user");
                statement.execute(sql);
                statement.execute("alter table " + table + " enable trigger user");
                statement.execute("vacuum analyze " + table);
                try (ResultSet size =
                        statement.executeQuery("select pg_size_pretty(pg_total_relation_size('" + table + "'))")) {
                    size.next();
                    System.out.println(table + ": " + size.getString(1));
                }
            }
        }

        void turn() {
            int end = Math.min(asked.length, done + TURN);
            for (; done < end; done++) {
                String text = "cold-" + asked[done];
                long start = System.nanoTime();
                Verdict verdict = tokens.authenticate(text);
                nanos[done] = System.nanoTime() - start;
                if (!(verdict instanceof Verdict.Accepted)) {
                    throw new IllegalStateException("row " + asked[done] + " of " + rows + ": " + verdict);
                }
            }
        }

        long quantile(double q) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return sorted[(int) (q * (sorted.length - 1))];
        }

        void print() {
            System.out.printf(
                    "%,d tokens: median %d µs, p99 %d µs (%,d look-ups)%n",
                    rows, quantile(0.5) / 1_000, quantile(0.99) / 1_000, nanos.length);
        }
    }
}
