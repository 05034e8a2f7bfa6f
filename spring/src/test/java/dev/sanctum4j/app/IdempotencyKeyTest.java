package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** A request that is sent again, because its answer was lost, makes no second token. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:once;DB_CLOSE_DELAY=-1")
class IdempotencyKeyTest extends AppTest {

    private static final String CI = "{\"name\":\"CI\",\"abilities\":[\"a\",\"b\"]}";

    @Autowired
    DataSource dataSource;

    @Autowired
    JdbcClient jdbc;

    @BeforeEach
    void forgetKeys() {
        jdbc.sql("delete from " + JdbcTokenStore.KEYS_TABLE).update();
    }

    private static String key(String key) {
        return "Idempotency-Key: " + key;
    }

    private static String code(Http.Answer answer) {
        return answer.json().get("code").asString();
    }

    @Test
    void sameKeyIsTheSameTokenWithoutItsSecret(CapturedOutput output) {
        http.signIn("ada@example.test");
        String key = "5f3c7a2e-once";

        Http.Answer made = http.page("POST", "/api/tokens", CI, key(key));
        Http.Answer again = http.page("POST", "/api/tokens", CI, key(key));
        Http.Answer inOtherOrder = http.page(
                "POST", "/api/tokens", "{\"abilities\":[\"b\",\"a\"],\"expires_at\":null,\"name\":\"CI\"}", key(key));
        Http.Answer quoted = http.page("POST", "/api/tokens", CI, key('"' + key + '"'));

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.header("Idempotent-Replayed")).isNull();
        assertThat(made.json().has("token")).isTrue();
        for (Http.Answer replayed : List.of(again, inOtherOrder, quoted)) {
            assertThat(replayed.status()).as(replayed.body()).isEqualTo(200);
            assertThat(replayed.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(replayed.json().has("token")).isFalse();
            assertThat(replayed.json().get("id")).isEqualTo(made.json().get("id"));
            assertThat(replayed.json().get("name").asString()).isEqualTo("CI");
        }
        assertThat(http.page("GET", "/api/tokens", "").json()).hasSize(1);
        assertThat(http.page("POST", "/api/tokens", CI).status()).as("without").isEqualTo(201);
        assertThat(output).doesNotContain(key);
    }

    @Test
    void tokensAndPeopleHaveKeysOfTheirOwn() {
        http.signIn("ada@example.test");
        String one = bearer(issue(ADA, "a", "b", "tokens:manage"));
        String two = bearer(issue(ADA, "a", "b", "tokens:manage"));
        String bobs = bearer(issue(BOB, "a", "b", "tokens:manage"));

        assertThat(http.page("POST", "/api/tokens", CI, key("k")).status()).isEqualTo(201);
        for (String caller : List.of(one, two, bobs)) {
            assertThat(http.post("/api/tokens", CI, caller, key("k")).status()).isEqualTo(201);
            assertThat(http.post("/api/tokens", CI, caller, key("k")).status()).isEqualTo(200);
        }
    }

    @Test
    void keyOfSomethingElseAndOfWhatHasEndedIsRefused() {
        String caller = bearer(issue(ADA, "a", "b", "tokens:manage"));
        Http.Answer made = http.post("/api/tokens", CI, caller, key("k"));

        Http.Answer other = http.post("/api/tokens", CI.replace("CI", "CD"), caller, key("k"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(code(other)).isEqualTo("idempotency-key-reused");

        http.send("DELETE", "/api/tokens/" + made.json().get("id").asLong(), "", caller);
        Http.Answer ended = http.post("/api/tokens", CI, caller, key("k"));
        assertThat(ended.status()).isEqualTo(409);
        assertThat(code(ended)).isEqualTo("idempotency-key-ended");
        assertThat(tokens.list(ADA)).hasSize(1);
    }

    /** Of H2 a statement's time belongs to its connection, which others have after us. */
    @Test
    void keyLeavesNoTimeToConnections() throws SQLException {
        String caller = bearer(issue(ADA, "a", "b", "tokens:manage"));
        assertThat(http.post("/api/tokens", CI, caller, key("k")).status()).isEqualTo(201);

        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) { // as many as the pool has
                Connection one = dataSource.getConnection();
                all.add(one);
                try (Statement statement = one.createStatement()) {
                    assertThat(statement.getQueryTimeout()).isZero();
                }
            }
        } finally {
            for (Connection one : all) {
                one.close();
            }
        }
    }

