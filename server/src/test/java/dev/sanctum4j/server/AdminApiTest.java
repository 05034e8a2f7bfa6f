package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import dev.sanctum4j.test.MovableClock;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** {@code /api/admin} as programs and pages of administrators see it. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:server;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
            "management.server.port=0",
            "server.forward-headers-strategy=native"
        })
class AdminApiTest {

    private static final String ADMIN = "admin@localhost";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Every route with what it asks for. */
    private static final List<String> ROUTES = List.of(
            "GET /api/admin/people admin:people",
            "POST /api/admin/people admin:people",
            "GET /api/admin/people/{id} admin:people",
            "PATCH /api/admin/people/{id} admin:people",
            "PUT /api/admin/people/{id}/password admin:people",
            "POST /api/admin/people/{id}/invitation admin:people",
            "DELETE /api/admin/people/{id}/identity admin:people",
            "GET /api/admin/people/{id}/tokens admin:tokens",
            "DELETE /api/admin/people/{id}/tokens admin:tokens",
            "GET /api/admin/tokens/0 admin:tokens",
            "DELETE /api/admin/tokens/0 admin:tokens",
            "GET /api/admin/people/{id}/sessions admin:sessions",
            "DELETE /api/admin/people/{id}/sessions admin:sessions",
            "DELETE /api/admin/people/{id}/sessions/x admin:sessions",
            "GET /api/admin/clients admin:clients",
            "POST /api/admin/clients admin:clients",
            "POST /api/admin/clients/none/rotate admin:clients",
            "DELETE /api/admin/clients/none admin:clients",
            "GET /api/admin/audit admin:audit");

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private AbilityCatalog catalog;

    private Client client;
    private Account admin;
    private Account user;
    private String unique = "";

    @BeforeEach
    void begin() {
        client = new Client(port);
        unique = "person" + NUMBER.incrementAndGet();
        admin = accounts.findByEmail(ADMIN).orElseThrow();
        user = accounts.create("User", unique + "@example.test", ServerTest.PASSWORD, Account.Role.USER)
                .orElseThrow();
    }

    private NewToken issue(Account owner, String... abilities) {
        return tokens.issue(TokenRequest.of(Owner.of("user", owner.id()), "machine", abilities));
    }

    private String machine(String... abilities) {
        return issue(admin, abilities).plainText().reveal();
    }

    private HttpResponse<String> call(String token, String method, String path, String json) {
        return client.withBearer(method, path, token, json);
    }

    private String person() {
        return "/api/admin/people/" + user.id();
    }

    @Test
    void everyRouteAsksForTheOwnersRoleAndTheAbility() {
        Account nobody = accounts.create("Nobody", "nobody." + user.email(), ServerTest.PASSWORD, Account.Role.USER)
                .orElseThrow();
        for (String route : ROUTES) {
            String[] part = route.replace("{id}", Long.toString(user.id())).split(" ", -1);
            String body = part[0].equals("GET") || part[0].equals("DELETE") ? "" : "{}";
            List<Integer> asked = new ArrayList<>();
            for (String token : List.of(
                    machine(part[2]),
                    machine("*"),
                    machine("orders:read", "ROLE_ADMIN"),
                    issue(nobody, "*").plainText().reveal(),
                    issue(nobody, part[2]).plainText().reveal())) {
                asked.add(call(token, part[0], part[1], body).statusCode());
            }
            assertThat(asked.get(0)).as(route).isIn(200, 204, 404, 422).isEqualTo(asked.get(1));
            assertThat(asked.subList(2, 5)).as(route).containsExactly(403, 403, 403);
            assertThat(client.get(part[1]).statusCode()).as(route).isEqualTo(401);
        }
        assertThat(catalog.entries().stream().map(AbilityCatalog.Entry::name))
                .contains("admin:people", "admin:tokens", "admin:sessions", "admin:clients", "admin:audit");
    }

    @Test
    void noRouteIsLeftOutOfTheseTests(@Autowired RequestMappingHandlerMapping requestMappingHandlerMapping) {
        long known = requestMappingHandlerMapping.getHandlerMethods().keySet().stream()
                .filter(route -> route.getPatternValues().stream().anyMatch(path -> path.startsWith("/api/admin/")))
                .count();
        assertThat(ROUTES).hasSize((int) known);
    }

