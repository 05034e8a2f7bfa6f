package dev.sanctum4j.spring.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcWork;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Where changes come to. Real standbys are in the server's {@code FailoverTest}. */
class TableCheckTest {

    private static final String TABLE = "personal_access_tokens";

    private static DataSource embedded(String name) {
        DataSource dataSource = new DriverManagerDataSource("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", "sa", "");
        JdbcSchema.of(dataSource, TABLE).createIfMissing();
        return dataSource;
    }

    /** An embedded database that gives itself out for another, and answers a question as that does. */
    private static DataSource as(String product, String question, String answer) {
        DataSource embedded = new DriverManagerDataSource("jdbc:h2:mem:another", "sa", "");
        return new AbstractDataSource() {
            @Override
            public Connection getConnection() throws java.sql.SQLException {
                Connection connection = embedded.getConnection();
                return proxy(Connection.class, connection, (self, method, arguments) -> switch (method.getName()) {
                    case "getMetaData" ->
                        proxy(
                                DatabaseMetaData.class,
                                connection.getMetaData(),
                                (meta, asked, nothing) -> asked.getName().equals("getDatabaseProductName")
                                        ? product
                                        : asked.invoke(connection.getMetaData(), nothing));
                    case "createStatement" -> {
                        Statement statement = connection.createStatement();
                        yield proxy(Statement.class, statement, (made, asked, sql) -> {
                            if (!asked.getName().equals("executeQuery")) {
                                return asked.invoke(statement, sql);
                            }
                            String told = sql[0].equals(question) ? "'" + answer + "'" : "0";
                            return sql[0].equals(question) || sql[0].toString().startsWith("select @@")
                                    ? statement.executeQuery("values (" + told + ")")
                                    : asked.invoke(statement, sql);
                        });
                    }
                    default -> method.invoke(connection, arguments);
                });
            }

            @Override
            public Connection getConnection(String username, String password) throws java.sql.SQLException {
                return getConnection();
            }
        };
    }

    private static <T> T proxy(Class<T> type, T target, InvocationHandler handler) {
        InvocationHandler unwrapping = (self, method, arguments) -> {
            try {
                return handler.invoke(target, method, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, unwrapping));
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, show transaction_read_only, on",
        "MariaDB, select @@global.read_only, 1",
        "MySQL, select @@global.read_only, ON",
        "MySQL, select @@global.innodb_read_only, 1"
    })
    void changesThatComeToAStandbyEndTheStart(String product, String question, String answer) {
        JdbcWork standby = JdbcWork.on(as(product, question, answer));
        DataSource readable = embedded("readable");

        assertThatThrownBy(() -> TableCheck.require(readable, standby, TABLE))
                .isInstanceOfSatisfying(
                        StartFailure.class,
                        failure -> assertThat(failure.action()).contains("targetServerType=primary"))
                .hasMessage("Tokens are in use, but the database takes no changes: it is a standby, or read-only.");
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, show transaction_read_only, off",
        "MariaDB, select @@global.read_only, 0",
        "MariaDB, select @@global.read_only, OFF"
    })
    void changesThatComeToAPrimaryDoNot(String product, String question, String answer) {
        JdbcWork primary = JdbcWork.on(as(product, question, answer));

        assertThatCode(() -> TableCheck.require(embedded("readable"), primary, TABLE))
                .doesNotThrowAnyException();
    }

    @Test
    void readingMayComeToAStandby() {
        DataSource standby = as("MariaDB", "select @@global.read_only", "1");

        assertThat(JdbcSchema.isStandby(JdbcWork.on(standby))).isTrue();
        assertThatCode(() -> TableCheck.require(standby, JdbcWork.on(embedded("primary")), TABLE))
                .doesNotThrowAnyException();
    }
}
