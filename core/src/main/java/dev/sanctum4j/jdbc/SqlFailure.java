package dev.sanctum4j.jdbc;

import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.TokenNotStoredException;
import dev.sanctum4j.TokenStoreException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a database refused without quoting it: a unique violation of PostgreSQL, for one, names the value, and that is
 * the hash of a secret.
 */
final class SqlFailure {

    /** Classes of SQLSTATE whose texts speak of connections, resources and names, never of values. */
    private static final Set<String> HARMLESS = Set.of("08", "0A", "28", "42", "53", "57", "HY");

    /** Of texts that are too long, or no texts in the encoding of the database. */
    private static final Set<String> TEXT = Set.of("22001", "22021", "22P05");

    /** Of MySQL and MariaDB: too many connections, a failed commit, a lock or another node that was waited for in vain. */
    private static final Set<Integer> AWAY = Set.of(1040, 1180, 1205);

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

    /** The same for changes: a database that is there and does not take one is told apart from one that does not answer. */
    static <T> T translateChange(String what, Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            if (isOfText(e)) {
                throw new InvalidTokenRequestException(
                        "name",
                        "not-storable",
                        "The name has characters that the table cannot hold, or more of them than it can.");
            }
            throw isAway(e) ? of(what, e) : new TokenNotStoredException(text(what, e));
        }
    }

    /** A name is the one text that people choose; MySQL has no state of its own for what a column's character set lacks. */
    private static boolean isOfText(SQLException e) {
        return TEXT.contains(String.valueOf(e.getSQLState())) || e.getErrorCode() == 1366;
    }

    private static boolean isAway(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("57P")
                || AWAY.contains(e.getErrorCode())
                || Pooler.failed(e);
    }

    /** Whether the database did not understand a statement, as when a column is gone; SQLite says no more than that it failed. */
    static boolean isAboutTable(SQLException e) {
        String state = e.getSQLState();
        return state == null ? e.getErrorCode() == 1 : state.startsWith("42") && !Pooler.failed(e);
    }

    static TokenStoreException of(String what, SQLException e) {
        return new TokenStoreException(text(what, e));
    }

    private static String text(String what, SQLException e) {
        String state = e.getSQLState();
        String text = "could not " + what + " (" + e.getClass().getSimpleName() + ", SQLSTATE " + state + ", code "
                + e.getErrorCode() + ")";
        boolean quotesUrl = String.valueOf(e.getMessage()).contains("jdbc:"); // which may have a password
        return (isHarmless(state) && !quotesUrl ? text + ": " + e.getMessage() : text) + Pooler.remedy(e);
    }

    private static boolean isHarmless(@Nullable String state) {
        return state != null && state.length() >= 2 && HARMLESS.contains(state.substring(0, 2));
    }
}
