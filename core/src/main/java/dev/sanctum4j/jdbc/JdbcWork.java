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

    /** Work on connections of {@code dataSource}, each write in a transaction of its own. */
    static JdbcWork on(DataSource dataSource) {
        return new PlainJdbcWork(dataSource);
    }
}
