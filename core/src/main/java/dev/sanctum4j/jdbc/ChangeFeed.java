package dev.sanctum4j.jdbc;

import dev.sanctum4j.InvalidationListener;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Notifies of what happens to the tokens of a table, by whomever. On PostgreSQL it listens, on a connection of its own, to the
 * triggers of {@link JdbcSchema#createTriggers}; elsewhere, and where it cannot listen, it asks the table at every interval
 * what was changed lately. A failure is logged once and tried again for ever; meanwhile it falls behind.
 *
 * <p>It works on the thread that calls {@link #run} until {@link #close}. Thread-safe.
 */
public final class ChangeFeed implements Runnable, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ChangeFeed.class.getName());

    /** How often times of the table are looked at: a young table contradicts nothing yet. */
    private static final long TRIAL = TimeUnit.MINUTES.toNanos(1);

    private static final long LONGEST_RETRY = TimeUnit.SECONDS.toNanos(30);
    private static final int MISSED_ROUNDS = 3;
    private static final long SILENCE = TimeUnit.SECONDS.toNanos(3);

    /** How a feed learns of changes at the moment. */
    public enum Kind {
        /** PostgreSQL notifies it, at once. */
        LISTENING,
        /** It asks the table. */
        POLLING,
        /** It does not. */
        DISCONNECTED
    }

    private final DataSource dataSource;
    private final InvalidationListener listener;
    private final TokenTable table;
    private final Duration interval;
    private final Polling polling;
    private final @Nullable DataSource direct;
    private final CountDownLatch closing = new CountDownLatch(1);

    private final long silence;

    private volatile Kind kind = Kind.DISCONNECTED;
    private volatile long heardAt = System.nanoTime();
    private boolean lost;
    private @Nullable Notifications notifications;
    private @Nullable Database database;
    private @Nullable Long caughtUpTo;
    private long retryAfter = TimeUnit.SECONDS.toNanos(1);
    private long retryAt = System.nanoTime();
    private boolean complained;
    private long lookedAt = System.nanoTime() - TRIAL;

    private ChangeFeed(Builder builder) {
        dataSource = builder.dataSource;
        listener = builder.listener;
        table = builder.table;
        interval = builder.interval;
        silence = Math.max(MISSED_ROUNDS * interval.toNanos(), SILENCE);
        polling = new Polling(dataSource, table, interval);
        direct = builder.direct;
    }

    /** Settings for a feed that notifies {@code listener}. */
    public static Builder builder(DataSource dataSource, InvalidationListener listener) {
        return new Builder(dataSource, listener);
    }

    /** How it learns of changes at the moment; it does not while a question has been without an answer for three intervals. */
    public Kind kind() {
        return System.nanoTime() - heardAt > silence ? Kind.DISCONNECTED : kind;
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
            kind = Kind.DISCONNECTED;
        }
    }

    /** Lets {@link #run} return soon. */
    @Override
    public void close() {
        closing.countDown();
    }

    /** Asks once. Returns whether it waited for that, so that the caller need not. */
    boolean turn() {
        try {
            if (notifications == null) {
                listen();
            }
            lookAtTimes();
            if (notifications != null) {
                caughtUpTo = notifications.poll(interval, listener);
                connected(Kind.LISTENING);
                return true;
            }
            caughtUpTo = polling.poll(database(), caughtUpTo, listener);
            connected(Kind.POLLING);
        } catch (Throwable e) { // an Error, too, or it would be gone for good and nobody would know
            kind = Kind.DISCONNECTED;
            try {
                stopListening();
                if (!lost) {
                    lost = true;
                    LOG.log(
                            Level.WARNING,
                            "Nobody notifies of changes of tokens, so nothing is answered from memory: " + reason(e));
                }
            } catch (Throwable again) { // no memory even for that
                lost = false;
            }
        }
        return false;
    }

    /** Says so, each minute, if times of the table cannot be what they are taken for; nothing once somebody said what they are. */
    private void lookAtTimes() throws SQLException {
        if (table.session() != null || System.nanoTime() - lookedAt < TRIAL) {
            return;
        }
        lookedAt = System.nanoTime();
        JdbcWork.SqlFunction<Optional<String>> look = connection -> TableTimes.contradiction(connection, table);
        Optional<String> contradiction =
                notifications == null ? JdbcWork.on(dataSource).read(look) : notifications.read(look);
        contradiction.ifPresent(what -> LOG.log(
                Level.ERROR,
                "Tokens may be accepted after they have ended: " + what + ". Set sanctum.jdbc.time-zone and"
                        + " sanctum.jdbc.session-time-zone to the zones in which a Laravel writes them"));
    }

    private void connected(Kind how) {
        heardAt = System.nanoTime();
        lost = false;
        if (kind != how) {
            LOG.log(
                    Level.INFO,
                    "Changes of tokens are noticed by " + (how == Kind.LISTENING ? "listening" : "polling"));
            kind = how;
        }
    }

    /** Begins to listen if that is possible; otherwise says why, once, and is tried again later. */
    private void listen() throws SQLException {
        if (direct == null || database() != Database.POSTGRESQL || System.nanoTime() < retryAt) {
            return;
        }
        try {
            notifications = Notifications.open(direct, dataSource, table);
            listener.invalidateAll(); // of what happened until now nobody was notified
            retryAfter = TimeUnit.SECONDS.toNanos(1);
            complained = false;
        } catch (Throwable e) { // whatever it is, it can poll
            stopListening();
            retryAt = System.nanoTime() + retryAfter;
            retryAfter = Math.min(2 * retryAfter, LONGEST_RETRY);
            if (!complained) {
                complained = true;
                LOG.log(Level.WARNING, "Cannot listen for changes of tokens, and polls instead: " + reason(e));
            }
        }
    }

    private void stopListening() {
        Notifications open = notifications;
        if (open != null) {
            notifications = null;
            retryAt = System.nanoTime();
            open.close();
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

    private static String reason(Throwable e) {
        return e instanceof SQLException sql
                ? String.valueOf(SqlFailure.of("ask for changes", sql).getMessage())
                : e.toString();
    }

    /** Settings of a {@link ChangeFeed}. Not thread-safe. */
    public static final class Builder {

        private final DataSource dataSource;
        private final InvalidationListener listener;
        private TokenTable table = TokenTable.of(TokenTable.DEFAULT);
        private Duration interval = Duration.ofSeconds(1);
        private @Nullable DataSource direct;

        private Builder(DataSource dataSource, InvalidationListener listener) {
            this.dataSource = dataSource;
            this.listener = listener;
        }

        /**
         * The table, with its schema if need be; {@value JdbcTokenStore#DEFAULT_TABLE} unless set.
         *
         * @throws IllegalArgumentException if it is not a plain identifier
         */
        public Builder table(String table) {
            this.table = this.table.named(table);
            return this;
        }

        /** The zone in which times stand in the table; UTC unless set. */
        public Builder timeZone(ZoneId zone) {
            this.table = table.in(zone);
            return this;
        }

        /** The zone in which MySQL converts times of the table, see {@link JdbcTokenStore.Builder#sessionTimeZone}. */
        public Builder sessionTimeZone(@Nullable ZoneId zone) {
            this.table = table.within(zone);
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
