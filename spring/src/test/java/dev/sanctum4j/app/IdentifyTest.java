package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.TokenRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Who has found a token is told which of their own it is, and how the texts of their tokens end; programs are told neither. */
@ExtendWith(OutputCaptureExtension.class)
@Import({StepUpTest.Time.class, IdentifyTest.Listening.class})
@TestPropertySource(
        locations = "classpath:logs-without-secrets.properties",
        properties = {
            "spring.datasource.url=jdbc:h2:mem:identify;DB_CLOSE_DELAY=-1",
            "logging.level.root=TRACE",
            "logging.level.org.apache.tomcat.util.net=INFO"
        })
class IdentifyTest extends AppTest {

    private static final List<TokenEvent> EVENTS = new CopyOnWriteArrayList<>();

    @TestConfiguration(proxyBeanMethods = false)
    static class Listening {
        @Bean
        TokenListener listener() {
            return EVENTS::add;
        }
    }

    @Autowired
    StepUpTest.MovedClock clock;

    @BeforeEach
    void nobodyHasAskedForAMinute() {
        clock.now = clock.now.plus(Duration.ofMinutes(2));
        http.signIn("ada@example.test");
    }

    private Http.Answer identify(String text) {
        return http.page("POST", "/api/tokens/identify", "{\"token\":\"" + text + "\"}");
    }

    private static String text(NewToken made) {
        return made.plainText().reveal();
    }

    private static String end(NewToken made) {
        return text(made).substring(text(made).length() - 4);
    }

