package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.crypto.password.PasswordEncoder;

/** A password that is set while another is encoded, which takes its time. */
@SpringBootTest(
        classes = {SanctumServer.class, PasswordUnderwayTest.Underway.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.datasource.url=jdbc:h2:mem:underway;DB_CLOSE_DELAY=-1", "management.server.port=0"})
class PasswordUnderwayTest {

    private static final String OLD = ServerTest.PASSWORD;
    private static final String SET = "what the administrator has set";
    private static final String EMAIL = "ada@example.test";
    private static final AtomicReference<Runnable> MEANWHILE = new AtomicReference<>(PasswordUnderwayTest::nothing);

    /** Not annotated as a configuration, or the server's tests would find it. */
    static class Underway {

        @Bean
        @Primary
        PasswordEncoder slow(@Qualifier("passwordEncoder") PasswordEncoder encoder) {
            return new PasswordEncoder() {
                @Override
                public @Nullable String encode(@Nullable CharSequence password) {
                    MEANWHILE.getAndSet(PasswordUnderwayTest::nothing).run();
                    return encoder.encode(password);
                }

                @Override
                public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
                    return encoder.matches(password, hash);
                }

                @Override
                public boolean upgradeEncoding(@Nullable String hash) {
                    return encoder.upgradeEncoding(hash);
                }
            };
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private JdbcTemplate jdbc;

    private Client client;
    private Account ada;

    @BeforeEach
    void begin() {
        client = new Client(port);
        ada = accounts.findByEmail(EMAIL)
                .or(() -> accounts.create("Ada", EMAIL, OLD, Account.Role.USER))
                .orElseThrow();
        accounts.changePassword(ada.id(), OLD);
        client.exchanged("nobody@example.test", OLD); // the first of all has Spring encode something by the way
    }

    private static void nothing() {}

    private void assertOnlyTheSetOneIsRight() {
        assertThat(client.exchanged(EMAIL, OLD).statusCode()).isEqualTo(422);
        assertThat(client.exchanged(EMAIL, SET).statusCode()).isEqualTo(200);
    }

    @Test
    void newHashOfTheOldOneDoesNotReplaceIt() {
        jdbc.update(
                "update sanctum_accounts set password = ?",
                "$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O");
        MEANWHILE.set(() -> accounts.changePassword(ada.id(), SET));

        assertThat(client.signIn(EMAIL, OLD)).isEqualTo(422);

        assertOnlyTheSetOneIsRight();
    }

    @Test
    void oneThatIsChosenInPlaceOfTheOldOneDoesNotReplaceIt() {
        client.signIn(EMAIL, OLD);
        MEANWHILE.set(() -> accounts.changePassword(ada.id(), SET));

        var answer = client.page(
                "PUT",
                "/user/password",
                "{\"current_password\":\"%s\",\"password\":\"my new one\",\"password_confirmation\":\"my new one\"}"
                        .formatted(OLD));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"current_password\":[\"password-incorrect\"]");
        assertOnlyTheSetOneIsRight();
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
    }
}
