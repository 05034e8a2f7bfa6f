package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.server.oauth.NewClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** What people see of a token they made, on another server than the one that made it: its first use, and how its text ends. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HintsTest {

    private static final String ADMIN = "admin@localhost";

    private ConfigurableApplicationContext one;
    private ConfigurableApplicationContext two;
    private Tokens tokens;
    private Account admin;
    private Account ada;

    @BeforeAll
    void start() {
        one = started();
        two = started();
        tokens = one.getBean(Tokens.class);
        Accounts accounts = one.getBean(Accounts.class);
        admin = accounts.findByEmail(ADMIN).orElseThrow();
        ada = accounts.create("Ada", "ada@example.test", ServerTest.PASSWORD, Account.Role.USER)
                .orElseThrow();
    }

    @AfterAll
    void stop() {
        two.close();
        one.close();
    }

    private static ConfigurableApplicationContext started() {
        return new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:hints;DB_CLOSE_DELAY=-1",
                        "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0",
                        "sanctum.last-used.flush-interval=1h",
                        "SANCTUM_GATEWAY_ACTOR=true")
                .run();
    }

    private static Client client(ConfigurableApplicationContext server) {
        return new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static Client page(ConfigurableApplicationContext server, String email) {
        Client page = client(server);
        assertThat(page.signIn(email, ServerTest.PASSWORD)).isEqualTo(204);
        return page;
    }

    private NewToken issue(Account owner, String... abilities) {
        return tokens.issue(TokenRequest.of(Owner.of("user", owner.id()), "ci", abilities));
    }

    private static String end(NewToken made) {
        String text = made.plainText().reveal();
        return text.substring(text.length() - 4);
    }

    /** Written though everything else waits for an hour, and once: what follows waits. */
    @Test
    void firstUseOnAnotherServerIsSeenSoon() throws Exception {
        Client page = page(one, "ada@example.test");
        NewToken made = issue(ada, "*");
        String path = "/api/tokens/" + made.token().id();
        assertThat(Client.json(page.page("GET", path, "")).get("last_used_at").isNull())
                .isTrue();

        long since = System.nanoTime();
        assertThat(client(two)
                        .bearer("GET", "/api/user", made.plainText().reveal())
                        .statusCode())
                .isEqualTo(200);
        JsonNode shown = Client.json(page.page("GET", path, ""));
        while (shown.get("last_used_at").isNull() && System.nanoTime() - since < TimeUnit.SECONDS.toNanos(30)) {
            TimeUnit.MILLISECONDS.sleep(50);
            shown = Client.json(page.page("GET", path, ""));
        }

        assertThat(shown.get("last_used_at").isNull()).isFalse();
        assertThat(shown.get("last_used_from").asString()).isEqualTo("127.0.0.1");
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(20)); // of a busy machine
        assertThat(shown.propertyNames())
                .containsExactly(
                        "id",
                        "name",
                        "abilities",
                        "last_used_at",
                        "last_used_from",
                        "expires_at",
                        "created_at",
                        "hint");
        assertThat(page(one, ADMIN).page("GET", path, "").statusCode()).isEqualTo(404);
    }

    @Test
    void sessionsOfAdministratorsAreToldAndProgramsOfTheirsAreNot() {
        NewToken made = issue(ada, "orders:read");
        String list = "/api/admin/people/" + ada.id() + "/tokens";
        String single = "/api/admin/tokens/" + made.token().id();
        Client page = page(two, ADMIN);

        assertThat(Client.json(page.page("GET", list, ""))
                        .get("data")
                        .get(0)
                        .get("hint")
                        .asString())
                .isEqualTo(end(made));
        assertThat(Client.json(page.page("GET", single, "")).get("hint").asString())
                .isEqualTo(end(made));
        for (String program : List.of("*", "admin:tokens")) {
            String token = issue(admin, program).plainText().reveal();
            for (String path : List.of(list, single)) {
                HttpResponse<String> answer = page.bearer("GET", path, token);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).doesNotContain("hint");
            }
        }
    }

    @Test
    void nobodyElseIsTold() throws Exception {
        NewToken made = issue(ada, "*", "tokens:manage");
        String text = made.plainText().reveal();
        NewClient asking =
                one.getBean(Clients.class).add("hints", Abilities.NONE).orElseThrow();
        String basic = "Basic "
                + Base64.getEncoder()
                        .encodeToString(
                                (asking.client().id() + ":" + asking.reveal()).getBytes(StandardCharsets.UTF_8));
        Client program = client(one);

        HttpResponse<String> introspected = program.form("/oauth2/introspect", "token=" + text, "Authorization", basic);
        HttpResponse<String> verified =
                program.bearer("GET", "/verify", text, "X-Original-Method", "GET", "X-Original-URI", "/orders");
        HttpResponse<String> user = program.bearer("GET", "/api/user", text);
        HttpResponse<String> list = program.bearer("GET", "/api/tokens", text);
        assertThat(introspected.body()).contains("\"active\":true");
        for (HttpResponse<String> answer : List.of(introspected, verified, user, list)) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body() + answer.headers().map()).doesNotContain("\"" + end(made) + "\"", "\"hint\"");
        }
        page(one, "ada@example.test")
                .page("DELETE", "/api/tokens/" + made.token().id(), "");
        one.getBean(Tokens.class).authenticate(text);
        Client administrator = page(two, ADMIN);
        String revoked = "\"token_revoked\",\"owner\":\"user:" + ada.id() + "\",\"token_id\":"
                + made.token().id();
        Callable<String> audit =
                () -> administrator.page("GET", "/api/admin/audit", "").body();
        Programs.await("the audit log", 60, () -> audit.call().contains(revoked)); // which has a queue
        assertThat(audit.call()).contains(revoked).doesNotContain("\"" + end(made) + "\"", "\"hint\"");
    }
}
