package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A token that may issue some for the runs of a program, and nothing else. */
class DelegationTest extends AppTest {

    private static final String RUN =
            "{\"name\":\"run\",\"abilities\":[\"orders:read\"],\"actor\":\"claude-code, run 8f3c\"}";

    @Autowired
    private TokenStore store;

    @Test
    void parentIssuesAndEndsWhatIsItsOwn() {
        String parent = bearer(issue(ADA, "orders:read", "tokens:delegate"));

        Http.Answer made = http.post("/api/tokens", RUN, parent);

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        JsonNode run = made.json();
        assertThat(run.get("actor").asString()).isEqualTo("claude-code, run 8f3c");
        assertThat(run.get("issued_by").isNumber()).isTrue();
        assertThat(run.get("expires_at").asString()).isNotEmpty();
        String child = "Authorization: Bearer " + run.get("token").asString();
        assertThat(http.get("/api/orders", child).status()).isEqualTo(200);
        String path = "/api/tokens/" + run.get("id").asLong();
        assertThat(http.send("DELETE", path, "", parent).status()).isEqualTo(204);
        assertThat(http.get("/api/orders", child).status()).isEqualTo(401);
        assertThat(http.send("DELETE", path, "", parent).status()).isEqualTo(404);
    }

    @Test
    void parentDoesNothingElse() {
        NewToken others = issue(ADA, "orders:read");
        NewToken bobs = issue(BOB, "orders:read");
        NewToken parent = issue(ADA, "orders:read", "tokens:delegate");
        NewToken brother = issue(ADA, "orders:read", "tokens:delegate");
        long brothers =
                http.post("/api/tokens", RUN, bearer(brother)).json().get("id").asLong();
        long own =
                http.post("/api/tokens", RUN, bearer(parent)).json().get("id").asLong();
        String mine = bearer(parent);

        assertThat(http.get("/api/tokens", mine).status()).isEqualTo(403);
        assertThat(http.send("DELETE", "/api/tokens", "", mine).status()).isEqualTo(403);
        assertThat(http.send("DELETE", "/api/tokens?all=true", "", mine).status())
                .isEqualTo(403);
        assertThat(http.send("DELETE", "/api/tokens/" + parent.token().id() + "/issued", "", mine)
                        .status())
                .isEqualTo(403);
        for (Object id :
                List.of(others.token().id(), bobs.token().id(), brother.token().id(), brothers, own, 999)) {
            String path = "/api/tokens/" + id;
            assertThat(http.get(path, mine).status()).as(path).isEqualTo(403);
            assertThat(http.send("PATCH", path, "{\"name\":\"mine\"}", mine).status())
                    .as(path)
                    .isEqualTo(403);
            assertThat(http.post(path + "/rotate", "", mine).status()).as(path).isEqualTo(403);
            if (!id.equals(own)) {
                assertThat(http.send("DELETE", path, "", mine).status())
                        .as(path)
                        .isEqualTo(403);
            }
        }
        assertThat(http.get("/api/tokens/current", mine).status()).isEqualTo(200);
        assertThat(http.get("/api/orders", bearer(others)).status()).isEqualTo(200);
    }

    @Test
    void childIsNarrowerAndNamed() {
        String parent = bearer(issue(ADA, "orders:read", "tokens:delegate"));
        for (String body : List.of(
                RUN.replace("orders:read", "*"),
                RUN.replace("orders:read", "orders:write"),
                RUN.replace("orders:read", "tokens:delegate"),
                RUN.replace("orders:read", "tokens:manage"),
                RUN.replace(",\"actor\":\"claude-code, run 8f3c\"", ""),
                RUN.replace("claude-code, run 8f3c", ""),
                RUN.replace("claude-code, ", "a\\r\\nX-Auth-Subject: user:1"))) {
            Http.Answer answer = http.post("/api/tokens", body, parent);
            assertThat(answer.status()).as(body).isEqualTo(422);
        }
        Http.Answer longer =
                http.post("/api/tokens", RUN.replace("}", ",\"expires_at\":\"2999-01-01T00:00:00Z\"}"), parent);
        assertThat(longer.status()).isEqualTo(201);
        assertThat(Instant.parse(longer.json().get("expires_at").asString()))
                .isBefore(Instant.now().plusSeconds(13 * 3600));
    }

    /** Nor does what an old node has let a manager hand on. */
    @Test
    void nobodyElseDelegates() {
        String child = "Authorization: Bearer "
                + http.post("/api/tokens", RUN, bearer(issue(ADA, "orders:read", "tokens:delegate")))
                        .json()
                        .get("token")
                        .asString();
        NewToken manager = issue(ADA, "*", "tokens:manage");
        store.insert(new TokenDraft(
                ADA,
                "old",
                Abilities.of("*", "tokens:delegate"),
                SecretHash.of("an-old-one"),
                Instant.now(),
                null,
                manager.token().id(),
                Map.of()));

        for (String caller : List.of(
                child,
                bearer(issue(ADA, "*")),
                bearer(issue(ADA, "orders:read")),
                "Authorization: Bearer an-old-one")) {
            assertThat(http.get("/api/orders", caller).status()).isEqualTo(200);
            Http.Answer answer = http.post("/api/tokens", RUN, caller);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("WWW-Authenticate")).contains("scope=\"tokens:manage\"");
        }
        assertThat(http.post("/api/tokens", RUN.replace("orders:read", "tokens:delegate"), bearer(manager))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void pageEndsAllThatOneTokenHasIssued() {
        NewToken parent = issue(ADA, "orders:read", "tokens:delegate");
        NewToken bobs = issue(BOB, "orders:read", "tokens:delegate");
        for (int i = 0; i < 3; i++) {
            assertThat(http.post("/api/tokens", RUN, bearer(parent)).status()).isEqualTo(201);
        }
        String bobsRun = "Authorization: Bearer "
                + http.post("/api/tokens", RUN, bearer(bobs))
                        .json()
                        .get("token")
                        .asString();
        http.signIn("ada@example.test");
        JsonNode list = http.page("GET", "/api/tokens", "").json();
        assertThat(list).hasSize(4);
        for (int i = 0; i < 3; i++) {
            assertThat(list.get(i).get("issued_by").asLong())
                    .isEqualTo(parent.token().id().value());
            assertThat(list.get(i).get("actor").asString()).isEqualTo("claude-code, run 8f3c");
        }

        assertThat(http.page("DELETE", "/api/tokens/" + bobs.token().id() + "/issued", "")
                        .status())
                .isEqualTo(404);
        assertThat(http.page("DELETE", "/api/tokens/" + parent.token().id() + "/issued", "")
                        .status())
                .isEqualTo(204);

        assertThat(http.page("GET", "/api/tokens", "").json()).hasSize(1);
        assertThat(http.get("/api/orders", bearer(parent)).status()).isEqualTo(200);
        assertThat(http.get("/api/orders", bobsRun).status()).isEqualTo(200);
    }
}
