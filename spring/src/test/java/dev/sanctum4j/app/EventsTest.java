package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.spring.AccessEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.test.context.TestPropertySource;

/** What happens is told to the application, and a listener that fails breaks no request. */
@Import(EventsTest.Listening.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:events;DB_CLOSE_DELAY=-1",
            "sanctum.policy.max-tokens=5",
            "sanctum.policy.max-lifetime=30d",
            "sanctum.policy.abilities=orders:read,orders:write,tokens:manage"
        })
class EventsTest extends AppTest {

    static final class Heard {
        final List<Object> events = new CopyOnWriteArrayList<>();
        final List<TokenEvent> told = new CopyOnWriteArrayList<>();
        volatile boolean failing;

        @EventListener({TokenEvent.class, AccessEvent.class})
        void on(Object event) {
            hear(events, event);
        }

        void tell(TokenEvent event) {
            hear(told, event);
        }

        private <E> void hear(List<E> list, E event) {
            list.add(event);
            if (failing) {
                throw new IllegalStateException("a listener failed");
            }
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Listening {
        @Bean
        StepUpTest.MovedClock clock() {
            return new StepUpTest.MovedClock();
        }

        @Bean
        Heard heard() {
            return new Heard();
        }

        @Bean
        TokenListener listener(Heard heard) {
            return heard::tell;
        }
    }

    @Autowired
    Heard heard;

    @Autowired
    StepUpTest.MovedClock clock;

    @BeforeEach
    void forget() {
        heard.failing = false;
        heard.events.clear();
        heard.told.clear();
    }

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static List<String> names(List<?> events) {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    @Test
    void lifeOfATokenIsTold() {
        http.signIn("ada@example.test");
        Http.Answer made = http.page("POST", "/api/tokens", "{\"name\":\"ci\",\"abilities\":[\"orders:read\"]}");
        long id = made.json().get("id").asLong();
        String bearer = "Authorization: Bearer " + made.json().get("token").asString();
        http.get("/api/whoami", bearer);
        http.post("/api/orders", "{}", bearer);
        http.page("PATCH", "/api/tokens/" + id, "{\"name\":\"cd\"}");
        Http.Answer rotated = http.page("POST", "/api/tokens/" + id + "/rotate", "");
        http.get("/api/whoami", bearer);
        http.page("POST", "/logout", "");

        assertThat(rotated.status()).isEqualTo(201);
        assertThat(rotated.json().get("name").asString()).isEqualTo("cd");
        assertThat(names(heard.events))
                .containsExactly(
                        "SignedIn",
                        "Issued",
                        "AbilityDenied",
                        "Changed",
                        "Revoked",
                        "Rotated",
                        "Rejected",
                        "SignedOut");
        assertThat(names(heard.told))
                .containsExactly("Issued", "Accepted", "Accepted", "Changed", "Revoked", "Rotated", "Rejected");
        assertThat(heard.events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(AccessEvent.AbilityDenied.class, denied -> {
                            assertThat(denied.token().owner()).isEqualTo(ADA);
                            assertThat(denied.missing()).containsExactly("orders:write");
                        }));
        assertThat(heard.events.toString())
                .doesNotContain(made.json().get("token").asString());
    }

    @Test
    void wrongPasswordsAndLockoutAreTold() {
        http.page("GET", "/sanctum/csrf-cookie", "");
        for (int i = 0; i < 6; i++) {
            http.page("POST", "/login", "{\"email\":\"mallory@example.test\",\"password\":\"wrong\"}");
        }

        assertThat(names(heard.events).stream().distinct()).containsExactly("SignInFailed", "LockedOut");
    }

    @Test
    void failingListenerBreaksNothing() {
        heard.failing = true;
        NewToken token = issue(ADA, "orders:read");

        assertThat(http.get("/api/whoami", bearer(token)).status()).isEqualTo(200);
        assertThat(http.post("/api/orders", "{}", bearer(token)).status()).isEqualTo(403);
        assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
        assertThat(http.page("POST", "/logout", "").status()).isEqualTo(204);
        http.page("GET", "/sanctum/csrf-cookie", "");
        for (int i = 0; i < 6; i++) {
            Http.Answer refused =
                    http.page("POST", "/login", "{\"email\":\"eve@example.test\",\"password\":\"wrong\"}");
            assertThat(refused.status()).isEqualTo(i < 5 ? 422 : 429);
        }
        assertThat(names(heard.events))
                .contains("Issued", "AbilityDenied", "SignedIn", "SignedOut", "SignInFailed", "LockedOut");
        assertThat(names(heard.told)).contains("Issued", "Accepted");
    }

    @Test
    void expiredTokenIsToldWithTheReason() {
        NewToken token =
                tokens.issue(TokenRequest.of(ADA, "short", "orders:read").lifetime(Duration.ofSeconds(2)));
        clock.now = clock.now.plusSeconds(3);

        http.get("/api/whoami", bearer(token));

        TokenEvent expired =
                new TokenEvent.Rejected(Verdict.Reason.EXPIRED, token.token().id());
        assertThat(heard.events).endsWith(expired);
        assertThat(heard.told).endsWith(expired);
    }

    @Test
    void limitsAreToldWhereTheyAreBroken() {
        http.signIn("ada@example.test");
        String create = "{\"name\":\"%s\",\"abilities\":[\"%s\"]%s}";

        assertThat(http.page("POST", "/api/tokens", create.formatted("n".repeat(256), "orders:read", ""))
                        .json()
                        .get("errors")
                        .has("name"))
                .isTrue();
        assertThat(http.page("POST", "/api/tokens", create.formatted("ci", "users:delete", ""))
                        .json()
                        .get("errors")
                        .has("abilities"))
                .isTrue();
        assertThat(http.page(
                                "POST",
                                "/api/tokens",
                                create.formatted("ci", "orders:read", ",\"expires_at\":\"2099-01-01T00:00:00Z\""))
                        .json()
                        .get("errors")
                        .has("expires_at"))
                .isTrue();
        Http.Answer made = http.page("POST", "/api/tokens", create.formatted("ci", "orders:read", ""));
        assertThat(Instant.parse(made.json().get("expires_at").asString()))
                .isBetween(clock.now.plus(Duration.ofDays(29)), clock.now.plus(Duration.ofDays(31)));
        for (int i = 0; i < 4; i++) {
            assertThat(http.page("POST", "/api/tokens", create.formatted("n" + i, "orders:read", ""))
                            .status())
                    .isEqualTo(201);
        }
        Http.Answer refused = http.page("POST", "/api/tokens", create.formatted("n6", "orders:read", ""));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("message").asString()).contains("5 tokens already");
    }

    @Test
    void passwordTokenHasNoMoreThanThePolicyLets() {
        String body = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"phone\"";

        http.post("/sanctum/token", body + "}");
        http.post("/sanctum/token", body + ",\"abilities\":[\"orders:write\",\"users:delete\"]}");

        assertThat(tokens.list(ADA).stream().map(token -> token.abilities().names()))
                .containsExactly(List.of("orders:write"), List.of("orders:read", "orders:write"));
    }

    @Test
    void passwordTokenTellsWhenItExpires() {
        String body =
                "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"phone\"}";

        Http.Answer json = http.post("/sanctum/token", body, "Accept: application/json");
        Http.Answer text = http.post("/sanctum/token", body);

        String expected = TIME.format(clock.now.plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.SECONDS));
        assertThat(json.json().get("expires_at").asString()).isEqualTo(expected);
        assertThat(json.json().propertyNames())
                .containsExactly(
                        "id",
                        "name",
                        "abilities",
                        "last_used_at",
                        "last_used_from",
                        "expires_at",
                        "created_at",
                        "token");
        assertThat(text.header("Sanctum-Expires-At")).isEqualTo(expected);
        assertThat(text.body()).matches("pat_[A-Za-z0-9]{46}");
    }

    @Test
    void tokensDoNotRotateTokens() {
        NewToken manager = issue(ADA, "orders:read", "tokens:manage");
        NewToken strong = issue(ADA, "orders:write");

        assertThat(http.post("/api/tokens/" + strong.token().id() + "/rotate", "", bearer(manager))
                        .status())
                .isEqualTo(403);
        http.signIn("bob@example.test");
        assertThat(http.page("POST", "/api/tokens/" + strong.token().id() + "/rotate", "")
                        .status())
                .isEqualTo(404);
    }
}
