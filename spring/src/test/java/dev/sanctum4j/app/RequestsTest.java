package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.spring.AccessEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** People ask for what their policy holds back, and administrators answer. */
@Import({StepUpTest.Time.class, RequestsTest.Around.class})
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:requests;DB_CLOSE_DELAY=-1",
            "sanctum.endpoints.approval=true",
            "sanctum.approval.administrators=ROLE_ADMIN",
            "sanctum.policy.abilities=*,tokens:manage",
            "sanctum.policy.max-lifetime=30d",
            "sanctum.policy.on-request=orders:write",
            "sanctum.spa.confirm-within=15m",
        })
class RequestsTest extends AppTest {

    /** What is told. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Around {
        @Bean
        Told told() {
            return new Told();
        }
    }

    static final class Told {
        final List<AccessEvent> events = new CopyOnWriteArrayList<>();

        @EventListener
        void on(AccessEvent event) {
            events.add(event);
        }
    }

    @Autowired
    StepUpTest.MovedClock clock;

    @Autowired
    Told told;

    @Autowired
    JdbcClient jdbc;

    private Http ada;
    private Http root;

    @BeforeEach
    void beginRequests() {
        clock.now = clock.now.plus(Duration.ofHours(1));
        jdbc.sql("delete from sanctum_requests").update();
        people.change("ada@example.test", true, "ROLE_USER");
        people.put("root@example.test", true, Instant.EPOCH, "ROLE_ADMIN");
        ada = signedIn("ada@example.test");
        root = signedIn("root@example.test");
        told.events.clear();
    }

    private Http signedIn(String email) {
        Http page = new Http(port);
        page.signIn(email);
        return page;
    }

    private static Http.Answer ask(Http page, String name, String abilities) {
        return page.page(
                "POST",
                "/api/requests",
                "{\"name\":\"" + name + "\",\"lifetime\":86400,\"abilities\":[" + abilities + "]}");
    }

    private long asked() {
        Http.Answer answer = ask(ada, "Nightly export", "\"orders:write\",\"orders:read\"");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("id").asLong();
    }

    private static Http.Answer allow(Http page, long id, String... abilities) {
        return page.page(
                "POST",
                "/api/requests/" + id + "/allow",
                "{\"lifetime\":3600,\"abilities\":[\"" + String.join("\",\"", abilities) + "\"]}");
    }

    private static Http.Answer post(Http page, long id, String what) {
        return page.page("POST", "/api/requests/" + id + "/" + what, "");
    }

    private long tokensOf(Owner owner) {
        return tokens.list(owner).stream().filter(token -> !token.isRevoked()).count();
    }

    /** The page of who answers would offer none of it. */
    @Test
    void programIsNotLedToAskForWhatIsHeldBack() {
        String narrow = bearer(issue(ADA, "orders:read"));
        Http.Answer refused = ada.post("/api/orders", "{}", narrow);
        assertThat(refused.json().get("code").asString()).isEqualTo("ability-missing");
        assertThat(refused.json().has("ask")).isFalse();

        String both = bearer(tokens.issueApproved(TokenRequest.of(ADA, "ci", "orders:write")));
        JsonNode ask = ada.get("/api/orders", both).json().get("ask");
        assertThat(ask.get("scope").asString()).isEqualTo("orders:read");
    }

