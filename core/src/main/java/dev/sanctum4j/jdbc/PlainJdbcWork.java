package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Work without a framework: borrows a connection, commits or rolls back, and gives it back as it was. */
record PlainJdbcWork(DataSource dataSource) implements JdbcWork {

    @Override
    public <T> T read(SqlFunction<T> query) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            T result = query.apply(connection);
            if (!connection.getAutoCommit()) {
                connection.rollback(); // nothing was changed, and the next borrower must not see an old snapshot
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
}
