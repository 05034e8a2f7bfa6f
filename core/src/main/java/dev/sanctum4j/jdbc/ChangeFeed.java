package dev.sanctum4j.jdbc;

import dev.sanctum4j.TokenChanges;
import dev.sanctum4j.TokenId;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens to the tokens of a table, by whomever. On PostgreSQL it listens, on a connection of its own, to the
 * triggers of {@link JdbcSchema#createTriggers}; elsewhere, and where it cannot listen, it asks the table at every interval
 * what was changed lately. A failure is logged once and tried again for ever; meanwhile it is silent.
 *
 * <p>It works on the thread that calls {@link #run} until {@link #close}. Thread-safe.
 */
public final class ChangeFeed implements Runnable, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ChangeFeed.class.getName());

    /** How late a change may be committed, and how much the clock of a Laravel may be behind, without being overlooked. */
    private static final int OVERLAP = 10;

    private static final int MANY = 10_000;
    private static final int ROUNDS = 300;
    private static final long LONGEST_RETRY = TimeUnit.SECONDS.toNanos(30);

    /** How a feed hears at the moment. */
    public enum Kind {
        /** It is told by PostgreSQL, at once. */
        LISTENING,
        /** It asks the table. */
        POLLING,
        /** It does not. */
        LOST
    }

    private final DataSource dataSource;
    private final TokenChanges changes;
    private final String table;
    private final ZoneId zone;
    private final Duration interval;
    private final @Nullable DataSource direct;
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile Kind kind = Kind.LOST;
    private @Nullable Listener listener;
    private @Nullable Database database;
    private @Nullable Long toldUntil;
    private long retryAfter = TimeUnit.SECONDS.toNanos(1);
    private long retryAt = System.nanoTime();
    private boolean complained;
    private boolean tombstones;
    private int round;

    private ChangeFeed(Builder builder) {
        dataSource = builder.dataSource;
        changes = builder.changes;
        table = builder.table;
        zone = builder.zone;
        interval = builder.interval;
        direct = builder.direct;
    }

    /** Settings for a feed that tells {@code changes}. */
    public static Builder builder(DataSource dataSource, TokenChanges changes) {
        return new Builder(dataSource, changes);
    }

    /** How it hears at the moment. */
    public Kind kind() {
        return kind;
    }

    @Override
    public void run() {
        try {
            while (closing.getCount() > 0) {
                if (!turn()) {
                    closing.await(interval.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopListening();
            kind = Kind.LOST;
        }
    }

    /** Lets {@link #run} return soon. */
    @Override
    public void close() {
        closing.countDown();
    }

    /** Hears once. Returns whether it waited for that, so that the caller need not. */
    boolean turn() {
        try {
            if (listener == null) {
                listen();
            }
            if (listener != null) {
                toldUntil = listener.hear(interval, changes);
                heard(Kind.LISTENING);
                return true;
            }
            poll();
            heard(Kind.POLLING);
        } catch (SQLException | RuntimeException e) {
            stopListening();
            if (kind != Kind.LOST) {
                kind = Kind.LOST;
                LOG.log(
                        Level.WARNING,
                        "Changes of tokens cannot be heard, so nothing is answered from memory: " + told(e));
            }
        }
        return false;
    }

    private void heard(Kind how) {
        if (kind != how) {
            LOG.log(Level.INFO, "Changes of tokens are heard by " + (how == Kind.LISTENING ? "listening" : "polling"));
            kind = how;
        }
    }

    /** Begins to listen if that is possible; otherwise says why, once, and is tried again later. */
    private void listen() throws SQLException {
        if (direct == null || database() != Database.POSTGRESQL || System.nanoTime() < retryAt) {
            return;
        }
        try {
            listener = Listener.open(direct, dataSource, table);
            changes.anyChanged(); // what happened until now was not heard
            retryAfter = TimeUnit.SECONDS.toNanos(1);
            complained = false;
        } catch (SQLException | LinkageError e) {
            retryAt = System.nanoTime() + retryAfter;
            retryAfter = Math.min(2 * retryAfter, LONGEST_RETRY);
            if (!complained) {
                complained = true;
                LOG.log(Level.WARNING, "Cannot listen for changes of tokens, and polls instead: " + told(e));
            }
        }
    }

    private void stopListening() {
        if (listener != null) {
            listener.close();
            listener = null;
            retryAt = System.nanoTime();
        }
    }

    private void poll() throws SQLException {
        long began = System.nanoTime();
        List<TokenId> changed = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout((int) Math.max(1, 2 * interval.toSeconds()));
            Database known = database();
            String gone = "sanctum_" + JdbcSchema.withoutSchema(table) + "_deleted";
            if (round++ % ROUNDS == 0) {
                tombstones = known.writesTombstones() && JdbcSchema.exists(connection, gone);
                if (tombstones) {
                    statement.executeUpdate("delete from " + gone + " where deleted_at < " + known.now(-86_400));
                }
            }
            long since = OVERLAP + (toldUntil == null ? 0 : TimeUnit.NANOSECONDS.toSeconds(began - toldUntil) + 1);
            collect(
                    statement,
                    "select id from " + table + " where updated_at >= " + known.now(offset(statement, known) - since),
                    changed);
            if (tombstones) {
                collect(
                        statement,
                        "select token_id from " + gone + " where deleted_at >= " + known.now(-since),
                        changed);
            }
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
        if (toldUntil == null || changed.size() > MANY) {
            changes.anyChanged();
        } else {
            changed.forEach(changes::changed);
        }
        toldUntil = began;
        changes.heard(began, tombstones);
    }

    private static void collect(Statement statement, String sql, List<TokenId> found) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql + " limit " + (MANY + 1))) {
            while (rows.next()) {
                found.add(TokenId.of(rows.getLong(1)));
            }
        }
    }

    /** By how many seconds the times of the table differ from UTC, by the clock of the database. */
    private long offset(Statement statement, Database known) throws SQLException {
        if (zone.getRules().isFixedOffset()) {
            return zone.getRules().getOffset(LocalDateTime.MIN).getTotalSeconds();
        }
        try (ResultSet row = statement.executeQuery("select " + known.now(0))) {
            row.next();
            LocalDateTime utc = LocalDateTime.parse(row.getString(1).replace(' ', 'T'));
            return zone.getRules().getOffset(utc.toInstant(ZoneOffset.UTC)).getTotalSeconds();
        }
    }

    private Database database() throws SQLException {
        Database known = database;
        if (known == null) {
            try (Connection connection = dataSource.getConnection()) {
                known = Database.of(connection);
            }
            database = known;
        }
        return known;
    }

    private static String told(Throwable e) {
        return e instanceof SQLException sql
                ? String.valueOf(SqlFailure.of("hear", sql).getMessage())
                : e.toString();
    }

    /** Settings of a {@link ChangeFeed}. Not thread-safe. */
    public static final class Builder {

        private final DataSource dataSource;
        private final TokenChanges changes;
        private String table = JdbcTokenStore.DEFAULT_TABLE;
        private ZoneId zone = ZoneOffset.UTC;
        private Duration interval = Duration.ofSeconds(1);
        private @Nullable DataSource direct;

        private Builder(DataSource dataSource, TokenChanges changes) {
            this.dataSource = dataSource;
            this.changes = changes;
        }

        /**
         * The table, with its schema if need be; {@value JdbcTokenStore#DEFAULT_TABLE} unless set.
         *
         * @throws IllegalArgumentException if it is not a plain identifier
         */
        public Builder table(String table) {
            this.table = JdbcTokenStore.checkTable(table);
            return this;
        }

        /** The zone in which times stand in the table; UTC unless set. */
        public Builder timeZone(ZoneId zone) {
            this.zone = zone;
            return this;
        }

        /**
         * How often the table is asked, or the connection proved; one second unless set.
         *
         * @throws IllegalArgumentException if it is less than a millisecond
         */
        public Builder interval(Duration interval) {
            if (interval.toMillis() < 1) {
                throw new IllegalArgumentException("interval must be at least a millisecond, was " + interval);
            }
            this.interval = interval;
            return this;
        }

        /**
         * Where PostgreSQL is reached without a pool and without a proxy that shares connections between transactions.
         * Unless set, the feed does not listen.
         */
        public Builder direct(DataSource direct) {
            this.direct = direct;
            return this;
        }

        /** The feed. Does not connect. */
        public ChangeFeed build() {
            return new ChangeFeed(this);
        }
    }
}
