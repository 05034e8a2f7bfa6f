package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import com.example.plain.PlainApplication;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.provider.Browser;
import dev.sanctum4j.provider.Browser.Page;
import dev.sanctum4j.provider.Provider;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.spa.Sessions;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.session.jdbc.config.annotation.web.http.EnableJdbcHttpSession;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** People who sign in at an OpenID provider: sessions, tokens, confirmations, and the way out. */
@ExtendWith(OutputCaptureExtension.class)
class OidcTest {

    private static final String TOKEN = "{\"name\":\"x\",\"abilities\":[\"a\"]}";

    /** Whom the application knows, by issuer and subject. */
    static final class Members implements OwnerLoader {

        final Map<String, String> roles = new ConcurrentHashMap<>();

        @Override
        public String type() {
            return "user";
        }

        @Override
        public Optional<LoadedOwner> load(String id) {
            return Optional.ofNullable(roles.get(id))
                    .map(role -> new LoadedOwner(
                            id,
                            id.substring(id.indexOf('|') + 1),
                            AuthorityUtils.createAuthorityList(role),
                            true,
                            null,
                            null));
        }

        // tag::oidc-owner
        @Override
        public Optional<String> idOf(Object principal) {
            return principal instanceof OidcUser person
                    ? Optional.of(person.getIssuer() + "|" + person.getSubject())
                    : Optional.empty();
        }
        // end::oidc-owner
    }

    @RestController
    static class Routes {

        @GetMapping("/hello")
        String hello(Authentication caller) {
            return "hello " + caller.getName();
        }

        @GetMapping("/api/me")
        Map<String, Object> me(Authentication caller) {
            return Map.of(
                    "name", caller.getName(),
                    "kind", caller.getClass().getSimpleName(),
                    "principal", String.valueOf(caller.getPrincipal() instanceof OidcUser),
                    "authorities",
                            caller.getAuthorities().stream()
                                    .map(GrantedAuthority::getAuthority)
                                    .sorted()
                                    .toList());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({PlainApplication.class, Routes.class})
    static class WithAPage {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableJdbcHttpSession
    @Import({Routes.class, Members.class, StepUpTest.Time.class})
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Routes.class, Members.class, StepUpTest.Time.class})
    static class WithAChain {

        // tag::oidc-chain
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .oauth2Login(withDefaults())
                    .oidcLogout(logout -> logout.backChannel(withDefaults()))
                    .with(sanctum(), withDefaults())
                    .build();
        }
        // end::oidc-chain
    }

