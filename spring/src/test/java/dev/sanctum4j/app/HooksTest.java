package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenFormat;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.AdmissionRule;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.TokenReader;
import dev.sanctum4j.spring.http.ErrorWriter;
import dev.sanctum4j.spring.http.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** Where an application hooks in. */
@Import(HooksTest.Hooks.class)
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:hooks;DB_CLOSE_DELAY=-1")
class HooksTest extends AppTest {

    @TestConfiguration(proxyBeanMethods = false)
    static class Hooks {
        @Bean
        TokenReader apiKey() {
            return TokenReader.header("X-API-Key");
        }

        @Bean
        TokenReader other() {
            return TokenReader.header("X-Other");
        }

        @Bean
        AdmissionRule officeOnly() {
            return AdmissionRule.admitting((token, request) -> {
                if (token.name().equals("unknowable")) {
                    throw new TokenStoreException("the office is closed", new IllegalStateException());
                }
                return !token.name().equals("office") || request != null && request.getHeader("X-Office") != null;
            });
        }

        @Bean
        AdmissionRule limit() {
            return (token, request) -> token.name().equals("busy")
                    ? Optional.of(Problem.tooMany(Duration.ofSeconds(7)))
                    : Optional.empty();
        }

        @Bean
        ChainPart discovery() {
            return new ChainPart() {
                @Override
                public Map<String, String> challenge(HttpServletRequest request) {
                    return request.getRequestURI().equals("/api/any")
                            ? Map.of("resource_metadata", "https://api.example.test/\"any")
                            : Map.of();
                }
            };
        }

        @Bean
        TokenFormat format() {
            return TokenFormat.prefixed("acme");
        }

        @Bean
        ErrorWriter plain() {
            return (response, body) -> {
                response.setContentType("text/plain");
                response.getOutputStream().write(("oh no: " + body.get("message")).getBytes(StandardCharsets.UTF_8));
            };
        }
    }

    @Test
    void tokenMayBeInAnotherHeaderAndInOneOnly() {
        String text = issue(ADA, "orders:read", "orders:write").plainText().reveal();

        assertThat(text).startsWith("acme_");
        assertThat(http.get("/api/whoami", "X-API-Key: " + text).status()).isEqualTo(200);
        assertThat(http.get("/api/whoami", "X-Other: " + text).status()).isEqualTo(200);
        assertThat(http.get("/api/whoami", "Authorization: Bearer " + text).status())
                .isEqualTo(200);
        assertThat(http.get("/api/whoami", "X-Other: " + text, "X-API-Key: " + text)
                        .status())
                .isEqualTo(400);
        assertThat(http.get("/api/whoami", "X-Other: " + text, "Authorization: Bearer " + text)
                        .status())
                .isEqualTo(400);
        assertThat(http.get("/api/whoami", "X-API-Key:").status()).isEqualTo(401);
    }

    /** As with the bearer header: no session, no CSRF token, nothing merged. */
    @Test
    void tokenInAnotherHeaderDecidesAlone() {
        http.signIn("ada@example.test");
        String text = issue(BOB, "orders:read", "orders:write").plainText().reveal();

        Http.Answer answer = http.withCookies("GET", "/api/whoami", "", http.origin(), "X-API-Key: " + text);
        assertThat(answer.json().get("name").asString()).isEqualTo("bob@example.test");
        assertThat(http.withCookies(
                                "POST",
                                "/api/orders",
                                "{}",
                                "Content-Type: application/json",
                                http.origin(),
                                "X-API-Key: " + text)
                        .status())
                .isEqualTo(200);
        assertThat(http.withCookies("GET", "/api/whoami", "", http.origin(), "X-API-Key: wrong")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void admissionRuleCanOnlyRefuse() {
        NewToken office = tokens.issue(TokenRequest.of(ADA, "office", "*"));
        NewToken expired = tokens.issue(TokenRequest.of(ADA, "office", "*"));
        tokens.revoke(expired.token().id());
        NewToken unknowable =
                tokens.issue(TokenRequest.of(ADA, "unknowable", "*").lifetime(Duration.ofDays(1)));

        assertThat(http.get("/api/whoami", bearer(office)).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", bearer(office), "X-Office: yes").status())
                .isEqualTo(200);
        assertThat(http.get("/api/whoami", bearer(expired), "X-Office: yes").status())
                .isEqualTo(401);
        assertThat(http.get("/api/whoami", bearer(unknowable)).status()).isEqualTo(503);
    }

    @Test
    void admissionRuleMayAnswerInItsOwnWords() {
        NewToken busy = tokens.issue(TokenRequest.of(ADA, "busy", "*"));

        Http.Answer answer = http.get("/api/whoami", bearer(busy));

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("7");
        assertThat(answer.header("WWW-Authenticate")).isNull();
    }

    @Test
    void featureAddsToTheChallengeOfEveryRefusedCaller() {
        String more = "resource_metadata=\"https://api.example.test/?any\"";

        assertThat(http.get("/api/any").header("WWW-Authenticate")).isEqualTo("Bearer " + more);
        for (String sent : List.of("Authorization: Bearer wrong", "Authorization: Bearer", bearer(issue(ADA)) + "x")) {
            assertThat(http.get("/api/any", sent).header("WWW-Authenticate"))
                    .isEqualTo("Bearer error=\"invalid_token\", " + more);
        }
    }

    @Test
    void errorsHaveTheApplicationsForm() {
        Http.Answer answer = http.get("/api/whoami");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("oh no: Unauthenticated.");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }
}
