package dev.sanctum4j.jdbc;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * How {@link JdbcTokenStore} gets its connections, and in which transaction it works. A framework that has transactions of
 * its own supplies another implementation.
 *
 * <p>Implementations are thread-safe.
 */
public interface JdbcWork {

    /**
     * Something to do with a connection.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    interface SqlFunction<T> {

        /** Uses the connection and leaves it open. */
        T apply(Connection connection) throws SQLException;
    }

    /** Runs a single query, in the open transaction or in none. */
    <T> T read(SqlFunction<T> query) throws SQLException;

    /** Runs statements that belong together, in the open transaction or in one of their own. */
    <T> T write(SqlFunction<T> statements) throws SQLException;

    /**
     * Work on connections of {@code dataSource}, without a framework: borrows one, commits or rolls back, and gives it back as
     * it was. Each write is a transaction of its own. One that the database gives up in favour of another's (a deadlock, for one) is run
     * again, ten times at most; but only if the connection comes with auto-commit on, for else somebody's own work may be in it.
     */
    static JdbcWork on(DataSource dataSource) {
        return new JdbcWork() {

            @Override
            public <T> T read(SqlFunction<T> query) throws SQLException {
                try (Connection connection = dataSource.getConnection()) {
                    T result = query.apply(connection);
                    if (!connection.getAutoCommit()) {
                        connection
                                .rollback(); // nothing was changed, and the next borrower must not see an old snapshot
                    }
                    return result;
                }
            }

            @Override
            public <T> T write(SqlFunction<T> statements) throws SQLException {
                for (int run = 1; ; run++) {
                    boolean alone = false;
                    try (Connection connection = dataSource.getConnection()) {
                        alone = connection.getAutoCommit();
                        return inTransaction(connection, alone, statements);
                    } catch (SQLException e) {
                        if (!alone || !Conflict.passes(e, run)) {
                            throw e;
                        }
                    }
                }
            }
        };
    }

    private static <T> T inTransaction(Connection connection, boolean autoCommit, SqlFunction<T> statements)
            throws SQLException {
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            T result = statements.apply(connection);
            connection.commit();
            done = true;
            return result;
        } finally {
            leave(connection, done, autoCommit);
        }
    }

    /** Leaves a connection as it was. One that is broken has nothing open, and must not hide what broke it. */
    private static void leave(Connection connection, boolean done, boolean autoCommit) {
        try {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            System.getLogger(JdbcWork.class.getName()).log(Level.DEBUG, "A connection was broken already");
        }
    }
}
