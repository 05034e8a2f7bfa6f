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

    private final Connection connection;
    private final PGConnection pending;
    private final TokenTable table;
    private long caughtUpTo = System.nanoTime();

    private Notifications(Connection connection, TokenTable table) throws SQLException {
        this.connection = connection;
        this.pending = connection.unwrap(PGConnection.class);
        this.table = table;
    }

    /**
     * Begins to listen, and proves it: a notification through {@code pool} must arrive here.
     *
     * @throws SQLException if the triggers are missing, or the connection does not belong to this session alone
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
            notifications.proveArrival(pool, channel);
            return notifications;
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private void proveArrival(DataSource pool, String channel) throws SQLException {
        String word = "?" + UUID.randomUUID();
        try (Connection other = pool.getConnection();
                PreparedStatement say = other.prepareStatement("select pg_notify(?, ?)")) {
            say.setString(1, channel);
            say.setString(2, word);
            say.execute();
            if (!other.getAutoCommit()) {
                other.commit();
            }
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
        while (System.nanoTime() < until) {
            if (texts(pending.getNotifications(PATIENCE / 4)).contains(word)) {
                return;
            }
        }
        throw new SQLException("notifications do not arrive: there is a pooler between, or another database", "08000");
    }

    private void proveTriggers() throws SQLException {
        String sql = """
                select count(*) from pg_trigger where tgrelid = to_regclass(?) and tgenabled in ('O', 'A')
                and tgname in ('sanctum_changed', 'sanctum_deleted', 'sanctum_truncated')
                """;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, table.name());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getInt(1) < 3) {
                    throw new SQLException("the table " + table.name() + " lacks the triggers of Sanctum4j", "42000");
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

    private static void pass(PGNotification @Nullable [] arrived, InvalidationListener listener) {
        texts(arrived).stream()
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