    @Test
    void whatIsNoKeyIsAnErrorOfTheRequest() {
        String caller = bearer(issue(ADA, "a", "b", "tokens:manage"));
        for (String[] bad : new String[][] {
            {key("")},
            {key("a b")},
            {key("\"a b\"")},
            {key("k".repeat(65))},
            {key("\"k")},
            {key('"' + "k".repeat(7_000))},
            {key("é")},
            {key("k"), key("k")}
        }) {
            String[] headers = bad.length == 1 ? new String[] {caller, bad[0]} : new String[] {caller, bad[0], bad[1]};
            Http.Answer answer = http.post("/api/tokens", CI, headers);
            assertThat(answer.status()).as(String.join(", ", bad)).isEqualTo(422);
            assertThat(code(answer)).isEqualTo("invalid");
            assertThat(answer.json().get("codes").toString()).isEqualTo("{\"idempotency_key\":[\"invalid\"]}");
        }
        assertThat(tokens.list(ADA)).hasSize(1);
        assertThat(http.post("/api/tokens", CI, caller, key("k".repeat(64))).status())
                .isEqualTo(201);
        assertThat(http.post("/api/tokens", CI, caller, key("\"\\\"\\\\\"")).status())
                .as("two characters that are escaped")
                .isEqualTo(201);
    }

    /** Whoever may not ask for it any more is not told what was made, either. */
    @Test
    void whatMayBeIssuedIsAskedBeforeTheKey() {
        NewToken manager = issue(ADA, "a", "b", "tokens:manage");
        assertThat(http.post("/api/tokens", CI, bearer(manager), key("k")).status())
                .isEqualTo(201);
        tokens.update(manager.token().id(), null, Abilities.of("tokens:manage"));

        Http.Answer answer = http.post("/api/tokens", CI, bearer(manager), key("k"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("codes").toString()).contains("ability-not-permitted");
    }

    @Test
    void hundredKeysInTenMinutesAreEnough() {
        String caller = bearer(issue(ADA, "a", "b", "tokens:manage"));
        for (int i = 0; i < 100; i++) {
            assertThat(http.post("/api/tokens", CI, caller, key("k" + i)).status())
                    .isEqualTo(201);
        }

        Http.Answer answer = http.post("/api/tokens", CI, caller, key("one-too-many"));

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("600");
        assertThat(http.post("/api/tokens", CI, caller, key("k0")).status()).isEqualTo(200);
        assertThat(http.post("/api/tokens", CI, caller).status()).isEqualTo(201);
    }

    /** As with a store of the application's own, or an account of the database that may not. */
    @Test
    void withoutATableOfKeysTheHeaderIsRefusedAndAllElseGoesOn() {
        String caller = bearer(issue(ADA, "a", "b", "tokens:manage"));
        jdbc.sql("drop table " + JdbcTokenStore.KEYS_TABLE).update();
        try {
            Http.Answer answer = http.post("/api/tokens", CI, caller, key("k"));
            assertThat(answer.status()).isEqualTo(501);
            assertThat(code(answer)).isEqualTo("idempotency-key-unsupported");
            assertThat(tokens.list(ADA)).hasSize(1);
            assertThat(http.post("/api/tokens", CI, caller).status()).isEqualTo(201);
        } finally {
            assertThat(JdbcSchema.createIdempotencyKeys(dataSource)).isTrue();
        }
        assertThat(http.post("/api/tokens", CI, caller, key("k")).status()).isEqualTo(201);
    }

    @Test
    void listedPagesMaySendTheKeyAndReadTheAnswer() {
        Http.Answer preflight = http.send(
                "OPTIONS",
                "/api/tokens",
                "",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: content-type,idempotency-key,x-xsrf-token",
                "Origin: https://app.example.test");
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("idempotency-key");
        assertThat(http.get("/api/tokens", "Origin: https://app.example.test").header("Access-Control-Expose-Headers"))
                .contains("Idempotent-Replayed");
    }
}
