package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** The settings are a ceiling over whatever policy an application has, at every way in which a token comes to be or grows. */
@Import(PolicyTest.Generous.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:policy;DB_CLOSE_DELAY=-1",
            "sanctum.abilities.closed=true",
            "sanctum.abilities.described[0].name=reports:read",
            "sanctum.policy.abilities=orders:read,reports:read,reports:raed",
            "sanctum.policy.max-lifetime=10d",
            "sanctum.policy.max-tokens=5"
        })
class PolicyTest extends AppTest {

    /** Allows more than the settings in all but one thing. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Generous {
        @Bean
        TokenPolicy generous() {
            return new TokenPolicy() {
                @Override
                public Duration defaultLifetime(Owner owner) {
                    return Duration.ofDays(30);
                }

                @Override
                public Duration maxLifetime(Owner owner) {
                    return Duration.ofDays(90);
                }

                @Override
                public int maxTokens(Owner owner) {
                    return 100;
                }

                @Override
                public Abilities permitted(Owner owner) {
                    return Abilities.of("*", Abilities.MANAGE_TOKENS);
                }
            };
        }
    }

    private static final Duration LIMIT = Duration.ofDays(10);
    private static final List<String> BEYOND = List.of("*", Abilities.MANAGE_TOKENS, "orders:write", "reports:raed");

    @Autowired
    TokenStore store;

    /** One from before there were limits. */
    private NewToken old;

    @BeforeEach
    void issueWithoutLimits() {
        old = Tokens.of(store).issue(TokenRequest.of(ADA, "old", "*", Abilities.MANAGE_TOKENS));
    }

    private static void assertRefused(ThrowingCallable attempt) {
        assertThatThrownBy(attempt).isInstanceOf(InvalidTokenRequestException.class);
    }

    private static String body(String ability) {
        return "{\"name\":\"n\",\"abilities\":[\"" + ability + "\"]}";
    }

    private static void assertWithinLimits(AccessToken token) {
        assertThat(token.abilities().names()).isSubsetOf("orders:read", "reports:read");
        assertThat(token.expiresAt()).isBeforeOrEqualTo(Instant.now().plus(LIMIT));
    }

    @Test
    void noWayLeadsToAnAbilityBeyondTheSettings() {
        http.signIn("ada@example.test");
        for (String ability : BEYOND) {
            Abilities wanted = Abilities.of(ability);
            TokenRequest request = TokenRequest.of(ADA, "n", wanted);

            assertRefused(() -> tokens.issue(request));
            assertRefused(() -> tokens.issue(request, old.token()));
            assertThat(http.page("POST", "/api/tokens", body(ability)).status()).isEqualTo(422);
            assertThat(http.post("/api/tokens", body(ability), bearer(old)).status())
                    .isEqualTo(422);
            if (!old.token().abilities().lists(ability)) { // which it may keep
                assertRefused(() -> tokens.update(old.token().id(), null, wanted));
                assertThat(http.page("PATCH", "/api/tokens/" + old.token().id(), body(ability))
                                .status())
                        .isEqualTo(422);
            }
        }
        assertThat(tokens.list(ADA)) // whose last use comes when it comes
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("lastUsedAt", "lastUsedFrom")
                .containsExactly(old.token());
    }

    @Test
    void noWayLeadsToALifeBeyondTheSettings() {
        http.signIn("ada@example.test");
        Duration more = LIMIT.plusSeconds(1);
        TokenRequest request = TokenRequest.of(ADA, "n", "orders:read").lifetime(more.plusMinutes(1));
        String body = "{\"name\":\"n\",\"abilities\":[\"orders:read\"],\"expires_at\":\""
                + Instant.now().plus(more).plusSeconds(60) + "\"}";

        assertRefused(() -> tokens.issue(request));
        assertRefused(() -> tokens.issue(request, old.token()));
        assertThat(http.page("POST", "/api/tokens", body).status()).isEqualTo(422);
        assertThat(http.post("/api/tokens", body, bearer(old)).status()).isEqualTo(422);
        assertWithinLimits(
                tokens.issue(TokenRequest.of(ADA, "n", "orders:read")).token());
        assertWithinLimits(tokens.issue(TokenRequest.of(ADA, "n", "orders:read"), old.token())
                .token());
    }