    @Test
    void programAddsDisablesAndEnablesPeople() {
        String token = machine("admin:people");
        HttpResponse<String> made = call(
                token,
                "POST",
                "/api/admin/people",
                "{\"name\":\" Ada \",\"email\":\"Ada." + unique + "@Example.test\",\"password\":\"correct horse\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonNode ada = Client.json(made);
        assertThat(ada.get("name").asString()).isEqualTo("Ada");
        assertThat(ada.get("email").asString()).isEqualTo("ada." + unique + "@example.test");
        assertThat(ada.get("role").asString()).isEqualTo("user");
        assertThat(ada.get("disabled_at").isNull()).isTrue();
        assertThat(made.body()).doesNotContain("password", "$2");
        String path = "/api/admin/people/" + ada.get("id").asLong();

        assertThat(Client.json(call(token, "PATCH", path, "{\"disabled\":true}"))
                        .get("disabled_at")
                        .asString())
                .endsWith(".000000Z");
        assertThat(client.exchanged("ada." + unique + "@example.test", "correct horse")
                        .statusCode())
                .isEqualTo(422);
        assertThat(Client.json(call(token, "PATCH", path, "{\"disabled\":false}"))
                        .get("disabled_at")
                        .isNull())
                .isTrue();
        assertThat(client.exchanged("ada." + unique + "@example.test", "correct horse")
                        .statusCode())
                .isEqualTo(200);
        assertThat(call(token, "GET", path, "").statusCode()).isEqualTo(200);
        assertThat(call(token, "GET", "/api/admin/people/999999999", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void whatIsWrongIsSaidByField() {
        String token = machine("admin:people");
        record Wrong(String json, String field) {}
        for (Wrong wrong : List.of(
                new Wrong("{}", "name"),
                new Wrong("{'name':'x'}", "email"),
                new Wrong("{'name':'a\u202eb','email':'new@b','password':'long enough'}", "name"),
                new Wrong("{'name':'\u3164','email':'new@b','password':'long enough'}", "name"),
                new Wrong("{'name':'x','email':'new\u2066@b','password':'long enough'}", "email"),
                new Wrong("{'name':'x','email':'nobody'}", "email"),
                new Wrong("{'name':'x','email':'a@b c'}", "email"),
                new Wrong("{'name':'x','email':'new@b'}", "password"),
                new Wrong("{'name':'x','email':'new@b','password':'short'}", "password"),
                new Wrong("{'name':'x','email':'new@b','password':'" + "x".repeat(73) + "'}", "password"),
                new Wrong("{'name':'" + "x".repeat(256) + "','email':'new@b','password':'long enough'}", "name"),
                new Wrong("{'name':'x','email':'new@b','password':'long enough','role':'root'}", "role"),
                new Wrong("{'name':'x','email':'" + user.email() + "','password':'long enough'}", "email"))) {
            HttpResponse<String> answer =
                    call(token, "POST", "/api/admin/people", wrong.json().replace('\'', '"'));
            assertThat(answer.statusCode()).as(wrong.json()).isEqualTo(422);
            assertThat(Client.json(answer).get("errors").has(wrong.field()))
                    .as(answer.body())
                    .isTrue();
            assertThat(answer.body()).doesNotContain("long enough");
        }
    }

    /** Not halves of them, of which a column of H2 counts two. */
    @Test
    void limitsCountCharacters() {
        String token = machine("admin:people");
        String phone = "\ud83d\udcf1";
        String mail = phone.repeat(200) + System.nanoTime() + "@example.test";
        String person = "{\"name\":\"" + phone.repeat(255) + "%s\",\"email\":\"" + mail + "\",\"password\":\""
                + phone.repeat(4) + "%s\"}";

        assertThat(Client.json(call(token, "POST", "/api/admin/people", person.formatted("x", "long enough")))
                        .get("codes")
                        .get("name")
                        .get(0)
                        .asString())
                .isEqualTo("too-long");
        assertThat(Client.json(call(token, "POST", "/api/admin/people", person.formatted("", "abc")))
                        .get("codes")
                        .get("password")
                        .get(0)
                        .asString())
                .isEqualTo("too-short");
        assertThat(call(token, "POST", "/api/admin/people", person.formatted("", "abcd"))
                        .statusCode())
                .isEqualTo(201);
        assertThat(client.exchanged(mail, phone.repeat(4) + "abcd").statusCode())
                .isEqualTo(200);
    }

    @Test
    void newPasswordEndsSessionsAndTokensIfAsked() {
        String kept = issue(user, "*").plainText().reveal();
        Client browser = new Client(port);
        browser.signIn(user.email(), ServerTest.PASSWORD);
        String token = machine("admin:people");

        assertThat(call(token, "PUT", person() + "/password", "{\"password\":\"another horse\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(browser.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(client.bearer("GET", "/api/user", kept).statusCode()).isEqualTo(200);
        assertThat(client.exchanged(user.email(), "another horse").statusCode()).isEqualTo(200);

        call(token, "PUT", person() + "/password", "{\"password\":\"third horse\",\"revoke_tokens\":true}");
        assertThat(client.bearer("GET", "/api/user", kept).statusCode()).isEqualTo(401);
    }

    @Test
    void passwordIsNotSetByARequestThatIsRefused() {
        assertThat(call(
                                machine("admin:people"),
                                "PUT",
                                person() + "/password",
                                "{\"password\":\"another horse\",\"revoke_tokens\":\"yes\"}")
                        .statusCode())
                .isEqualTo(400);

        assertThat(client.exchanged(user.email(), "another horse").statusCode()).isEqualTo(422);
    }

    @Test
    void tokenNeverMakesOrChangesAnAdministrator() {
        Account other = accounts.create("Other", "other." + unique + "@example.test", "other horse", Account.Role.ADMIN)
                .orElseThrow();
        String path = "/api/admin/people/" + other.id();
        for (String token : List.of(machine("admin:people"), machine("*"))) {
            for (HttpResponse<String> answer : List.of(
                    call(
                            token,
                            "POST",
                            "/api/admin/people",
                            "{\"name\":\"x\",\"email\":\"x@y\",\"password\":\"long enough\",\"role\":\"admin\"}"),
                    call(token, "PATCH", person(), "{\"role\":\"admin\"}"),
                    call(token, "PATCH", path, "{\"role\":\"user\"}"),
                    call(token, "PATCH", path, "{\"disabled\":true}"),
                    call(token, "PUT", path + "/password", "{\"password\":\"long enough\"}"))) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
            }
        }
        assertThat(accounts.find(user.id()).orElseThrow().role()).isEqualTo(Account.Role.USER);
        assertThat(client.exchanged(other.email(), "other horse").statusCode()).isEqualTo(200);

        client.signIn(ADMIN, ServerTest.PASSWORD); // a person does
        assertThat(Client.json(client.page("PATCH", person(), "{\"role\":\"admin\"}"))
                        .get("role")
                        .asString())
                .isEqualTo("admin");
        assertThat(client.page("PATCH", path, "{\"role\":\"user\"}").statusCode())
                .isEqualTo(200);
        assertThat(client.page("PATCH", "/api/admin/people/" + admin.id(), "{\"disabled\":true}")
                        .statusCode())
                .isEqualTo(422); // somebody must be left
        assertThat(client.page("PATCH", "/api/admin/people/" + admin.id(), "{\"role\":\"user\"}")
                        .statusCode())
                .isEqualTo(422);
        accounts.changeRole(user.id(), Account.Role.USER);
    }

    /** Not annotated as a configuration, or the server's tests would find it. */
    static class Time {

        @Bean
        @Primary
        MovableClock movableClock() {
            return MovableClock.at(Clock.systemUTC().instant());
        }
    }

    @Test
    void sessionMustHaveConfirmedThePasswordToChangeSomething() {
        try (var alone = new SpringApplicationBuilder(SanctumServer.class, Time.class)
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:confirmed;DB_CLOSE_DELAY=-1",
                        "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run()) {
            Account bob = alone.getBean(Accounts.class)
                    .create("Bob", "bob@example.test", ServerTest.PASSWORD, Account.Role.USER)
                    .orElseThrow();
            String path = "/api/admin/people/" + bob.id();
            Client page = new Client(alone.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            page.signIn(ADMIN, ServerTest.PASSWORD);

            alone.getBean(MovableClock.class).move(Duration.ofMinutes(16));

            assertThat(page.page("GET", path, "").statusCode()).isEqualTo(200);
            assertThat(page.page("PATCH", path, "{\"disabled\":true}").statusCode())
                    .isEqualTo(423);
            assertThat(page.page("POST", "/user/confirm-password", "{\"password\":\"" + ServerTest.PASSWORD + "\"}")
                            .statusCode())
                    .isLessThan(300);
            assertThat(page.page("PATCH", path, "{\"disabled\":true}").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void listsComeInParts() {
        String token = machine("admin:people", "admin:tokens");
        for (int i = 0; i < 3; i++) {
            accounts.create("Row_" + unique, unique + "." + i + "@rows.test", "long enough", Account.Role.USER);
        }
        String list = "/api/admin/people?search=ROW_" + unique + "&limit=2";

        JsonNode first = Client.json(call(token, "GET", list, ""));
        assertThat(first.get("data")).hasSize(2);
        JsonNode second = Client.json(
                call(token, "GET", list + "&after=" + first.get("next").asLong(), ""));
        assertThat(second.get("data")).hasSize(1);
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(Client.json(call(token, "GET", "/api/admin/people?search=Row%25" + unique, ""))
                        .get("data"))
                .isEmpty(); // a sign of the database's is a sign like others
        assertThat(Client.json(call(token, "GET", "/api/admin/people?limit=-5", ""))
                        .get("data"))
                .hasSize(1);
        assertThat(call(token, "GET", "/api/admin/people?limit=many", "").statusCode())
                .isEqualTo(400);

        for (int i = 0; i < 102; i++) {
            issue(user, "orders:read");
        }
        JsonNode page = Client.json(call(token, "GET", person() + "/tokens?limit=100000", ""));
        assertThat(page.get("data")).hasSize(100);
        for (String cursor : List.of("before", "after")) {
            JsonNode rest = Client.json(call(
                    token,
                    "GET",
                    person() + "/tokens?" + cursor + "=" + page.get("next").asLong(),
                    ""));
            assertThat(rest.get("data")).hasSize(2);
        }
        String all = machine("admin:people", "admin:tokens", "admin:clients", "admin:audit");
        for (String route : List.of("/api/admin/people", person() + "/tokens", "/api/admin/audit")) {
            HttpResponse<String> some = call(all, "GET", route + "?limit=1", "");
            String next = Client.json(some).get("next").asString();
            assertThat(some.headers().firstValue("Link"))
                    .hasValue("<" + route + "?after=" + next + "&limit=1>; rel=\"next\"");
            assertThat(call(all, "GET", route + "?after=x", "").statusCode()).isEqualTo(422);
        }
        assertThat(call(token, "GET", list, "").headers().firstValue("Link"))
                .hasValueSatisfying(link -> assertThat(link)
                        .isEqualTo("</api/admin/people?search=ROW_" + unique + "&after="
                                + first.get("next").asLong() + "&limit=2>; rel=\"next\""));
    }

    @Test
    void clientsComeInParts() {
        String token = machine("admin:clients");
        List<String> names = List.of("a." + unique, "a_" + unique, "b-" + unique);
        for (String name : names) {
            assertThat(call(token, "POST", "/api/admin/clients", "{\"client_id\":\"" + name + "\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
        List<String> seen = new ArrayList<>();
        String next = "/api/admin/clients?limit=1";
        while (next != null) {
            HttpResponse<String> part = call(token, "GET", next, "");
            assertThat(part.statusCode()).as(next).isEqualTo(200);
            Client.json(part)
                    .get("data")
                    .forEach(one -> seen.add(one.get("client_id").asString()));
            next = part.headers()
                    .firstValue("Link")
                    .map(link -> link.substring(1, link.indexOf('>')))
                    .orElse(null);
        }
        assertThat(seen).containsAll(names).doesNotHaveDuplicates();
    }

    @Test
    void tokensAreSeenAndRevoked() {
        NewToken one = issue(user, "orders:read");
        NewToken two = issue(user, "*");
        String token = machine("admin:tokens");
        String path = "/api/admin/tokens/" + one.token().id();

        HttpResponse<String> list = call(token, "GET", person() + "/tokens", "");
        assertThat(Client.json(list).get("data")).hasSize(2);
        assertThat(list.body()).doesNotContain(one.plainText().reveal());
        assertThat(call(token, "DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(client.bearer("GET", "/api/user", one.plainText().reveal()).statusCode())
                .isEqualTo(401);
        JsonNode shown = Client.json(call(token, "GET", path, ""));
        assertThat(shown.get("owner").asString()).isEqualTo("user:" + user.id());
        assertThat(shown.get("revoked_at").isNull()).isFalse();
        assertThat(call(token, "DELETE", person() + "/tokens", "").statusCode()).isEqualTo(204);
        assertThat(client.bearer("GET", "/api/user", two.plainText().reveal()).statusCode())
                .isEqualTo(401);
        for (String id : List.of("0", "01", "x", "99999999999999999999")) {
            assertThat(call(token, "GET", "/api/admin/tokens/" + id, "").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void sessionsAreSeenAndEnded() {
        Client phone = new Client(port);
        Client desk = new Client(port);
        phone.signIn(user.email(), ServerTest.PASSWORD);
        desk.signIn(user.email(), ServerTest.PASSWORD);
        String token = machine("admin:sessions");

        JsonNode list = Client.json(call(token, "GET", person() + "/sessions", ""));
        assertThat(list.get("data")).hasSize(2);
        String id = list.get("data").get(0).get("id").asString();
        assertThat(call(token, "DELETE", person() + "/sessions/" + id, "").statusCode())
                .isEqualTo(204);
        assertThat(List.of(
                        phone.page("GET", "/api/user", "").statusCode(),
                        desk.page("GET", "/api/user", "").statusCode()))
                .containsExactlyInAnyOrder(200, 401);
        assertThat(call(token, "DELETE", person() + "/sessions", "").statusCode())
                .isEqualTo(204);
        assertThat(phone.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(desk.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
    }

    @Test
    void clientsAreAddedRotatedAndRemoved() {
        String token = machine("admin:clients");
        String path = "/api/admin/clients/" + unique;

        HttpResponse<String> made = call(
                token,
                "POST",
                "/api/admin/clients",
                "{\"client_id\":\"" + unique + "\",\"abilities\":[\"orders:read\"]}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        String secret = Client.json(made).get("client_secret").asString();
        assertThat(introspects(secret)).isTrue();
        assertThat(call(token, "POST", "/api/admin/clients", "{\"client_id\":\"" + unique + "\"}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(call(token, "POST", "/api/admin/clients", "{\"client_id\":\"x\",\"abilities\":[\"a b\"]}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(call(token, "GET", "/api/admin/clients", "").body())
                .contains(unique)
                .doesNotContain(secret);

        String rotated = Client.json(call(token, "POST", path + "/rotate", ""))
                .get("client_secret")
                .asString();
        assertThat(introspects(secret)).isFalse();
        assertThat(introspects(rotated)).isTrue();
        assertThat(call(token, "DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(introspects(rotated)).isFalse();
        assertThat(call(token, "DELETE", path, "").statusCode()).isEqualTo(404);
    }

    private boolean introspects(String secret) {
        return client.form("/oauth2/introspect", "token=x&client_id=" + unique + "&client_secret=" + secret)
                        .statusCode()
                == 200;
    }

    @Test
    void everyChangeIsInTheAuditLogWithWhoMadeIt() throws Exception {
        String token = machine("admin:people", "admin:tokens", "admin:sessions", "admin:audit");
        call(token, "PATCH", person(), "{\"disabled\":true}");
        call(token, "PATCH", person(), "{\"disabled\":false}");
        call(token, "PUT", person() + "/password", "{\"password\":\"another horse\"}");
        call(token, "DELETE", person() + "/tokens", "");
        call(token, "DELETE", person() + "/sessions", "");

        String path = "/api/admin/audit?limit=100&owner=user:" + user.id();
        Programs.await( // written by a thread of its own
                "the audit log",
                60,
                () -> Client.json(call(token, "GET", path, "")).get("data").size() >= 5);
        List<String> events = new ArrayList<>();
        for (JsonNode line : Client.json(call(token, "GET", path, "")).get("data")) {
            events.add(line.get("event").asString());
            assertThat(line.get("detail").asString()).endsWith("by user:" + admin.id());
            assertThat(line.get("address").asString()).isNotEmpty();
        }
        assertThat(events)
                .containsExactly(
                        "sessions_ended_by_admin",
                        "tokens_revoked_by_admin",
                        "password_set",
                        "person_enabled",
                        "person_disabled");
        JsonNode one = Client.json(call(token, "GET", "/api/admin/audit?limit=1", ""));
        assertThat(one.get("data")).hasSize(1);
        assertThat(Client.json(call(
                                token,
                                "GET",
                                "/api/admin/audit?limit=1&before="
                                        + one.get("next").asLong(),
                                ""))
                        .get("data")
                        .get(0)
                        .get("id")
                        .asLong())
                .isLessThan(one.get("data").get(0).get("id").asLong());
        assertThat(call(token, "GET", "/api/admin/audit?owner=nobody", "").statusCode())
                .isEqualTo(422);
    }
}
