package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.CannotCreateTransactionException;

/** Owners whom nobody finds, and user services that throw something in place of an answer. */
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:owners;DB_CLOSE_DELAY=-1")
@ExtendWith(OutputCaptureExtension.class)
class OwnersTest extends AppTest {

    private static final String NOBODY = "7f1f1c1e-0000-4000-8000-000000000000";

    @Test
    void tokenOfAnOwnerWhomNoLoaderFindsIsRefusedWhenItIsIssued() {
        assertRefused(
                () -> issue(Owner.of("user", NOBODY), "*"),
                "No loader finds user " + NOBODY
                        + ", so a token of it would let nobody in. Where a UserDetailsService is"
                        + " asked, the id is the user name; for others, see OwnerLoader.of.");
        assertRefused(
                () -> issue(Owner.of("robot", 7), "*"),
                "No loader knows owners of the type robot, so a token of one would let nobody in. Declare an OwnerLoader"
                        + " bean.");
        assertThat(tokens.list(Owner.of("user", NOBODY))).isEmpty();
    }

    @Test
    void tokenOfAnOwnerWhomNoLoaderFindsIsNeitherRotatedNorNarrowed() {
        NewToken left = issueToNobody(Owner.of("user", NOBODY));

        assertRefused(() -> tokens.rotate(left.token().id()), "No loader finds user");
        assertRefused(() -> tokens.narrow(left.token().id(), Abilities.of("orders:read")), "No loader finds user");
        assertThat(tokens.find(left.token().id())).contains(left.token());
        assertThat(tokens.revoke(left.token().id())).isTrue();
    }

    /** Whoever disables somebody for a while may prepare what is needed later. */
    @Test
    void tokenOfADisabledOwnerIsIssuedAndRefused() {
        people.change("bob@example.test", false, "ROLE_USER");

        assertThat(http.get("/api/whoami", bearer(issue(BOB, "*"))).status()).isEqualTo(401);
    }

    private static void assertRefused(ThrowingCallable call, String sentence) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(InvalidTokenRequestException.class, refused -> {
                    assertThat(refused.field()).isEqualTo("owner");
                    assertThat(refused.code()).isEqualTo("unknown-owner");
                })
                .hasMessageStartingWith(sentence);
    }

    /** What is thrown, what a token or a session is answered then, and a password. */
    static Stream<Arguments> thrown() {
        RuntimeException down = new DataAccessResourceFailureException("on purpose");
        return Stream.of(
                Arguments.of(new UsernameNotFoundException("on purpose"), 401, 422),
                Arguments.of(new DisabledException("on purpose"), 401, 422),
                Arguments.of(new LockedException("on purpose"), 401, 422),
                Arguments.of(new InternalAuthenticationServiceException("wrapped", new LockedException("")), 401, 422),
                Arguments.of(new AccountExpiredException("on purpose"), 401, 422),
                Arguments.of(new CredentialsExpiredException("on purpose"), 401, 422),
                Arguments.of(
                        new InternalAuthenticationServiceException("wrapped", new UsernameNotFoundException("")),
                        401,
                        422),
                Arguments.of(new AuthenticationServiceException("wrapped", new DisabledException("")), 401, 422),
                Arguments.of(new EmptyResultDataAccessException("on purpose", 1), 401, 422),
                Arguments.of(new RuntimeException("wrapped", new SQLException("on purpose", "57P01")), 503, 503),
                Arguments.of(
                        new InternalAuthenticationServiceException(
                                "wrapped", new RuntimeException(new SQLException("on purpose", "08006"))),
                        503,
                        503),
                Arguments.of(
                        new InternalAuthenticationServiceException("wrapped", new IllegalStateException("on purpose")),
                        500,
                        500),
                Arguments.of(new RuntimeException("wrapped", new SQLException("on purpose", "42601")), 500, 500),
                Arguments.of(down, 503, 503),
                Arguments.of(new CannotCreateTransactionException("on purpose"), 503, 503),
                Arguments.of(new AuthenticationServiceException("on purpose"), 503, 503),
                Arguments.of(new InternalAuthenticationServiceException("wrapped", down), 503, 503),
                Arguments.of(new IllegalStateException("on purpose"), 500, 500),
                Arguments.of(new NullPointerException("on purpose"), 500, 500));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whatAUserServiceThrowsInPlaceOfAnAnswerIsUnderstoodAtEveryDoor(
            RuntimeException thrown, int byToken, int byPassword, CapturedOutput output) {
        NewToken token = issue(ADA, "*");
        http.signIn("ada@example.test");
        Http other = new Http(port);
        other.page("GET", "/sanctum/csrf-cookie", "");
        people.thrown = thrown;
        String credentials = "\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"";

        int before = output.getAll().length();
        assertAnswer(http.get("/api/whoami", bearer(token)), byToken);
        String log = output.getAll().substring(before);
        assertThat(log.lines().filter(line -> line.matches(".*(INFO|WARN|ERROR).*")))
                .as(log)
                .hasSizeBetween(byToken == 503 ? 0 : 1, 1); // an outage is told once a minute
        if (byToken != 503) {
            assertThat(log.contains("\n\tat ")).isEqualTo(byToken == 500);
        }

        assertAnswer(http.page("GET", "/api/whoami", ""), byToken);
        assertAnswer(http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}"), byToken);
        assertAnswer(other.page("POST", "/login", "{" + credentials + "}"), byPassword);
        assertAnswer(http.post("/sanctum/token", "{" + credentials + ",\"device_name\":\"laptop\"}"), byPassword);
    }

    private static void assertAnswer(Http.Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("WWW-Authenticate"))
                .satisfiesAnyOf(
                        challenge -> assertThat(challenge).isNull(),
                        challenge -> assertThat(challenge).startsWith("Bearer"));
        assertThat(answer.body()).doesNotContain("on purpose");
    }
}
