package dev.sanctum4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.TokenNotStoredException;
import dev.sanctum4j.TokenStoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions that a database gives up. */
class JdbcWorkTest {

    /** A database that does as it is told, and writes down what it was asked for. */
    private static final class Script {
        private final List<String> asked = new ArrayList<>();
        private final boolean autoCommit;
        private int commitsThatFail;
        private boolean rollbacksFail;
        private @Nullable SQLException failure;

        Script(boolean autoCommit) {
            this.autoCommit = autoCommit;
        }

        DataSource dataSource() {
            return proxy(DataSource.class, (self, method, arguments) -> connection());
        }

        private Connection connection() {
            return proxy(Connection.class, (self, method, arguments) -> {
                switch (method.getName()) {
                    case "getAutoCommit" -> {
                        return autoCommit;
                    }
                    case "commit" -> {
                        if (failure != null && commitsThatFail-- > 0) {
                            throw failure;
                        }
                    }
                    case "rollback" -> {
                        if (rollbacksFail) {
                            throw new SQLException("Connection is closed");
                        }
                    }
                    default -> {}
                }
                asked.add(method.getName());
                return null;
            });
        }

        private static <T> T proxy(Class<T> type, InvocationHandler handler) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
        }
    }

    private int runs;

    private int write(Script script, int failing, SQLException failure) throws SQLException {
        return JdbcWork.on(script.dataSource()).write(connection -> {
            if (++runs <= failing) {
                throw failure;
            }
            return runs;
        });
    }

    static Stream<SQLException> conflicts() {
        BatchUpdateException batch = new BatchUpdateException("of a batch", null, 0, new int[0]);
        batch.setNextException(new SQLException("deadlock", "40P01"));
        return Stream.of(
                new SQLException("Galera, MySQL", "40001", 1213),
                new SQLException("a driver that keeps the code only", "HY000", 1213),
                new SQLException("serialization", "40001"),
                new SQLException("deadlock", "40P01"),
                batch);
    }

    @ParameterizedTest
    @MethodSource("conflicts")
    void whatIsGivenUpAtAStatementIsRunAgain(SQLException conflict) throws SQLException {
        Script script = new Script(true);

        assertThat(write(script, 2, conflict)).isEqualTo(3);

        assertThat(script.asked).filteredOn("commit"::equals).hasSize(1);
        assertThat(script.asked).filteredOn("rollback"::equals).hasSize(2);
        assertThat(script.asked).filteredOn("close"::equals).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("conflicts")
    void whatIsGivenUpAtTheCommitIsRunAgain(SQLException conflict) throws SQLException {
        Script script = new Script(true);
        script.failure = conflict;
        script.commitsThatFail = 2;

        assertThat(write(script, 0, conflict)).isEqualTo(3);

        assertThat(script.asked).filteredOn("commit"::equals).hasSize(1);
        assertThat(script.asked).filteredOn("rollback"::equals).hasSize(2);
    }

    @Test
    void itIsRunTenTimesAtMost() {
        SQLException conflict = new SQLException("deadlock", "40001", 1213);

        assertThatThrownBy(() -> write(new Script(true), 20, conflict)).isSameAs(conflict);

        assertThat(runs).isEqualTo(10);
    }

    @Test
    void somebodysOpenTransactionIsNotRunAgain() {
        SQLException conflict = new SQLException("deadlock", "40001", 1213);

        assertThatThrownBy(() -> write(new Script(false), 1, conflict)).isSameAs(conflict);

        assertThat(runs).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"23505, 0", "08006, 0", "40001, 1205", "40003, 0", "HY000, 1205", "57014, 0", ", 0"})
    void nothingElseIsRunAgain(@Nullable String state, int code) {
        SQLException other = new SQLException("of another kind", state, code);

        assertThatThrownBy(() -> write(new Script(true), 1, other)).isSameAs(other);

        assertThat(runs).isEqualTo(1);
    }

    @Test
    void whatBrokeTheConnectionIsToldAndNotThatItIsBroken() {
        Script script = new Script(true);
        script.rollbacksFail = true;
        SQLException gone = new SQLException("an operator ended it", "57P01");

        assertThatThrownBy(() -> write(script, 1, gone)).isSameAs(gone);
    }

    @ParameterizedTest
    @CsvSource({
        "40001, 1213",
        "40P01, 0",
        "40003, 0",
        "08007, 0",
        "57P01, 0",
        "HY000, 1180",
        "HY000, 1205",
        "HY000, 1040"
    })
    void whatWasNotCommittedCouldNotBeAsked(String state, int code) {
        assertThatThrownBy(() -> SqlFailure.translateChange("store a token", () -> {
                    throw new SQLException("on purpose", state, code);
                }))
                .isExactlyInstanceOf(TokenStoreException.class);
    }

    @Test
    void whatIsRefusedForItselfWasNotStored() {
        assertThatThrownBy(() -> SqlFailure.translateChange("store a token", () -> {
                    throw new SQLException("on purpose", "23505");
                }))
                .isExactlyInstanceOf(TokenNotStoredException.class);
    }
}
