package dev.sanctum4j.spring.store;

import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.Conflict;
import dev.sanctum4j.jdbc.JdbcWork;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
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

    @Override
    public <T> T read(SqlFunction<T> query) throws SQLException {
        return transactions == null ? alone.read(query) : use(query);
    }

    /** Runs again what the database gave up in favour of another transaction, unless it is a part of somebody else's. */
    @Override
    @SuppressWarnings("NullAway") // the callback returns what the statements return, which is never null
    public <T> T write(SqlFunction<T> statements) throws SQLException {
        if (transactions == null) {
            return alone.write(statements);
        }
        for (int run = 1; ; run++) {
            Attempt<T> attempt = new Attempt<>(statements);
            try {
                return transactions.execute(attempt);
            } catch (RuntimeException e) {
                SQLException failure = attempt.failure(e);
                if (!attempt.isOurs || failure == null || !Conflict.passes(failure, run)) {
                    throw attempt.told(e);
                }
            }
        }
    }

    /** Statements in a transaction, and how far they came: what is thrown afterwards does not tell. */
    private final class Attempt<T> implements TransactionCallback<T> {

        private final SqlFunction<T> statements;
        private boolean isOurs;
        private boolean done;
        private @Nullable SQLException failed;
        private @Nullable RuntimeException thrownBefore;

        Attempt(SqlFunction<T> statements) {
            this.statements = statements;
        }

        @Override
        public T doInTransaction(TransactionStatus status) {
            isOurs = status.isNewTransaction();
            try {
                T result = use(statements);
                done = true;
                return result;
            } catch (SQLException e) {
                failed = e;
                throw new RolledBack(e);
            } catch (RuntimeException e) {
                thrownBefore = e;
                throw e;
            }
        }

        /** What the database said of a statement or of the commit; null if it was not the database. */
        @Nullable
        SQLException failure(RuntimeException thrown) {
            if (failed != null || !done) {
                return failed;
            }
            Throwable cause = thrown.getCause();
            while (cause != null && !(cause instanceof SQLException)) {
                cause = cause.getCause();
            }
            return (SQLException) cause;
        }

        /** What to throw: a rollback that fails hides the statement that did. What an application's own code threw is its own. */
        RuntimeException told(RuntimeException thrown) throws SQLException {
            if (failed != null) {
                throw failed;
            }
            if (thrownBefore != null) {
                return thrownBefore;
            }
            return done || thrown instanceof TransactionException
                    ? new TokenStoreException("no transaction could be had from the database", thrown)
                    : thrown;
        }
    }

    /** Ends a transaction for an exception of the database, which its callback does not declare. */
    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RolledBack(SQLException failure) {
            super(failure);
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
