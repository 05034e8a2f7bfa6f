package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Verdict.Accepted;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Managing tokens over HTTP, by a session and by tokens that may. */
class TokensEndpointTest extends AppTest {

    private String create(String json) {
        Http.Answer answer = http.page("POST", "/api/tokens", json);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().get("token").asString();
    }

    @Test
    void sessionCreatesATokenAndSeesItsTextOnce() {
        http.signIn("ada@example.test");

        Http.Answer made = http.page(
                "POST",
                "/api/tokens",
                "{\"name\":\"CI\",\"abilities\":[\"orders:read\"],\"expires_at\":\"2030-01-31T12:00:00+02:00\"}");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        JsonNode json = made.json();
        assertThat(json.propertyNames())
                .containsExactly(
                        "id",
                        "name",
                        "abilities",
                        "last_used_at",
                        "last_used_from",
                        "expires_at",
                        "created_at",
                        "token");
        assertThat(json.get("expires_at").asString()).isEqualTo("2030-01-31T10:00:00.000000Z");
        assertThat(json.get("created_at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000000Z");
        String text = json.get("token").asString();
        assertThat(text).matches("pat_[A-Za-z0-9]{46}");
        assertThat(http.get("/api/orders", "Authorization: Bearer " + text).status())
                .isEqualTo(200);

        Http.Answer list = http.page("GET", "/api/tokens", "");
        assertThat(list.json()).hasSize(1);
        assertThat(list.body()).doesNotContain(text).doesNotContain("hash");
        Http.Answer shown = http.page("GET", "/api/tokens/" + json.get("id").asLong(), "");
        assertThat(shown.json().propertyNames()).doesNotContain("token");
    }

    @Test
    void actorIsShownWhereThereIsOne() {
        http.signIn("ada@example.test");

        Http.Answer made = http.page(
                "POST", "/api/tokens", "{\"name\":\"run\",\"abilities\":[\"*\"],\"actor\":\"claude-code, run 8f3c\"}");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().get("actor").asString()).isEqualTo("claude-code, run 8f3c");
        assertThat(made.json().has("issued_by")).isFalse();
        String text = made.json().get("token").asString();
        assertThat(http.get("/api/tokens/current", "Authorization: Bearer " + text)
                        .json()
                        .get("actor")
                        .asString())
                .isEqualTo("claude-code, run 8f3c");
        for (String bad : List.of("a\\nb", "\\u202eb", "", " ", "x".repeat(121))) {
            Http.Answer answer = http.page(
                    "POST", "/api/tokens", "{\"name\":\"run\",\"abilities\":[\"*\"],\"actor\":\"" + bad + "\"}");
            assertThat(answer.status()).as(bad).isEqualTo(422);
            assertThat(answer.json().get("errors").propertyNames()).containsExactly("actor");
        }
        assertThat(http.page("GET", "/api/tokens", "").json()).hasSize(1);
    }

    @Test
    void listComesInPartsThatLinkToEachOther() {
        List<Long> made = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            made.add(0, number(issue(ADA, "orders:read")));
        }
        long foreign = number(issue(BOB, "orders:read"));
        http.signIn("ada@example.test");

        Http.Answer first = http.page("GET", "/api/tokens", "");
        assertThat(numbers(first)).isEqualTo(made.subList(0, 50));
        assertThat(first.header("Link")).isEqualTo("</api/tokens?after=" + made.get(49) + "&limit=50>; rel=\"next\"");