    @Test
    void rotatedTokenIsCutToTheSettings() {
        assertWithinLimits(tokens.rotate(old.token().id()).orElseThrow().token());

        NewToken another = Tokens.of(store).issue(TokenRequest.of(ADA, "old", "*", Abilities.MANAGE_TOKENS));
        http.signIn("ada@example.test");
        Http.Answer rotated = http.page("POST", "/api/tokens/" + another.token().id() + "/rotate", "");
        assertThat(rotated.status()).isEqualTo(201);
        assertThat(tokens.list(ADA)).hasSize(2).allSatisfy(PolicyTest::assertWithinLimits);
    }

    @Test
    void rotatedTokenHasTheEndThatIsAskedFor() {
        NewToken made = tokens.issue(TokenRequest.of(ADA, "n", "orders:read").lifetime(Duration.ofMinutes(1)));
        http.signIn("ada@example.test");
        String path = "/api/tokens/" + made.token().id() + "/rotate";
        Instant end = Instant.now().plus(LIMIT).minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);

        assertThat(http.page("POST", path, "{\"expires_at\":\"" + end.plus(LIMIT) + "\"}")
                        .status())
                .isEqualTo(422);
        assertThat(http.page("POST", path, "{\"expiry\":\"" + end + "\"}").status())
                .isEqualTo(422);
        assertThat(tokens.authenticate(made.plainText().reveal())).isInstanceOf(Verdict.Accepted.class);
        Http.Answer rotated = http.page("POST", path, "{\"expires_at\":\"" + end + "\"}");

        assertThat(rotated.status()).isEqualTo(201);
        assertThat(tokens.find(TokenId.of(rotated.json().get("id").asLong())))
                .hasValueSatisfying(token -> assertThat(token.expiresAt()).isEqualTo(end));
        assertThat(tokens.authenticate(made.plainText().reveal())).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void passwordTokenIsCutToTheSettings() {
        String body = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"n\"";

        assertThat(http.post("/sanctum/token", body + "}").status()).isEqualTo(200);
        assertThat(http.post("/sanctum/token", body + ",\"abilities\":[\"*\",\"tokens:manage\"]}")
                        .status())
                .isEqualTo(200);
        assertThat(http.post("/sanctum/token", body + ",\"abilities\":[\"reports:raed\"]}")
                        .status())
                .isEqualTo(422);

        tokens.revoke(old.token().id());
        assertThat(tokens.list(ADA)).hasSize(2).allSatisfy(PolicyTest::assertWithinLimits);
    }

    @Test
    void noWayLeadsToMoreTokensThanTheSettingsLet() {
        http.signIn("ada@example.test");
        for (int i = 0; i < 4; i++) {
            tokens.issue(TokenRequest.of(ADA, "n", "orders:read"));
        }

        TokenRequest request = TokenRequest.of(ADA, "n", "orders:read");
        assertRefused(() -> tokens.issue(request));
        assertRefused(() -> tokens.issue(request, old.token()));
        assertThat(http.page("POST", "/api/tokens", body("orders:read")).status())
                .isEqualTo(422);
        assertThat(http.post("/api/tokens", body("orders:read"), bearer(old)).status())
                .isEqualTo(422);
        assertThat(http.post(
                                "/sanctum/token",
                                "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD
                                        + "\",\"device_name\":\"n\"}")
                        .status())
                .isEqualTo(422);
        assertThat(tokens.rotate(old.token().id())).isPresent(); // one goes, one comes
        assertThat(tokens.list(ADA)).hasSize(5);
    }
}
