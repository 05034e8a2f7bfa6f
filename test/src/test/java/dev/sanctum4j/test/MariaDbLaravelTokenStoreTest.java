package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MariaDbLaravelTokenStoreTest extends JdbcTokenStoreContract {

    MariaDbLaravelTokenStoreTest() {
        super(Databases.MARIADB, true);
    }

    @Test
    void expiryThatATimestampCannotHoldIsRefused() {
        Tokens tokens = Tokens.of(JdbcTokenStore.builder(Databases.MARIADB.dataSource())
                .table(table())
                .build());

        assertThatThrownBy(() ->
                        tokens.issue(TokenRequest.of(owner(1), "ci").expiresAt(Instant.parse("2038-01-19T03:14:08Z"))))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessage("The expiry must not be after 2038-01-19T03:14:07Z, which this table cannot hold.");
    }

    @Test
    void zeroDateThatALaravelStoredHasExpired() throws Exception {
        Tokens tokens = Tokens.of(JdbcTokenStore.builder(Databases.MARIADB.dataSource())
                .table(table())
                .build());
        var made = tokens.issue(TokenRequest.of(owner(1), "ci"));
        Databases.MARIADB.run("set statement sql_mode='' for update " + table() + " set expires_at = 0");

        assertThat(tokens.authenticate(made.plainText().reveal())).isEqualTo(new Rejected(Reason.EXPIRED));
    }
}