        List<Long> all = new ArrayList<>();
        String next = "/api/tokens?limit=40";
        while (next != null) {
            Http.Answer part = http.page("GET", next, "");
            all.addAll(numbers(part));
            String link = part.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(all).isEqualTo(made);

        assertThat(numbers(http.page("GET", "/api/tokens?limit=100000", ""))).hasSize(100);
        assertThat(numbers(http.page("GET", "/api/tokens?limit=0", ""))).hasSize(1);
        // A number that is somebody else's, or nobody's, is a number like others
        assertThat(numbers(http.page("GET", "/api/tokens?limit=1&after=" + foreign, "")))
                .containsExactly(made.get(0));
        assertThat(numbers(http.page("GET", "/api/tokens?limit=1&after=" + (foreign + 1000), "")))
                .containsExactly(made.get(0));
        for (String bad :
                List.of("x", "0", "-1", "007", "1.5", "1e3", "%20", "", "99999999999999999999", "1&after=2")) {
            Http.Answer answer = http.page("GET", "/api/tokens?after=" + bad, "");
            assertThat(answer.status()).as(bad).isEqualTo(422);
            assertThat(answer.json().get("errors").get("after")).as(bad).hasSize(1);
        }
    }

    private static List<Long> numbers(Http.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json()
                .valueStream()
                .map(token -> token.get("id").asLong())
                .toList();
    }

    private static long number(NewToken made) {
        return made.token().id().value();
    }

    @Test
    void badInputIsNamedFieldByField() {
        http.signIn("ada@example.test");
        record Bad(String json, String field, String sentence) {}
        for (Bad bad : List.of(
                new Bad("{}", "name", "The name field is required."),
                new Bad("{\"name\":\"x\"}", "abilities", "The abilities field must be an array of strings."),
                new Bad("{\"name\":1,\"abilities\":[]}", "name", "The name field must be a string."),
                new Bad(
                        "{\"name\":\"x\",\"abilities\":\"*\"}",
                        "abilities",
                        "The abilities field must be an array of strings."),
                new Bad(
                        "{\"name\":\"x\",\"abilities\":[true]}",
                        "abilities",
                        "The abilities field must be an array of strings."),
                new Bad(
                        "{\"name\":\"x\",\"abilities\":[\"a b\"]}",
                        "abilities",
                        "An ability must have 1 to 100 printable ASCII characters without spaces, quotes and backslashes."),
                new Bad(
                        "{\"name\":\"x\\u202ey\",\"abilities\":[]}",
                        "name",
                        "The name must not contain control characters or marks that change the writing direction."),
                new Bad(
                        "{\"name\":\"x\",\"abilities\":[],\"expires_at\":\"2001-01-01T00:00:00Z\"}",
                        "expires_at",
                        "The expiry must be in the future."),
                new Bad(
                        "{\"name\":\"x\",\"abilities\":[],\"expires_at\":\"tomorrow\"}",
                        "expires_at",
                        "The expires at field must be a date and time with an offset, like 2030-01-31T12:00:00Z."),
                new Bad(
                        "{\"name\":\"x\",\"abilities\":[],\"tokenable_id\":\"bob\"}",
                        "tokenable_id",
                        "The field tokenable_id is not known here. Known are: abilities, actor, expires_at, name."))) {
            Http.Answer answer = http.page("POST", "/api/tokens", bad.json());
            assertThat(answer.status()).as(bad.json()).isEqualTo(422);
            assertThat(answer.json().get("errors").get(bad.field()).get(0).asString())
                    .isEqualTo(bad.sentence());
            assertThat(answer.json().get("message").asString()).isNotEmpty();
        }
        Http.Answer two = http.page("POST", "/api/tokens", "{\"expires_at\":1}");
        assertThat(two.json().get("message").asString()).isEqualTo("The name field is required. (and 2 more errors)");
        assertThat(http.page("POST", "/api/tokens", "{\"name\":").status()).isEqualTo(400);
        assertThat(http.page("POST", "/api/tokens", "[1]").status()).isEqualTo(400);
        assertThat(http.page("POST", "/api/tokens", "{\"name\":\"a\",\"name\":\"b\",\"abilities\":[]}")
                        .status())
                .isEqualTo(400);
        assertThat(http.page("POST", "/api/tokens", "[".repeat(20_000)).status())
                .isEqualTo(400);
        assertThat(http.page("POST", "/api/tokens", "{\"name\":\"" + "x".repeat(70_000) + "\"}")
                        .status())
                .isEqualTo(413);
        assertThat(tokens.list(ADA)).isEmpty();
    }

