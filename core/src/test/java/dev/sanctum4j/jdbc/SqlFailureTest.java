package dev.sanctum4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a failure has no secret. */
class SqlFailureTest {

    @ParameterizedTest
    @ValueSource(strings = {"23505", "22001", "99999", ""})
    void valuesAreNotQuoted(String state) {
        assertThat(SqlFailure.of("store a token", new SQLException("key (token)=(5e884898)", state)))
                .hasMessageContaining("SQLSTATE " + state)
                .hasMessageNotContaining("5e884898");
    }

    @Test
    void urlIsNotQuotedForItMayHaveAPassword() {
        SQLException typo = new SQLException("No suitable driver found for jdbc:postgres://h/d?password=tea", "08001");

        assertThat(SqlFailure.of("look at the table", typo))
                .hasMessageContaining("SQLSTATE 08001")
                .hasMessageNotContaining("tea");
        assertThat(SqlFailure.of("look at the table", new SQLException("the connection was refused", "08001")))
                .hasMessageContaining("the connection was refused");
    }
}
