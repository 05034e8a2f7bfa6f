package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.provider.Browser;
import dev.sanctum4j.provider.Provider;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.ReflectionTestUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** People who sign in by a provider, beside those with a password. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:provider;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
            "management.server.port=0",
            "sanctum.oidc.name=Acme <Login>",
            "sanctum.oidc.client-id=app",
            "sanctum.oidc.client-secret=secret",
            "sanctum.oidc.allowed-domains=acme.test",
            "sanctum.oidc.back-channel-logout=true",
            "sanctum.oidc.admin-groups=ops"
        })
class ProviderTest {

    private static final Provider PROVIDER = new Provider();
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Map<String, Object> ACME = Map.of("hd", "acme.test");

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry settings) {
        settings.add("sanctum.oidc.issuer", PROVIDER::issuer);
    }

    @AfterAll
    static void end() {
        PROVIDER.close();
    }

    @LocalServerPort
    private int port;

    @Autowired
    private ApplicationContext server;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private JdbcTemplate jdbc;

    private final Browser browser = new Browser();
    private String base = "";
    private String name = "";

    @BeforeEach
    void begin() {
        Tries.forget(server);
        base = "http://localhost:" + port;
        name = "ann" + NUMBER.incrementAndGet();
    }

    private Browser.Page signIn(Browser with) {
        return with.signIn(base + "/oauth2/authorization/oidc", name);
    }

    private void assertProblem(Browser.Page page, String code) {
        assertThat(page.address()).hasToString(base + "/login?problem=" + code);
        assertThat(call(browser, "GET", base + "/api/user", "").status()).isEqualTo(401);
    }

    /** As a page of the server does. */
    private static Browser.Page call(Browser browser, String method, String address, String json) {
        return browser.call(method, address, json, "Accept", "application/json");
    }

    private static JsonNode json(Browser.Page page) {
        return JsonMapper.shared().readTree(page.body());
    }

    private JsonNode user(Browser with) {
        Browser.Page page = call(with, "GET", base + "/api/user", "");
        assertThat(page.status()).as(page.body()).isEqualTo(200);
        return json(page);
    }

    private Account account(String email) {
        return accounts.create("Local", email, ServerTest.PASSWORD, Account.Role.USER)
                .orElseThrow();
    }

    private Browser withPassword(String email) {
        Browser own = new Browser();
        call(own, "GET", base + "/sanctum/csrf-cookie", "");
        Browser.Page page = call(
                own,
                "POST",
                base + "/login",
                "{\"email\":\"" + email + "\",\"password\":\"" + ServerTest.PASSWORD + "\"}");
        assertThat(page.status()).as(page.body()).isEqualTo(204);
        return own;
    }

    private String invite(long account) {
        Browser.Page made = call(
                withPassword("admin@localhost"), "POST", base + "/api/admin/people/" + account + "/invitation", "");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return json(made).get("code").asString();
    }

    /** Of somebody, in the audit log, which is written by a thread of its own. */
    private void awaitEvents(String owner, String... events) throws Exception {
        String sql = "select event from sanctum_audit where owner_id = ?";
        Programs.await(
                "the audit log",
                60,
                () -> jdbc.queryForList(sql, String.class, owner).containsAll(List.of(events)));
    }

    private Browser.Page redeem(String code) {
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        return call(browser, "POST", base + "/login/invitation", "{\"code\":\"" + code + "\"}");
    }

    @Test
    void whoComesFromAnAllowedDomainGetsAnAccountAndTokens() throws Exception {
        PROVIDER.put(
                name,
                name + "-sub",
                Map.of("hd", "acme.test", "name", "Ann Lee", "email", name + "@acme.test", "email_verified", true));

        Browser.Page page = signIn(browser);

        assertThat(page.address()).hasToString(base + "/settings/tokens");
        JsonNode user = user(browser);
        assertThat(user.get("name").asString()).isEqualTo("Ann Lee");
        assertThat(user.get("email").asString()).isEqualTo(name + "@acme.test");
        assertThat(user.get("role").asString()).isEqualTo("user");
        assertThat(user.get("has_password").asBoolean()).isFalse();
        assertThat(user.get("connected").asBoolean()).isTrue();
        assertThat(json(call(browser, "GET", base + "/api/sessions", "")).size())
                .isEqualTo(1);
        awaitEvents(user.get("id").asString(), "person_added");
        Browser later = new Browser();
        signIn(later);
        assertThat(user(later).get("id")).isEqualTo(user.get("id"));
    }

    /** Whoever likes can begin to sign in; whoever has a session by then needs no other one. */
    @Test
    void doorMakesBoundedSessionsForAnAddress() {
        String door = base + "/oauth2/authorization/oidc";
        Object throttle = server.getBean("sanctumThrottle");
        Object clock = Objects.requireNonNull(ReflectionTestUtils.getField(throttle, "clock"));
        ReflectionTestUtils.setField(
                throttle, "clock", Clock.fixed(Instant.now(), ZoneOffset.UTC)); // its minute does not end
        try {
            assertThat(browser.look(door).status()).isEqualTo(302);
            Browser nobody = new Browser();
            Browser.Page page = nobody.look(door);
            for (int made = 2; page.status() == 302 && made < 1_000; made++) {
                nobody.forget(base);
                page = nobody.look(made % 2 == 0 ? door : base + "/oauth2/authorization/oid%63");
            }

            assertThat(page.status()).isEqualTo(429);
            assertThat(page.header("Retry-After")).contains("60");
            assertThat(json(page).get("code").asString()).isEqualTo("too-many-attempts");
            assertThat(page.header("Set-Cookie")).isEmpty();
            assertThat(browser.look(door).status()).isEqualTo(302);
        } finally {
            ReflectionTestUtils.setField(throttle, "clock", clock);
        }
    }

    @Test
    void whoHasSignedInGoesOnOnThisHostOnly() {
        PROVIDER.put(name, name + "-sub", ACME);
        for (String to : List.of("//evil.test", "/\\evil.test", "https://evil.test/", "/%09/evil.test", "evil")) {
            String asked = URLEncoder.encode(to, StandardCharsets.UTF_8);
            URI end = new Browser()
                    .signIn(base + "/oauth2/authorization/oidc?to=" + asked, name)
                    .address();
            assertThat(end.getAuthority()).as(to).isEqualTo("localhost:" + port);
        }
        assertThat(new Browser()
                        .signIn(base + "/oauth2/authorization/oidc?to=/settings/sessions%3Fa%3Db", name)
                        .address())
                .hasToString(base + "/settings/sessions?a=b");
    }

    @Test
    void neitherAnAddressNorAnUnknownDomainLetsAnybodyIn() {
        PROVIDER.put(name, name + "-sub", Map.of("email", name + "@acme.test", "hd", "evil.test"));

        assertProblem(signIn(browser), "not-allowed");

        PROVIDER.put(name, name + "-sub", Map.of("email", name + "@acme.test", "email_verified", true));
        browser.forget(PROVIDER.issuer());
        assertProblem(signIn(browser), "not-allowed");
        assertThat(accounts.findByEmail(name + "@acme.test")).isEmpty();
    }

    @Test
    void accountWithTheSameAddressIsNotConnected() {
        Account local = account(name + "@acme.test");
        PROVIDER.put(
                name, name + "-sub", Map.of("hd", "acme.test", "email", name + "@acme.test", "email_verified", true));

        assertProblem(signIn(browser), "address-taken");

        assertThat(identities(local.id())).isZero();
    }

    private int identities(long account) {
        return count("sanctum_identities where account_id = " + account);
    }

    private int count(String rows) {
        Integer count = jdbc.queryForObject("select count(*) from " + rows, Integer.class);
        return count == null ? 0 : count;
    }

    /** An address that the provider does not vouch for is not shown as the person's. */
    @Test
    void addressThatIsNotVerifiedIsNobodys() {
        PROVIDER.put(
                name, name + "-sub", Map.of("hd", "acme.test", "email", "boss@acme.test", "email_verified", false));
        signIn(browser);
        assertThat(user(browser).get("email").asString()).endsWith("@people.invalid");

        PROVIDER.put("eve" + name, "eve-" + name, Map.of("hd", "acme.test", "email", "boss@acme.test"));
        Browser other = new Browser();
        other.signIn(base + "/oauth2/authorization/oidc", "eve" + name);
        assertThat(user(other).get("email").asString()).endsWith("@people.invalid");
    }

    @Test
    void accountThatIsSignedInConnectsItself() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", Map.of());
        Browser own = withPassword(name + "@local.test");

        Browser.Page begun = call(own, "POST", base + "/user/identity", "");
        assertThat(begun.status()).as(begun.body()).isEqualTo(200);
        Browser.Page page = own.signIn(base + json(begun).get("location").asString(), name);

        assertThat(page.address()).hasToString(base + "/settings/tokens");
        assertThat(identities(local.id())).isEqualTo(1);
        signIn(browser);
        assertThat(user(browser).get("id").asLong()).isEqualTo(local.id());
        assertThat(user(browser).get("has_password").asBoolean()).isTrue();
    }

    /** Who only signs in, in a browser where somebody else is signed in, connects nothing. */
    @Test
    void signInWithoutTheWishConnectsNothing() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", ACME);
        Browser own = withPassword(name + "@local.test");

        signIn(own);

        assertThat(identities(local.id())).isZero();
        assertThat(user(own).get("id").asLong()).isNotEqualTo(local.id());
    }

    /** The wish was another's. */
    @Test
    void whoSignsInInBetweenIsNotConnected() {
        Account local = account(name + "@local.test");
        account("eve." + name + "@local.test");
        PROVIDER.put(name, name + "-sub", ACME);
        Browser shared = withPassword(name + "@local.test");
        String door = door(call(shared, "POST", base + "/user/identity", ""));
        call(shared, "GET", base + "/sanctum/csrf-cookie", "");
        assertThat(call(
                                shared,
                                "POST",
                                base + "/login",
                                "{\"email\":\"eve." + name + "@local.test\",\"password\":\"" + ServerTest.PASSWORD
                                        + "\"}")
                        .status())
                .isEqualTo(204);

        shared.signIn(door, name);

        assertThat(identities(local.id())).isZero();
    }

    private String door(Browser.Page asked) {
        assertThat(asked.status()).as(asked.body()).isEqualTo(200);
        return base + json(asked).get("location").asString();
    }

    /** Another page may open ours with an invitation of its own account, and then send the browser to the door. */
    @Test
    void doorConnectsOnlyWhomThePageSentThere() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", ACME);
        String door = door(redeem(invite(local.id())));

        signIn(browser);

        assertThat(user(browser).get("id").asLong()).isNotEqualTo(local.id());
        assertThat(browser.signIn(door, name).address()).hasToString(base + "/settings/tokens");
        assertThat(identities(local.id())).isZero();
    }

    /** Who wanted to be connected has gone away, and somebody else signs in at the same browser. */
    @Test
    void wishBelongsToOneQuestionToTheProvider() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", ACME);
        Browser shared = withPassword(name + "@local.test");
        String door = door(call(shared, "POST", base + "/user/identity", ""));
        assertThat(Browser.asks(shared.get(door))).isTrue();

        signIn(shared);

        assertThat(identities(local.id())).isZero();
        assertThat(user(shared).get("id").asLong()).isNotEqualTo(local.id());
    }

    @Test
    void wishIsOverWithThePasswordThatItWasMadeUnder() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", ACME);
        Browser thief = withPassword(name + "@local.test");
        String door = door(call(thief, "POST", base + "/user/identity", ""));
        accounts.changePassword(local.id(), "another fine password");

        assertThat(thief.signIn(door, name).address()).hasToString(base + "/login?problem=over");

        assertThat(identities(local.id())).isZero();
    }

    @Test
    void accountThatIsDisabledIsNotConnected() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", ACME);
        String door = door(redeem(invite(local.id())));
        accounts.disable(local.id());

        assertThat(browser.signIn(door, name).address()).hasToString(base + "/login?problem=disabled");

        assertThat(identities(local.id())).isZero();
    }

    @Test
    void nobodyIsConnectedByATokenNorWithoutASession() {
        Account local = account(name + "@local.test");
        String token = tokens.issue(TokenRequest.of(local.owner(), "ci", "*"))
                .plainText()
                .reveal();
        Client program = new Client(port);

        assertThat(program.bearer("POST", "/user/identity", token).statusCode()).isEqualTo(403);
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        assertThat(call(browser, "POST", base + "/user/identity", "").status()).isEqualTo(401);
    }

    @Test
    void passwordThatWasGivenTooLongAgoIsAskedForBeforeAnAccountIsConnected() {
        try (var alone = start(PROVIDER.issuer(), "true", "--sanctum.spa.confirm-within=1ms")) {
            base = "http://localhost:" + alone.getEnvironment().getRequiredProperty("local.server.port");

            assertThat(call(withPassword("admin@localhost"), "POST", base + "/user/identity", "")
                            .status())
                    .isEqualTo(423);
        }
    }

    @Test
    void whoIsConnectedWithOneAccountIsNotConnectedWithAnother() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        account(name + "@local.test");
        Browser own = withPassword(name + "@local.test");

        Browser.Page begun = call(own, "POST", base + "/user/identity", "");
        Browser.Page page = own.signIn(base + json(begun).get("location").asString(), name);

        assertThat(page.address()).hasToString(base + "/login?problem=connected-elsewhere");
    }

    @Test
    void invitationConnectsWhoeverTakesItOnce() throws Exception {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", Map.of());
        String code = invite(local.id());

        Browser.Page asked = redeem(code);
        assertThat(json(asked).get("email").asString()).isEqualTo(name + "@local.test");
        browser.signIn(base + json(asked).get("location").asString(), name);

        assertThat(user(browser).get("id").asLong()).isEqualTo(local.id());
        assertThat(count("sanctum_invitations where account_id = " + local.id()))
                .isZero();
        assertThat(redeem(code).status()).isEqualTo(422);
        awaitEvents("" + local.id(), "person_invited", "identity_connected");
    }

    /** Both have shown the code; the provider signs in one of them first. */
    @Test
    void ofTwoWhoHaveAnInvitationOneIsConnected() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", Map.of());
        String code = invite(local.id());
        String door = door(redeem(code));
        Browser other = new Browser();
        call(other, "GET", base + "/sanctum/csrf-cookie", "");
        String same = door(call(other, "POST", base + "/login/invitation", "{\"code\":\"" + code + "\"}"));
        PROVIDER.put("eve" + name, "eve-" + name, Map.of());

        assertThat(other.signIn(same, "eve" + name).address()).hasToString(base + "/settings/tokens");

        assertProblem(browser.signIn(door, name), "over");
        assertThat(identities(local.id())).isEqualTo(1);
    }

    @Test
    void invitationIsGoodForSevenDaysAndOneProvider() {
        Account local = account(name + "@local.test");
        String late = invite(local.id());
        jdbc.update(
                "update sanctum_invitations set expires_at = dateadd(day, -7, expires_at) where account_id = ?",
                local.id());
        jdbc.update(
                "update sanctum_invitations set expires_at = dateadd(second, -1, expires_at) where account_id = ?",
                local.id());
        assertThat(redeem(late).status()).isEqualTo(422);

        String foreign = invite(local.id());
        jdbc.update("update sanctum_invitations set issuer = 'https://other.test' where account_id = ?", local.id());
        assertThat(redeem(foreign).status()).isEqualTo(422);
    }

    /** Another page could else bring somebody to an account that is not theirs. */
    @Test
    void invitationIsTakenOnThePageOfTheServerOnly() {
        String code = invite(account(name + "@local.test").id());
        Client foreign = new Client(port);

        for (String origin : List.of("https://evil.test", "null", "http://localhost:1")) {
            assertThat(foreign.post("/login/invitation", "{\"code\":\"" + code + "\"}", "Origin", origin)
                            .statusCode())
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(foreign.post("/login/invitation", "{\"code\":\"" + code + "\"}")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void tokenInvitesNobodyToAnAdministratorsAccount() {
        Account admin = accounts.findByEmail("admin@localhost").orElseThrow();
        String token = tokens.issue(TokenRequest.of(admin.owner(), "ci", "admin:people", "*"))
                .plainText()
                .reveal();
        Client program = new Client(port);

        assertThat(program.bearer("POST", "/api/admin/people/" + admin.id() + "/invitation", token)
                        .statusCode())
                .isEqualTo(403);
        assertThat(program.bearer(
                                "POST",
                                "/api/admin/people/"
                                        + account(name + "@local.test").id() + "/invitation",
                                token)
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void groupMakesAnAdministratorForAsLongAsItSaysSo() {
        PROVIDER.put(name, name + "-sub", Map.of("hd", "acme.test", "groups", List.of("staff", "ops")));
        signIn(browser);
        assertThat(user(browser).get("role").asString()).isEqualTo("admin");

        PROVIDER.put(name, name + "-sub", Map.of("hd", "acme.test", "groups", "ops"));
        Browser later = new Browser();
        signIn(later);

        assertThat(user(later).get("role").asString()).isEqualTo("user");
        assertThat(user(browser).get("role").asString()).isEqualTo("user");
    }

    @Test
    void policyTellsOfWhenARoleOfTheProviderIs() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);

        JsonNode policy = json(call(browser, "GET", base + "/api/tokens/policy", ""));

        assertThat(Duration.between(Instant.parse(policy.get("roles_as_of").asString()), Instant.now()))
                .isBetween(Duration.ZERO, Duration.ofMinutes(5));
        assertThat(json(call(withPassword("admin@localhost"), "GET", base + "/api/tokens/policy", ""))
                        .has("roles_as_of"))
                .isFalse();
    }

    /** Whoever has a password has the role that was given here. */
    @Test
    void groupChangesNothingAboutAnAccountWithAPassword() {
        Account local = account(name + "@local.test");
        PROVIDER.put(name, name + "-sub", Map.of("groups", List.of("ops")));
        Browser.Page asked = redeem(invite(local.id()));
        browser.signIn(base + json(asked).get("location").asString(), name);

        assertThat(user(browser).get("role").asString()).isEqualTo("user");
    }

    @Test
    void whoIsDisabledIsNotLetIn() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        accounts.disable(user(browser).get("id").asLong());

        assertProblem(signIn(browser), "disabled");
    }

    @Test
    void whoHasNoPasswordConfirmsAtTheProvider() {
        PROVIDER.put(name, name + "-sub", ACME);
        PROVIDER.tellsAuthTime(false); // so that nobody knows how old the proof is
        try {
            signIn(browser);
        } finally {
            PROVIDER.tellsAuthTime(true);
        }
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        String token = "{\"name\":\"ci\",\"abilities\":[\"orders:read\"]}";

        Browser.Page asked = call(browser, "POST", base + "/api/tokens", token);
        assertThat(asked.status()).as(asked.body()).isEqualTo(423);
        assertThat(json(asked).get("confirm").size()).isEqualTo(1);
        JsonNode way = json(asked).get("confirm").get(0);
        assertThat(way.get("method").asString()).isEqualTo("provider");
        assertThat(way.get("name").asString()).isEqualTo("Acme <Login>");

        Browser.Page back = browser.signIn(
                base + way.get("href").asString() + "?to=/settings/sessions", name, "Sec-Fetch-Site", "same-origin");
        assertThat(back.address()).hasToString(base + "/settings/sessions");
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        assertThat(call(browser, "POST", base + "/api/tokens", token).status()).isEqualTo(201);
    }

    /** Whom it knows it sends back at once, with the time of a proof that is too old. */
    @Test
    void providerThatDoesNotAskProvesNothingAndIsOfferedOnce() {
        try (Provider deaf = new Provider(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-20)));
                var alone = start(deaf.issuer(), "false", "--sanctum.oidc.allowed-domains=acme.test")) {
            deaf.obeysPrompt(false);
            deaf.put(name, name + "-sub", ACME);
            base = "http://localhost:" + alone.getEnvironment().getRequiredProperty("local.server.port");
            signIn(browser);
            JsonNode ways = askedToConfirm();
            assertThat(ways.size()).isEqualTo(1);

            Browser.Page back = browser.get(
                    base + ways.get(0).get("href").asString() + "?to=/settings/sessions",
                    "Sec-Fetch-Site",
                    "same-origin");

            assertThat(back.address()).hasToString(base + "/settings/sessions"); // without a question
            assertThat(askedToConfirm().size()).isZero();
            assertThat(signIn(new Browser()).address()).hasToString(base + "/settings/tokens");
        }
    }

    /** The ways that whoever wants a token is told to prove it again. */
    private JsonNode askedToConfirm() {
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        Browser.Page asked =
                call(browser, "POST", base + "/api/tokens", "{\"name\":\"ci\",\"abilities\":[\"orders:read\"]}");
        assertThat(asked.status()).as(asked.body()).isEqualTo(423);
        return json(asked).get("confirm");
    }

    /** Who has no password proves it at the provider, and is connected there with whomever they come back as. */
    @Test
    void accountWithoutAPasswordConnectsItselfOnceItIsProvenAgain() {
        PROVIDER.put(name, name + "-sub", ACME);
        PROVIDER.tellsAuthTime(false);
        try {
            signIn(browser);
        } finally {
            PROVIDER.tellsAuthTime(true);
        }
        long id = user(browser).get("id").asLong();
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        assertThat(call(browser, "POST", base + "/user/identity", "").status()).isEqualTo(423);

        JsonNode ways = askedToConfirm();
        browser.signIn(base + ways.get(0).get("href").asString(), name, "Sec-Fetch-Site", "same-origin");
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");
        String door = door(call(browser, "POST", base + "/user/identity", ""));
        browser.forget(PROVIDER.issuer());
        PROVIDER.put("new" + name, "new-" + name, Map.of());

        assertThat(browser.signIn(door, "new" + name).address()).hasToString(base + "/settings/tokens");
        assertThat(user(browser).get("id").asLong()).isEqualTo(id);
        assertThat(identities(id)).isEqualTo(2);
    }

    @Test
    void whoSignsOutHereIsToldWhereToSignOutAtTheProvider() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        call(browser, "GET", base + "/sanctum/csrf-cookie", "");

        Browser.Page out = call(browser, "POST", base + "/logout", "");

        assertThat(out.status()).as(out.body()).isEqualTo(200);
        assertThat(json(out).get("location").asString())
                .startsWith(PROVIDER.issuer())
                .contains("id_token_hint=");
        assertThat(call(browser, "GET", base + "/api/user", "").status()).isEqualTo(401);
    }

    /** All of them, wherever they are; what works without the person goes on. */
    @Test
    void whoSignsOutAtTheProviderIsSignedOutHereAndTheTokensGoOn() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        Browser second = new Browser();
        signIn(second);
        Owner owner = Owner.of("user", user(browser).get("id").asLong());
        String token =
                tokens.issue(TokenRequest.of(owner, "ci", "*")).plainText().reveal();
        Client program = new Client(port);

        assertThat(told("x." + PROVIDER.logoutToken(name + "-sub"))).isEqualTo(400);
        assertThat(user(browser).get("id")).isNotNull();
        assertThat(told(PROVIDER.logoutToken("somebody-else"))).isEqualTo(200);
        assertThat(user(browser).get("id")).isNotNull();
        assertThat(told(PROVIDER.logoutToken(name + "-sub"))).isEqualTo(200);

        assertThat(call(browser, "GET", base + "/api/user", "").status()).isEqualTo(401);
        assertThat(call(second, "GET", base + "/api/user", "").status()).isEqualTo(401);
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
    }

    private int told(String logoutToken) {
        return new Client(port)
                .form("/logout/connect/back-channel/oidc", "logout_token=" + logoutToken)
                .statusCode();
    }

    @Test
    void tokensSleepUntilTheProviderSignsTheirOwnerInAgain() throws Exception {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        Owner owner = Owner.of("user", user(browser).get("id").asLong());
        String token =
                tokens.issue(TokenRequest.of(owner, "ci", "*")).plainText().reveal();
        Client program = new Client(port);
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        assertThat(json(call(browser, "GET", base + "/api/tokens/policy", "")).has("asleep_from"))
                .isTrue();

        jdbc.update(
                "update sanctum_identities set seen_at = dateadd(day, -31, seen_at) where account_id = ?",
                Long.valueOf(owner.id()));
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
        JsonNode shown =
                json(call(withPassword("admin@localhost"), "GET", base + "/api/admin/people/" + owner.id(), ""));
        assertThat(shown.get("seen_at").asString()).isNotEmpty();
        assertThat(shown.get("has_password").asBoolean()).isFalse();

        signIn(new Browser());
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        String events = "sanctum_audit where event = 'owner_asleep' and owner_id = '" + owner.id() + "'";
        Programs.await("the audit log", 60, () -> count(events) > 0);
        assertThat(count(events)).isEqualTo(1);
    }

    /** Nobody is left who could wake them. */
    @Test
    void disconnectedPersonSleepsUntilThereIsAnotherWayIn() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        Owner owner = Owner.of("user", user(browser).get("id").asLong());
        String token =
                tokens.issue(TokenRequest.of(owner, "ci", "*")).plainText().reveal();
        Client program = new Client(port);
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        Browser admin = withPassword("admin@localhost");
        String person = base + "/api/admin/people/" + owner.id();

        assertThat(call(admin, "DELETE", person + "/identity", "").status()).isEqualTo(204);

        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(401);
        assertThat(call(browser, "GET", base + "/api/user", "").status()).isEqualTo(401);
        assertThat(call(admin, "PUT", person + "/password", "{\"password\":\"" + ServerTest.PASSWORD + "\"}")
                        .status())
                .isEqualTo(204);
        assertThat(program.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
    }

    /** Whoever is connected by mistake is out, though the account has a password and goes on. */
    @Test
    void disconnectionEndsAllSessionsOfAnAccountWithAPassword() {
        PROVIDER.put(name, name + "-sub", Map.of());
        Account account = account(name + "@local.test");
        browser.signIn(door(redeem(invite(account.id()))), name);
        assertThat(user(browser).get("id").asLong()).isEqualTo(account.id());

        assertThat(call(
                                withPassword("admin@localhost"),
                                "DELETE",
                                base + "/api/admin/people/" + account.id() + "/identity",
                                "")
                        .status())
                .isEqualTo(204);

        assertThat(call(browser, "GET", base + "/api/user", "").status()).isEqualTo(401);
    }

    /** Also those that were made under no password. */
    @Test
    void passwordThatIsSetEndsAllSessions() {
        PROVIDER.put(name, name + "-sub", ACME);
        signIn(browser);
        long id = user(browser).get("id").asLong();

        assertThat(call(
                                withPassword("admin@localhost"),
                                "PUT",
                                base + "/api/admin/people/" + id + "/password",
                                "{\"password\":\"" + ServerTest.PASSWORD + "\"}")
                        .status())
                .isEqualTo(204);

        assertThat(call(browser, "GET", base + "/api/user", "").status()).isEqualTo(401);
    }

    @Test
    void browsersOfOnePersonAtTheSameMomentAreOneAccount() throws Exception {
        PROVIDER.put(
                name, name + "-sub", Map.of("hd", "acme.test", "email", name + "@acme.test", "email_verified", true));
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            List<Future<Long>> ids = List.of(both.submit(() -> at(start)), both.submit(() -> at(start)));

            assertThat(ids.get(0).get()).isEqualTo(ids.get(1).get());
        } finally {
            both.shutdownNow();
        }
        assertThat(count("sanctum_identities where subject = '" + name + "-sub'"))
                .isEqualTo(1);
    }

    private long at(CyclicBarrier start) throws Exception {
        Browser own = new Browser();
        start.await();
        signIn(own);
        return user(own).get("id").asLong();
    }

    @Test
    void noPasswordFitsAnAccountWithoutOne() {
        PROVIDER.put(
                name, name + "-sub", Map.of("hd", "acme.test", "email", name + "@acme.test", "email_verified", true));
        signIn(browser);
        Client client = new Client(port);
        client.page("GET", "/sanctum/csrf-cookie", "");

        for (String guess : List.of("!", "{noop}!", "", "null")) {
            assertThat(client.page(
                                    "POST",
                                    "/login",
                                    "{\"email\":\"" + name + "@acme.test\",\"password\":\"" + guess + "\"}")
                            .statusCode())
                    .isEqualTo(422);
        }
    }

    @Test
    void pageSaysWhatTheProviderIsCalled() {
        assertThat(new Client(port).get("/login").body())
                .contains("<meta name=\"sanctum-provider\" content=\"Acme &lt;Login&gt;\" data-passwords=\"true\">");
    }

    /** Without a provider that answers, everything else goes on. */
    @Test
    void providerThatIsAwayKeepsNobodyOutButThoseWhoComeByIt() throws Exception {
        String nobody = "http://localhost:" + Programs.freePort();
        try (var alone = start(nobody, "true", "--sanctum.oidc.back-channel-logout=true")) {
            Client client = new Client(alone.getEnvironment().getRequiredProperty("local.server.port", Integer.class));

            var answer = client.get("/oauth2/authorization/oidc");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(client.get("/login/oauth2/code/oidc?code=x&state=y").statusCode())
                    .isEqualTo(503);
            assertThat(client.form("/logout/connect/back-channel/oidc", "logout_token=a.b.c")
                            .statusCode())
                    .isEqualTo(503);
            assertThat(client.get("/login").statusCode()).isEqualTo(200);
            client.page("GET", "/sanctum/csrf-cookie", "");
            assertThat(client.page("POST", "/login", login()).statusCode()).isEqualTo(204);
        }
    }

    /** It says where it is, and never what its keys are. */
    @Test
    void signOutIsNotWaitedForWhereTheKeysOfTheProviderHang() throws Exception {
        try (ServerSocket hangs = new ServerSocket(0);
                Metadata provider = new Metadata("http://localhost:" + hangs.getLocalPort() + "/keys");
                var alone = start(provider.issuer(), "true", "--sanctum.oidc.back-channel-logout=true")) {
            Client client = new Client(alone.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            assertThat(client.form("/logout/connect/back-channel/oidc", "logout_token=x")
                            .statusCode())
                    .as("what takes no key to see")
                    .isEqualTo(400);
            long before = System.nanoTime();

            var answer = client.form(
                    "/logout/connect/back-channel/oidc", "logout_token=" + PROVIDER.logoutToken("somebody"));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        }
    }

    /** A provider that has all but keys. */
    private static final class Metadata implements AutoCloseable {

        private final HttpServer server;

        Metadata(String keys) throws IOException {
            server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
            String theirs = new Client(URI.create(PROVIDER.issuer()).getPort())
                    .get("/.well-known/openid-configuration")
                    .body();
            byte[] ours = theirs.replaceFirst("\"jwks_uri\":\"[^\"]*\"", "\"jwks_uri\":\"" + keys + '"')
                    .replaceFirst("\"issuer\":\"[^\"]*\"", "\"issuer\":\"" + issuer() + '"')
                    .getBytes(StandardCharsets.UTF_8);
            server.createContext("/.well-known/openid-configuration", asked -> {
                asked.getResponseHeaders().set("Content-Type", "application/json");
                asked.sendResponseHeaders(200, ours.length);
                asked.getResponseBody().write(ours);
                asked.close();
            });
            server.start();
        }

        String issuer() {
            return "http://localhost:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static String login() {
        return "{\"email\":\"admin@localhost\",\"password\":\"" + ServerTest.PASSWORD + "\"}";
    }

    private static ConfigurableApplicationContext start(String issuer, String passwords, String... more) {
        return new SpringApplicationBuilder(SanctumServer.class)
                .run(Stream.concat(
                                Stream.of(more),
                                Stream.of(
                                        "--server.port=0",
                                        "--management.server.port=0",
                                        "--spring.datasource.url=jdbc:h2:mem:alone" + NUMBER.incrementAndGet()
                                                + ";DB_CLOSE_DELAY=-1",
                                        "--SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
                                        "--sanctum.oidc.issuer=" + issuer,
                                        "--sanctum.oidc.client-id=app",
                                        "--sanctum.oidc.client-secret=secret",
                                        "--sanctum.oidc.passwords=" + passwords))
                        .toArray(String[]::new));
    }

    @Test
    void nobodyChangesAPasswordWhereNoneIsRight() {
        PROVIDER.put(name, name + "-sub", ACME);
        try (var alone = start(PROVIDER.issuer(), "false", "--sanctum.oidc.allowed-domains=*")) {
            base = "http://localhost:" + alone.getEnvironment().getRequiredProperty("local.server.port");
            signIn(browser);
            call(browser, "GET", base + "/sanctum/csrf-cookie", "");

            assertThat(call(browser, "PUT", base + "/user/password", "{\"password\":\"" + ServerTest.PASSWORD + "\"}")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void insteadOfPasswordsNoneIsRightAndWithoutADomainNobodyComesUninvited() {
        PROVIDER.put(name, name + "-sub", ACME);
        try (var alone = start(PROVIDER.issuer(), "false")) {
            int there = alone.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            Client client = new Client(there);
            client.page("GET", "/sanctum/csrf-cookie", "");

            assertThat(client.page("POST", "/login", login()).statusCode()).isEqualTo(404);
            assertThat(client.get("/login").body()).contains("data-passwords=\"false\"");
            assertThat(new Browser()
                            .signIn("http://localhost:" + there + "/oauth2/authorization/oidc", name)
                            .address())
                    .hasToString("http://localhost:" + there + "/login?problem=not-allowed");
        }
    }
}
