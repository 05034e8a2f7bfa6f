package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.support.TransactionOperations;

/** A PostgreSQL that is gone, and a standby that takes over, while three servers serve. */
class FailoverTest {

    @Test
    void aStandbyTakesOver() throws Exception {
        try (PostgresPair database = new PostgresPair();
                Witness witness = new Witness(Duration.ofSeconds(3), Collections.nCopies(3, database.url()))) {
            assertThat(ReflectionTestUtils.getField(
                            witness.server(0).getBean(JdbcIndexedSessionRepository.class), "transactionOperations"))
                    .isSameAs(witness.server(0).getBean(TransactionOperations.class));
            assertThatThrownBy(() -> Witness.start(database.standby() + "?password=of-the-url"))
                    .rootCause()
                    .hasMessageContaining("The database takes no changes: it is a standby, or read-only.")
                    .hasMessageNotContaining("of-the-url");
            aDemotedPrimaryIsGivenUp(witness.server(0).getBean(HikariDataSource.class));
            witness.untilWritten(0, 1, 2);

            database.crash();
            TimeUnit.SECONDS.sleep(1);
            database.promote();
            long writing = witness.untilWritten(0, 1, 2);
            TimeUnit.SECONDS.sleep(5); // the bound, and more

            System.out.println("a standby takes over: all write again " + writing + " ms after it was promoted; "
                    + witness.judge());
        }
    }

    /** Its connections stay open where it was only told to take no changes any more. */
    private static void aDemotedPrimaryIsGivenUp(HikariDataSource servers) throws SQLException {
        HikariConfig config = new HikariConfig();
        servers.copyStateTo(config);
        config.setPoolName("demoted");
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            execute(pool, "set session characteristics as transaction read only");
            assertThatThrownBy(() -> execute(pool, "create table nothing (id int)"))
                    .hasMessageContaining("read-only");
            execute(pool, "create table nothing (id int)");
        }
    }

    private static void execute(DataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
