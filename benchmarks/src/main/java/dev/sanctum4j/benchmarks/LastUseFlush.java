package dev.sanctum4j.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.Housekeeping;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CachingTokenStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * What the last uses cost PostgreSQL at a steady rate of checks, of many tokens in turn, from the cache, noted and written as
 * in service: to the minute, every ten seconds. Every batch is timed here, and pg_stat_statements counts what arrived there.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.LastUseFlush JDBC-URL [TOKENS RATE SECONDS]</pre>
 */
public final class LastUseFlush {

    private static final String TABLE = "benchmark_last_uses";
    private static final long TICK = 1_000_000;

    private LastUseFlush() {}

    private record Flush(int rows, long nanos) {}

    /** Checks tokens for a while and prints what was written. */
    public static void main(String[] args) throws SQLException {
        int count = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
        int rate = args.length > 2 ? Integer.parseInt(args[2]) : 10_000;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 190;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(args[0]);
        config.setMaximumPoolSize(4);
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            sql(dataSource, "drop table if exists " + TABLE, "create extension if not exists pg_stat_statements");
            JdbcSchema schema = JdbcSchema.of(dataSource, TABLE);
            schema.createIfMissing();
            schema.createTriggers();
            List<Flush> flushes = new CopyOnWriteArrayList<>();
            Tokens tokens = Tokens.of(CachingTokenStore.of(
                    timed(JdbcTokenStore.builder(dataSource).table(TABLE).build(), flushes),
                    new CacheSettings(
                            count, Duration.ofHours(1), null, CacheSettings.DEFAULT.transactions(), System::nanoTime)));
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(tokens.issue(TokenRequest.of(Owner.of("user", i + 1L), "ci", "orders:read"))
                        .plainText()
                        .reveal());
            }
            sql(dataSource, "vacuum analyze " + TABLE);
            sql(
                    dataSource,
                    "select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()), 0)");
            ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
            try (Housekeeping unused = Housekeeping.start(tokens, scheduler, Duration.ofSeconds(10))) {
                run(tokens, texts, rate, seconds);
            } finally {
                scheduler.shutdownNow();
            }
            print(dataSource, flushes, seconds);
        }
    }

    private static void run(Tokens tokens, List<String> texts, int rate, int seconds) {
        long start = System.nanoTime();
        long done = 0;
        long late = 0;
        while (true) {
            long passed = System.nanoTime() - start;
            if (passed >= TimeUnit.SECONDS.toNanos(seconds)) {
                break;
            }
            long due = passed / 1_000 * rate / 1_000_000;
            late = Math.max(late, due - done);
            for (; done < due; done++) {
                if (!(tokens.authenticate(
                                texts.get((int) (done % texts.size())), "192.0.2." + done % 250, token -> true)
                        instanceof Verdict.Accepted)) {
                    throw new IllegalStateException("a token was refused");
                }
            }
            LockSupport.parkNanos(TICK);
        }
        System.out.printf(
                "%,d checks of %,d tokens in %d s; at most %,d behind (the first pass reads every token)%n",
                done, texts.size(), seconds, late);
    }

    /** The store, with its batches of last uses timed. */
    private static TokenStore timed(TokenStore store, List<Flush> flushes) {
        return (TokenStore) Proxy.newProxyInstance(
                LastUseFlush.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, arguments) -> {
                    long began = System.nanoTime();
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("touch")) {
                            flushes.add(new Flush(((Map<?, ?>) arguments[0]).size(), System.nanoTime() - began));
                        }
                    }
                });
    }

    private static void print(DataSource dataSource, List<Flush> flushes, int seconds) throws SQLException {
        long rows = flushes.stream().mapToLong(Flush::rows).sum();
        System.out.printf(
                "%d flushes with something to write, %,d rows, %.0f a second%n",
                flushes.size(), rows, (double) rows / seconds);
        flushes.forEach(one -> System.out.printf("  %,7d rows in %,5d ms%n", one.rows, one.nanos / 1_000_000));
        String sql = """
                select calls, rows, total_exec_time, regexp_replace(left(query, 200), '\\s+', ' ', 'g')
                from pg_stat_statements s join pg_database d on d.oid = s.dbid
                where d.datname = current_database() and toplevel order by total_exec_time desc limit 6
                """;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            System.out.println("     calls       rows    ms in all  statement");
            while (row.next()) {
                String query = row.getString(4);
                System.out.printf(
                        "%,10d %,10d %,12.1f  %s%n",
                        row.getLong(1),
                        row.getLong(2),
                        row.getDouble(3),
                        query.length() > 100 ? query.substring(0, 100) : query);
            }
        }
    }

    private static void sql(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }
}
