package dev.sanctum4j.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;

/** Transactions of sessions and of the audit log that the database gives up. */
class SessionTransactionsTest {

    private final TransactionOperations transactions = new SessionStores()
            .springSessionTransactionOperations(
                    new JdbcTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:again", "sa", "")));
    private final AtomicInteger runs = new AtomicInteger();

    private int run(int failing, DataAccessException failure) {
        transactions.executeWithoutResult(begun -> {
            if (runs.incrementAndGet() <= failing) {
                throw failure;
            }
        });
        return runs.get();
    }

    @Test
    void whatIsGivenUpIsRunAgain() {
        assertThat(run(4, new CannotAcquireLockException("deadlock"))).isEqualTo(5);
    }

    @Test
    void itIsRunFiveTimesAtMostAndFailsAsItDid() {
        CannotAcquireLockException conflict = new CannotAcquireLockException("deadlock");

        assertThatThrownBy(() -> run(9, conflict)).isSameAs(conflict);

        assertThat(runs).hasValue(5);
    }

    @Test
    void nothingElseIsRunAgain() {
        DataAccessException gone = new DataAccessResourceFailureException("gone");

        assertThatThrownBy(() -> run(1, gone)).isSameAs(gone);

        assertThat(runs).hasValue(1);
    }
}
