package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where a connection leads, of several databases that have the same rows. */
final class Replication {

    /** Waits, before a query, for what other nodes had committed when it came: MariaDB's own syntax. */
    static final String CAUSAL = "set statement wsrep_sync_wait = 1 for ";

    private static final Set<String> OFF = Set.of("0", "OFF");

    private Replication() {}

    /** Whether the database takes no changes, for it follows another one or is closed to them. */
    static boolean isStandby(Connection connection) throws SQLException {
        return switch (Database.of(connection)) {
            case POSTGRESQL -> "on".equals(text(connection, "show transaction_read_only")); // as it is in recovery
            case MYSQL ->
                !isOff(text(connection, "select @@global.read_only"))
                        || !isOff(text(connection, "select @@global.innodb_read_only"));
            case H2, SQLITE -> false;
        };
    }

    /** Whether a query may miss what another node of a Galera cluster had committed before. */
    static boolean readsLate(Connection connection) throws SQLException {
        if (Database.of(connection) != Database.MYSQL) {
            return false;
        }
        Map<String, String> settings = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show session variables where variable_name in"
                        + " ('wsrep_on', 'wsrep_provider', 'wsrep_sync_wait')")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return !isOff(settings.getOrDefault("wsrep_on", "OFF"))
                && !settings.getOrDefault("wsrep_provider", "none").equals("none")
                && Integer.parseInt(settings.getOrDefault("wsrep_sync_wait", "0")) % 2 == 0;
    }

    /** What stands before a query that must miss nothing; nothing where it does not by itself, or cannot be told so. */
    static String before(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("MariaDB") && readsLate(connection)
                ? CAUSAL
                : "";
    }

    private static boolean isOff(String value) {
        return OFF.contains(value.toUpperCase(Locale.ROOT));
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
