package dev.sanctum4j.jdbc;

import dev.sanctum4j.TokenStoreException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a database refused without quoting it: a unique violation of PostgreSQL, for one, names the value, and that is
 * the hash of a secret.
 */
final class SqlFailure {

    /** Classes of SQLSTATE whose texts speak of connections, resources and names, never of values. */
    private static final Set<String> HARMLESS = Set.of("08", "0A", "28", "42", "53", "57", "HY");

    private SqlFailure() {}

    /** Something to do with a database. */
    interface Work<T> {
        T run() throws SQLException;
    }

    static <T> T translate(String what, Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw of(what, e);
        }
    }

    static TokenStoreException of(String what, SQLException e) {
        String state = e.getSQLState();
        String text = "could not " + what + " (" + e.getClass().getSimpleName() + ", SQLSTATE " + state + ", code "
                + e.getErrorCode() + ")";
        return new TokenStoreException(isHarmless(state) ? text + ": " + e.getMessage() : text);
    }

    private static boolean isHarmless(@Nullable String state) {
        return state != null && state.length() >= 2 && HARMLESS.contains(state.substring(0, 2));
    }
}