    @Test
    void ownTokenIsToldAsTheListTellsIt() {
        issue(ADA, "a");
        NewToken found = issue(ADA, "b");
        issue(ADA, "c");

        for (String text : List.of(text(found), found.token().id() + "|" + text(found))) {
            Http.Answer answer = identify(text);

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.json().propertyNames()).containsExactly("token");
            assertThat(answer.json().get("token"))
                    .isEqualTo(http.page("GET", "/api/tokens", "").json().get(1));
            assertThat(answer.body()).doesNotContain(text(found));
        }
        assertThat(tokens.find(found.token().id()).orElseThrow().lastUsedAt()).isNull();
    }

    @Test
    void whateverIsNoneOfOnesOwnValidOnesGetsOneAnswer() {
        NewToken anothers = issue(BOB, "*");
        NewToken over = tokens.issue(TokenRequest.of(ADA, "over").lifetime(Duration.ofSeconds(5)));
        NewToken revoked = issue(ADA, "*");
        tokens.revoke(revoked.token().id());
        clock.now = clock.now.plus(Duration.ofSeconds(30));
        EVENTS.clear();

        Http.Answer first = identify("nothing");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("{\"token\":null}");
        for (String text : List.of(
                text(anothers),
                text(over),
                text(revoked),
                anothers.token().id() + "|" + text(anothers),
                "x".repeat(600))) {
            Http.Answer answer = identify(text);

            assertThat(answer.status()).isEqualTo(first.status());
            assertThat(answer.body()).isEqualTo(first.body());
            assertThat(withoutDate(answer)).isEqualTo(withoutDate(first));
        }
        assertThat(EVENTS).isEmpty();
    }

    private static Map<String, List<String>> withoutDate(Http.Answer answer) {
        Map<String, List<String>> headers = new LinkedHashMap<>(answer.headers());
        headers.remove("date");
        return headers;
    }

    @Test
    void personAsksTenTimesAMinuteInHoweverManySessions() {
        for (int i = 0; i < 10; i++) {
            assertThat(identify("nothing").status()).isEqualTo(200);
        }
        http = new Http(port);
        http.signIn("ada@example.test");
        Http.Answer eleventh = identify(text(issue(ADA, "*")));

        assertThat(eleventh.status()).isEqualTo(429);
        assertThat(eleventh.header("Retry-After")).isEqualTo("60");
        assertThat(eleventh.json().get("code").asString()).isEqualTo("too-many-attempts");
        http = new Http(port);
        http.signIn("bob@example.test");
        assertThat(identify("nothing").status()).isEqualTo(200);
        http = new Http(port);
        http.signIn("ada@example.test");
        clock.now = clock.now.plus(Duration.ofMinutes(1));
        assertThat(identify("nothing").status()).isEqualTo(200);
    }

    @Test
    void onlyASessionOfAnOwnPageAsks() {
        NewToken made = issue(ADA, "*", "tokens:manage");
        String body = "{\"token\":\"" + text(made) + "\"}";

        Http.Answer byToken = http.post("/api/tokens/identify", body, bearer(made));
        assertThat(byToken.status()).isEqualTo(403);
        assertThat(byToken.json().get("code").asString()).isEqualTo("session-required");
        assertThat(http.withCookies(
                                "POST", "/api/tokens/identify", body, http.origin(), "Content-Type: application/json")
                        .status())
                .isEqualTo(419);
        assertThat(http.withCookies(
                                "POST",
                                "/api/tokens/identify",
                                "token=" + text(made),
                                http.origin(),
                                "Content-Type: application/x-www-form-urlencoded",
                                "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN"))
                        .status())
                .isEqualTo(415);
        assertThat(new Http(port).post("/api/tokens/identify", body).status()).isEqualTo(401);
        assertThat(http.page("GET", "/api/tokens/identify", "").status()).isEqualTo(404);
    }

    @Test
    void bodyIsBoundedAndNotRepeated(CapturedOutput output) {
        NewToken made = issue(ADA, "*");
        String text = text(made);

        assertThat(identify("x".repeat(70_000)).status()).isEqualTo(413);
        for (String bad : List.of(
                "{\"token\":\"" + text + "x".repeat(600) + "\"}",
                "{\"token\":[\"" + text + "\"]}",
                "{\"token\":\"\\u0000" + text + "\"}",
                "{\"token\":\"\"}",
                "{}",
                "{\"text\":\"" + text + "\"}")) {
            Http.Answer answer = http.page("POST", "/api/tokens/identify", bad);
            assertThat(answer.status()).as(bad).isEqualTo(422);
            assertThat(answer.body()).doesNotContain(text);
        }
        assertThat(identify(text).status()).isEqualTo(200);
        assertThat(output.getAll()).contains("TRACE"); // or this would see nothing
        assertThat(output.getAll().contains(text)).isFalse();
    }

    @Test
    void hintsAreForTheSessionOfTheOwner() {
        NewToken made = issue(ADA, "a", "tokens:manage");
        NewToken other = issue(ADA, "a");
        String bearer = bearer(made);
        String one = "/api/tokens/" + other.token().id();

        assertThat(http.page("GET", "/api/tokens", "").json().valueStream().map(IdentifyTest::hint))
                .containsExactly(end(other), end(made));
        assertThat(hint(http.page("GET", one, "").json())).isEqualTo(end(other));
        assertThat(hint(http.page("PATCH", one, "{\"name\":\"cd\"}").json())).isEqualTo(end(other));
        for (Http.Answer answer : List.of(
                http.get("/api/tokens", bearer),
                http.get("/api/tokens/current", bearer),
                http.get(one, bearer),
                http.send("PATCH", one, "{\"name\":\"ce\"}", bearer, "Content-Type: application/json"),
                http.post("/api/tokens", "{\"name\":\"run\",\"abilities\":[\"a\"]}", bearer))) {
            assertThat(answer.status()).as(answer.body()).isBetween(200, 201);
            assertThat(answer.body()).doesNotContain("\"hint\"");
        }

        JsonNode rotated = http.page("POST", one + "/rotate", "").json();
        String text = rotated.get("token").asString();
        assertThat(hint(http.page("GET", "/api/tokens/" + rotated.get("id").asLong(), "")
                        .json()))
                .isEqualTo(text.substring(text.length() - 4))
                .isNotEqualTo(end(other));
    }

    private static String hint(JsonNode token) {
        return token.path("hint").asString("none");
    }

    /** What listeners, and so the audit log and meters, get to see. */
    @Test
    void noEventHasAHint() {
        EVENTS.clear();
        NewToken made = issue(ADA, "a");
        http.get("/api/whoami", bearer(made));
        NewToken fresh = tokens.rotate(made.token().id()).orElseThrow();
        http.get("/api/whoami", bearer(made));
        http.get("/api/whoami", bearer(fresh));
        tokens.revoke(fresh.token().id());

        assertThat(EVENTS).hasSizeGreaterThan(5);
        assertThat(Stream.concat(EVENTS.stream(), Stream.of(made, fresh)).map(Object::toString))
                .noneMatch(event -> event.matches("(?s).*\\b(" + end(made) + "|" + end(fresh) + ")\\b.*"));
    }
}
