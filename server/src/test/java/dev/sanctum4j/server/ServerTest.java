package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** The server as its callers see it. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:server;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
            "management.server.port=0",
            "server.forward-headers-strategy=native"
        })
class ServerTest {

    static final String PASSWORD = "correct horse battery staple";
    private static final String ADMIN = "admin@localhost";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @Autowired
    private ApplicationContext server;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private JdbcTemplate jdbc;

    private Client client;
    private Account user;

    @BeforeEach
    void begin() {
        Tries.forget(server);
        client = new Client(port);
        user = accounts.create("User", "user" + NUMBER.incrementAndGet() + "@example.test", PASSWORD, Account.Role.USER)
                .orElseThrow();
    }

    private String issue(Account owner, String... abilities) {
        return tokens.issue(TokenRequest.of(Owner.of("user", owner.id()), "ci", abilities))
                .plainText()
                .reveal();
    }

    @Test
    void narrowTokenCarriesNoRole() {
        Account admin = accounts.findByEmail(ADMIN).orElseThrow();

        assertThat(client.bearer("GET", "/api/doctor", issue(admin, "*")).statusCode())
                .isEqualTo(200);
        assertThat(client.bearer("GET", "/api/doctor", issue(admin, "admin:people", "ROLE_ADMIN"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(client.bearer("GET", "/api/doctor", issue(user, "*")).statusCode())
                .isEqualTo(403);
        client.signIn(ADMIN, PASSWORD);
        assertThat(client.page("GET", "/api/doctor", "").statusCode()).isEqualTo(200);
    }

    @Test
    void modulesAreKeptForAYearUnderTheirHash() {
        HttpResponse<String> page = client.get("/settings/tokens");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'")
                        .doesNotContain("unsafe"));
        List<String> named = Pattern.compile("(?:href|src)=\"(/sanctum4j/[0-9a-f]{12}/[a-z-]+\\.(?:js|css|svg))\"")
                .matcher(page.body())
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();

        assertThat(named)
                .hasSize(3) // with the page itself, all that a browser asks for before it asks the API
                .anyMatch(path -> path.endsWith("/page.js"))
                .anyMatch(path -> path.endsWith("/page.css"));
        for (String path : named) {
            HttpResponse<String> file = client.get(path, "Accept-Encoding", "gzip");
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            assertThat(file.headers().firstValue("Cache-Control")).hasValue("max-age=31536000, public, immutable");
        }
        assertThat(client.get(named.get(1), "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
                .hasValue("gzip");
        for (String path : named) {
            HttpResponse<String> another = client.get(path.replaceFirst("[0-9a-f]{12}", "000000000000"));
            assertThat(another.statusCode()).as("of another version").isEqualTo(302);
            assertThat(another.headers().firstValue("Location").orElseThrow()).endsWith(path + "?moved");
            assertThat(client.get(path + "?moved").statusCode()).isEqualTo(200);
            HttpResponse<String> again = client.get(path.replaceFirst("[0-9a-f]{12}", "000000000000") + "?moved");
            assertThat(again.statusCode()).as("led here by yet another version").isEqualTo(200);
            assertThat(again.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(again.body()).isEqualTo(client.get(path).body());
        }
        assertThat(client.get("/sanctum4j/000000000000/more.js?v=000000000000").statusCode())
                .as("a script looks whether what it loads is of its version")
                .isEqualTo(302);
        assertThat(client.get(named.get(1).replaceFirst("[^/]*$", "more.js")).statusCode())
                .isEqualTo(200);
        assertThat(client.get("/sanctum4j/000000000000/none.js").statusCode()).isEqualTo(404);
        assertThat(client.get("/sanctum4j/00000000000/page.js").statusCode()).isEqualTo(404);
    }

    @Test
    void modulesWithoutAHashAreAskedForAgain() {
        HttpResponse<String> first = client.get("/sanctum4j/tokens.js");
        String etag = first.headers().firstValue("ETag").orElseThrow();

        assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(client.get("/sanctum4j/tokens.js", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        assertThat(client.get("/sanctum4j/tokens.js", "If-None-Match", "W/\"other\"")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void nothingBesideThePagesIsOpen() {
        assertThat(client.get("/").headers().firstValue("Location")).hasValue("/settings/tokens");
        assertThat(client.get("/settings/nothing").statusCode()).isEqualTo(404);
        assertThat(client.get("/sanctum4j/").statusCode()).isEqualTo(404);
        assertThat(client.get("/sanctum4j-server/page.js").statusCode()).isEqualTo(401);
        assertThat(client.get("/sanctum4j/%2e%2e/%2e%2e/application.properties").statusCode())
                .isIn(400, 404);
        assertThat(client.page("POST", "/settings/tokens", "").statusCode()).isIn(401, 419);
    }

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    @Test
    void browserIsToldInWordsThatNothingIsThere() {
        for (String path : List.of("/nothing", "/settings/nothing", "/sanctum4j/none.js", "/api/nothing", "/login/x")) {
            HttpResponse<String> answer = client.get(path, "Accept", BROWSER, "Accept-Language", "de");
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "trusted-types 'none'");
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(answer.headers().map()).doesNotContainKeys("www-authenticate", "set-cookie");
            assertThat(answer.body()).contains("Hier ist nichts").doesNotContain("nothing", "none.js", "<script");
        }
        assertThat(client.get("/nothing", "Accept", BROWSER).body()).contains("There is nothing here");
        assertThat(client.get("/nothing", "Accept", "text/html", "Sec-Fetch-Mode", "navigate")
                        .body())
                .contains("There is nothing here");
        client.signIn(user.email(), PASSWORD);
        String cookie = "sanctum_session=" + client.cookies.get("sanctum_session");
        assertThat(client.get("/nothing", "Accept", BROWSER, "Cookie", cookie).statusCode())
                .isEqualTo(404);
    }

    /** Whoever does not ask for HTML as browsers do, sends a token, or asks where there is a route. */
    @Test
    void programsAreAnsweredAsBefore() {
        assertThat(client.get("/nothing", "Accept", BROWSER, "Sec-Fetch-Mode", "cors")
                        .body())
                .contains("\"code\":\"unauthenticated\"");
        for (String accepted : List.of(
                "*/*",
                "application/json",
                "application/json, text/plain, */*",
                "text/*",
                "text/html",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")) { // a URLConnection of the JDK
            HttpResponse<String> answer = client.get("/nothing", "Accept", accepted);
            assertThat(answer.statusCode()).as(accepted).isEqualTo(401);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
            assertThat(answer.headers().allValues("Vary")).doesNotContain("Accept");
            assertThat(answer.body()).isEqualTo(client.get("/nothing").body()).contains("\"code\":\"unauthenticated\"");
        }
        assertThat(client.get("/settings/nothing", "Accept", "*/*").body()).contains("\"code\":\"not-found\"");
        String token = issue(user, "*");
        assertThat(client.bearer("GET", "/nothing", token, "Accept", BROWSER).body())
                .contains("\"code\":\"not-found\"");
        for (String path : List.of("/api/user", "/api/tokens/1", "/verify", "/verify/orders:read")) {
            HttpResponse<String> answer = client.get(path, "Accept", BROWSER);
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.body()).isEqualTo(client.get(path).body());
        }
        assertThat(client.post("/nothing", "{}", "Accept", BROWSER).statusCode())
                .isIn(401, 403, 419);
    }

    @Test
    void laravelsPasswordHashIsAccepted() {
        String laravels = "$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O";
        jdbc.update("update sanctum_accounts set password = ? where id = ?", laravels, user.id());

        assertThat(client.exchanged(user.email(), PASSWORD).statusCode()).isEqualTo(200);
        assertThat(client.exchanged(user.email(), "wrong").statusCode()).isEqualTo(422);
    }

    @Test
    void passwordThatBCryptWouldCutIsNotStoredAndNotAccepted() {
        assertThatThrownBy(() -> accounts.create("Long", "long@example.test", "ä".repeat(37), Account.Role.USER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a password must have 1 to 72 bytes, had 74");
        Account full = accounts.create("Full", "full" + user.email(), "x".repeat(72), Account.Role.USER)
                .orElseThrow();

        assertThat(client.exchanged(full.email(), "x".repeat(72)).statusCode()).isEqualTo(200);
        assertThat(client.exchanged(full.email(), "x".repeat(73)).statusCode()).isEqualTo(422);
        assertThat(client.exchanged(full.email(), "x".repeat(100)).statusCode()).isEqualTo(422);
    }

    /** R44. */
    @Test
    void disabledAndDeletedAccountsAreOutAtOnce() {
        String token = issue(user, "*");
        client.signIn(user.email(), PASSWORD);
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200);

        accounts.disable(user.id());
        assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(client.exchanged(user.email(), PASSWORD).statusCode()).isEqualTo(422);
        accounts.enable(user.id());
        assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        jdbc.update("delete from sanctum_accounts where id = ?", user.id());
        assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
    }

    @Test
    void newAddressKeepsTheTokens() {
        String token = issue(user, "*");

        jdbc.update("update sanctum_accounts set email = ? where id = ?", "moved" + user.email(), user.id());

        assertThat(Client.json(client.bearer("GET", "/api/user", token))
                        .get("email")
                        .asString())
                .isEqualTo("moved" + user.email());
    }

    @Test
    void addressIsOneInWhateverCase() {
        assertThat(client.exchanged(user.email().toUpperCase(Locale.ROOT), PASSWORD)
                        .statusCode())
                .isEqualTo(200);
        assertThat(accounts.create("Again", " " + user.email().toUpperCase(Locale.ROOT), "x", Account.Role.USER))
                .isEmpty();
    }

    @Test
    void everyErrorIsAProblemForEveryClient() {
        String token = issue(user, "*", "tokens:manage");
        for (String accept : List.of("application/json", "text/html", "*/*", "image/png")) {
            record Wrong(String method, String path, int status) {}
            for (Wrong wrong : List.of(
                    new Wrong("GET", "/nowhere", 404),
                    new Wrong("GET", "/api/nowhere", 404),
                    new Wrong("GET", "/error", 404),
                    new Wrong("GET", "/actuator/health", 404),
                    new Wrong("PUT", "/api/tokens", 405),
                    new Wrong("GET", "/sanctum/token", 405),
                    new Wrong("PUT", "/user/password", 400))) {
                HttpResponse<String> answer = client.bearer(wrong.method(), wrong.path(), token, "Accept", accept);
                assertThat(answer.statusCode()).as(wrong + " " + accept).isEqualTo(wrong.status());
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
                assertThat(Client.json(answer).get("message").asString()).isNotEmpty();
                assertThat(Client.json(answer).get("status").asInt()).isEqualTo(wrong.status());
                assertThat(answer.body()).doesNotContain("Exception", "org.springframework", "\tat ");
            }
            HttpResponse<String> nobody = client.get("/api/user", "Accept", accept);
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(nobody.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
        assertThat(client.bearer("GET", "//api/user", token).statusCode()).isEqualTo(400);
        HttpResponse<String> traced = client.bearer("TRACE", "/api/user", token);
        assertThat(traced.statusCode()).isEqualTo(405);
        assertThat(Client.json(traced).get("message").asString()).isEqualTo("Method Not Allowed.");
        assertThat(client.bearer("PUT", "/api/tokens", token).headers().firstValue("Allow"))
                .isPresent();
    }

    @Test
    void managementHasAPortOfItsOwnAndShowsLittle() {
        Client management = new Client(managementPort);

        assertThat(management.get("/actuator/health").statusCode()).isEqualTo(200);
        assertThat(management.get("/actuator/sanctum").body()).contains("\"accepted\":");
        for (String hidden :
                List.of("env", "heapdump", "httpexchanges", "configprops", "beans", "loggers", "shutdown")) {
            assertThat(management.get("/actuator/" + hidden).statusCode())
                    .as(hidden)
                    .isIn(401, 404);
        }
        assertThat(management.get("/api/user").statusCode()).isIn(401, 404);
        assertThat(client.get("/actuator/health").statusCode()).isEqualTo(401);
    }

    /** R44. */
    @Test
    void passwordChangeEndsAllOtherSessionsAndLeavesTheTokens() {
        String token = issue(user, "*");
        client.signIn(user.email(), PASSWORD);
        Client other = new Client(port);
        other.signIn(user.email(), PASSWORD);
        String json = "{\"current_password\":\"%s\",\"password\":\"%s\",\"password_confirmation\":\"%s\"}";
        String before = client.cookies.get("sanctum_session");

        for (String wrong : List.of(
                json.formatted("wrong", "new password", "new password"),
                json.formatted(PASSWORD, "short", "short"),
                json.formatted(PASSWORD, "x".repeat(73), "x".repeat(73)),
                json.formatted(PASSWORD, "new password", "another password"))) {
            assertThat(client.page("PUT", "/user/password", wrong).statusCode()).isEqualTo(422);
        }
        assertThat(client.bearer("PUT", "/user/password", token).statusCode()).isIn(400, 403);
        HttpResponse<String> changed =
                client.page("PUT", "/user/password", json.formatted(PASSWORD, "new password", "new password"));

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(204);
        assertThat(client.cookies.get("sanctum_session")).isNotEqualTo(before);
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
        assertThat(other.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        assertThat(client.exchanged(user.email(), PASSWORD).statusCode()).isEqualTo(422);
        assertThat(client.exchanged(user.email(), "new password").statusCode()).isEqualTo(200);
        assertThat(client.page(
                                "PUT",
                                "/user/password",
                                json.formatted("new password", PASSWORD, PASSWORD)
                                        .replace("}", ",\"revoke_tokens\":true}"))
                        .statusCode())
                .isEqualTo(204);
        assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
    }

    @Test
    void sessionsAreListedAndEnded() {
        client.signIn(user.email(), PASSWORD);
        Client phone = new Client(port);
        phone.signIn(user.email(), PASSWORD);
        Client tablet = new Client(port);
        tablet.signIn(user.email(), PASSWORD);
        Client stranger = new Client(port);
        stranger.signIn(ADMIN, PASSWORD);

        var list = Client.json(client.page("GET", "/api/sessions", ""));
        assertThat(list).hasSize(3);
        assertThat(list.get(0).propertyNames())
                .containsExactly("id", "device", "address", "created_at", "last_seen_at", "current");
        String current = "";
        String another = "";
        for (var session : list) {
            assertThat(session.get("device").asString()).startsWith("Java-http-client");
            assertThat(session.get("address").asString()).isEqualTo("127.0.0.1");
            if (session.get("current").asBoolean()) {
                current = session.get("id").asString();
            } else {
                another = session.get("id").asString();
            }
        }
        assertThat(stranger.page("DELETE", "/api/sessions/" + another, "").statusCode())
                .isEqualTo(404);
        assertThat(client.page("DELETE", "/api/sessions/" + another, "").statusCode())
                .isEqualTo(204);
        assertThat(List.of(
                        phone.page("GET", "/api/user", "").statusCode(),
                        tablet.page("GET", "/api/user", "").statusCode()))
                .containsExactlyInAnyOrder(200, 401);
        assertThat(client.page("DELETE", "/api/sessions", "").statusCode()).isEqualTo(204);
        assertThat(phone.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(tablet.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(client.bearer("GET", "/api/sessions", issue(user, "*", "tokens:manage"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(client.page("DELETE", "/api/sessions/" + current, "").statusCode())
                .isEqualTo(204);
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
    }

    @Test
    void sessionUnusedLongestEndsWhereThereWouldBeMoreThanAHundred() {
        for (int i = 0; i < 100; i++) {
            jdbc.update(
                    "insert into sanctum_session values (?, ?, ?, ?, 7200, ?, ?)",
                    UUID.randomUUID().toString(),
                    UUID.randomUUID().toString(),
                    0,
                    i == 42 ? 1 : System.currentTimeMillis(),
                    Long.MAX_VALUE,
                    user.owner().toString());
        }
        String oldest = "select count(*) from sanctum_session where last_access_time = 1 and principal_name = ?";
        assertThat(jdbc.queryForObject(oldest, Long.class, user.owner().toString()))
                .isEqualTo(1);

        client.signIn(user.email(), PASSWORD);

        assertThat(jdbc.queryForObject(oldest, Long.class, user.owner().toString()))
                .isZero();
        assertThat(Client.json(client.page("GET", "/api/sessions", ""))).hasSize(100);
    }

    /** A page that is not signed in learns by the 401 what it needs to sign in; where programs ask nobody does. */
    @Test
    void firstLoadOfAPageBringsTheCookiesToSignInBy() {
        for (String path : List.of("/oauth2/introspect", "/sanctum/token")) {
            HttpResponse<String> answer = client.page("GET", path, "");
            assertThat(answer.statusCode()).as(path).isGreaterThanOrEqualTo(400);
            assertThat(answer.headers().allValues("Set-Cookie")).as(path).isEmpty();
        }
        assertThat(client.get("/api/user").headers().allValues("Set-Cookie")).isEmpty();

        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(401);

        assertThat(client.cookies).containsOnlyKeys("sanctum_session", "XSRF-TOKEN");
        assertThat(client.page(
                                "POST",
                                "/login",
                                "{\"email\":\"" + user.email() + "\",\"password\":\"" + PASSWORD + "\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
    }

    @Test
    void auditLogTellsWhoDidWhatAndNoSecret() throws Exception {
        client.signIn(user.email(), PASSWORD);
        JsonNode made = Client.json(client.page(
                "POST", "/api/tokens", "{\"name\":\"ci\",\"abilities\":[\"orders:read\"],\"actor\":\"run 8f3c\"}"));
        String text = made.get("token").asString();
        long id = made.get("id").asLong();
        client.bearer("GET", "/verify/orders:write", text);
        client.page("DELETE", "/api/tokens/" + id, "");
        client.bearer("GET", "/api/user", text);
        client.page("POST", "/logout", "");
        client.signIn(user.email(), "hunter2-hunter2");
        client.signIn(user.email(), PASSWORD);

        JsonNode activity = Client.json(client.page("GET", "/api/activity", ""));
        for (int i = 0; i < 600 && activity.size() < 6; i++) { // it is written by another thread
            TimeUnit.MILLISECONDS.sleep(100);
            activity = Client.json(client.page("GET", "/api/activity", ""));
        }

        List<String> events = new ArrayList<>();
        activity.forEach(one -> events.add(one.get("event").asString()));
        assertThat(events)
                .containsExactly(
                        "signed_in", "signed_out", "token_revoked", "ability_denied", "token_issued", "signed_in");
        assertThat(activity.get(4).get("token_id").asLong()).isEqualTo(id);
        assertThat(activity.get(4).get("address").asString()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(activity.get(4).get("detail").asString()).isEqualTo("ci: orders:read");
        assertThat(activity.get(4).get("actor").asString()).isEqualTo("run 8f3c");
        assertThat(activity.get(3).get("actor").asString()).isEqualTo("run 8f3c"); // who tried
        assertThat(activity.get(2).get("actor").isNull()).isTrue();
        assertThat(Client.json(client.page("GET", "/api/activity?token=" + id, "")))
                .as("of the token alone")
                .containsExactly(activity.get(2), activity.get(3), activity.get(4));
        assertThat(client.page("GET", "/api/activity?token=x", "").statusCode()).isEqualTo(422);
        Client other = new Client(port);
        other.signIn("admin@localhost", PASSWORD);
        assertThat(other.page("GET", "/api/activity?token=" + id, "").body()).isEqualTo("[]");
        List<String> all = jdbc.queryForList(
                "select concat_ws(' ', event, owner_id, token_id, address, detail) from sanctum_audit", String.class);
        assertThat(String.join("\n", all))
                .contains("sign_in_failed", "token_rejected " + id)
                .doesNotContain(text, "hunter2", SecretHash.of(text).toHex());
        assertThat(client.bearer("GET", "/api/activity", issue(user, "*")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void diagnosisIsForAdministratorsOnly() {
        assertThat(client.get("/api/doctor").statusCode()).isEqualTo(401);
        client.signIn(user.email(), PASSWORD);
        assertThat(client.page("GET", "/api/doctor", "").statusCode()).isEqualTo(403);
        client.signIn(ADMIN, PASSWORD);
        JsonNode report = Client.json(client.page("GET", "/api/doctor", ""));
        assertThat(report.get("explaining").asBoolean()).isFalse();
        assertThat(report.get("settings").get("stateful").get(0).asString()).isEqualTo("self");
        HttpResponse<String> page = client.get("/diagnosis");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(client.get("/doctor").headers().firstValue("Location")).hasValue("/diagnosis");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "require-trusted-types-for 'script'");
        assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(client.get("/sanctum4j/src/tokens.js").statusCode()).isEqualTo(200);
        assertThat(client.get("/sanctum4j/none.js").statusCode()).isEqualTo(404);
    }

    @Test
    void pagesAnswerHeadAsTheyAnswerGet() {
        for (String path : List.of("/login", "/settings/tokens", "/diagnosis", "/sanctum4j/tokens.js")) {
            HttpResponse<String> head = client.bearer("HEAD", path, "none");
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().map().keySet())
                    .containsAll(List.of("content-type", "content-security-policy", "cache-control"));
        }
        assertThat(client.page("HEAD", "/", "").statusCode()).isEqualTo(302);
        assertThat(client.page("HEAD", "/api/user", "").statusCode()).isEqualTo(401);
    }

    /** R43. Where to go next is the page's business: no answer of the server sends anybody anywhere. */
    @Test
    void nobodyIsSentToWhereALinkSays() {
        for (String to : List.of(
                "//evil.example",
                "/%5Cevil.example",
                "https:evil.example",
                "https://evil.example",
                "%09//evil.example",
                "/%0D%0ALocation:%20//evil.example",
                "javascript:alert(1)",
                "//user:secret@evil.example")) {
            String query = "?next=" + to + "&intended=" + to + "&rd=" + to + "&redirect=" + to + "&continue=" + to;
            for (String path : List.of("/login", "/settings/tokens", "/settings/tokens/new", "/diagnosis")) {
                HttpResponse<String> answer = client.page("GET", path + query, "");
                assertThat(answer.statusCode()).as(path + query).isEqualTo(200);
                assertThat(answer.headers().map()).as(path + query).doesNotContainKeys("location", "refresh");
                assertThat(answer.body()).as(path + query).doesNotContain("evil");
            }
            assertThat(client.page("GET", "/" + query, "").headers().allValues("Location"))
                    .containsExactly("/settings/tokens");
            assertThat(client.page("GET", "/doctor" + query, "").headers().allValues("Location"))
                    .containsExactly("/diagnosis");
            client.page("GET", "/sanctum/csrf-cookie", "");
            HttpResponse<String> signedIn = client.page(
                    "POST", "/login" + query, "{\"email\":\"" + user.email() + "\",\"password\":\"" + PASSWORD + "\"}");
            assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(204);
            assertThat(signedIn.headers().map()).doesNotContainKeys("location", "refresh");
        }
    }

    /** What can be read in the store does not let anybody in. */
    @Test
    void sessionIsStoredUnderTheHashOfItsCookie() {
        client.signIn(user.email(), PASSWORD);
        String cookie = String.valueOf(client.cookies.get("sanctum_session"));

        List<String> stored = jdbc.queryForList("select trim(session_id) from sanctum_session", String.class);

        assertThat(cookie).matches("[A-Za-z0-9_-]{43}");
        assertThat(stored).isNotEmpty().allMatch(id -> id.matches("~[A-Za-z0-9_-]{35}"));
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
        for (String id : stored) {
            Client thief = new Client(port);
            thief.cookies.put("sanctum_session", id);
            assertThat(thief.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void secureSessionCookieBelongsToThisHostAlone() {
        HttpResponse<String> answer =
                client.get("/sanctum/csrf-cookie", "X-Forwarded-Proto", "https", "Origin", "https://localhost");

        String line = answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.contains("session"))
                .findFirst()
                .orElseThrow();
        assertThat(line)
                .startsWith("__Host-sanctum_session=")
                .contains("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax")
                .doesNotContain("Domain");
        String pair = line.split(";", 2)[0];
        String plain = pair.substring("__Host-".length());
        String xsrf = answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("XSRF-TOKEN"))
                .map(cookie -> cookie.split("[=;]", 3)[1])
                .findFirst()
                .orElseThrow();
        for (String planted : List.of(plain, "\u00e2\u0080\u0080" + pair, "$Version=1; " + plain, "=" + pair)) {
            assertThat(login(xsrf, planted)).as(planted).startsWith("HTTP/1.1 419");
        }
        assertThat(login(xsrf, pair)).startsWith("HTTP/1.1 422"); // which is about the fields
    }

    /** Sends the bytes of the cookie as they are: U+2000 in UTF-8 among them, which some servers trim. */
    private String login(String xsrf, String cookie) {
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream()
                    .write(("POST /login HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n"
                                    + "X-Forwarded-Proto: https\r\nOrigin: https://localhost"
                                    + "\r\nX-XSRF-TOKEN: " + xsrf + "\r\nCookie: " + cookie
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void rememberedSessionOutlivesTheBrowserAndKeepsThatWhenItsIdChanges() {
        client.page("GET", "/sanctum/csrf-cookie", "");
        String body = "{\"email\":\"" + user.email() + "\",\"password\":\"" + PASSWORD + "\",\"remember\":true}";

        HttpResponse<String> signedIn = client.page("POST", "/login", body);
        HttpResponse<String> confirmed =
                client.page("POST", "/user/confirm-password", "{\"password\":\"" + PASSWORD + "\"}");

        for (HttpResponse<String> answer : List.of(signedIn, confirmed)) {
            assertThat(answer.headers().allValues("Set-Cookie"))
                    .filteredOn(line -> line.startsWith("sanctum_session="))
                    .singleElement()
                    .asString()
                    .contains("; Max-Age=2592000");
        }
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
        client.signIn(user.email(), PASSWORD); // without asking for it
        assertThat(client.page("GET", "/api/user", "").headers().allValues("Set-Cookie"))
                .noneMatch(line -> line.startsWith("sanctum_session="));
    }

    @Test
    void sessionOfNobodyLivesTenMinutes() {
        client.page("GET", "/sanctum/csrf-cookie", "");
        assertThat(lifetimes()).contains(600);
        jdbc.update("delete from sanctum_session");

        client.signIn(user.email(), PASSWORD);

        assertThat(lifetimes()).containsExactly(7_200);
    }

    private List<Integer> lifetimes() {
        return jdbc.queryForList("select max_inactive_interval from sanctum_session", Integer.class);
    }

    @Test
    void sessionHoldsNoPasswordHash() {
        client.signIn(user.email(), PASSWORD);

        List<Map<String, Object>> rows = jdbc.queryForList("select attribute_bytes from sanctum_session_attributes");
        assertThat(rows).isNotEmpty();
        for (Map<String, Object> row : rows) {
            byte[] bytes = (byte[]) row.values().iterator().next();
            assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("{bcrypt}", "$2a$");
        }
    }
}
