package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenId;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a bearer header does, and everything it must not do. */
class BearerTest extends AppTest {

    @Autowired
    JdbcTemplate jdbc;

    private static final String REFUSAL =
            "{\"type\":\"https://sanctum4j.dev/errors#unauthenticated\",\"title\":\"Unauthorized\",\"status\":401,"
                    + "\"detail\":\"Sign in, or send a valid token in the Authorization header.\","
                    + "\"code\":\"unauthenticated\",\"message\":\"Unauthenticated.\"}";

    @Test
    void tokenTellsWhoAsks() {
        Http.Answer answer = http.get("/api/whoami", bearer(issue(ADA, "orders:read")));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("name").asString()).isEqualTo("ada@example.test");
        assertThat(answer.json().get("token").asString()).isEqualTo("ci");
        assertThat(answer.json().get("can_read").asBoolean()).isTrue();
        assertThat(answer.json().get("session").asBoolean()).isFalse();
        assertThat(answer.cookies()).isEmpty();
    }

    @Test
    void nobodyIsToldToAuthenticateWithoutAnErrorCode() {
        Http.Answer answer = http.get("/api/whoami");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).isEqualTo(REFUSAL);
        assertThat(answer.cookies()).isEmpty();
        assertThat(http.get("/api/whoami", "Accept: text/html").body()).isEqualTo(REFUSAL);
    }

    @Test
    void everyReasonGetsOneAndTheSameAnswer() {
        NewToken good = issue(ADA, "*");
        NewToken revoked = issue(ADA, "*");
        tokens.revoke(revoked.token().id());
        people.put("gone@example.test", true, Instant.EPOCH);
        NewToken ownerless = issue(Owner.of("user", "gone@example.test"), "*");
        people.all.remove("gone@example.test");
        people.put("off@example.test", false, Instant.EPOCH);
        NewToken disabled = issue(Owner.of("user", "off@example.test"), "*");
        people.put("new@example.test", true, Instant.now().plusSeconds(3_600));
        NewToken older = issue(Owner.of("user", "new@example.test"), "*");
        NewToken unmapped = issueToNobody(Owner.of("java.lang.Runtime", "1"));
        String text = good.plainText().reveal();

        List<String> refused = new ArrayList<>(List.of(
                text.substring(0, text.length() - 1) + (text.endsWith("a") ? "b" : "a"),
                "pat_unknown",
                good.token().id() + "|wrong",
                "987654321|" + text,
                "0" + good.token().id() + "|" + text,
                "9223372036854775808|" + text,
                "1|" + "x".repeat(600),
                "%31%7C" + text));
        for (NewToken token : List.of(revoked, ownerless, disabled, older, unmapped)) {
            refused.add(token.plainText().reveal());
        }
        for (String token : refused) {
            Http.Answer answer = http.get("/api/whoami", "Authorization: Bearer " + token);
            assertThat(answer.status()).as(token).isEqualTo(401);
            assertThat(answer.body()).isEqualTo(REFUSAL);
            assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
            assertThat(answer.cookies()).isEmpty();
        }
        assertThat(http.get("/api/whoami", bearer(good)).status()).isEqualTo(200);
    }

    /** R10. */
    static Stream<List<String>> headers() {
        return Stream.of(
                List.of("200", "Bearer TOKEN"),
                List.of("200", "bearer TOKEN"),
                List.of("200", "BEARER TOKEN"),
                List.of("200", "Bearer TOKEN   "),
                List.of("200", "Bearer ID|TOKEN"),
                List.of("401", ""),
                List.of("401", "Bearer"),
                List.of("401", "Bearer "),
                List.of("401", "Bearer,"),
                List.of("401", "Bearer  TOKEN"),
                List.of("401", "Bearer\tTOKEN"),
                List.of("401", "Bearer\r\n\tTOKEN"),
                List.of("401", "Bearer\u00a0TOKEN"),
                List.of("401", "xBearer TOKEN"),
                List.of("401", "BearerTOKEN"),
                List.of("401", "Bearer TOKEN, Basic Zm9v"),
                List.of("401", "Basic Zm9v, Bearer TOKEN"),
                List.of("401", "Bearer TOKEN,"),
                List.of("401", "Bearer TOKEN TOKEN"),
                List.of("401", "Bearer \"TOKEN\""),
                List.of("401", "Basic TOKEN"),
                List.of("401", "Token TOKEN"),
                List.of("401", "TOKEN"),
                List.of("401", "Bearer |TOKEN"),
                List.of("401", "Bearer ID||TOKEN"),
                List.of("401", "Bearer -ID|TOKEN"),
                List.of("401", "Bearer +ID|TOKEN"),
                List.of("401", "Bearer 0xID|TOKEN"),
                List.of("401", "Bearer ID.0|TOKEN"),
                List.of("401", "Bearer ID|"),
                List.of("401", "Bearer ID| TOKEN"),
                List.of("401", "Bearer \u00ff\u00feTOKEN"),
                List.of("401", "Bearer \u00d9\u00a1|TOKEN"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void headerIsReadByTheLetter(List<String> row) {
        NewToken token = issue(ADA, "*");
        String header = row.get(1)
                .replace("ID", token.token().id().toString())
                .replace("TOKEN", token.plainText().reveal());

        assertThat(http.get("/api/whoami", "Authorization: " + header).status())
                .isEqualTo(Integer.parseInt(row.get(0)));
    }

    /** R8. */
    @Test
    void twoAuthorizationHeadersAreABadRequestWhicheverIsGood() {
        String good = bearer(issue(ADA, "*"));

        for (String other :
                List.of("Authorization: Bearer nope", good, "Authorization: Basic Zm9v", "authorization:")) {
            assertThat(http.get("/api/whoami", good, other).status()).as(other).isEqualTo(400);
            assertThat(http.get("/api/whoami", other, good).status()).as(other).isEqualTo(400);
        }
    }

    /** R8, R9. */
    @Test
    void tokenCountsInNoOtherPlace() {
        String text = issue(ADA, "*").plainText().reveal();

        assertThat(http.get("/api/whoami?access_token=" + text + "&token=" + text)
                        .status())
                .isEqualTo(401);
        assertThat(http.get("/api/whoami", "X-Authorization: Bearer " + text).status())
                .isEqualTo(401);
        assertThat(http.get("/api/whoami", "Proxy-Authorization: Bearer " + text)
                        .status())
                .isEqualTo(401);
        assertThat(http.get("/api/whoami", "X-Api-Key: " + text).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", "Cookie: token=" + text).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", "Sec-WebSocket-Protocol: bearer, " + text)
                        .status())
                .isEqualTo(401);
        String basic =
                Base64.getEncoder().encodeToString(("ada@example.test:" + text).getBytes(StandardCharsets.UTF_8));
        assertThat(http.get("/api/whoami", "Authorization: Basic " + basic).status())
                .isEqualTo(401);
        assertThat(http.send(
                                "POST",
                                "/api/orders",
                                "access_token=" + text,
                                "Content-Type: application/x-www-form-urlencoded")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void tokenPrefixOfALaravelMayBeUnicode() {
        String secret = "é_Zoë"; // a byte that Latin-1 takes for a control is refused by the firewall
        TokenId id = issue(ADA).token().id();
        jdbc.update(
                "update personal_access_tokens set token = ? where id = ?",
                SecretHash.of(secret).toHex(),
                id.value());
        String bytes = new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(http.get("/api/whoami", "Authorization: Bearer " + bytes).status())
                .isEqualTo(200);
        assertThat(http.get("/api/whoami", "Authorization: Bearer " + id + "|" + bytes)
                        .status())
                .isEqualTo(200);
    }

    /** R11. */
    @Test
    void hugeAndManyHeadersAreRefusedQuickly() {
        for (int length : List.of(513, 4_000, 64_000, 1_000_000)) {
            assertRefused("Authorization: Bearer " + "a".repeat(length));
        }
        String[] many = new String[5_000];
        Arrays.fill(many, "X-Many: 1");
        assertRefused(many);
    }

    /** A server that closes before it has read everything may take its answer with it. */
    private void assertRefused(String... headers) {
        try {
            assertThat(http.get("/api/whoami", headers).status()).isIn(400, 401, 431);
        } catch (UncheckedIOException e) {
            assertThat(e).hasRootCauseInstanceOf(SocketException.class);
        }
        assertThat(http.get("/api/whoami", bearer(issue(ADA))).status()).isEqualTo(200);
    }

    /** How it is answered is the application's affair. */
    @Test
    void requestOutOfFormIsRefusedWhoeverSendsIt() {
        String good = bearer(issue(ADA, "*"));

        for (String path : List.of("/api/whoami;a=b", "//api/whoami", "/api/%2e%2e/whoami", "/api/who%0aami")) {
            for (String accept : List.of("Accept: application/json", "Accept: text/html")) {
                assertThat(http.get(path, good, accept).status()).as(path).isIn(302, 400, 401);
            }
        }
        assertThat(http.send("FOO", "/api/whoami", "", good).status()).isIn(400, 401);
    }

    @Test
    void narrowedTokenCarriesNoneOfItsOwnersAuthoritiesAndAbilitiesAreNone() {
        Http.Answer narrowed = http.get("/api/whoami", bearer(issue(ADA, "orders:read", "ROLE_ADMIN")));
        Http.Answer all = http.get("/api/whoami", bearer(issue(ADA, "*")));

        assertThat(narrowed.json().get("authorities").toString()).isEqualTo("[\"FACTOR_ACCESS_TOKEN\"]");
        assertThat(all.json().get("authorities").toString())
                .isEqualTo("[\"FACTOR_ACCESS_TOKEN\",\"ROLE_ADMIN\",\"ROLE_USER\"]");
    }

    /** R8. */
    @Test
    void tokenBesideASessionIsNeverMergedWithIt() {
        assertThat(http.signIn("ada@example.test").status()).isEqualTo(204);
        String session = http.cookies.get("SESSION");
        assertThat(http.page("GET", "/api/whoami", "").json().get("authorities").toString())
                .contains("ROLE_ADMIN");

        Http.Answer answer = http.page("GET", "/api/whoami", "", bearer(issue(BOB, "orders:read")));

        assertThat(answer.json().get("name").asString()).isEqualTo("bob@example.test");
        assertThat(answer.json().get("authorities").toString()).isEqualTo("[\"FACTOR_ACCESS_TOKEN\"]");
        assertThat(answer.cookies()).isEmpty();
        assertThat(http.cookies.get("SESSION")).isEqualTo(session);
        assertThat(http.page("GET", "/api/whoami", "").json().get("name").asString())
                .isEqualTo("ada@example.test");
    }

    @Test
    void badTokenBesideAGoodSessionIsRefused() {
        http.signIn("ada@example.test");

        assertThat(http.page("GET", "/api/whoami", "", "Authorization: Bearer nope")
                        .status())
                .isEqualTo(401);
        assertThat(http.page("GET", "/api/whoami", "", "Authorization: Bearer").status())
                .isEqualTo(401);
    }

    @Test
    void tokenNeedsNoCsrfTokenEvenFromAFirstPartyPage() {
        Http.Answer answer =
                http.post("/api/orders", "{}", bearer(issue(ADA, "orders:read", "orders:write")), http.origin());

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void missingAbilityIsNamed() {
        Http.Answer answer = http.post("/api/orders", "not json", bearer(issue(ADA, "orders:read")));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"type\":\"https://sanctum4j.dev/errors#ability-missing\",\"title\":\"Forbidden\",\"status\":403,"
                                + "\"detail\":\"The token needs the ability orders:write.\","
                                + "\"code\":\"ability-missing\",\"message\":\"Invalid ability provided.\",\"required\":[\"orders:write\"]}");
        assertThat(answer.header("WWW-Authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"orders:write\"");
        assertThat(http.get("/api/any", bearer(issue(ADA, "orders:write"))).status())
                .isEqualTo(200);
        assertThat(http.get("/api/any", bearer(issue(ADA, "orders")))
                        .json()
                        .get("detail")
                        .asString())
                .isEqualTo("The token needs one of the abilities orders:read orders:write.");
    }

    @Test
    void abilitiesAreMatchedExactly() {
        for (String ability :
                List.of("orders", "orders:*", "ORDERS:READ", "orders:read,orders:write", "orders:reade")) {
            assertThat(http.get("/api/orders", bearer(issue(ADA, ability))).status())
                    .as(ability)
                    .isEqualTo(403);
        }
        assertThat(http.get("/api/orders", bearer(issue(ADA, "*"))).status()).isEqualTo(200);
    }

    @Test
    void controllersGetTheCurrentToken() {
        String token = bearer(issue(ADA));
        assertThat(http.get("/api/current", token).body()).isEqualTo("ci");
        assertThat(http.get("/api/maybe", token).body()).isEqualTo("ci");
        http.signIn("ada@example.test");
        assertThat(http.page("GET", "/api/maybe", "").body()).isEqualTo("no token");
        assertThat(http.page("GET", "/api/current", "").status()).isEqualTo(403);
    }

    @Test
    void tokenStaysTheCallerInAsynchronousWork() {
        assertThat(http.get("/api/later", bearer(issue(ADA, "orders:read"))).body())
                .isEqualTo("later true");
    }

    @Test
    void ownerThatCannotBeAskedForIsUnavailableAndRecovers() {
        String token = bearer(issue(ADA));
        people.down = true;

        Http.Answer answer = http.get("/api/whoami", token);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        people.down = false;
        assertThat(http.get("/api/whoami", token).status()).isEqualTo(200);
    }

    @Test
    void whatIsWrongWithAStatementIsNoOutage() {
        assertThat(http.get("/api/conflict", bearer(issue(ADA))).status()).isEqualTo(500);
        assertThat(http.get("/api/outage", bearer(issue(ADA))).status()).isEqualTo(503);
        assertThat(http.get("/api/rollback", bearer(issue(ADA))).status()).isEqualTo(503);
    }

    @Test
    void everyOtherPathStaysAsBootProtectsIt() {
        Http.Answer page = http.get("/other/whoami", "Accept: text/html");
        assertThat(page.status()).isEqualTo(302);
        assertThat(page.header("Location")).endsWith("/login");
        assertThat(http.get("/other/whoami", bearer(issue(ADA, "*"))).status()).isEqualTo(401);
        String basic = Base64.getEncoder()
                .encodeToString(("ada@example.test:" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
        assertThat(http.get("/other/whoami", "Authorization: Basic " + basic).status())
                .isEqualTo(200);
        assertThat(http.get("/login", "Accept: text/html").body()).contains("Please sign in");
        assertThat(http.get("/actuator/health").status()).isEqualTo(200); // with the actuator, Boot leaves that open
        assertThat(http.get("/actuator", "Accept: text/html").status()).isEqualTo(302);
    }
}
