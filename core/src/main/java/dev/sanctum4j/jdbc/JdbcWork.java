package dev.sanctum4j.jdbc;

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
     * it was. Each write is a transaction of its own.
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
                try (Connection connection = dataSource.getConnection()) {
                    boolean autoCommit = connection.getAutoCommit();
                    connection.setAutoCommit(false);
                    boolean done = false;
                    try {
                        T result = statements.apply(connection);
                        connection.commit();
                        done = true;
                        return result;
                    } finally {
                        if (!done) {
                            connection.rollback();
                        }
                        connection.setAutoCommit(autoCommit);
                    }
                }
            }
        };
    }
}