    @Test
    void whatIsHeldBackIsAskedForAllowedAndFetchedOnce() {
        long id = asked();
        assertThat(ada.page("GET", "/api/requests", "")
                        .json()
                        .get(0)
                        .get("state")
                        .asString())
                .isEqualTo("asked");
        JsonNode open = root.page("GET", "/api/requests/open", "").json();
        assertThat(open.size()).isEqualTo(1);
        JsonNode shown = open.get(0);
        assertThat(shown.get("account").asString()).isEqualTo("ada@example.test");
        assertThat(shown.get("name").asString()).isEqualTo("Nightly export");
        assertThat(shown.get("lifetime").asLong()).isEqualTo(86_400);
        assertThat(shown.get("abilities").get(0).get("name").asString()).isEqualTo("orders:write");
        assertThat(shown.get("abilities").get(0).get("permitted").asBoolean()).isTrue();
        long before = tokensOf(ADA);

        assertThat(post(ada, id, "claim").status()).isEqualTo(409); // nobody has answered
        assertThat(allow(root, id, "orders:write").status()).isEqualTo(204);
        assertThat(tokensOf(ADA)).isEqualTo(before); // until it is fetched
        JsonNode mine = ada.page("GET", "/api/requests", "").json().get(0);
        assertThat(mine.get("state").asString()).isEqualTo("allowed");
        assertThat(mine.get("allowed_abilities").toString()).isEqualTo("[\"orders:write\"]");
        Http.Answer fetched = post(ada, id, "claim");

        assertThat(fetched.status()).isEqualTo(201);
        assertThat(fetched.header("cache-control")).contains("no-store");
        String bearer = "Authorization: Bearer " + fetched.json().get("token").asString();
        assertThat(http.get("/api/any", bearer).status()).isEqualTo(200);
        assertThat(http.get("/api/orders", bearer).status()).isEqualTo(403); // unticked
        assertThat(tokensOf(ADA)).isEqualTo(before + 1);
        assertThat(tokensOf(Owner.of("user", "root@example.test"))).isZero();
        assertThat(post(ada, id, "claim").status()).isEqualTo(409);
        assertThat(ada.page("GET", "/api/requests", "").body()).isEqualTo("[]");
        assertThat(told.events.stream().map(event -> event.getClass().getSimpleName()))
                .containsSubsequence("ApprovalAsked", "ApprovalAllowed", "ApprovalClaimed");
        assertThat(told.events.toString())
                .doesNotContain(fetched.json().get("token").asString());
    }