    /** R27. */
    @Test
    void bodyNamesNoOtherOwner() {
        http.signIn("ada@example.test");
        for (String field : List.of("owner", "user_id", "tokenable_type", "token", "last_used_at", "id", "tenant")) {
            String json = "{\"name\":\"x\",\"abilities\":[],\"" + field + "\":\"bob@example.test\"}";
            assertThat(http.page("POST", "/api/tokens", json).status()).isEqualTo(422);
        }
        assertThat(tokens.list(BOB)).isEmpty();
    }

    @Test
    void tokenWithoutTheAbilityManagesNothingButItself() {
        NewToken mine = issue(ADA, "*");
        NewToken other = issue(ADA, "*");
        String bearer = bearer(mine);

        for (Http.Answer answer : List.of(
                http.get("/api/tokens", bearer),
                http.post("/api/tokens", "{\"name\":\"x\",\"abilities\":[\"*\"]}", bearer),
                http.send("DELETE", "/api/tokens", "", bearer),
                http.get("/api/tokens/" + other.token().id(), bearer),
                http.send("DELETE", "/api/tokens/" + other.token().id(), "", bearer),
                http.send("PATCH", "/api/tokens/" + mine.token().id(), "{\"name\":\"x\"}", bearer))) {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.json().get("required").get(0).asString()).isEqualTo("tokens:manage");
        }
        assertThat(http.get("/api/tokens/current", bearer).json().get("id").asLong())
                .isEqualTo(mine.token().id().value());
        assertThat(http.get("/api/tokens/" + mine.token().id(), bearer).status())
                .isEqualTo(200);
        assertThat(http.send("DELETE", "/api/tokens/current", "", bearer).status())
                .isEqualTo(204);
        assertThat(http.get("/api/whoami", bearer).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", bearer(other)).status()).isEqualTo(200);
    }

    @Test
    void managingTokenHandsOnNoMoreThanItHas() {
        String manager = bearer(issue(ADA, "orders:read", "tokens:manage"));

        for (String abilities : List.of(
                "[\"*\"]", "[\"orders:write\"]", "[\"tokens:manage\"]", "[\"orders:read\",\"tokens:manage\"]")) {
            Http.Answer answer = http.post("/api/tokens", "{\"name\":\"x\",\"abilities\":" + abilities + "}", manager);
            assertThat(answer.status()).as(abilities).isEqualTo(422);
            assertThat(answer.json().get("errors").has("abilities")).isTrue();
        }
        Http.Answer made = http.post("/api/tokens", "{\"name\":\"x\",\"abilities\":[\"orders:read\"]}", manager);
        assertThat(made.status()).isEqualTo(201);
        String child = "Authorization: Bearer " + made.json().get("token").asString();
        assertThat(http.get("/api/orders", child).status()).isEqualTo(200);
        assertThat(http.post("/api/tokens", "{\"name\":\"y\",\"abilities\":[]}", child)
                        .status())
                .isEqualTo(403);

        assertThat(http.send("DELETE", "/api/tokens/current", "", manager).status())
                .isEqualTo(204);
        assertThat(http.get("/api/orders", child).status()).isEqualTo(401);
    }

