package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PreferQueryMode;

/** Who stands between the driver and PostgreSQL, and gives one session to many: what the driver prepared in it, the next may miss. */
final class Pooler {

    /** A name that was prepared by another, and one that was not prepared in this session. */
    private static final Set<String> STATES = Set.of("42P05", "26000");

    /** Of a statement that somebody else had prepared under the same name, with other parameters. */
    private static final String PROTOCOL = "08P01";

    private static final String REMEDY = ", for a pooler stands between: add prepareThreshold=0 to the JDBC URL";

    private Pooler() {}

    /** Whether the driver prepares statements, and one stands there. */
    static boolean hinders(Connection connection) throws SQLException {
        if (!stands(connection)) {
            return false;
        }
        PGConnection driver = connection.unwrap(PGConnection.class);
        return driver.getPrepareThreshold() != 0 && driver.getPreferQueryMode() != PreferQueryMode.SIMPLE;
    }

    /** Whether one stands there: another process answers than the one that the driver was told of. */
    static boolean stands(Connection connection) throws SQLException {
        if (Database.of(connection) != Database.POSTGRESQL || !connection.isWrapperFor(PGConnection.class)) {
            return false;
        }
        PGConnection driver = connection.unwrap(PGConnection.class);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1) != driver.getBackendPID();
        }
    }

    /** Whether that is why a statement failed, which works when it is tried again, or not. */
    static boolean failed(SQLException e) {
        return STATES.contains(String.valueOf(e.getSQLState()));
    }

    /** What to do about a failure, to be added to its text; nothing if it has another reason. */
    static String remedy(SQLException e) {
        return failed(e)
                        || PROTOCOL.equals(e.getSQLState())
                                && String.valueOf(e.getMessage()).contains("\"S_")
                ? REMEDY
                : "";
    }
}
