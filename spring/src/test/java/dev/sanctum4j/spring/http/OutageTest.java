package dev.sanctum4j.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.TokenStoreException;
import java.io.Serial;
import java.sql.BatchUpdateException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;

@ExtendWith(OutputCaptureExtension.class)
class OutageTest {

    /** What an object-relational mapper throws, which is not Spring's and not here. */
    private static class MapperException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        MapperException(Throwable cause) {
            super("could not execute statement", cause);
        }
    }

    private static SQLException state(@Nullable String state) {
        return new SQLException("on purpose", state);
    }

    private static SQLException mysql(int code) {
        return new SQLException("on purpose", "HY000", code);
    }

    static Stream<SQLException> outages() {
        return Stream.of(
                        Stream.of(
                                        "08000", "08001", "08003", "08004", "08006", "08007", "08S01", "53000", "53100",
                                        "53200", "53300", "53400", "57P01", "57P02", "57P03", "57P04", "57P05", "57014",
                                        "25P03", "25P04", "26000", "42P05", "40001", "40003", "40P01", "55P03", "58000",
                                        "58030", "70100", "HYT00", "HYT01")
                                .map(OutageTest::state),
                        IntStream.of(1021, 1040, 1114, 1180, 1205, 2006, 2013, 3024)
                                .mapToObj(OutageTest::mysql),
                        Stream.of(
                                new SQLTransientConnectionException("pool"),
                                new SQLTransientConnectionException("pool", "28P01"),
                                new SQLTransientConnectionException("pool", "3D000"),
                                new SQLTransientConnectionException("pool", "42000"),
                                new SQLNonTransientConnectionException("closed", "90098", 90098),
                                new SQLNonTransientConnectionException("closed"),
                                new SQLRecoverableException("again"),
                                new SQLTransientException("again"),
                                new SQLTimeoutException("slow"),
                                new SQLTimeoutException("locked", "HYT00", 50200),
                                new SQLTransactionRollbackException("deadlock", "40001"),
                                new SQLSyntaxErrorException("too many connections of this user", "42000", 1203)))
                .flatMap(Function.identity());
    }

    static Stream<SQLException> otherFailures() {
        return Stream.of(
                        Stream.of(
                                        "01004", "02000", "0A000", "21000", "22001", "22007", "22021", "22P02", "23000",
                                        "23502", "23503", "23505", "23514", "24000", "25006", "25P02", "2F000", "34000",
                                        "3F000", "40002", "42501", "42601", "42703", "42P01", "42S02", "44000", "45000",
                                        "54000", "55000", "55006", "P0001", "S1009", "XX000", "XX001", "0", "HY000")
                                .map(OutageTest::state),
                        IntStream.of(1366, 1364, 1290, 1064, 1146).mapToObj(OutageTest::mysql),
                        Stream.of(
                                new SQLSyntaxErrorException("", "42000", 1064),
                                new SQLDataException("", "22001"),
                                new SQLIntegrityConstraintViolationException("", "23000", 1062),
                                new SQLIntegrityConstraintViolationException(""),
                                new SQLFeatureNotSupportedException(""),
                                new SQLInvalidAuthorizationSpecException("", "28000"),
                                new SQLNonTransientException("", "HY000", 50000),
                                new SQLTransientConnectionException("of a trigger", "45000", 1644),
                                new SQLTransientConnectionException("cut", "01000", 1265),
                                new BatchUpdateException("", "23505", new int[0])))
                .flatMap(Function.identity());
    }

    /** Whoever wraps it, at a statement and at a commit. */
    static Stream<Function<SQLException, Exception>> wrappers() {
        return Stream.of(
                e -> e,
                MapperException::new,
                e -> new MapperException(new MapperException(e)),
                e -> new UncategorizedSQLException("insert", "insert into t", e),
                e -> new TransactionSystemException("Could not commit JDBC transaction", e),
                e -> new TransactionSystemException("Could not commit", new MapperException(e)),
                e -> new CompletionException(e),
                e -> new jakarta.servlet.ServletException("Request processing failed", new MapperException(e)),
                e -> {
                    RuntimeException known = new SQLStateSQLExceptionTranslator().translate("insert", null, e);
                    return known == null ? e : known;
                },
                e -> {
                    RuntimeException known = new SQLExceptionSubclassTranslator().translate("insert", null, e);
                    return known == null ? e : known;
                },
                e -> {
                    TransactionSystemException rollback =
                            new TransactionSystemException("rollback failed", new IllegalStateException());
                    rollback.initApplicationException(new MapperException(e));
                    return rollback;
                },
                e -> {
                    BatchUpdateException batch = new BatchUpdateException();
                    batch.setNextException(e);
                    return batch;
                });
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void databaseThatCannotBeAskedIsAnOutageWhoeverSaysSo(Function<SQLException, Exception> wrapper) {
        outages()
                .forEach(e -> assertThat(Outage.is(wrapper.apply(e)))
                        .as("%s in %s", told(e), wrapper.apply(e))
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void whatIsWrongWithAStatementOrItsValuesIsNone(Function<SQLException, Exception> wrapper) {
        otherFailures()
                .forEach(e -> assertThat(Outage.is(wrapper.apply(e)))
                        .as("%s in %s", told(e), wrapper.apply(e))
                        .isFalse());
    }

    private static String told(SQLException e) {
        return e.getClass().getSimpleName() + " " + e.getSQLState() + " " + e.getErrorCode();
    }

    @Test
    void exceptionsOfSpringAreTakenByTheirNames() {
        Stream.of(
                        new DataAccessResourceFailureException(""),
                        new CannotGetJdbcConnectionException(""),
                        new CannotGetJdbcConnectionException("", state("28P01")),
                        new QueryTimeoutException(""),
                        new CannotAcquireLockException(""),
                        new TransientDataAccessResourceException(""),
                        new CannotCreateTransactionException(""),
                        new TokenStoreException(""))
                .forEach(e -> assertThat(Outage.is(e)).as(e.toString()).isTrue());
        Stream.of(
                        new DataIntegrityViolationException(""),
                        new DuplicateKeyException(""),
                        new EmptyResultDataAccessException(1),
                        new InvalidDataAccessApiUsageException(""),
                        new BadSqlGrammarException("", "", state("42601")),
                        new OptimisticLockingFailureException(""),
                        new UnexpectedRollbackException(""),
                        new TransactionSystemException(""),
                        new IllegalStateException())
                .forEach(e -> assertThat(Outage.is(e)).as(e.toString()).isFalse());
    }

    @Test
    void rollbackOfAConnectionThatThePoolHasClosedIsAnOutage() {
        SQLException closed = new SQLException("Connection is closed");

        assertThat(Outage.is(new TransactionSystemException("JDBC rollback failed", closed)))
                .isTrue();
        assertThat(Outage.is(closed)).isFalse();
        assertThat(Outage.is(new MapperException(closed))).isFalse();
    }

    @Test
    void circleOfCausesEnds() {
        SQLException one = state("22001");
        RuntimeException other = new MapperException(one);
        one.initCause(other);

        assertThat(Outage.is(other)).isFalse();
    }

    @Test
    void kindIsToldOnceAMinuteWithItsTrace(CapturedOutput output) {
        for (int i = 0; i < 1000; i++) {
            Outage.tell(
                    LoggerFactory.getLogger(OutageTest.class),
                    "This test could not ask",
                    new MapperException(state(i % 2 == 0 ? "08006" : "57P01")));
        }

        assertThat(output.getAll().lines().filter(line -> line.contains("This test could not ask")))
                .hasSize(2);
        assertThat(output.getAll()).contains("\n\tat ");
    }

    @Test
    void kindsAreBoundedAndReturnAfterAMinute() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // a clock may begin anywhere
        OncePerMinute told = new OncePerMinute(nanos::get);

        assertThat(told.isDue("one")).isTrue();
        assertThat(told.isDue("one")).isFalse();
        assertThat(IntStream.range(0, 100_000).filter(i -> told.isDue("kind " + i)))
                .hasSize(OncePerMinute.MOST_KINDS);
        nanos.addAndGet(59_999_999_999L);
        assertThat(told.isDue("one")).isFalse();
        nanos.addAndGet(1);
        assertThat(told.isDue("one")).isTrue();
        assertThat(told.isDue("kind 77777")).isTrue();
    }
}
