package dev.sanctum4j.spring.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.TokenStoreException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that a database gives up, where others than we may be in them. */
class SpringJdbcWorkTest {

    private final SQLException conflict = conflict();

    private static SQLException conflict() {
        return new SQLException("deadlock", "40001", 1213);
    }

    /** Transactions that end as they are told to. */
    private static final class Transactions extends AbstractPlatformTransactionManager {
        private static final long serialVersionUID = 1L;
        private boolean open;
        private int commits;
        private int commitsThatFail;
        private @Nullable RuntimeException failure;
        private @Nullable RuntimeException rollback;

        @Override
        protected Object doGetTransaction() {
            return this;
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return open;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            open = true;
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            open = false;
            if (failure != null && commitsThatFail-- > 0) {
                throw failure;
            }
            commits++;
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            open = false;
            if (rollback != null) {
                throw rollback;
            }
        }

        @Override
        protected void doSetRollbackOnly(DefaultTransactionStatus status) {
            // its owner gets the exception
        }
    }

    private final Transactions transactions = new Transactions();
    private final SpringJdbcWork work =
            new SpringJdbcWork(new DriverManagerDataSource("jdbc:h2:mem:work", "sa", ""), transactions);
    private int runs;

    private int write(int failing, Exception failure) throws SQLException {
        return work.write(connection -> {
            if (++runs <= failing) {
                if (failure instanceof SQLException database) {
                    throw database;
                }
                throw (RuntimeException) failure;
            }
            return runs;
        });
    }

    static Stream<RuntimeException> commits() {
        return Stream.of(
                new TransactionSystemException("Could not commit JDBC transaction", conflict()),
                new CannotAcquireLockException("JDBC commit", conflict()),
                new TransactionSystemException("Could not commit", new IllegalStateException(conflict())));
    }

    /** A pool closes a connection whose driver timed out, so that nothing can be rolled back. */
    @Test
    void whatStatementsThrowIsNotHiddenByARollbackThatFails() {
        transactions.rollback = new TransactionSystemException("Connection is closed");
        IllegalStateException said = new IllegalStateException("running");

        assertThatThrownBy(() -> write(1, said)).isSameAs(said);
    }

    @Test
    void whatIsGivenUpAtAStatementIsRunAgain() throws SQLException {
        assertThat(write(2, conflict)).isEqualTo(3);
        assertThat(transactions.commits).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("commits")
    void whatIsGivenUpAtTheCommitIsRunAgain(RuntimeException failure) throws SQLException {
        transactions.failure = failure;
        transactions.commitsThatFail = 2;

        assertThat(write(0, conflict)).isEqualTo(3);

        assertThat(transactions.commits).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("commits")
    void aCommitThatFailsTenTimesCouldNotBeAsked(RuntimeException failure) {
        transactions.failure = failure;
        transactions.commitsThatFail = 20;

        assertThatThrownBy(() -> write(0, conflict)).isExactlyInstanceOf(TokenStoreException.class);

        assertThat(runs).isEqualTo(10);
    }

    @Test
    void theApplicationsTransactionIsNotRunAgain() {
        TransactionTemplate outer = new TransactionTemplate(transactions);

        assertThatThrownBy(() -> outer.executeWithoutResult(begun -> {
                    assertThatThrownBy(() -> write(1, conflict)).isSameAs(conflict);
                    throw new IllegalStateException("the application's own");
                }))
                .hasMessage("the application's own");

        assertThat(runs).isEqualTo(1);
    }

    @Test
    void aRollbackThatFailsHidesNothing() throws SQLException {
        transactions.rollback = new TransactionSystemException("Could not roll back", new SQLException("closed"));

        assertThat(write(1, conflict)).isEqualTo(2);
        SQLException gone = new SQLException("an operator ended it", "57P01");
        runs = 0;
        assertThatThrownBy(() -> write(1, gone)).isSameAs(gone);
    }

    @Test
    void whatAnApplicationsOwnCodeThrowsIsItsOwn() {
        RuntimeException own = new DataRetrievalFailureException("of a policy", conflict);

        assertThatThrownBy(() -> write(1, own)).isSameAs(own);

        assertThat(runs).isEqualTo(1);
    }
}