    @Test
    void starDoesNotManageTokens() {
        String star = bearer(issue(ADA, "*"));

        assertThat(http.post("/api/tokens", "{\"name\":\"x\",\"abilities\":[\"a\"]}", star)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void tokenIsRenamedAndNarrowedAndNeverWidened() {
        http.signIn("ada@example.test");
        NewToken made = issue(ADA, "a", "b");
        String path = "/api/tokens/" + made.token().id();

        assertThat(http.page("PATCH", path, "{\"name\":\"new\",\"abilities\":[\"b\"]}")
                        .json()
                        .get("name")
                        .asString())
                .isEqualTo("new");
        Http.Answer wider = http.page("PATCH", path, "{\"name\":\"newer\",\"abilities\":[\"a\",\"b\"]}");

        assertThat(wider.status()).isEqualTo(422);
        AccessToken token = tokens.find(made.token().id()).orElseThrow();
        assertThat(token.name()).isEqualTo("new");
        assertThat(token.abilities().names()).containsExactly("b");
        assertThat(http.page("PATCH", path, "{\"expires_at\":\"2099-01-01T00:00:00Z\"}")
                        .status())
                .isEqualTo(422);
        assertThat(http.page("PATCH", path, "{\"name\":\"\"}").status()).isEqualTo(422);
    }

    @Test
    void somebodyElsesTokenIsAsUnknownAsNone() {
        http.signIn("ada@example.test");
        NewToken bobs = issue(BOB, "*");
        String unknown = http.page("GET", "/api/tokens/987654321", "").body();

        for (String id :
                List.of(bobs.token().id().toString(), "0", "-1", "01", "abc", "1%27or%271", "9223372036854775808")) {
            for (String method : List.of("GET", "DELETE")) {
                Http.Answer answer = http.page(method, "/api/tokens/" + id, "");
                assertThat(answer.status()).as(method + " " + id).isEqualTo(404);
                assertThat(answer.body()).isEqualTo(unknown);
            }
        }
        assertThat(http.page("PATCH", "/api/tokens/" + bobs.token().id(), "{\"name\":\"mine\"}")
                        .status())
                .isEqualTo(404);
        assertThat(tokens.authenticate(bobs.plainText().reveal())).isEqualTo(new Accepted(bobs.token()));
    }

    @Test
    void revokingAllKeepsTheOneInUseUnlessAsked() {
        NewToken manager = issue(ADA, "tokens:manage");
        NewToken other = issue(ADA, "*");
        NewToken bobs = issue(BOB, "*");

        assertThat(http.send("DELETE", "/api/tokens", "", bearer(manager)).status())
                .isEqualTo(204);
        assertThat(http.get("/api/whoami", bearer(other)).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", bearer(manager)).status()).isEqualTo(200);
        assertThat(http.send("DELETE", "/api/tokens?all=true", "", bearer(manager))
                        .status())
                .isEqualTo(204);
        assertThat(http.get("/api/whoami", bearer(manager)).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", bearer(bobs)).status()).isEqualTo(200);
    }

    @Test
    void sessionRevokesAllButOne() {
        NewToken kept = issue(ADA, "*");
        NewToken other = issue(ADA, "*");
        NewToken bobs = issue(BOB, "*");
        http.signIn("ada@example.test");

        for (String wrong : List.of(bobs.token().id().toString(), "0", "abc", "")) {
            assertThat(http.page("DELETE", "/api/tokens?except=" + wrong, "").status())
                    .isEqualTo(404);
        }
        assertThat(http.get("/api/whoami", bearer(other)).status()).isEqualTo(200);
        assertThat(http.page("DELETE", "/api/tokens?except=" + kept.token().id(), "")
                        .status())
                .isEqualTo(204);

        assertThat(http.get("/api/whoami", bearer(kept)).status()).isEqualTo(200);
        assertThat(http.get("/api/whoami", bearer(other)).status()).isEqualTo(401);
        assertThat(http.get("/api/whoami", bearer(bobs)).status()).isEqualTo(200);
    }

    @Test
    void sessionHasNoCurrentToken() {
        http.signIn("ada@example.test");

        assertThat(http.page("GET", "/api/tokens/current", "").status()).isEqualTo(404);
        assertThat(http.page("DELETE", "/api/tokens/current", "").status()).isEqualTo(404);
    }

    @Test
    void creatingTakesACsrfTokenFromASession() {
        http.signIn("ada@example.test");

        assertThat(http.withCookies("POST", "/api/tokens", "{}", http.origin(), "Content-Type: application/json")
                        .status())
                .isEqualTo(419);
        assertThat(http.withCookies(
                                "POST",
                                "/api/tokens",
                                "{}",
                                "Origin: https://evil.test",
                                "Content-Type: application/json")
                        .status())
                .isIn(401, 403);
        create("{\"name\":\"ok\",\"abilities\":[]}");
    }
}
