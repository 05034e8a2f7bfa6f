package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What a feed asks once a second is answered by an index, on every database, and on tables that a Laravel made. */
class FeedPlansTest {

    private static final String TABLE = "planned_tokens";
    private static final int ROWS = 50_000;

    private final Collection<String> sent = new ConcurrentLinkedQueue<>();

    /** Writes down what is sent. */
    private final class Watched extends DelegatingDataSource {

        Watched(DataSource real) {
            super(real);
        }

        @Override
        public Connection getConnection() throws SQLException {
            return watch(super.getConnection(), Connection.class);
        }

        private <T> T watch(T real, Class<T> type) {
            return type.cast(Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        if (args != null && args.length > 0 && args[0] instanceof String sql) {
                            sent.add(sql);
                        }
                        try {
                            Object result = method.invoke(real, args);
                            return result instanceof Statement statement
                                            && method.getName().equals("createStatement")
                                    ? watch(statement, Statement.class)
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }

    /** Old rows, and more new ones than a feed names, which stand at the end of the table. */
    private static void fill(Databases database) throws SQLException {
        String numbers = switch (database) {
            case H2 -> "select x as n from system_range(1, %d)";
            case POSTGRESQL -> "select n from generate_series(1, %d) n";
            case MARIADB -> "select seq as n from seq_1_to_%d";
            case SQLITE ->
                "select n from (with recursive up(n) as (select 1 union all select n + 1 from up where n < %d)"
                        + " select n from up)";
        };
        String text = database == Databases.SQLITE ? "" : "timestamp ";
        database.run("insert into " + TABLE + " (tokenable_type, tokenable_id, name, token, updated_at)"
                + " select 'user', 1, 'many', concat('token-', n), case when n > 30000 then " + text
                + "'2026-01-01 00:00:00' else " + text + "'2020-01-01 00:00:00' end from (" + numbers.formatted(ROWS)
                + ") many");
        database.run(database == Databases.MARIADB ? "analyze table " + TABLE : "analyze");
    }

    private static List<String> explain(Databases database, String sql) throws SQLException {
        List<String> plan = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        (database == Databases.SQLITE ? "explain query plan " : "explain ") + sql)) {
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    line.append(rows.getString(i)).append(' ');
                }
                plan.add(line.toString());
            }
        }
        return plan;
    }

    private void assertPlans(Databases database, ZoneId zone) throws Exception {
        fill(database);
        CountDownLatch turns = new CountDownLatch(2);
        ChangeFeed feed = ChangeFeed.builder(new Watched(database.dataSource()), new InvalidationListener() {
                    @Override
                    public void invalidated(TokenId id) {}

                    @Override
                    public void invalidateAll() {}

                    @Override
                    public void caughtUp(long nanoTime, boolean deletes) {
                        turns.countDown();
                    }
                })
                .table(TABLE)
                .timeZone(zone)
                .sessionTimeZone(zone.equals(ZoneOffset.UTC) ? null : zone)
                .interval(Duration.ofMillis(50))
                .build();
        Thread thread = new Thread(feed, "feed");
        thread.start();
        assertThat(turns.await(20, TimeUnit.SECONDS)).isTrue();
        feed.close();
        thread.join(10_000);

        JdbcTokenStore.builder(new Watched(database.dataSource()))
                .table(TABLE)
                .timeZone(zone)
                .sessionTimeZone(zone.equals(ZoneOffset.UTC) ? null : zone)
                .build()
                .prune(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2020-01-01T00:00:00Z"), 1_000);

        List<String> ranges = sent.stream()
                .filter(sql -> sql.contains("where updated_at"))
                .map(sql -> sql.replaceAll("'[0-9: .+-]{19,}'", "'2026-01-01 00:00:00'"))
                .distinct()
                .toList();
        assertThat(ranges).isNotEmpty(); // the poll, and unless a zone was said, the newest change
        List<String> pruning = sent.stream()
                .filter(sql -> sql.contains("order by expires_at"))
                .map(sql -> sql.replace("?", "'2020-01-01 00:00:00'"))
                .distinct()
                .toList();
        assertThat(pruning).hasSize(1);
        for (String sql : Stream.of(
                        sent.stream().filter(sql -> sql.contains("where updated_at")),
                        ranges.stream(),
                        pruning.stream())
                .flatMap(Function.identity())
                .toList()) {
            String column = sql.contains("updated_at") ? "updated_at" : "expires_at";
            assertThat(explain(database, sql).toString().toLowerCase(Locale.ROOT))
                    .as("%s: %s", database, sql)
                    .contains(TABLE + "_" + column + "_index")
                    .contains(database == Databases.MARIADB ? " range " : "")
                    .doesNotContain("seq scan", "tablescan", " all ", "filesort", "temp b-tree", "sort key");
        }
        assertAged(database);
    }

    /** By the number of a token, in pages. */
    private void assertAged(Databases database) throws SQLException {
        List<String> aged = sent.stream()
                .filter(sql -> sql.contains("order by id limit "))
                .map(sql -> sql.replace("id > ?", "id > 17").replace("?", "'2020-01-01 00:00:00'"))
                .toList();
        assertThat(aged).hasSizeGreaterThan(10);
        assertThat(explain(database, aged.get(0)).toString().toLowerCase(Locale.ROOT))
                .as("%s: %s", database, aged.get(0))
                .containsAnyOf("primary", "_pkey")
                .contains(database == Databases.MARIADB ? " range " : "")
                .doesNotContain("seq scan", "tablescan", " all ", "filesort", "temp b-tree", "sort key");
    }

    @ParameterizedTest
    @EnumSource
    void feedAsksAnIndex(Databases database) throws Exception {
        JdbcSchema schema = JdbcSchema.of(database.dataSource(), TABLE);
        schema.remove();
        database.run("drop table if exists " + TABLE);
        schema.createIfMissing();
        schema.createTriggers();
        assertPlans(database, ZoneOffset.UTC);
    }

    @ParameterizedTest
    @EnumSource(
            value = Databases.class,
            names = {"SQLITE", "POSTGRESQL", "MARIADB"})
    void feedAsksAnIndexOfATableThatALaravelMade(Databases database) throws Exception {
        JdbcSchema.of(database.dataSource(), TABLE).remove();
        database.run("drop table if exists " + TABLE);
        database.createAsLaravel(TABLE);
        database.migrate("V2__sanctum4j_columns.sql", TABLE);
        database.migrate("V3__last_used_from.sql", TABLE);
        assertPlans(database, ZoneId.of("Europe/Berlin"));
    }
}
