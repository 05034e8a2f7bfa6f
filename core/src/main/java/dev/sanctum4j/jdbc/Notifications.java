package dev.sanctum4j.jdbc;

import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.TokenId;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Receives what the triggers on PostgreSQL notify of. Used by one thread. */
final class Notifications implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Notifications.class.getName());
    private static final int PATIENCE = 1_000;
    private static final String MAY_NOT = "42501";

    /** How often it is tried out whether the triggers notify: they say nothing where they fail. */
    private static final long TRIAL = TimeUnit.MINUTES.toNanos(1);

    /** Those that notify the channel, of the table and of each of its partitions: one that has none of them notifies of nothing. */
    private static final String TRIGGERS = """
            with recursive part as (
                select oid, relname, true as whole from pg_class where oid = to_regclass(?)
                union all
                select c.oid, c.relname, false from part join pg_inherits on inhparent = part.oid
                    join pg_class c on c.oid = inhrelid
            )
            select count(distinct part.oid) as parts,
                count(*) filter (where tgname in ('sanctum_changed', 'sanctum_deleted')) as rows,
                count(*) filter (where tgname = 'sanctum_truncated' and whole) as truncations,
                count(*) filter (where tgname = 'sanctum_probe' and whole) as probes
            from part left join pg_trigger on tgrelid = part.oid and tgenabled in ('O', 'A')
                and lower(coalesce(nullif(split_part(encode(tgargs, 'escape'), '\\000', 1), ''), 'sanctum_' || relname)) = ?
            """;

    private final Connection connection;
    private final PGConnection pending;
    private final TokenTable table;
    private long caughtUpTo = System.nanoTime();
    private long triedAt = caughtUpTo;
    private @Nullable String awaited;
    private boolean probed;

    private Notifications(Connection connection, TokenTable table) throws SQLException {
        this.connection = connection;
        this.pending = connection.unwrap(PGConnection.class);
        this.table = table;
    }

    /**
     * Begins to listen, and proves it: a notification through {@code pool} must arrive here.
     *
     * @throws SQLException if the triggers are missing or fail, or the connection does not belong to this session alone
     */
    static Notifications open(DataSource direct, DataSource pool, TokenTable table) throws SQLException {
        String channel = table.channel();
        Connection connection = direct.getConnection();
        try {
            connection.setAutoCommit(true);
            Notifications notifications = new Notifications(connection, table);
            try (Statement statement = connection.createStatement()) {
                statement.execute("listen \"" + channel + "\"");
            }
            notifications.proveTriggers();
            notifications.proveArrival(pool);
            return notifications;
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private void proveArrival(DataSource pool) throws SQLException {
        String word;
        try (Connection other = pool.getConnection()) {
            word = say(other);
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
        while (System.nanoTime() < until) {
            if (texts(pending.getNotifications(PATIENCE / 4)).contains(word)) {
                return;
            }
        }
        throw new SQLException(
                "notifications do not arrive: there is a pooler between, another database, or the triggers fail",
                "08000");
    }

    /**
     * Lets a trigger notify of a word, by an update of no row, and returns the word. Where there is no trigger for that, an
     * older version made them; and an account that may not update the table can try none.
     */
    private String say(Connection other) throws SQLException {
        String word = "?" + UUID.randomUUID();
        boolean autoCommit = other.getAutoCommit();
        other.setAutoCommit(false);
        try (Statement statement = other.createStatement()) {
            if (!probed || !fires(statement, word)) {
                other.rollback();
                statement.execute("select pg_notify('" + table.channel() + "', '" + word + "')");
            }
            other.commit();
            return word;
        } finally {
            other.rollback(); // what failed
            other.setAutoCommit(autoCommit);
        }
    }

    private boolean fires(Statement statement, String word) throws SQLException {
        try {
            statement.execute("select set_config('sanctum.probe', '" + word + "', true)");
            statement.execute("update " + table.name() + " set updated_at = updated_at where 1 = 0");
            return true;
        } catch (SQLException e) {
            if (!MAY_NOT.equals(e.getSQLState())) {
                throw e;
            }
            return false;
        }
    }

    /** Asks something else on the connection that listens: whoever waits for one of the pool hears nothing meanwhile. */
    <T> T read(JdbcWork.SqlFunction<T> question) throws SQLException {
        return question.apply(connection);
    }

    private void proveTriggers() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TRIGGERS)) {
            select.setString(1, table.name());
            select.setString(2, table.channel());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                int parts = row.getInt("parts");
                probed = row.getInt("probes") == 1;
                if (row.getInt("rows") < 2 * parts || row.getInt("truncations") == 0) {
                    throw new SQLException(
                            "the table " + table.name() + (parts > 1 ? ", or a part of it," : "")
                                    + " lacks the triggers of Sanctum4j",
                            "42000");
                }
                if (parts > 1 && !probed) {
                    throw new SQLException(
                            "the triggers of " + table.name() + " are of a version that speaks of its parts", "42000");
                }
            }
        }
    }

    /**
     * Waits for a notification, as long as {@code interval} at most.
     *
     * @return until when everything has been notified
     */
    long poll(Duration interval, InvalidationListener listener) throws SQLException {
        tryOut();
        pass(pending.getNotifications((int) interval.toMillis()), listener);
        long asked = System.nanoTime();
        if (asked - caughtUpTo >= interval.toNanos() / 2) {
            proveTriggers(); // a question that the server answers after whatever it had to notify of
            pass(pending.getNotifications(), listener);
            caughtUpTo = asked;
            listener.caughtUp(asked, true);
        }
        return caughtUpTo;
    }

    private void tryOut() throws SQLException {
        long now = System.nanoTime();
        if (awaited == null && now - triedAt >= TRIAL) {
            triedAt = now;
            awaited = say(connection);
        } else if (awaited != null && now - triedAt >= TimeUnit.MILLISECONDS.toNanos(3 * PATIENCE)) {
            throw new SQLException("the triggers of " + table.name() + " notify of nothing", "42000");
        }
    }

    private void pass(PGNotification @Nullable [] arrived, InvalidationListener listener) {
        List<String> texts = texts(arrived);
        if (awaited != null && texts.contains(awaited)) {
            awaited = null;
        }
        texts.stream()
                .filter(text -> !text.startsWith("?")) // another node proves that they arrive
                .forEach(text -> TokenId.parse(text).ifPresentOrElse(listener::invalidated, listener::invalidateAll));
    }

    private static List<String> texts(PGNotification @Nullable [] arrived) {
        return arrived == null
                ? List.of()
                : Stream.of(arrived).map(PGNotification::getParameter).toList();
    }

    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "A connection was broken already");
        }
    }
}