    /** By no way without a yes: not by the form, not by everything, not by a program that asks the same person. */
    @Test
    void nothingElseGivesWhatIsHeldBack() {
        for (String abilities : List.of("\"orders:write\"", "\"orders:read\",\"orders:write\"", "\"*\"")) {
            Http.Answer answer = ada.page("POST", "/api/tokens", "{\"name\":\"x\",\"abilities\":[" + abilities + "]}");
            assertThat(answer.status()).as(abilities).isEqualTo(422);
            assertThat(answer.body()).contains("approval-required");
        }
        assertThat(ada.page("POST", "/api/tokens", "{\"name\":\"x\",\"abilities\":[\"orders:read\"]}")
                        .status())
                .isEqualTo(201);
        assertThat(ada.page("GET", "/api/tokens/policy", "")
                        .json()
                        .get("on_request")
                        .toString())
                .isEqualTo("[\"orders:write\"]");

        JsonNode asked = http.send(
                        "POST",
                        "/sanctum/device_authorization",
                        "client_id=codex&scope=orders:read+orders:write",
                        "Content-Type: application/x-www-form-urlencoded")
                .json();
        String code = asked.get("user_code").asString();
        JsonNode shown = ada.page("POST", "/api/approval", "{\"user_code\":\"" + code + "\"}")
                .json();
        assertThat(shown.get("abilities").get(0).get("permitted").asBoolean()).isTrue();
        assertThat(shown.get("abilities").get(1).get("permitted").asBoolean()).isFalse();
        assertThat(ada.page(
                                "POST",
                                "/api/approval/allow",
                                "{\"user_code\":\"" + code
                                        + "\",\"account\":\"ada@example.test\",\"lifetime\":60,\"abilities\":[\"orders:write\"]}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void nobodyAnswersTheirOwnAndOnlyAdministratorsAnswer() {
        long adas = asked();
        long own = ask(root, "Mine", "\"orders:write\"").json().get("id").asLong();
        Http bob = signedIn("bob@example.test");

        assertThat(allow(root, own, "orders:write").status()).isEqualTo(403);
        assertThat(post(root, own, "deny").status()).isEqualTo(403);
        assertThat(root.page("GET", "/api/requests/open", "").json().size()).isEqualTo(1);
        for (Http other : List.of(ada, bob)) {
            assertThat(allow(other, adas, "orders:write").status()).isEqualTo(403);
            assertThat(post(other, adas, "deny").status()).isEqualTo(403);
            assertThat(other.page("GET", "/api/requests/open", "").status()).isEqualTo(403);
        }
        assertThat(post(bob, adas, "claim").status()).isEqualTo(404);
        assertThat(bob.page("DELETE", "/api/requests/" + adas, "").status()).isEqualTo(404);
        String token = bearer(issue(ADA, "orders:read", "tokens:manage"));
        assertThat(http.get("/api/requests", token).status()).isEqualTo(403);
        assertThat(http.post("/api/requests/" + adas + "/claim", "{}", token).status())
                .isEqualTo(403);
        assertThat(http.get("/api/requests").status()).isEqualTo(401);
        allow(root, adas, "orders:write");
        assertThat(post(bob, adas, "claim").status()).isEqualTo(404);
        assertThat(post(root, adas, "claim").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"*\"", "\"tokens:manage\"", "\"unheard:of\"", ""})
    void nobodyAsksForThat(String abilities) {
        assertThat(ask(ada, "x", abilities).status()).isEqualTo(422);
    }

    @Test
    void yesTakesAFreshConfirmationAndSoDoesFetching() {
        long id = asked();
        clock.now = clock.now.plus(Duration.ofMinutes(16));

        assertThat(allow(root, id, "orders:write").status()).isEqualTo(423);
        root.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}");
        assertThat(allow(root, id, "orders:write").status()).isEqualTo(204);
        assertThat(post(ada, id, "claim").status()).isEqualTo(423);
    }

    @Test
    void yesIsNoMoreThanWasAsked() {
        long id = asked();

        assertThat(allow(root, id, "orders:write", "orders:delete").status()).isEqualTo(422);
        assertThat(allow(root, id, "*").status()).isEqualTo(422);
        assertThat(allow(root, id, "tokens:manage").status()).isEqualTo(422);
        assertThat(root.page(
                                "POST",
                                "/api/requests/" + id + "/allow",
                                "{\"lifetime\":86401,\"abilities\":[\"orders:write\"]}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void noEndsItAndWithdrawingTakesItAway() {
        long denied = asked();
        assertThat(post(root, denied, "deny").status()).isEqualTo(204);
        assertThat(allow(root, denied, "orders:write").status()).isEqualTo(409);
        assertThat(post(ada, denied, "claim").status()).isEqualTo(409);
        long withdrawn = asked();
        assertThat(ada.page("DELETE", "/api/requests/" + withdrawn, "").status())
                .isEqualTo(204);
        assertThat(allow(root, withdrawn, "orders:write").status()).isEqualTo(409);

        JsonNode left = ada.page("GET", "/api/requests", "").json();
        assertThat(left.size()).isEqualTo(1);
        assertThat(left.get(0).get("state").asString()).isEqualTo("denied");
        long late = asked();
        clock.now = clock.now.plus(Duration.ofDays(7));
        assertThat(signedIn("root@example.test")
                        .page("GET", "/api/requests/open", "")
                        .body())
                .isEqualTo("[]");
        assertThat(allow(signedIn("root@example.test"), late, "orders:write").status())
                .isEqualTo(404);
    }

    @Test
    void whoeverSaidYesMustBeAnAdministratorStill() {
        long id = asked();
        allow(root, id, "orders:write");
        people.change("root@example.test", true, "ROLE_USER");
        assertThat(post(ada, id, "claim").status()).isEqualTo(403);
        people.change("root@example.test", true, "ROLE_ADMIN");
        assertThat(post(ada, id, "claim").status()).isEqualTo(201);
    }

    /** Also where the one who gave it is gone. */
    @Test
    void anyAdministratorTakesAYesBack() {
        long id = asked();
        allow(root, id, "orders:write");
        people.put("rita@example.test", true, Instant.EPOCH, "ROLE_ADMIN");

        assertThat(post(signedIn("rita@example.test"), id, "deny").status()).isEqualTo(204);

        assertThat(post(ada, id, "claim").status()).isEqualTo(409);
    }

    @Test
    void revokingEverythingTakesBackWhatWasAllowedOneself() {
        long id = asked();
        allow(root, id, "orders:write");
        tokens.revokeAll(Owner.of("user", "root@example.test"));
        assertThat(ada.page("GET", "/api/requests", "")
                        .json()
                        .get(0)
                        .get("state")
                        .asString())
                .isEqualTo("allowed");

        tokens.revokeAll(ADA);

        assertThat(post(ada, id, "claim").status()).isEqualTo(409);
    }

    @Test
    void allThatWaitCanBeSeenAPageAfterTheOther() {
        for (int i = 0; i < 5; i++) {
            ask(ada, "a" + i, "\"orders:write\"");
            ask(root, "own", "\"orders:write\"");
        }
        JsonNode first = root.page("GET", "/api/requests/open?limit=3", "").json();
        long last = first.get(2).get("id").asLong();
        Http.Answer rest = root.page("GET", "/api/requests/open?limit=3&after=" + last, "");

        assertThat(names(first)).containsExactly("a0", "a1", "a2");
        assertThat(names(rest.json())).containsExactly("a3", "a4");
        assertThat(rest.header("link")).isNull();
        assertThat(root.page("GET", "/api/requests/open?after=x", "").status()).isEqualTo(422);
    }

    private static List<String> names(JsonNode requests) {
        return requests.valueStream().map(one -> one.get("name").asString()).toList();
    }

    /** One asker who is gone must not keep everybody from an answer, and may be back tomorrow: nothing is decided by looking. */
    @Test
    void whoIsNotLetInAsksForNothingMeanwhileAndKeepsNobodyWaiting() {
        people.put("cora@example.test", true, Instant.EPOCH, "ROLE_USER");
        long coras = ask(signedIn("cora@example.test"), "x", "\"orders:write\"")
                .json()
                .get("id")
                .asLong();
        long adas = asked();
        people.change("cora@example.test", false, "ROLE_USER");
        told.events.clear();

        JsonNode open = root.page("GET", "/api/requests/open", "").json();

        assertThat(open.valueStream().map(one -> one.get("id").asLong())).containsExactly(adas);
        assertThat(state(coras)).isEqualTo("asked");
        assertThat(told.events).isEmpty();
        assertThat(allow(root, coras, "orders:write").status()).isEqualTo(404);
        assertThat(state(coras)).isEqualTo("asked");

        people.change("cora@example.test", true, "ROLE_USER");
        assertThat(root.page("GET", "/api/requests/open", "").json().size()).isEqualTo(2);
        assertThat(allow(root, coras, "orders:write").status()).isEqualTo(204);
        people.change("cora@example.test", false, "ROLE_USER");
        assertThat(post(root, coras, "deny").status()).isEqualTo(204);
    }

    /** A node of a later version has written it. */
    @Test
    void stateThatThisVersionDoesNotKnowCouldNotBeChecked() {
        long id = asked();
        jdbc.sql("update sanctum_requests set state = 'weighed'").update();

        for (Http.Answer answer : List.of(
                ada.page("GET", "/api/requests", ""),
                post(ada, id, "claim"),
                ada.page("DELETE", "/api/requests/" + id, ""),
                allow(root, id, "orders:write"),
                post(root, id, "deny"))) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        }
    }

    private String state(long request) {
        return jdbc.sql("select state from sanctum_requests where id = ?")
                .param(request)
                .query(String.class)
                .single();
    }

    @Test
    void whoHasTheNameOfAFormerAskerHasNoneOfTheRequests() {
        long waiting = asked();
        long allowed = asked();
        allow(root, allowed, "orders:write");
        App.Person old = Objects.requireNonNull(people.all.get("ada@example.test"));
        people.all.put(
                "ada@example.test",
                new App.Person(
                        "ada@example.test",
                        String.valueOf(old.getPassword()),
                        true,
                        clock.now.plusSeconds(1),
                        "ROLE_USER"));

        assertThat(ada.page("GET", "/api/requests", "").body()).isEqualTo("[]");
        assertThat(post(ada, allowed, "claim").status()).isEqualTo(404);
        assertThat(ada.page("DELETE", "/api/requests/" + waiting, "").status()).isEqualTo(404);
        assertThat(root.page("GET", "/api/requests/open", "").body()).isEqualTo("[]");
    }

    /** A directory that takes a name in any case: the owner is what was typed. */
    @Test
    void anotherSpellingOfOnesNameIsNobodyElse() {
        people.put("ROOT@example.test", true, Instant.EPOCH, "ROLE_ADMIN");
        long own = ask(root, "Mine", "\"orders:write\"").json().get("id").asLong();
        Http capitals = signedIn("ROOT@example.test");

        assertThat(allow(capitals, own, "orders:write").status()).isEqualTo(403);
        assertThat(capitals.page("GET", "/api/requests/open", "").body()).isEqualTo("[]");
    }

    @Test
    void ofTwoThatFetchAtTheSameMomentOneMakesTheToken() throws Exception {
        long id = asked();
        allow(root, id, "orders:write");
        long before = tokensOf(ADA);
        Http other = signedIn("ada@example.test");
        CyclicBarrier barrier = new CyclicBarrier(2);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        List<Future<Http.Answer>> answers = new ArrayList<>();
        for (Http page : List.of(ada, other)) {
            answers.add(pool.submit(() -> {
                barrier.await(10, TimeUnit.SECONDS);
                return post(page, id, "claim");
            }));
        }
        int made = 0;
        for (Future<Http.Answer> answer : answers) {
            made += answer.get(60, TimeUnit.SECONDS).status() == 201 ? 1 : 0;
        }
        pool.shutdownNow();

        assertThat(made).isEqualTo(1);
        assertThat(tokensOf(ADA)).isEqualTo(before + 1);
    }
}
