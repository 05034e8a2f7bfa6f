package dev.sanctum4j.jdbc;

import dev.sanctum4j.TokenChanges;
import dev.sanctum4j.TokenId;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Hears what the triggers on PostgreSQL tell. Used by one thread. */
final class Listener implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ChangeFeed.class.getName());
    private static final int PATIENCE = 1_000;

    private final Connection connection;
    private final PGConnection notifications;
    private final String table;
    private long heardAt = System.nanoTime();

    private Listener(Connection connection, String table) throws SQLException {
        this.connection = connection;
        this.notifications = connection.unwrap(PGConnection.class);
        this.table = table;
    }

    /**
     * Begins to listen, and proves it: what is said through {@code pool} must be heard here.
     *
     * @throws SQLException if the triggers are missing, or the connection does not belong to this session alone
     */
    static Listener open(DataSource direct, DataSource pool, String table) throws SQLException {
        String channel = "sanctum_" + JdbcSchema.withoutSchema(table).toLowerCase(Locale.ROOT);
        Connection connection = direct.getConnection();
        try {
            connection.setAutoCommit(true);
            Listener listener = new Listener(connection, table);
            try (Statement statement = connection.createStatement()) {
                statement.execute("listen \"" + channel + "\"");
            }
            listener.proveTriggers();
            listener.proveHearing(pool, channel);
            return listener;
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private void proveHearing(DataSource pool, String channel) throws SQLException {
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
            PGNotification[] heard = notifications.getNotifications(PATIENCE / 4);
            for (PGNotification one : heard == null ? new PGNotification[0] : heard) {
                if (one.getParameter().equals(word)) {
                    return;
                }
            }
        }
        throw new SQLException("what is said is not heard: there is a pooler between, or another database", "08000");
    }

    private void proveTriggers() throws SQLException {
        String sql = """
                select count(*) from pg_trigger where tgrelid = to_regclass(?) and tgenabled in ('O', 'A')
                and tgname in ('sanctum_changed', 'sanctum_deleted', 'sanctum_truncated')
                """;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, table);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getInt(1) < 3) {
                    throw new SQLException("the table " + table + " lacks the triggers of Sanctum4j", "42000");
                }
            }
        }
    }

    /**
     * Waits for something to tell, as long as {@code interval} at most.
     *
     * @return until when everything has been told
     */
    long hear(Duration interval, TokenChanges changes) throws SQLException {
        tell(notifications.getNotifications((int) interval.toMillis()), changes);
        long asked = System.nanoTime();
        if (asked - heardAt >= interval.toNanos() / 2) {
            proveTriggers(); // a question that the server answers after whatever it had to tell
            tell(notifications.getNotifications(), changes);
            heardAt = asked;
            changes.heard(asked, true);
        }
        return heardAt;
    }

    private static void tell(PGNotification @Nullable [] heard, TokenChanges changes) {
        for (PGNotification one : heard == null ? new PGNotification[0] : heard) {
            String text = one.getParameter();
            if (!text.startsWith("?")) { // another node proves its hearing
                TokenId.parse(text).ifPresentOrElse(changes::changed, changes::anyChanged);
            }
        }
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
