package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.server.oauth.NewClient;
import dev.sanctum4j.spring.AdmissionRule;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;

/** What is thrown in place of an answer about a token, at the doors that only the server has: for gateways and for registered clients. */
@Import(ThrownTest.Rule.class)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:thrown;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
            "management.server.port=0"
        })
class ThrownTest {

    @TestConfiguration(proxyBeanMethods = false)
    static class Rule {
        volatile @Nullable Throwable thrown;

        @Bean
        AdmissionRule throwing() {
            return (token, request) -> {
                Throwable instead = thrown;
                if (instead instanceof Error error) {
                    throw error;
                } else if (instead != null) {
                    throw (RuntimeException) instead;
                }
                return Optional.empty();
            };
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private Clients clients;

    @Autowired
    private Rule rule;

    /** What is thrown, and what is answered to a token, a gateway and a client. */
    static Stream<Arguments> thrown() {
        return Stream.of(
                Arguments.of(new DisabledException("on purpose"), 401, 401, 200),
                Arguments.of(
                        new InternalAuthenticationServiceException("on purpose", new DisabledException("on purpose")),
                        401,
                        401,
                        200),
                Arguments.of(new DataAccessResourceFailureException("on purpose"), 503, 503, 503),
                Arguments.of(new TokenStoreException("on purpose", new IllegalStateException()), 503, 503, 503),
                Arguments.of(new IllegalStateException("on purpose"), 500, 503, 500),
                Arguments.of(new NullPointerException("on purpose"), 500, 503, 500),
                Arguments.of(new NoClassDefFoundError("on purpose"), 500, 503, 500));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void meansTheSameAtEveryDoor(Throwable thrown, int byToken, int byGateway, int byClient) {
        String name = "thrown" + System.nanoTime();
        Account user = accounts.create("User", name + "@example.test", ServerTest.PASSWORD, Account.Role.USER)
                .orElseThrow();
        NewClient client = clients.add(name, Abilities.NONE).orElseThrow();
        String token = tokens.issue(TokenRequest.of(Owner.of("user", user.id()), "ci", "*"))
                .plainText()
                .reveal();
        String basic = "Basic "
                + Base64.getEncoder()
                        .encodeToString(
                                (client.client().id() + ":" + client.reveal()).getBytes(StandardCharsets.UTF_8));
        Client http = new Client(port);

        rule.thrown = thrown;
        try {
            assertAnswer(http.bearer("GET", "/api/user", token), byToken);
            assertAnswer(http.bearer("GET", "/verify/orders:read", token), byGateway);
            HttpResponse<String> asked = http.form("/oauth2/introspect", "token=" + token, "Authorization", basic);
            if (byClient == 200) {
                assertThat(asked.body()).isEqualTo("{\"active\":false}");
            } else {
                assertAnswer(asked, byClient);
            }
        } finally {
            rule.thrown = null;
        }
    }

    private static void assertAnswer(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("on purpose");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        if (status == 503) {
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
    }
}
