package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.approval.Countries;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;

/** Programs ask, people answer, and what comes of it is an ordinary token. */
@Import({StepUpTest.Time.class, ApprovalTest.Around.class})
@TestPropertySource(
        properties = {
            "spring.datasource.url=" + ApprovalTest.DATABASE,
            "sanctum.endpoints.approval=true",
            "sanctum.spa.confirm-within=15m",
            "sanctum.abilities.described[0].name=orders:read",
            "sanctum.abilities.described[0].description=Read orders",
        })
class ApprovalTest extends AppTest {

    static final String DATABASE = "jdbc:h2:mem:approval;DB_CLOSE_DELAY=-1";

    private static final String ASK = "/sanctum/device_authorization";
    private static final String POLL = "/sanctum/device_token";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    /** A policy that a test changes, and what is told. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Around {

        @Bean
        Limits limits() {
            return new Limits();
        }

        @Bean
        Told told() {
            return new Told();
        }

        @Bean
        Somewhere somewhere() {
            return new Somewhere();
        }
    }

    static final class Somewhere implements Countries {
        volatile @Nullable String country;

        @Override
        public Optional<String> of(String address) {
            if ("broken".equals(country)) {
                throw new IllegalStateException("no such file");
            }
            return address.equals("127.0.0.1") ? Optional.ofNullable(country) : Optional.empty();
        }
    }

    static final class Limits implements TokenPolicy {
        volatile Abilities permitted = Abilities.EVERYTHING;
        volatile int most = Integer.MAX_VALUE;
        volatile @Nullable Duration longest;

        @Override
        public Abilities permitted(Owner owner) {
            return permitted;
        }

        @Override
        public int maxTokens(Owner owner) {
            return most;
        }

        @Override
        public @Nullable Duration maxLifetime(Owner owner) {
            return longest;
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
    Limits limits;

    @Autowired
    Told told;

    @Autowired
    Somewhere somewhere;

    @Autowired
    JdbcClient jdbc;

    @BeforeEach
    void beginApproval() {
        limits.permitted = Abilities.EVERYTHING;
        limits.most = Integer.MAX_VALUE;
        limits.longest = null;
        somewhere.country = null;
        clock.now = clock.now.plus(Duration.ofHours(1)); // what was counted before is over
        jdbc.sql("delete from sanctum_requests").update();
        told.events.clear();
    }

    static String form(String... pairs) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            parts.add(pairs[i] + "=" + URLEncoder.encode(pairs[i + 1], StandardCharsets.UTF_8));
        }
        return String.join("&", parts);
    }

    private Http.Answer ask(String scope, String... more) {
        String body = form("client_id", "claude-code", "client_name", "Codex on build-7", "scope", scope);
        return http.send("POST", ASK, more.length == 0 ? body : body + "&" + form(more), FORM);
    }

    private Http.Answer poll(JsonNode asked) {
        return poll(http, asked);
    }

    private static Http.Answer poll(Http http, JsonNode asked) {
        return http.send(
                "POST",
                POLL,
                form(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "device_code",
                        asked.get("device_code").asString(),
                        "client_id",
                        "claude-code"),
                FORM);
    }

    private String error(JsonNode asked) {
        Http.Answer answer = poll(asked);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        return answer.json().get("error").asString();
    }

    private static String code(JsonNode asked) {
        return asked.get("user_code").asString();
    }

    private Http.Answer look(String code) {
        return http.page("POST", "/api/approval", "{\"user_code\":\"" + code + "\"}");
    }

    private Http.Answer allow(String code, long lifetime, String... abilities) {
        return http.page(
                "POST",
                "/api/approval/allow",
                "{\"user_code\":\"" + code + "\",\"account\":\"ada@example.test\",\"lifetime\":" + lifetime
                        + ",\"abilities\":[\""
                        + String.join("\",\"", abilities) + "\"]}");
    }

    private Http.Answer deny(String code) {
        return http.page("POST", "/api/approval/deny", "{\"user_code\":\"" + code + "\"}");
    }

    private long count() {
        return jdbc.sql("select count(*) from personal_access_tokens where revoked_at is null")
                .query(Long.class)
                .single();
    }

    @Test
    void allowedPartBecomesAnOrdinaryToken() {
        Http.Answer answer = ask("orders:read orders:write", "lifetime", "43200");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        JsonNode asked = answer.json();
        String page = "http://localhost:" + port + "/connect";
        assertThat(asked.get("verification_uri").asString()).isEqualTo(page);
        assertThat(asked.get("verification_uri_complete").asString()).isEqualTo(page + "?code=" + code(asked));
        assertThat(asked.get("expires_in").asInt()).isEqualTo(600);
        assertThat(asked.get("interval").asInt()).isEqualTo(5);
        assertThat(error(asked)).isEqualTo("authorization_pending");
        http.signIn("ada@example.test");

        JsonNode shown = look(code(asked)).json();
        assertThat(shown.get("client_name").asString()).isEqualTo("Codex on build-7");
        assertThat(shown.get("client_id").asString()).isEqualTo("claude-code");
        assertThat(shown.get("account").asString()).isEqualTo("ada@example.test");
        assertThat(shown.get("other_network").asBoolean()).isFalse();
        assertThat(shown.has("same_network")).isFalse();
        assertThat(shown.get("address").asString()).isEqualTo("127.0.0.1");
        assertThat(shown.get("lifetime").asLong()).isEqualTo(43_200);
        assertThat(shown.get("abilities").get(0).get("description").asString()).isEqualTo("Read orders");
        assertThat(shown.get("abilities").get(1).get("permitted").asBoolean()).isTrue();
        assertThat(count()).isZero();
        assertThat(allow(code(asked), 3_600, "orders:read").status()).isEqualTo(204);
        assertThat(count()).isZero(); // until it is fetched

        clock.now = clock.now.plusSeconds(5);
        Http.Answer fetched = poll(asked);
        assertThat(fetched.status()).as(fetched.body()).isEqualTo(200);
        assertThat(fetched.header("cache-control")).isEqualTo("no-store");
        JsonNode token = fetched.json();
        assertThat(token.get("token_type").asString()).isEqualTo("Bearer");
        assertThat(token.get("expires_in").asLong()).isEqualTo(3_600);
        assertThat(token.get("scope").asString()).isEqualTo("orders:read");
        String bearer = "Authorization: Bearer " + token.get("access_token").asString();
        assertThat(http.get("/api/orders", bearer).status()).isEqualTo(200);
        AccessToken listed = tokens.list(ADA).get(0);
        assertThat(listed.name()).matches("Codex on build-7, asked for 2026-\\d\\d-\\d\\d");
        assertThat(listed.expiresAt()).isEqualTo(clock.now.plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS));
        clock.now = clock.now.plusSeconds(5);
        assertThat(error(asked)).isEqualTo("invalid_grant");
        assertThat(told.events.stream().map(event -> event.getClass().getSimpleName()))
                .containsSubsequence("ApprovalAsked", "ApprovalAllowed", "ApprovalClaimed");
        assertThat(told.events.toString())
                .doesNotContain(
                        code(asked),
                        asked.get("device_code").asString(),
                        token.get("access_token").asString());
        tokens.revoke(listed.id());
        assertThat(http.get("/api/orders", bearer).status()).isEqualTo(401);
    }

    /** A node of a later version has written it: nobody is told that the code is wrong, or that they are nobody. */
    @Test
    void stateThatThisVersionDoesNotKnowCouldNotBeChecked() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        jdbc.sql("update sanctum_requests set state = 'weighed'").update();

