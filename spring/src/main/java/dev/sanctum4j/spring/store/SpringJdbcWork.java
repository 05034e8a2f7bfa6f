package dev.sanctum4j.spring.store;

import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcWork;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes part in the application's transactions: a token issued in one is rolled back with it, and a revocation counts from
 * its commit.
 */
final class SpringJdbcWork implements JdbcWork {

    private final DataSource dataSource;
    private final JdbcWork alone;
    private final @Nullable TransactionTemplate transactions;

    SpringJdbcWork(DataSource dataSource, @Nullable PlatformTransactionManager transactions) {
        this.dataSource = dataSource;
        this.alone = JdbcWork.on(dataSource);
        this.transactions = transactions == null ? null : new TransactionTemplate(transactions);
    }

    /** Carries an exception of the database through code that does not declare it. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final SQLException failure;

        Failure(SQLException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    @Override
    public <T> T read(SqlFunction<T> query) throws SQLException {
        return transactions == null ? alone.read(query) : use(query);
    }

    @Override
    @SuppressWarnings("NullAway") // the callback returns what the statements return, which is never null
    public <T> T write(SqlFunction<T> statements) throws SQLException {
        if (transactions == null) {
            return alone.write(statements);
        }
        try {
            return transactions.execute(status -> {
                try {
                    return use(statements);
                } catch (SQLException e) {
                    throw new Failure(e);
                }
            });
        } catch (Failure e) {
            throw e.failure;
        } catch (TransactionException e) {
            throw new TokenStoreException("no transaction could be had from the database", e);
        }
    }

    private <T> T use(SqlFunction<T> work) throws SQLException {
        Connection connection = DataSourceUtils.doGetConnection(dataSource);
        try {
            return work.apply(connection);
        } finally {
            DataSourceUtils.doReleaseConnection(connection, dataSource);
        }
    }
}