    /** It knows people by names and not by what a provider says. */
    @Configuration(proxyBeanMethods = false)
    @Import({App.class})
    static class WithoutALoader {

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .oauth2Login(withDefaults())
                    .build();
        }
    }

    private static final StepUpTest.MovedClock CLOCK = new StepUpTest.MovedClock();
    private static Provider provider;
    private static Provider other;
    private static ConfigurableApplicationContext context;

    private final Browser browser = new Browser();

    static ConfigurableApplicationContext start(Class<?> application, Provider provider, Map<String, String> more) {
        return start(application, more, provider);
    }

    static ConfigurableApplicationContext start(Class<?> application, Map<String, String> more, Provider... providers) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "server.port", "0",
                "spring.main.banner-mode", "off",
                "spring.datasource.url", "jdbc:h2:mem:oidc" + Math.random(),
                "spring.sql.init.schema-locations", "classpath:org/springframework/session/jdbc/schema-h2.sql"));
        for (Provider one : providers) {
            settings.putAll(one.settings(one == other ? "other" : "idp"));
        }
        settings.putAll(more);
        return new SpringApplicationBuilder(application)
                .run(settings.entrySet().stream()
                        .map(one -> "--" + one.getKey() + "=" + one.getValue())
                        .toArray(String[]::new));
    }

    private static final Map<String, String> PAGES = Map.of(
            "sanctum.spa.stateful", "self",
            "sanctum.spa.confirm-within", "15m",
            "sanctum.endpoints.tokens", "true");

    private static Map<String, String> pagesAnd(String... more) {
        Map<String, String> all = new HashMap<>(PAGES);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    static String address(ConfigurableApplicationContext context) {
        return "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    @BeforeAll
    static void start() {
        provider = new Provider(CLOCK);
        other = new Provider(CLOCK);
        context = start(Application.class, PAGES, provider, other);
    }

    @AfterAll
    static void stop() {
        context.close();
        provider.close();
        other.close();
    }

    @BeforeEach
    void everybodyAsBefore() {
        provider.obeysPrompt(true);
        provider.tellsAuthTime(true);
        provider.put("ann", "00u-1", Map.of());
        provider.put("bob", "00u-2", Map.of());
        other.put("ann", "00u-1", Map.of());
        known(context);
        for (String id : context.getBean(Members.class).roles.keySet()) {
            context.getBean(Sessions.class).endAll(Owner.of("user", id));
            context.getBean(Tokens.class).revokeAll(Owner.of("user", id));
        }
    }

    private static void known(ConfigurableApplicationContext context) {
        Members members = context.getBean(Members.class);
        members.roles.put(provider.issuer() + "|00u-1", "ROLE_STAFF");
        members.roles.put(provider.issuer() + "|00u-2", "ROLE_STAFF");
        members.roles.put(other.issuer() + "|00u-1", "ROLE_GUEST");
        context.getBean(StepUpTest.MovedClock.class).now = CLOCK.now;
    }

    /** Both clocks, of the provider and of the application. */
    private static void later(ConfigurableApplicationContext context, Duration time) {
        CLOCK.now = CLOCK.now.plus(time);
        context.getBean(StepUpTest.MovedClock.class).now = CLOCK.now;
    }

    private static String app() {
        return address(context);
    }

    private Page create(String app) {
        browser.call("GET", app + "/sanctum/csrf-cookie", "");
        return browser.call("POST", app + "/api/tokens", TOKEN);
    }

    private static JsonNode json(Page page) {
        return JsonMapper.shared().readTree(page.body());
    }

    private static List<String> ways(Page page) {
        assertThat(page.status()).isEqualTo(423);
        return json(page)
                .get("confirm")
                .valueStream()
                .map(way -> way.get("method").asString() + " " + way.get("href").asString())
                .toList();
    }

    private static List<String> names(Page page) {
        return json(page).valueStream().map(one -> one.get("device").asString()).toList();
    }

    /** Ours is on the class path, and Boot signs people in as if it were not. */
    @Test
    void providerAndFourSettingsSignSomebodyInWithoutUs() {
        try (ConfigurableApplicationContext plain = start(WithAPage.class, Map.of(), provider)) {
            assertThat(browser.signIn(address(plain) + "/hello", "ann").body()).isEqualTo("hello 00u-1");
        }
    }

    @Test
    void personOfAProviderIsWhoTheySaidWithTheAuthoritiesThatTheLoaderSays() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");

        JsonNode me = json(browser.call("GET", app() + "/api/me", ""));

        assertThat(me.get("kind").asString()).isEqualTo("OAuth2AuthenticationToken");
        assertThat(me.get("principal").asString()).isEqualTo("true");
        assertThat(me.get("authorities").toString()).isEqualTo("[\"ROLE_STAFF\"]");
        NewToken token = context.getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", provider.issuer() + "|00u-1"), "ci", "*"));
        JsonNode byToken = json(browser.look(
                app() + "/api/me",
                "Accept",
                "application/json",
                "Authorization",
                "Bearer " + token.plainText().reveal()));
        assertThat(me.get("name")).isEqualTo(byToken.get("name"));

        context.getBean(Members.class).roles.remove(provider.issuer() + "|00u-1");
        assertThat(browser.call("GET", app() + "/api/me", "").status()).isEqualTo(401);
    }

    @Test
    void sessionIsListedWithItsDeviceAndTheSameSubjectOfTwoIssuersIsTwoPeople() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann", "User-Agent", "phone");
        Browser elsewhere = new Browser();
        elsewhere.signIn(app() + "/oauth2/authorization/other", "ann");

        Page listed = browser.call("GET", app() + "/api/sessions", "");

        assertThat(names(listed)).hasSize(1);
        assertThat(json(listed).get(0).get("address").asString()).isNotEmpty();
        assertThat(json(listed).get(0).get("device").asString()).startsWith("Java-http-client");
        assertThat(create(app()).status()).isEqualTo(201);
        assertThat(json(elsewhere.call("GET", app() + "/api/tokens", "")).size())
                .isZero();
    }

    @Test
    void twoPeopleOneAfterTheOtherInOneBrowserShareNothing() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        create(app());
        String csrf = browser.cookie(app(), "XSRF-TOKEN").orElseThrow();
        browser.get(app() + "/sanctum/confirm/idp?to=/hello%3Fof=ann"); // and there ann turns away
        browser.forget(provider.issuer());

        Page page = browser.signIn(app() + "/oauth2/authorization/idp", "bob");

        assertThat(page.address().getPath()).isEqualTo("/");
        assertThat(browser.cookie(app(), "XSRF-TOKEN").orElseThrow()).isNotEqualTo(csrf);
        assertThat(names(browser.call("GET", app() + "/api/sessions", ""))).hasSize(1);
        assertThat(browser.call("POST", app() + "/api/tokens", TOKEN, "X-XSRF-TOKEN", csrf)
                        .status())
                .as("the CSRF token of whoever sat there before")
                .isEqualTo(419);
        assertThat(create(app()).status()).isEqualTo(201);
        assertThat(context.getBean(Tokens.class).list(Owner.of("user", provider.issuer() + "|00u-2")))
                .hasSize(1);
    }

    @Test
    void signInAtTheProviderJustNowIsAProofAndAnOlderOneIsNot() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        assertThat(create(app()).status()).isEqualTo(201);
        later(context, Duration.ofMinutes(16));

        assertThat(ways(create(app()))).containsExactly("provider /sanctum/confirm/idp");
    }

    @Test
    void comingBackFromTheProviderWithoutBeingAskedThereProvesNothing() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        later(context, Duration.ofMinutes(16));

        Page silent = browser.get(app() + "/oauth2/authorization/idp");

        assertThat(Browser.asks(silent)).isFalse();
        assertThat(ways(create(app()))).containsExactly("provider /sanctum/confirm/idp");
    }

    @Test
    void providerThatAsksAgainConfirmsAndLeadsBack() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        later(context, Duration.ofMinutes(16));
        String session = browser.cookie(app(), "SESSION").orElseThrow();

        Page asked = browser.get(app() + "/sanctum/confirm/idp?to=/hello%3Fx=1%26y=2", "Sec-Fetch-Site", "same-origin");
        assertThat(Browser.asks(asked)).isTrue();
        assertThat(create(app()).status()).isEqualTo(423);
        Page back = browser.submit(asked, Map.of("username", "ann", "password", Provider.SECRET));

        assertThat(back.address()).hasToString(app() + "/hello?x=1&y=2");
        assertThat(browser.cookie(app(), "SESSION").orElseThrow()).isNotEqualTo(session);
        assertThat(create(app()).status()).isEqualTo(201);
        later(context, Duration.ofMinutes(16));
        assertThat(ways(create(app()))).containsExactly("provider /sanctum/confirm/idp");
    }

    @Test
    void providerThatAsksNobodyAgainConfirmsNothingAndIsOfferedOnce() {
        provider.obeysPrompt(false);
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        later(context, Duration.ofMinutes(16));

        Page back = browser.get(app() + "/sanctum/confirm/idp?to=/hello", "Sec-Fetch-Site", "same-origin");

        assertThat(back.address()).hasToString(app() + "/hello");
        assertThat(ways(create(app()))).isEmpty();
    }

    /** A provider's clock may be behind ours; one that tells the time of before, or an earlier one, has asked nobody. */
    @ParameterizedTest
    @CsvSource({"5, true", "6, true", "959, true", "960, false", "961, false"})
    void providersClockMayBeBehindAsLongAsItTellsAnotherTime(int seconds, boolean offeredAgain) {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        later(context, Duration.ofMinutes(16));
        Page asked = browser.get(app() + "/sanctum/confirm/idp?to=/hello", "Sec-Fetch-Site", "same-origin");
        CLOCK.now = CLOCK.now.minusSeconds(seconds);

        browser.submit(asked, Map.of("username", "ann", "password", Provider.SECRET));

        later(context, Duration.ofMinutes(17));
        assertThat(ways(create(app()))).hasSize(offeredAgain ? 1 : 0);
    }

    /** What lies ahead confirms nothing, and would be asked for again and again. */
    @Test
    void providerWhoseClockIsAheadIsOfferedOnce() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        later(context, Duration.ofMinutes(16));
        Page asked = browser.get(app() + "/sanctum/confirm/idp?to=/hello", "Sec-Fetch-Site", "same-origin");
        CLOCK.now = CLOCK.now.plusSeconds(30);

        browser.submit(asked, Map.of("username", "ann", "password", Provider.SECRET));

        assertThat(ways(create(app()))).isEmpty();
    }

    @Test
    void somebodyElseWhoIsAskedIsSignedInAndLedNowhere() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        later(context, Duration.ofMinutes(16));
        Page asked = browser.get(app() + "/sanctum/confirm/idp?to=/hello", "Sec-Fetch-Site", "same-origin");

        Page back = browser.submit(asked, Map.of("username", "bob", "password", Provider.SECRET));

        assertThat(back.address().getPath()).isEqualTo("/");
        assertThat(json(browser.call("GET", app() + "/api/me", "")).get("name").asString())
                .isEqualTo("00u-2");
    }

    /** Without listed pages nobody notes who signs in. */
    @Test
    void somebodyElseIsNotLedToThePageOfWhoeverWasAskedOnAChainOfItsOwnEither() {
        Map<String, String> settings = Map.of("sanctum.endpoints.tokens", "true", "sanctum.spa.confirm-within", "15m");
        try (ConfigurableApplicationContext own = start(WithAChain.class, settings, provider)) {
            known(own);
            String app = address(own);
            browser.signIn(app + "/hello", "ann");
            Page asked = browser.get(app + "/sanctum/confirm/idp?to=/hello%3Fof=ann", "Sec-Fetch-Site", "same-origin");

            Page page = browser.submit(asked, Map.of("username", "bob", "password", Provider.SECRET));

            assertThat(page.address().getPath()).isEqualTo("/");
            assertThat(browser.get(app + "/hello").body()).isEqualTo("hello 00u-2");
        }
    }

    @Test
    void providerThatDoesNotTellWhenConfirmsNothingAndIsOfferedOnce() {
        provider.tellsAuthTime(false);
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        assertThat(ways(create(app()))).containsExactly("provider /sanctum/confirm/idp");

        Page asked = browser.get(app() + "/sanctum/confirm/idp?to=/hello", "Sec-Fetch-Site", "same-origin");
        browser.submit(asked, Map.of("username", "ann", "password", Provider.SECRET));

        assertThat(ways(create(app()))).isEmpty();
    }

    @Test
    void providerWhosePromptIsTrustedConfirmsByARoundOfOursOnlyAndTheStartSaysSo(CapturedOutput output) {
        provider.tellsAuthTime(false);
        try (ConfigurableApplicationContext trusting =
                start(Application.class, pagesAnd("sanctum.oidc.trust-prompt", "idp"), provider)) {
            known(trusting);
            String app = address(trusting);
            browser.signIn(app + "/oauth2/authorization/idp", "ann");
            browser.get(app + "/oauth2/authorization/idp");
            assertThat(ways(create(app))).containsExactly("provider /sanctum/confirm/idp");

            Page asked = browser.get(app + "/sanctum/confirm/idp?to=/hello", "Sec-Fetch-Site", "same-origin");
            browser.submit(asked, Map.of("username", "ann", "password", Provider.SECRET));

            assertThat(create(app).status()).isEqualTo(201);
            later(trusting, Duration.ofMinutes(16));
            browser.get(app + "/oauth2/authorization/idp");
            assertThat(ways(create(app))).containsExactly("provider /sanctum/confirm/idp");
        }
        assertThat(output).contains("sanctum.oidc.trust-prompt has 'idp'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example",
                "https://evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "javascript:alert(1)",
                "hello",
                "/hello%0d%0aX: y",
                "/hel lo",
                ""
            })
    void roundLeadsToNoOtherHost(String to) {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");

        Page page = browser.look(
                app() + "/sanctum/confirm/idp?to=" + to.replace("\\", "%5C").replace(" ", "%20"),
                "Sec-Fetch-Site",
                "same-origin");

        assertThat(page.status()).isEqualTo(to.isEmpty() ? 302 : 422);
    }

    @Test
    void roundTakesASessionThatCameFromThatProvider() {
        assertThat(browser.look(app() + "/sanctum/confirm/idp", "Sec-Fetch-Site", "same-origin")
                        .status())
                .isEqualTo(401);
        NewToken token = context.getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", provider.issuer() + "|00u-1"), "ci", "*"));
        assertThat(browser.look(
                                app() + "/sanctum/confirm/idp",
                                "Authorization",
                                "Bearer " + token.plainText().reveal())
                        .status())
                .isEqualTo(403);
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        for (String another : List.of("other", "none")) {
            assertThat(browser.look(app() + "/sanctum/confirm/" + another, "Sec-Fetch-Site", "same-origin")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void doorsThatTakeAPasswordAreNotThereWhereNobodyHasOne() {
        browser.call("GET", app() + "/sanctum/csrf-cookie", "");

        for (String door : List.of("/login", "/user/confirm-password")) {
            assertThat(browser.call("POST", app() + door, "{\"email\":\"a\",\"password\":\"b\"}")
                            .status())
                    .as(door)
                    .isEqualTo(404);
        }
        try (ConfigurableApplicationContext doors =
                start(Application.class, pagesAnd("sanctum.endpoints.password-token", "true"), provider)) {
            assertThat(browser.call(
                                    "POST",
                                    address(doors) + "/sanctum/token",
                                    "{\"email\":\"a\",\"password\":\"b\",\"device_name\":\"c\"}")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void whoeverSignsOutIsToldWhereTheProviderDoes() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        create(app());

        Page out = browser.call("POST", app() + "/logout", "", "Accept", "application/json");

        assertThat(out.status()).isEqualTo(200);
        String there = json(out).get("location").asString();
        assertThat(there).startsWith(provider.issuer() + "/connect/logout?id_token_hint=");
        assertThat(out.header("cache-control").orElse("")).contains("no-store");
        assertThat(browser.call("GET", app() + "/api/me", "").status()).isEqualTo(401);
        browser.get(there);
        assertThat(Browser.asks(browser.get(app() + "/oauth2/authorization/idp")))
                .isTrue();
    }

    @Test
    void whoeverAsksForNothingIsToldNothingWhenTheySignOut() {
        browser.signIn(app() + "/oauth2/authorization/idp", "ann");
        create(app());

        Page out = browser.call("POST", app() + "/logout", "", "Accept", "*/*");

        assertThat(out.status()).isEqualTo(204);
        assertThat(out.body()).isEmpty();
        assertThat(Browser.asks(browser.get(app() + "/oauth2/authorization/idp")))
                .isFalse();
    }

    @Test
    void providerEndsSessionsByItselfAndNoTokens() {
        try (ConfigurableApplicationContext own =
                start(WithAChain.class, pagesAnd("sanctum.endpoints.session", "true"), provider)) {
            known(own);
            String app = address(own);
            browser.signIn(app + "/hello", "ann");
            Page made = create(app);
            assertThat(made.status()).isEqualTo(201);
            String bearer = "Bearer " + json(made).get("token").asString();
            assertThat(browser.get(app + "/hello").body()).isEqualTo("hello 00u-1");

            int told = new Http(URI.create(app).getPort())
                    .send(
                            "POST",
                            "/logout/connect/back-channel/idp",
                            "logout_token=" + provider.logoutToken("00u-1"),
                            "Content-Type: application/x-www-form-urlencoded")
                    .status();

            assertThat(told).isEqualTo(200);
            assertThat(browser.look(app + "/hello").status()).isEqualTo(302);
            assertThat(browser.call("GET", app + "/api/tokens", "").status()).isEqualTo(401);
            assertThat(browser.look(app + "/api/me", "Accept", "application/json", "Authorization", bearer)
                            .status())
                    .isEqualTo(200);
        }
    }

    /** Discovery at the start needs the provider; endpoints that are named need it when somebody comes. */
    @Test
    void applicationThatNamesTheEndpointsStartsWithoutItsProvider() {
        try (ConfigurableApplicationContext alone = start(Application.class, endpoints("http://localhost:1"))) {
            Page door = browser.look(address(alone) + "/oauth2/authorization/idp");
            assertThat(door.status()).isEqualTo(302);
            assertThat(door.header("location").orElse("")).startsWith("http://localhost:1/oauth2/authorize?");
            assertThat(browser.call("GET", address(alone) + "/api/tokens", "").status())
                    .isEqualTo(401);
        }
        try (ConfigurableApplicationContext named = start(Application.class, endpoints(provider.issuer()))) {
            known(named);
            browser.signIn(address(named) + "/oauth2/authorization/idp", "ann");
            assertThat(create(address(named)).status()).isEqualTo(201);
        }
    }

    private static Map<String, String> endpoints(String at) {
        Map<String, String> settings = new HashMap<>(provider.settings("idp"));
        settings.remove("spring.security.oauth2.client.provider.idp.issuer-uri");
        settings.put("spring.security.oauth2.client.registration.idp.authorization-grant-type", "authorization_code");
        settings.put(
                "spring.security.oauth2.client.registration.idp.redirect-uri",
                "{baseUrl}/login/oauth2/code/{registrationId}");
        String named = "spring.security.oauth2.client.provider.idp.";
        settings.put(named + "authorization-uri", at + "/oauth2/authorize");
        settings.put(named + "token-uri", at + "/oauth2/token");
        settings.put(named + "jwk-set-uri", at + "/oauth2/jwks");
        settings.put(named + "user-info-uri", at + "/userinfo");
        settings.put(named + "user-name-attribute", "sub");
        settings.putAll(PAGES);
        return settings;
    }

    @Test
    void whoeverNoLoaderKnowsIsRefusedAndTheDiagnosisSaysWhatIsMissing(CapturedOutput output) {
        try (ConfigurableApplicationContext strange =
                start(WithoutALoader.class, pagesAnd("sanctum.diagnosis", "true"), provider)) {
            browser.signIn(address(strange) + "/other/whoami", "ann");

            Page refused = browser.call("GET", address(strange) + "/api/tokens", "");

            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header(Diagnosis.HEADER).orElse(""))
                    .contains("DefaultOidcUser", "Declare an OwnerLoader bean");
            assertThat(refused.body()).doesNotContain("DefaultOidcUser");
        }
        assertThat(output).contains("declare an OwnerLoader bean");
    }
}