        List<Http.Answer> answers =
                List.of(poll(asked), look(code(asked)), allow(code(asked), 60, "orders:read"), deny(code(asked)));

        for (Http.Answer answer : answers) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isNotNull();
        }
        assertThat(answers.get(1).json().get("code").asString()).isEqualTo("unavailable");
        jdbc.sql("update sanctum_requests set state = 'asked'").update();
        clock.now = clock.now.plusSeconds(30);
        assertThat(error(asked)).isEqualTo("authorization_pending");
    }

    @Test
    void theFiveOtherAnswers() {
        JsonNode asked = ask("orders:read").json();
        assertThat(error(asked)).isEqualTo("authorization_pending");
        assertThat(error(asked)).isEqualTo("slow_down");
        clock.now = clock.now.plusSeconds(9);
        assertThat(error(asked)).isEqualTo("slow_down");
        clock.now = clock.now.plusSeconds(15);
        assertThat(error(asked)).isEqualTo("authorization_pending");
        http.signIn("ada@example.test");
        assertThat(deny(code(asked)).status()).isEqualTo(204);
        clock.now = clock.now.plusSeconds(15);
        assertThat(error(asked)).isEqualTo("access_denied");
        JsonNode late = ask("orders:read").json();
        clock.now = clock.now.plusSeconds(600);
        assertThat(error(late)).isEqualTo("expired_token");
        assertThat(look(code(late)).status()).isEqualTo(404);
        assertThat(told.events.stream().map(event -> event.getClass().getSimpleName()))
                .contains("ApprovalDenied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "orders:read *", "tokens:manage", "orders:read tokens:delegate", "unheard:of"})
    void nobodyCanBeAskedForThat(String scope) {
        Http.Answer answer = ask(scope);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("error").asString()).isEqualTo("invalid_scope");
    }

    @ParameterizedTest
    @CsvSource({
        "client_id=a%20b&scope=orders:read, invalid_request",
        "scope=orders:read, invalid_request",
        "client_id=a&client_id=b&scope=orders:read, invalid_request",
        "client_id=a&scope=orders:read&lifetime=soon, invalid_request",
        "client_id=a&scope=orders:read&lifetime=0, invalid_request",
    })
    void malformedRequestIsNamed(String body, String error) {
        Http.Answer answer = http.send("POST", ASK, body, FORM);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("error").asString()).isEqualTo(error);
    }

    @Test
    void secretsStandInTheBodyOnlyAndOthersGrantsAreNotServed() {
        String grant = "grant_type=urn:ietf:params:oauth:grant-type:device_code";
        assertThat(http.send("POST", POLL + "?device_code=x", grant + "&client_id=a", FORM)
                        .json()
                        .get("error")
                        .asString())
                .isEqualTo("invalid_request");
        assertThat(http.send("POST", POLL, "grant_type=password&device_code=x&client_id=a", FORM)
                        .json()
                        .get("error")
                        .asString())
                .isEqualTo("unsupported_grant_type");
        assertThat(http.send("POST", POLL, grant + "&device_code=x&client_id=a", FORM)
                        .json()
                        .get("error")
                        .asString())
                .isEqualTo("invalid_grant");
        assertThat(http.post(POLL, "{}").json().get("error").asString()).isEqualTo("invalid_request");
        assertThat(http.get(ASK).status()).isEqualTo(405);
    }

    @Test
    void codeIsNoOtherClients() {
        JsonNode asked = ask("orders:read").json();
        String body = form(
                "grant_type",
                "urn:ietf:params:oauth:grant-type:device_code",
                "device_code",
                asked.get("device_code").asString(),
                "client_id",
                "codex");

        assertThat(http.send("POST", POLL, body, FORM).json().get("error").asString())
                .isEqualTo("invalid_grant");
    }

    @Test
    void networkAsksTenTimesAMinuteAndWaitsForFiveAnswers() {
        for (int i = 0; i < 5; i++) {
            assertThat(ask("orders:read").status()).isEqualTo(200);
        }
        Http.Answer sixth = ask("orders:read");
        assertThat(sixth.status()).isEqualTo(429);
        assertThat(sixth.header("retry-after")).isEqualTo("60");
        jdbc.sql("update sanctum_requests set state = 'denied', owner_type = 'user', owner_id = 'x'")
                .update();
        for (int i = 0; i < 5; i++) {
            assertThat(ask("orders:read").status()).isEqualTo(200);
            jdbc.sql("update sanctum_requests set state = 'denied', owner_type = 'user', owner_id = 'x'")
                    .update();
        }
        assertThat(ask("orders:read").status()).isEqualTo(429);
        clock.now = clock.now.plusSeconds(60);
        assertThat(ask("orders:read").status()).isEqualTo(200);
    }

    @Test
    void peopleAnswerInASessionAndNothingElseDoes() {
        String code = code(ask("orders:read").json());
        String body = "{\"user_code\":\"" + code
                + "\",\"account\":\"ada@example.test\",\"lifetime\":60,\"abilities\":[\"orders:read\"]}";
        String look = "{\"user_code\":\"" + code + "\"}";
        String token = bearer(issue(ADA, "*", "tokens:manage"));

        for (String path : List.of("/api/approval", "/api/approval/allow", "/api/approval/deny")) {
            String sent = path.endsWith("allow") ? body : look;
            assertThat(http.post(path, sent).status()).as(path).isEqualTo(401);
            assertThat(http.post(path, sent, token).status()).as(path).isEqualTo(403);
            assertThat(http.get(path, token).status()).as(path).isEqualTo(405);
        }
        http.signIn("ada@example.test");
        for (String path : List.of("/api/approval", "/api/approval/allow", "/api/approval/deny")) {
            String sent = path.endsWith("allow") ? body : look;
            assertThat(http.withCookies("POST", path, sent, http.origin(), "Content-Type: application/json")
                            .status())
                    .as(path + " without CSRF token")
                    .isEqualTo(419);
            assertThat(http.page("GET", path, "").status()).as(path).isEqualTo(405);
        }
        assertThat(jdbc.sql("select state from sanctum_requests")
                        .query(String.class)
                        .single())
                .isEqualTo("asked");
    }

    @Test
    void yesTakesAFreshConfirmation() {
        String code = code(ask("orders:read").json());
        clock.now = clock.now.minus(Duration.ofMinutes(16));
        http.signIn("ada@example.test");
        clock.now = clock.now.plus(Duration.ofMinutes(16));

        assertThat(look(code).status()).isEqualTo(200);
        assertThat(allow(code, 60, "orders:read").status()).isEqualTo(423);
        http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}");
        assertThat(allow(code, 60, "orders:read").status()).isEqualTo(204);
    }

    @Test
    void codeIsTypedAsPeopleType() {
        String code = code(ask("orders:read").json());
        http.signIn("ada@example.test");

        JsonNode shown =
                look(" " + code.toLowerCase(Locale.ROOT).replace("-", "  ")).json();

        assertThat(shown.get("user_code").asString()).isEqualTo(code);
    }

    @Test
    void guessesAreFew() {
        String code = code(ask("orders:read").json());
        String wrong = code.startsWith("BBBB") ? "CCCC-CCCC" : "BBBB-BBBB";
        http.signIn("ada@example.test");
        for (int i = 0; i < 20; i++) {
            assertThat(look(code).status()).as("right ones are not counted").isEqualTo(200);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(look(wrong).status()).isEqualTo(404);
        }
        Http.Answer refused = look(code);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isEqualTo("600");
        assertThat(allow(code, 60, "orders:read").status()).isEqualTo(429);
        assertThat(deny(code).status()).isEqualTo(429);
        http = new Http(port); // another session of the same person
        http.signIn("ada@example.test");
        assertThat(look(code).status()).isEqualTo(429);
        http = new Http(port);
        http.signIn("bob@example.test");
        assertThat(look(code).status()).isEqualTo(200);
        clock.now = clock.now.plusSeconds(600);
        String next = code(ask("orders:read").json());
        http = new Http(port);
        http.signIn("ada@example.test");
        assertThat(look(next).status()).isEqualTo(200);
    }

    @Test
    void nobodyGivesWhatWasNotAskedOrIsNotTheirs() {
        String code = code(ask("orders:read orders:write", "lifetime", "3600").json());
        http.signIn("ada@example.test");
        limits.permitted = Abilities.of("orders:read");

        JsonNode shown = look(code).json();
        assertThat(shown.get("abilities").get(0).get("permitted").asBoolean()).isTrue();
        assertThat(shown.get("abilities").get(1).get("permitted").asBoolean()).isFalse();
        assertThat(allow(code, 60, "orders:read", "orders:write").status()).isEqualTo(422);
        assertThat(allow(code, 60, "*").status()).isEqualTo(422);
        assertThat(allow(code, 60, "tokens:manage").status()).isEqualTo(422);
        limits.permitted = Abilities.EVERYTHING;
        assertThat(allow(code, 60, "tokens:manage").status()).isEqualTo(422);
        assertThat(allow(code, 60, "*").status()).isEqualTo(422);
        assertThat(allow(code, 3_601, "orders:read").status()).isEqualTo(422);
        assertThat(allow(code, 3_600, "orders:read").status()).isEqualTo(204);
    }

    @Test
    void requestIsAnsweredOnceAndAYesCanBeTakenBack() {
        JsonNode asked = ask("orders:read").json();
        String code = code(asked);
        http.signIn("ada@example.test");
        assertThat(allow(code, 60, "orders:read").status()).isEqualTo(204);
        assertThat(allow(code, 60, "orders:read").status()).isEqualTo(409);
        Http bobs = new Http(port);
        bobs.signIn("bob@example.test");
        String body = "{\"user_code\":\"" + code + "\"}";
        assertThat(bobs.page("POST", "/api/approval", body).status()).isEqualTo(409);
        assertThat(bobs.page("POST", "/api/approval/deny", body).status()).isEqualTo(409);

        assertThat(deny(code).status()).isEqualTo(204);

        assertThat(error(asked)).isEqualTo("access_denied");
        assertThat(count()).isZero();
    }

    @Test
    void ownerWhoIsDisabledMeanwhileGivesNothing() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        people.change("ada@example.test", false, "ROLE_USER");

        assertThat(error(asked)).isEqualTo("access_denied");
        people.all.remove("ada@example.test");
        clock.now = clock.now.plusSeconds(5);
        assertThat(error(asked)).isEqualTo("access_denied");
        assertThat(count()).isZero();
    }

    @Test
    void policyThatIsNarrowedMeanwhileCounts() {
        JsonNode asked = ask("orders:read orders:write").json();
        http.signIn("ada@example.test");
        allow(code(asked), 3_600, "orders:read", "orders:write");
        limits.permitted = Abilities.of("orders:write");
        limits.longest = Duration.ofMinutes(1);

        JsonNode token = poll(asked).json();

        assertThat(token.get("scope").asString()).isEqualTo("orders:write");
        assertThat(token.get("expires_in").asLong()).isEqualTo(60);
        JsonNode other = ask("orders:read").json();
        limits.permitted = Abilities.EVERYTHING;
        allow(code(other), 60, "orders:read");
        limits.permitted = Abilities.of("orders:write");
        assertThat(error(other)).isEqualTo("access_denied");
    }

    /** The claim and the token are one transaction: who gets no token has not used up the request. */
    @Test
    void claimIsUndoneWhereNoTokenCameOfIt() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        limits.most = 0;
        assertThat(error(asked)).isEqualTo("access_denied");
        assertThat(count()).isZero();
        limits.most = 1;
        clock.now = clock.now.plusSeconds(5);

        assertThat(poll(asked).status()).isEqualTo(200);
    }

    /** Whoever was deceived changes the password and revokes everything; the one who waits comes for the token then. */
    @Test
    void yesDoesNotOutliveRevokingEverythingNorAnotherPassword() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        assertThat(http.page("DELETE", "/api/tokens", "").status()).isEqualTo(204);
        assertThat(error(asked)).isEqualTo("access_denied");

        JsonNode other = ask("orders:read").json();
        assertThat(allow(code(other), 60, "orders:read").status()).isEqualTo(204);
        people.put("ada@example.test", true, Instant.EPOCH, "ROLE_USER"); // the same password under another salt
        assertThat(error(other)).isEqualTo("access_denied");
        assertThat(count()).isZero();
    }

    @Test
    void yesIsFetchedWithinTwoMinutes() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        clock.now = clock.now.plusSeconds(120);

        assertThat(error(asked)).isEqualTo("expired_token");
    }

    /** Names of people are given again; what the former one allowed is not the new one's. */
    @Test
    void yesIsNotOfALaterPersonOfTheSameName() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        App.Person ada = Objects.requireNonNull(people.all.get("ada@example.test"));
        people.all.put(
                "ada@example.test",
                new App.Person(
                        "ada@example.test",
                        String.valueOf(ada.getPassword()),
                        true,
                        clock.now.plusSeconds(2),
                        "ROLE_USER"));
        clock.now = clock.now.plusSeconds(5);

        assertThat(error(asked)).isEqualTo("access_denied");
        assertThat(count()).isZero();
    }

    /** Between the look at the owner that issuing takes and the end of the transaction, somebody disables them and revokes everything. */
    @Test
    void ownerWhoIsDisabledBeforeTheTransactionEndsKeepsNoToken() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        people.found = () -> {
            if (TransactionSynchronizationManager.isSynchronizationActive()) {
                people.found = () -> {};
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        people.change("ada@example.test", false, "ROLE_USER");
                    }
                });
            }
        };

        assertThat(error(asked)).isEqualTo("access_denied");
        assertThat(count()).isZero();
        assertThat(told.events.stream().map(event -> event.getClass().getSimpleName()))
                .doesNotContain("ApprovalClaimed");
    }

    /** A form of another site asks from the network of whoever opens it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: same-origin"
            })
    void pagesNeitherAskNorPoll(String header) {
        JsonNode asked = ask("orders:read").json();
        String body = form("client_id", "claude-code", "scope", "orders:read");
        for (String path : List.of(ASK, POLL)) {
            Http.Answer answer = http.send("POST", path, body, FORM, header);
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.json().get("error").asString()).isEqualTo("invalid_request");
            assertThat(answer.json().get("error_description").asString())
                    .isEqualTo("Programs ask here, and no pages in a browser.");
        }
        assertThat(http.send("POST", ASK, body, FORM, "Sec-Fetch-Site: none").status())
                .isEqualTo(200);
        assertThat(error(asked)).isEqualTo("authorization_pending");
    }

    @Test
    void formIsNoAnswer() {
        String code = code(ask("orders:read").json());
        http.signIn("ada@example.test");
        String form =
                form("user_code", code, "account", "ada@example.test", "lifetime", "60", "abilities[]", "orders:read");
        for (String path : List.of("/api/approval", "/api/approval/allow", "/api/approval/deny")) {
            Http.Answer answer = http.withCookies(
                    "POST", path, form, http.origin(), FORM, "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN"));
            assertThat(answer.status()).as(path).isEqualTo(415);
        }
        assertThat(jdbc.sql("select state from sanctum_requests")
                        .query(String.class)
                        .single())
                .isEqualTo("asked");
    }

    /** Somebody else has signed in in another tab since the page was shown. */
    @Test
    void yesIsOfTheAccountThatThePageShowed() {
        String code = code(ask("orders:read").json());
        http.signIn("bob@example.test");

        Http.Answer answer = allow(code, 60, "orders:read");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("code").asString()).isEqualTo("account-changed");
        http.signIn("ada@example.test");
        assertThat(allow(code, 60, "orders:read").status()).isEqualTo(204);
    }

    /** Nothing reassures, and nothing is said where nobody can know. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "203.0.113.7, -, true",
                "2001:db8::7, -, true",
                "203.0.113.7, X-Forwarded-For: 203.0.113.7, false",
                "203.0.113.7, Forwarded: for=203.0.113.7, false",
                "10.0.0.7, -, false",
                "fd12::7, -, false",
                "127.0.0.1, -, false",
            })
    void anotherNetworkIsToldWhereItCertainlyIsOne(String address, @Nullable String header, boolean told) {
        String code = code(ask("orders:read").json());
        jdbc.sql("update sanctum_requests set address = ?, network = ?")
                .params(address, address)
                .update();
        http.signIn("ada@example.test");
        String body = "{\"user_code\":\"" + code + "\"}";

        JsonNode shown = (header == null
                        ? http.page("POST", "/api/approval", body)
                        : http.page("POST", "/api/approval", body, header))
                .json();

        assertThat(shown.get("other_network").asBoolean()).isEqualTo(told);
    }

    @Test
    void couldNotCheckIsNoRefusal() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        people.down = true;

        assertThat(poll(asked).status()).isEqualTo(503);
        people.down = false;
        clock.now = clock.now.plusSeconds(5);
        assertThat(poll(asked).status()).isEqualTo(200);
    }

    /** Asked on one, answered on the other, fetched on both at the same moment. */
    @Test
    void twoNodesMakeOneToken() throws Exception {
        try (ConfigurableApplicationContext second = other()) {
            clock.now = Instant.now(); // the other's is right
            second.getBean(App.People.class).all.putAll(people.all); // with the same passwords
            Http other = new Http(portOf(second));
            JsonNode asked = ask("orders:read").json();
            other.signIn("ada@example.test");
            assertThat(other.page(
                                    "POST",
                                    "/api/approval/allow",
                                    "{\"user_code\":\"" + code(asked)
                                            + "\",\"account\":\"ada@example.test\",\"lifetime\":60,\"abilities\":[\"orders:read\"]}")
                            .status())
                    .isEqualTo(204);
            CyclicBarrier barrier = new CyclicBarrier(2);
            ExecutorService pool = Executors.newFixedThreadPool(2);
            List<Future<Http.Answer>> answers = new ArrayList<>();
            for (Http node : List.of(http, other)) {
                answers.add(pool.submit(() -> {
                    barrier.await(10, TimeUnit.SECONDS);
                    return poll(node, asked);
                }));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Http.Answer> answer : answers) {
                statuses.add(answer.get(60, TimeUnit.SECONDS).status());
            }
            pool.shutdownNow();

            assertThat(statuses).containsExactlyInAnyOrder(200, 400);
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void refusalLeadsOn() {
        String narrow = bearer(issue(ADA, "orders:read", "unheard:of"));

        JsonNode refused = http.post("/api/orders", "{}", narrow).json();

        assertThat(refused.get("required").get(0).asString()).isEqualTo("orders:write");
        assertThat(refused.get("ask").get("endpoint").asString()).isEqualTo("http://localhost:" + port + ASK);
        assertThat(refused.get("ask").get("scope").asString()).isEqualTo("orders:read orders:write");
        assertThat(ask(refused.get("ask").get("scope").asString()).status()).isEqualTo(200);
        assertThat(http.get("/api/tokens", narrow).json().has("ask"))
                .isFalse(); // nobody can be asked for tokens:manage
        assertThat(http.get("/api/any", bearer(issue(ADA, "unheard:of")))
                        .json()
                        .get("ask")
                        .get("scope")
                        .asString())
                .isEqualTo("orders:read"); // one is enough
    }

    @Test
    void whatIsOverIsDeleted() {
        ask("orders:read");
        Approvals approvals = application.getBean(Approvals.class);
        clock.now = clock.now.plus(Duration.ofMinutes(40));
        assertThat(approvals.prune()).isZero();
        clock.now = clock.now.plus(Duration.ofMillis(1));
        assertThat(approvals.prune()).isEqualTo(1);
    }

    /** It is the application that knows countries, and what it says is two letters or nothing. */
    @Test
    void countryIsShownWhereTheApplicationKnowsIt() {
        String code = code(ask("orders:read").json());
        http.signIn("ada@example.test");

        assertThat(look(code).json().get("country").isNull()).isTrue();
        somewhere.country = "DE";
        assertThat(look(code).json().get("country").asString()).isEqualTo("DE");
        for (String wrong : List.of("Deutschland", "de", "", "broken")) {
            somewhere.country = wrong;
            Http.Answer answer = look(code);
            assertThat(answer.status()).as(wrong).isEqualTo(200);
            assertThat(answer.json().get("country").isNull()).as(wrong).isTrue();
        }
    }

    @Test
    void tableHasNeitherCodesNorTokens() {
        JsonNode asked = ask("orders:read").json();
        http.signIn("ada@example.test");
        allow(code(asked), 60, "orders:read");
        String token = poll(asked).json().get("access_token").asString();

        String row =
                jdbc.sql("select * from sanctum_requests").query().singleRow().toString();

        assertThat(row).contains("Codex on build-7", "claimed", "orders:read");
        for (String secret : List.of(
                code(asked),
                code(asked).replace("-", ""),
                asked.get("device_code").asString(),
                token,
                token.substring(4, 20))) {
            assertThat(row).doesNotContainIgnoringCase(secret);
        }
    }

    @Test
    void thereIsNoDocumentUnlessAnIssuerIsSet() {
        assertThat(http.get("/.well-known/oauth-authorization-server").status()).isNotEqualTo(200);
        try (ConfigurableApplicationContext other =
                other("--sanctum.approval.issuer=https://shop.example.test", "--server.servlet.context-path=/app")) {
            Http.Answer answer = new Http(portOf(other)).get("/app/.well-known/oauth-authorization-server");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo("{\"issuer\":\"https://shop.example.test\","
                            + "\"device_authorization_endpoint\":\"https://shop.example.test/app" + ASK + "\","
                            + "\"token_endpoint\":\"https://shop.example.test/app" + POLL + "\","
                            + "\"token_endpoint_auth_methods_supported\":[\"none\"],"
                            + "\"grant_types_supported\":[\"urn:ietf:params:oauth:grant-type:device_code\"],"
                            + "\"response_types_supported\":[]}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"shop.example.test", "https://shop.example.test/", "https://shop.example.test?x", "ftp://x"})
    void issuerIsAnOrigin(String issuer) {
        assertThatThrownBy(() -> other("--sanctum.approval.issuer=" + issuer))
                .rootCause()
                .hasMessageContaining("sanctum.approval.issuer");
    }

    private static ConfigurableApplicationContext other(String... settings) {
        return new SpringApplicationBuilder(App.class)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=" + DATABASE,
                        "sanctum.endpoints.approval=true",
                        "sanctum.spa.stateful=self",
                        "spring.main.banner-mode=off")
                .run(settings);
    }

    private static int portOf(ConfigurableApplicationContext context) {
        return Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port")));
    }
}
