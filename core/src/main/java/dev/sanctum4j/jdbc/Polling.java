package dev.sanctum4j.jdbc;

import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.TokenId;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks the table what was changed lately. Used by one thread. */
final class Polling {

    /** How late a change may be committed, and how much the clock of a Laravel may be behind, without being overlooked. */
    private static final int OVERLAP = 10;

    private static final int MANY = 10_000;
    private static final int CLEARED = 1_000;
    private static final long TRIAL = TimeUnit.MINUTES.toNanos(1);
    private static final System.Logger LOG = System.getLogger(Polling.class.getName());

    private final DataSource dataSource;
    private final TokenTable table;
    private final int timeout;
    private boolean tombstones;
    private @Nullable TableShape shape;
    private boolean complained;

    /** Whether there may be tombstones that are too old. */
    private boolean clears;

    private long triedAt = System.nanoTime() - TRIAL;

    Polling(DataSource dataSource, TokenTable table, Duration interval) {
        this.dataSource = dataSource;
        this.table = table;
        this.timeout = (int) Math.max(1, 2 * interval.toSeconds());
    }

    /**
     * Asks once.
     *
     * @param caughtUpTo until when everything was notified before; absent if nothing was
     * @return until when it is now
     */
    long poll(Database database, @Nullable Long caughtUpTo, InvalidationListener listener) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (database == Database.H2 || database == Database.SQLITE) {
                return poll(connection, database, caughtUpTo, listener);
            }
            int patience = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, 2_000 * timeout); // or a silent network holds it for ever
            try {
                return poll(connection, database, caughtUpTo, listener);
            } finally {
                if (!connection.isClosed()) {
                    connection.setNetworkTimeout(Runnable::run, patience);
                }
            }
        }
    }

    private long poll(
            Connection connection, Database database, @Nullable Long caughtUpTo, InvalidationListener listener)
            throws SQLException {
        long began = System.nanoTime();
        List<TokenId> changed = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(timeout);
            String gone = table.tombstones();
            if (began - triedAt >= TRIAL) {
                shape = null;
                tombstones = tried(new Triggers(connection, database, table));
                triedAt = began;
                clears = tombstones;
            }
            clears = clears && cleared(statement, database, gone);
            long since = OVERLAP + (caughtUpTo == null ? 0 : TimeUnit.NANOSECONDS.toSeconds(began - caughtUpTo) + 1);
            table.work(connection, zoned -> {
                TableShape seen = shape == null ? TableShape.of(zoned, table.name()) : shape;
                shape = seen;
                String time = seen.now(offset(statement, database, since), since);
                collect(statement, "select id from " + table.name(), "updated_at", time, changed);
                return seen;
            });
            if (tombstones) {
                collect(statement, "select token_id from " + gone, "deleted_at", database.now(-since), changed);
            }
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
        if (caughtUpTo == null || changed.size() > MANY) {
            listener.invalidateAll();
        } else {
            changed.forEach(listener::invalidated);
        }
        listener.caughtUp(began, tombstones);
        return began;
    }

    /** Deletes some that are a day old, and tells whether there may be more. What fails keeps nobody from being told of changes. */
    private static boolean cleared(Statement statement, Database database, String gone) {
        String oldest = " where deleted_at < " + database.now(-86_400) + " order by deleted_at limit " + CLEARED;
        String which = database == Database.SQLITE
                ? " where token_id in (select token_id from " + gone + oldest + ")" // its delete knows no limit
                : oldest;
        try {
            return statement.executeUpdate("delete from " + gone + which) == CLEARED;
        } catch (SQLException e) {
            LOG.log(Level.INFO, SqlFailure.of("clear " + gone, e).getMessage() + ": it is tried again in a minute");
            return false;
        }
    }

    /** Whether deletions are written down now. Where somebody wanted that, and they are not, it says so once. */
    private boolean tried(Triggers triggers) throws SQLException {
        boolean tell = triggers.tell();
        boolean wanted = tombstones || complained || triggers.state() != Triggers.State.NONE;
        if (!tell && wanted && !complained) {
            LOG.log(
                    Level.WARNING,
                    "The triggers of " + table.name()
                            + " write down no deletions, so those by others are noticed later");
        }
        complained = !tell && wanted;
        return tell;
    }

    /**
     * Collects what has a time since then, by its index: a clock that goes on while a statement runs would be compared with every
     * row of the table, and without an order so would a great many changes that all stand at its end.
     */
    private static void collect(Statement statement, String select, String column, String since, List<TokenId> found)
            throws SQLException {
        String sql = select + " where " + column + " >= '" + ask(statement, since) + "' order by " + column + " limit "
                + (MANY + 1);
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(TokenId.of(rows.getLong(1)));
            }
        }
    }

    /** By how many seconds times of the table that were written since then differ from UTC at least, by the clock of the database. */
    private long offset(Statement statement, Database database, long since) throws SQLException {
        if (table.zone().getRules().isFixedOffset()) {
            return table.zone().getRules().getOffset(LocalDateTime.MIN).getTotalSeconds();
        }
        LocalDateTime utc = LocalDateTime.parse(ask(statement, database.now(0)).replace(' ', 'T'));
        return table.offset(utc.toInstant(ZoneOffset.UTC), since);
    }

    private static String ask(Statement statement, String time) throws SQLException {
        try (ResultSet row = statement.executeQuery("select " + time)) {
            row.next();
            return row.getString(1);
        }
    }
}
