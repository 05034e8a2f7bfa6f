package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table of somebody's own may hold fewer names than ours: that is told as what is wrong with the name, and is no outage. */
class NarrowNamesTest {

    private static final String TABLE = "narrow_tokens";

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, alter column name type varchar(3), four",
        "MARIADB, modify name varchar(3) not null, four",
        "MARIADB, modify name varchar(255) character set latin1 not null, \u05d0",
        "MARIADB, modify name varchar(255) character set utf8mb3 not null, \ud83d\ude00"
    })
    void nameThatTheTableCannotHoldIsRefused(Databases database, String change, String name) throws SQLException {
        database.run("drop table if exists " + TABLE);
        database.createAsLaravel(TABLE);
        database.migrate("V2__sanctum4j_columns.sql", TABLE);
        database.migrate("V3__last_used_from.sql", TABLE);
        database.run("alter table " + TABLE + " " + change);
        Tokens tokens = Tokens.of(
                JdbcTokenStore.builder(database.dataSource()).table(TABLE).build());

        assertThatExceptionOfType(InvalidTokenRequestException.class)
                .isThrownBy(() -> tokens.issue(TokenRequest.of(Owner.of("user", 1), name)))
                .satisfies(refused -> {
                    assertThat(refused.field()).isEqualTo("name");
                    assertThat(refused.code()).isEqualTo("not-storable");
                });
        assertThat(tokens.issue(TokenRequest.of(Owner.of("user", 1), "abc"))
                        .token()
                        .name())
                .isEqualTo("abc");
        database.run("drop table " + TABLE);
    }
}
