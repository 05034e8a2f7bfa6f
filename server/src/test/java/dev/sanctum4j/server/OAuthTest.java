package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.resourceserver.ResourceServer;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.server.oauth.NewClient;
import dev.sanctum4j.spring.http.ProblemException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Introspection (RFC 7662) and revocation (RFC 7009) as registered clients see them. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:server;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
            "management.server.port=0",
            "server.forward-headers-strategy=native"
        })
class OAuthTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String INACTIVE = "{\"active\":false}";

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private Clients clients;

    @Autowired
    private TokenStore store;

    @Autowired
    private JdbcTemplate jdbc;

    private Client http;
    private Account user;
    private NewClient orders;

    @BeforeEach
    void begin() {
        http = new Client(port);
        int number = NUMBER.incrementAndGet();
        user = accounts.create("User", "asked" + number + "@example.test", ServerTest.PASSWORD, Account.Role.USER)
                .orElseThrow();
        orders = clients.add("orders-" + number, Abilities.NONE).orElseThrow();
    }

    private NewToken issue(String... abilities) {
        return tokens.issue(
                TokenRequest.of(Owner.of("user", user.id()), "ci", abilities).lifetime(Duration.ofDays(1)));
    }

    private static String[] basic(String id, String secret) {
        return new String[] {
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8))
        };
    }

    private String[] basic() {
        return basic(orders.client().id(), orders.reveal());
    }

    private HttpResponse<String> introspect(String token) {
        return http.form("/oauth2/introspect", "token=" + encoded(token), basic());
    }

    private HttpResponse<String> revoke(String token) {
        return http.form("/oauth2/revoke", "token=" + encoded(token), basic());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void activeTokenIsDescribed() {
        NewToken token = issue("orders:read", "orders:write");

        HttpResponse<String> answer = introspect(token.plainText().reveal());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        Instant issued = token.token().createdAt();
        assertThat(answer.body())
                .isEqualTo(("{'active':true,'scope':'orders:read orders:write','client_id':'personal-access-token',"
                                + "'username':'" + user.email() + "','token_type':'Bearer','exp':"
                                + issued.plus(Duration.ofDays(1)).getEpochSecond() + ",'iat':"
                                + issued.getEpochSecond() + ",'sub':'user:" + user.id() + "','jti':'"
                                + token.token().id() + "'}")
                        .replace('\'', '"'));
    }

    /** RFC 8693 §4.1, and only where there is one. */
    @Test
    void actorIsToldBesideThePerson() {
        NewToken manager = tokens.issue(TokenRequest.of(user.owner(), "manager", "*", "tokens:manage"));
        NewToken run = tokens.issue(
                TokenRequest.of(user.owner(), "run", "orders:read").actor("claude-code, \"run\" 8f3c"),
                manager.token());

        assertThat(introspect(run.plainText().reveal()).body())
                .contains("\"sub\":\"user:" + user.id() + "\"")
                .endsWith(",\"act\":{\"sub\":\"claude-code, \\\"run\\\" 8f3c\"},\"issued_by\":\""
                        + manager.token().id() + "\"}");
        assertThat(introspect(manager.plainText().reveal()).body()).doesNotContain("\"act\"", "issued_by");
    }

    /** R34: and there is nothing by which to tell them apart. */
    @Test
    void everyOtherTokenIsInactiveAndNothingElse() {
        String expired = issue("*").plainText().reveal();
        jdbc.update(
                "update personal_access_tokens set expires_at = timestamp '2020-01-01 00:00:00' where token = ?",
                SecretHash.of(expired).toHex());
        NewToken revoked = issue("*");
        tokens.revoke(revoked.token().id());
        String foreign = Tokens.of(store)
                .issue(TokenRequest.of(Owner.of("robot", 1), "ci", "*"))
                .plainText()
                .reveal();
        String disabled = issue("*").plainText().reveal();
        assertThat(introspect(disabled).body()).contains("\"active\":true");
        accounts.disable(user.id());

        for (String token : List.of(
                expired,
                revoked.plainText().reveal(),
                foreign,
                disabled,
                "pat_" + "x".repeat(46),
                "1|" + "x".repeat(40),
                "nonsense",
                "ä\u0000\r\n|",
                "x".repeat(5_000))) {
            HttpResponse<String> answer = introspect(token);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(INACTIVE);
            assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        }
    }

    @Test
    void clientIsToldOnlyOfTheAbilitiesThatItAsksFor() {
        orders = clients.add(orders.client().id() + ".limited", Abilities.of("orders:read", "tokens:manage"))
                .orElseThrow();

        assertThat(scope(issue("orders:read", "invoices:read"))).isEqualTo("orders:read");
        assertThat(scope(issue("*"))).isEqualTo("orders:read"); // spelled out; * does not include tokens:manage
        assertThat(scope(issue("*", "tokens:manage"))).isEqualTo("orders:read tokens:manage");
        assertThat(scope(issue("invoices:read"))).isEmpty();
        assertThat(introspect(issue("invoices:read").plainText().reveal()).body())
                .contains("\"active\":true")
                .doesNotContain("scope");
    }

    @Test
    void namesThatWouldBeReadAsTwoAreLeftOut() {
        NewToken token = issue("orders:read");
        jdbc.update(
                "update personal_access_tokens set abilities = ? where id = ?",
                "[\"orders:read\",\"x admin:all\",\"a\\\"b\",\"c\\\\d\",\"\",\"\\u00e4\",\"tab\\tbed\"]",
                token.token().id().value());

        assertThat(scope(token)).isEqualTo("orders:read");
    }

    private String scope(NewToken token) {
        JsonNode scope = Client.json(introspect(token.plainText().reveal())).get("scope");
        return scope == null ? "" : scope.asString();
    }

    /** R34: least of all somebody who has nothing but the token. */
    @Test
    void onlyRegisteredClientsAreAnswered() {
        String id = orders.client().id();
        String secret = orders.reveal();
        String token = issue("*").plainText().reveal();
        jdbc.update(
                "insert into sanctum_clients (id, secret, abilities, created_at) values (?, '', '', current_timestamp)",
                "damaged-" + id);

        for (String path : List.of("/oauth2/introspect", "/oauth2/revoke")) {
            for (HttpResponse<String> answer : List.of(
                    http.form(path, "token=" + token),
                    http.form(path, "token=" + token, "Authorization", "Bearer " + token),
                    http.form(path, "token=" + token, "Authorization", "Basic"),
                    http.form(path, "token=" + token, "Authorization", "Basic §§§"),
                    http.form(path, "token=" + token, basic(id, "")),
                    http.form(path, "token=" + token, basic(id, "wrong")),
                    http.form(path, "token=" + token, basic(id, "nobody")),
                    http.form(path, "token=" + token, basic("damaged-" + id, "nobody")),
                    http.form(path, "token=" + token, basic(id.toUpperCase(Locale.ROOT), secret)),
                    http.form(path, "token=" + token, basic("nobody", secret)),
                    http.form(path, "token=" + token, basic("x' or '1'='1", secret)),
                    http.form(path, "token=" + token, basic(id, "x".repeat(5_000))),
                    http.form(path, "token=" + token + "&client_id=other", basic()),
                    http.form(path, "token=" + token + "&client_id=" + id),
                    http.form(path, "token=" + token + "&client_id=" + id + "&client_secret=wrong"))) {
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"sanctum4j\"");
                assertThat(Client.json(answer).get("error").asString()).isEqualTo("invalid_client");
                assertThat(answer.body()).doesNotContain(token, secret);
            }
        }
        assertThat(introspect(token).body()).contains("\"active\":true"); // nobody revoked it
    }

    @Test
    void secretMayStandInTheForm() {
        String token = issue("*").plainText().reveal();
        String credentials = "&client_id=" + orders.client().id() + "&client_secret=" + orders.reveal();

        assertThat(http.form("/oauth2/introspect", "token=" + token + credentials)
                        .body())
                .contains("\"active\":true");
        assertThat(http.form("/oauth2/revoke", "token=" + token + credentials).statusCode())
                .isEqualTo(200);
        assertThat(introspect(token).body()).isEqualTo(INACTIVE);
    }

    @Test
    void formThatCanBeReadInTwoWaysIsRefused() {
        String token = issue("*").plainText().reveal();
        String secret = "&client_id=" + orders.client().id() + "&client_secret=" + orders.reveal();

        for (String path : List.of("/oauth2/introspect", "/oauth2/revoke")) {
            for (HttpResponse<String> answer : List.of(
                    http.form(path, "", basic()),
                    http.form(path, "token=", basic()),
                    http.form(path, "token=" + token + "&token=" + token, basic()),
                    http.form(path + "?token=" + token, "", basic()),
                    http.form(path + "?x=1", "token=" + token, basic()),
                    http.form(path, "token=" + token + secret, basic()),
                    http.form(path, "token=" + token, both(basic(), basic())),
                    http.page("POST", path, "{\"token\":\"" + token + "\"}"))) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                assertThat(Client.json(answer).get("error").asString()).isEqualTo("invalid_request");
            }
            assertThat(http.get(path, basic()).statusCode()).isEqualTo(405);
        }
        assertThat(introspect(token).body()).contains("\"active\":true");
    }

    private static String[] both(String[] one, String[] other) {
        return new String[] {one[0], one[1], other[0], other[1]};
    }

    @Test
    void revocationIsImmediateAndTheSameForUnknownTokens() {
        String token = issue("*").plainText().reveal();
        assertThat(http.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);

        for (String each : List.of(token, token, "pat_" + "x".repeat(46), "nonsense")) {
            HttpResponse<String> answer = revoke(each);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
            assertThat(http.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void hintsMayBeWrong() {
        for (String hint : List.of("access_token", "refresh_token", "something")) {
            String token = issue("*").plainText().reveal();
            String form = "token=" + token + "&token_type_hint=" + hint;
            assertThat(http.form("/oauth2/introspect", form, basic()).body()).contains("\"active\":true");
            assertThat(http.form("/oauth2/revoke", form, basic()).statusCode()).isEqualTo(200);
            assertThat(introspect(token).body()).isEqualTo(INACTIVE);
        }
        HttpResponse<String> refresh =
                http.form("/oauth2/revoke", "token=not-one-of-ours&token_type_hint=refresh_token", basic());
        assertThat(refresh.statusCode()).isEqualTo(400);
        assertThat(Client.json(refresh).get("error").asString()).isEqualTo("unsupported_token_type");
    }

    @Test
    void ownerThatIsOutCanStillHaveItsTokensRevoked() {
        NewToken token = issue("*");
        accounts.disable(user.id());

        assertThat(revoke(token.plainText().reveal()).statusCode()).isEqualTo(200);
        assertThat(tokens.find(token.token().id()).orElseThrow().isRevoked()).isTrue();
    }

    @Test
    void rotatedAndRemovedClientsAreOutAtOnce() {
        String token = issue("*").plainText().reveal();
        NewClient rotated = clients.rotate(orders.client().id()).orElseThrow();
        assertThat(introspect(token).statusCode()).isEqualTo(401);
        orders = rotated;
        assertThat(introspect(token).statusCode()).isEqualTo(200);

        assertThat(clients.remove(orders.client().id())).isTrue();
        assertThat(introspect(token).statusCode()).isEqualTo(401);
        assertThat(clients.remove(orders.client().id())).isFalse();
        assertThat(clients.rotate(orders.client().id())).isEmpty();
    }

    @Test
    void clientsHaveNamesThatNothingCanMisread() {
        assertThat(clients.add(orders.client().id(), Abilities.NONE)).isEmpty();
        for (String name : List.of("", "A", "a b", "a:b", "1a", "ä", "a".repeat(64), "a\n")) {
            assertThatThrownBy(() -> clients.add(name, Abilities.NONE)).isInstanceOf(ProblemException.class);
        }
        assertThatThrownBy(() -> clients.add("fine", Abilities.of("two words")))
                .isInstanceOf(InvalidTokenRequestException.class);
        assertThat(orders).hasToString("NewClient[" + orders.client().id() + ", ***]");
        assertThat(jdbc.queryForList("select * from sanctum_clients").toString())
                .doesNotContain(orders.reveal());
    }

    @Test
    void changesOfClientsAreInTheAuditLog() throws Exception {
        clients.rotate(orders.client().id());
        clients.remove(orders.client().id());

        Callable<List<String>> events = () -> jdbc.queryForList(
                "select event from sanctum_audit where detail = ? order by id",
                String.class,
                orders.client().id());
        Programs.await("the audit log", 60, () -> events.call().size() >= 3); // written by a thread of its own
        assertThat(events.call()).containsExactly("client_added", "client_rotated", "client_removed");
    }

    /** Clients would take half a document of an authorization server for a place to send people to. */
    @Test
    void whoeverIsRefusedFindsWhereTokensAreMadeAndNoAuthorizationServer() {
        assertThat(http.get("/.well-known/oauth-protected-resource").body())
                .isEqualTo("{\"resource\":\"" + http.base
                        + "\",\"bearer_methods_supported\":[\"header\"],\"resource_documentation\":\"" + http.base
                        + "/settings/tokens/new\"}");
        for (String path : List.of(
                "/.well-known/oauth-authorization-server",
                "/.well-known/oauth-authorization-server/mcp",
                "/.well-known/openid-configuration")) {
            HttpResponse<String> answer = http.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).as(path).isEmpty();
        }
    }

    @Test
    void springsOwnResourceServerNeedsThreeProperties() {
        try (var context = new SpringApplicationBuilder(ResourceServer.class)
                .properties(
                        "server.port=0",
                        "spring.config.name=none",
                        "spring.main.banner-mode=off",
                        "spring.security.oauth2.resourceserver.opaquetoken.introspection-uri=" + http.base
                                + "/oauth2/introspect",
                        "spring.security.oauth2.resourceserver.opaquetoken.client-id="
                                + orders.client().id(),
                        "spring.security.oauth2.resourceserver.opaquetoken.client-secret=" + orders.reveal())
                .run()) {
            Client invoices =
                    new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            NewToken token = issue("invoices:read");
            String text = token.plainText().reveal();

            HttpResponse<String> answer = invoices.bearer("GET", "/invoices", text);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(Client.json(answer).get("name").asString()).isEqualTo("user:" + user.id());
            assertThat(Client.json(answer).get("username").asString()).isEqualTo(user.email());
            HttpResponse<String> other = invoices.bearer(
                    "GET", "/invoices", issue("orders:read").plainText().reveal());
            assertThat(other.statusCode()).isEqualTo(403);
            assertThat(other.headers().firstValue("WWW-Authenticate").orElse(""))
                    .contains("insufficient_scope");
            assertThat(invoices.bearer("GET", "/invoices", "pat_" + "x".repeat(46))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(invoices.get("/invoices").statusCode()).isEqualTo(401);

            revoke(text);
            assertThat(invoices.bearer("GET", "/invoices", text).statusCode()).isEqualTo(401);
        }
    }
}
