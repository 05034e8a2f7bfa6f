package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;

/** Our endpoints beside chains of the application's: before one that claims nothing in particular, and never before another. */
@ExtendWith(OutputCaptureExtension.class)
class EndpointsBesideChainsTest {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String JSON = "Content-Type: application/json";
    private static final String NEW_TOKEN = "{\"name\":\"by hand\",\"abilities\":[\"orders:read\"]}";

    /** A form, CSRF in the session, and a rule that lets people read what they may not change. */
    @Configuration(proxyBeanMethods = false)
    static class InSession {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http).build();
        }
    }

    static HttpSecurity people(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.requestMatchers(HttpMethod.DELETE, "/api/tokens/**")
                        .hasRole("ADMIN")
                        .anyRequest()
                        .authenticated())
                .formLogin(withDefaults())
                .httpBasic(withDefaults());
    }

    @Configuration(proxyBeanMethods = false)
    static class InCookie {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http).csrf(CsrfConfigurer::spa).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Ignoring {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .csrf(csrf -> csrf.ignoringRequestMatchers("/api/**"))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithoutCsrf {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http).csrf(AbstractHttpConfigurer::disable).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Ending {
        @Bean
        SessionRegistry sessions() {
            return new SessionRegistryImpl();
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http, SessionRegistry sessions) {
            return people(http)
                    .sessionManagement(settings -> settings.maximumSessions(5).sessionRegistry(sessions))
                    .build();
        }
    }

    /** Its form is elsewhere, and here a session counts for nothing. */
    @Configuration(proxyBeanMethods = false)
    static class Stateless {
        @Bean
        @Order(1)
        SecurityFilterChain pages(HttpSecurity http) {
            return people(http.securityMatcher("/login")).build();
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .httpBasic(withDefaults())
                    .sessionManagement(settings -> settings.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Claiming {
        @Bean
        SecurityFilterChain api(HttpSecurity http) {
            return people(http.securityMatcher("/api/tokens/**", "/sanctum/**")).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClaimingWithTokens {
        @Bean
        SecurityFilterChain api(HttpSecurity http) {
            return people(http.securityMatcher("/api/**"))
                    .with(sanctum(), withDefaults())
                    .build();
        }
    }

    /** Whoever is let in here need not have a session, and no page proves itself. */
    @Configuration(proxyBeanMethods = false)
    static class ClaimingAnswers {
        @Bean
        SecurityFilterChain answers(HttpSecurity http) {
            return people(http.securityMatcher("/api/approval/**", "/login"))
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }
    }

    static ConfigurableApplicationContext start(Class<?> chains, String... properties) {
        String[] all = List.of(
                        List.of(properties),
                        List.of(
                                "spring.datasource.url=jdbc:h2:mem:beside" + Math.random(),
                                "server.port=0",
                                "spring.main.banner-mode=off",
                                "sanctum.endpoints.tokens=true",
                                "sanctum.endpoints.password-token=true"))
                .stream()
                .flatMap(List::stream)
                .toArray(String[]::new);
        return new SpringApplicationBuilder(App.class, chains).properties(all).run();
    }

    static Http http(ConfigurableApplicationContext context) {
        return new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    static String bearer(ConfigurableApplicationContext context, String... abilities) {
        return "Authorization: Bearer "
                + context.getBean(Tokens.class)
                        .issue(TokenRequest.of(AppTest.ADA, "ci", abilities))
                        .plainText()
                        .reveal();
    }

    /** Signs in by the application's form; returns the CSRF token of its next page, masked as pages have it. */
    static String signIn(Http http, String name) {
        String csrf = csrf(http);
        http.withCookies(
                "POST",
                "/login",
                "username=" + name + "&password=" + App.PASSWORD.replace(' ', '+') + "&_csrf=" + csrf,
                FORM);
        return csrf(http);
    }

    private static String csrf(Http http) {
        String page = http.withCookies("GET", "/login", "", "Accept: text/html").body();
        return page.contains("_csrf") ? page.replaceAll("(?s).*name=\"_csrf\"[^>]*value=\"([^\"]*)\".*", "$1") : "none";
    }

    static Http.Answer create(Http http, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Type: application/json";
        return http.withCookies("POST", "/api/tokens", NEW_TOKEN, all);
    }

    @Test
    void endpointsAnswerBeforeAChainForAnyRequest() {
        try (var context = start(InSession.class)) {
            Http http = http(context);
            String manager = bearer(context, "tokens:manage", "orders:read");
            assertThat(http.get("/api/tokens", manager).status()).isEqualTo(200);
            assertThat(http.post("/api/tokens", NEW_TOKEN, manager).status()).isEqualTo(201);
            Http.Answer nobody = http.get("/api/tokens", "Accept: text/html");
            assertThat(nobody.status()).isEqualTo(401);
            assertThat(nobody.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(nobody.cookies()).isEmpty();
            assertThat(http.get("/api/tokens", "Authorization: Basic Zm9vOmJhcg==")
                            .header("WWW-Authenticate"))
                    .isEqualTo("Bearer");
            Http.Answer method = http.get("/sanctum/token");
            assertThat(method.status()).isEqualTo(405);
            assertThat(method.header("Allow")).isEqualTo("POST");
            assertThat(method.json().get("code").asString()).isEqualTo("method-not-allowed");
            assertThat(http.send("PUT", "/api/tokens", "", manager).status()).isEqualTo(405);
            assertThat(http.send(
                                    "POST",
                                    "/sanctum/token",
                                    "email=ada@example.test&device_name=phone&password="
                                            + App.PASSWORD.replace(' ', '+'),
                                    FORM)
                            .status())
                    .isEqualTo(200);
            assertThat(http.get("/api/whoami", "Accept: text/html").status()).isEqualTo(302); // the chain's own
        }
    }

    @Test
    void sessionProvesItselfByTheTokenOfTheChainOrByItsOrigin() {
        try (var context = start(InSession.class)) {
            Http http = http(context);
            String csrf = signIn(http, "ada@example.test");

            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(200);
            assertThat(create(http).status()).isEqualTo(419);
            assertThat(create(http).json().get("code").asString()).isEqualTo("csrf-mismatch");
            assertThat(create(http, "X-CSRF-TOKEN: " + csrf).status()).isEqualTo(201);
            assertThat(create(http, "X-CSRF-TOKEN: " + csrf.substring(2)).status())
                    .isEqualTo(419);
            assertThat(create(http, http.origin()).status()).isEqualTo(201);
            assertThat(create(http, "Sec-Fetch-Site: same-origin").status()).isEqualTo(201);
            for (String foreign : List.of(
                    "Origin: https://evil.test",
                    "Origin: null",
                    "Sec-Fetch-Site: same-site",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: none",
                    "Referer: http://localhost/")) {
                assertThat(create(http, foreign).status()).as(foreign).isEqualTo(419);
            }
            assertThat(create(http, "Origin: https://evil.test", "Sec-Fetch-Site: same-origin")
                            .status())
                    .isEqualTo(419);
            Http.Answer form = http.withCookies(
                    "POST", "/api/tokens", "name=form&abilities[]=orders:read&_csrf=" + csrf, FORM, http.origin());
            assertThat(form.status()).isEqualTo(422); // the application's field is unknown to us
            assertThat(create(http, "Authorization: Bearer junk", http.origin()).status())
                    .isEqualTo(401); // a bearer decides alone
        }
    }

    @Test
    void tokenOfACookieCountsAndIsNotReplaced() {
        try (var context = start(InCookie.class)) {
            Http http = http(context);
            signIn(http, "ada@example.test");
            String cookie = http.cookies.get("XSRF-TOKEN");

            assertThat(create(http).status()).isEqualTo(419);
            Http.Answer created = create(http, "X-XSRF-TOKEN: " + cookie);

            assertThat(created.status()).isEqualTo(201);
            assertThat(http.cookies.get("XSRF-TOKEN")).isEqualTo(cookie);
        }
    }

    @Test
    void listedPageIsToldTheTokenOfTheChainAndNoneOfOurs() {
        try (var context = start(InCookie.class, "sanctum.spa.stateful=self")) {
            Http http = http(context);
            assertThat(http.withCookies("GET", "/sanctum/csrf-cookie", "", http.origin())
                            .status())
                    .isEqualTo(204);
            String cookie = http.cookies.get("XSRF-TOKEN");

            Http.Answer signedIn = http.withCookies(
                    "POST",
                    "/login",
                    "username=ada@example.test&password=" + App.PASSWORD.replace(' ', '+'),
                    FORM,
                    "X-XSRF-TOKEN: " + cookie);

            assertThat(signedIn.status()).isEqualTo(302);
            assertThat(signedIn.header("Location")).doesNotContain("error");
            assertThat(create(http, http.origin()).status()).isEqualTo(201);
            assertThat(http.withCookies("GET", "/api/tokens", "", http.origin()).cookies())
                    .noneMatch(line -> line.startsWith("XSRF-TOKEN="));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InCookieWithTokens {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .csrf(CsrfConfigurer::spa)
                    .with(sanctum(), withDefaults())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InSessionWithTokens {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http).with(sanctum(), withDefaults()).build();
        }
    }

    private static Http.Answer order(Http http, String... headers) {
        http.withCookies("GET", "/sanctum/csrf-cookie", "", http.origin());
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = JSON;
        all[headers.length + 1] = "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN");
        return http.withCookies("POST", "/api/orders", "{\"of\":\"tea\"}", all);
    }

    /** What a page gets from {@code /sanctum/csrf-cookie} is good for the application's own routes, too. */
    @ParameterizedTest
    @ValueSource(classes = {InCookie.class, InCookieWithTokens.class})
    void listedPagePostsToARouteOfTheApplicationByTheCsrfCookie(Class<?> chain, CapturedOutput output) {
        try (var context = start(chain, "sanctum.spa.stateful=self")) {
            Http http = http(context);
            signIn(http, "ada@example.test");

            assertThat(order(http, http.origin()).body()).isEqualTo("ordered 1");
            assertThat(http.cookies.get("XSRF-TOKEN"))
                    .as("the chain's own, and none of ours in its place")
                    .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
            assertThat(http.withCookies("POST", "/api/orders", "{\"of\":\"tea\"}", JSON, http.origin())
                            .status())
                    .isEqualTo(403);
        }
        assertThat(output).doesNotContain("keeps its CSRF token");
    }

    @ParameterizedTest
    @ValueSource(classes = {InSession.class, InSessionWithTokens.class})
    void startSaysWhereNoCookieOfOursLetsAPageIn(Class<?> chain, CapturedOutput output) {
        try (var context = start(chain, "sanctum.spa.stateful=self")) {
            Http http = http(context);
            signIn(http, "ada@example.test");

            assertThat(order(http, http.origin()).status()).isEqualTo(403);
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("keeps its CSRF token")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(
                                "WARN",
                                "The filter chain 'everything' keeps its CSRF token in the session",
                                "are refused at POST /api/orders, whatever GET /sanctum/csrf-cookie has given them")
                        .endsWith("Add to that chain: .csrf(CsrfConfigurer::spa)")
                        .doesNotContain("/api/tokens"));
    }

    /** Neither where no page is listed, nor where nothing is asked of it, nor where both ask one repository. */
    @Test
    void nothingIsSaidOfCsrfWhereNoPageIsRefused(CapturedOutput output) {
        start(InSession.class).close();
        start(WithoutCsrf.class, "sanctum.spa.stateful=self").close();
        start(Ignoring.class, "sanctum.spa.stateful=self").close();
        start(OneRepository.class, "sanctum.spa.stateful=self").close();
        assertThat(output).doesNotContain("keeps its CSRF token");
    }

    @Configuration(proxyBeanMethods = false)
    static class OneRepository {
        @Bean
        HttpSessionCsrfTokenRepository csrf() {
            return new HttpSessionCsrfTokenRepository();
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http, HttpSessionCsrfTokenRepository csrf) {
            return people(http)
                    .csrf(settings -> settings.spa().csrfTokenRepository(csrf))
                    .build();
        }
    }

    /** It can read no token that is kept in a session, so it gets one of ours. */
    @Test
    void listedPageElsewhereProvesItselfByOurMeans() {
        try (var context = start(InSession.class, "sanctum.spa.stateful=https://app.example.test")) {
            Http http = http(context);
            String page = "Origin: https://app.example.test";
            signIn(http, "bob@example.test");

            assertThat(create(http, page).status()).isEqualTo(419);
            http.withCookies("GET", "/sanctum/csrf-cookie", "", page);
            String token = "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN");
            assertThat(create(http, page, token).status()).isEqualTo(201);
            assertThat(create(http, "Origin: https://evil.test", token).status())
                    .isEqualTo(419);
            assertThat(http.withCookies("DELETE", "/api/tokens", "", page, token)
                            .status())
                    .isEqualTo(403); // by the chain's rule
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Ignoring.class, WithoutCsrf.class})
    void chainThatAsksForNoTokenProvesNothing(Class<?> chain) {
        try (var context = start(chain)) {
            Http http = http(context);
            String csrf = signIn(http, "ada@example.test");

            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(200);
            assertThat(create(http, "X-CSRF-TOKEN: " + csrf).status()).isEqualTo(419);
            assertThat(create(http, "Origin: https://evil.test").status()).isEqualTo(419);
            assertThat(create(http, http.origin()).status()).isEqualTo(201);
        }
    }

    @Test
    void whatTheChainRefusesToASessionStaysRefused() {
        try (var context = start(InSession.class)) {
            Http ada = http(context);
            signIn(ada, "ada@example.test");
            Http bob = http(context);
            signIn(bob, "bob@example.test");

            assertThat(ada.withCookies("DELETE", "/api/tokens", "", ada.origin())
                            .status())
                    .isEqualTo(204);
            Http.Answer refused = bob.withCookies("DELETE", "/api/tokens", "", bob.origin());
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(bob.withCookies("GET", "/api/tokens", "").status()).isEqualTo(200);
        }
    }

    @Test
    void sessionThatWasEndedForTheChainIsOver() {
        try (var context = start(Ending.class)) {
            Http http = http(context);
            signIn(http, "ada@example.test");
            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(200);

            SessionRegistry sessions = context.getBean(SessionRegistry.class);
            sessions.getAllPrincipals()
                    .forEach(one -> sessions.getAllSessions(one, false).forEach(session -> session.expireNow()));

            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(401);
        }
    }

    @Test
    void sessionIsWorthNothingWhereTheChainReadsNone() {
        try (var context = start(Stateless.class)) {
            Http http = http(context);
            signIn(http, "ada@example.test");

            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(401);
        }
    }

    /** Who signs in by us has a session of ours, whatever the chain reads. */
    @Test
    void listedPageThatSignedInByUsHasItsSessionBesideAStatelessChain() {
        try (var context = start(Stateless.class, "sanctum.spa.stateful=self", "sanctum.endpoints.session=true")) {
            Http http = http(context);
            http.withCookies("GET", "/sanctum/csrf-cookie", "", http.origin());
            assertThat(http.withCookies("GET", "/api/tokens", "", http.origin()).status())
                    .isEqualTo(401);
            signIn(http, "ada@example.test");

            assertThat(http.withCookies("GET", "/api/tokens", "", http.origin()).status())
                    .isEqualTo(200);
            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(401);
        }
    }

    @Test
    void chainThatClaimsAnEndpointKeepsItAndTheStartNamesTheLine(CapturedOutput output) {
        try (var context = start(Claiming.class)) {
            assertThat(http(context)
                            .get("/api/tokens", bearer(context, "tokens:manage"))
                            .header("WWW-Authenticate"))
                    .startsWith("Basic");
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("The filter chain 'api' takes")))
                .hasSize(2)
                .anySatisfy(line ->
                        assertThat(line).contains("/api/tokens/{id}").endsWith(".with(sanctum(), withDefaults())"))
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "takes /sanctum/token by its security matcher",
                                "permitAll()",
                                "ignoringRequestMatchers"));
    }

    @Test
    void nothingIsSaidWhereAllCanBeReached(CapturedOutput output) {
        try (var context = start(ClaimingWithTokens.class)) {
            assertThat(http(context)
                            .get("/api/tokens", bearer(context, "tokens:manage"))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(output.getOut()).doesNotContain("The filter chain", "No filter chain");
    }

    @Test
    void pathsThatAskForATokenBecauseNoChainTakesThemAreNamedOnce(CapturedOutput output) {
        try (var context = start(Claiming.class)) {
            assertThat(http(context).get("/api/whoami").status()).isEqualTo(401);
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("No filter chain of the application takes")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("/api/whoami", "permitAll()", "sanctum.paths=")
                        .doesNotContain("/api/tokens"));
    }

    @Test
    void whoeverHasChosenThePathsIsNotTold(CapturedOutput output) {
        try (var context = start(Claiming.class, "sanctum.paths=/api/**")) {
            assertThat(http(context).get("/api/whoami").status()).isEqualTo(401);
        }
        assertThat(output.getOut()).doesNotContain("No filter chain");
    }

    @Test
    void endpointsAnswerBelowAServletPath() {
        try (var context = start(InSession.class, "spring.mvc.servlet.path=/app")) {
            Http http = http(context);
            String manager = bearer(context, "tokens:manage", "orders:read");
            assertThat(http.get("/app/api/tokens", manager).status()).isEqualTo(200);
            assertThat(http.get("/app/api/tokens").header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(http.get("/app/sanctum/token").status()).isEqualTo(405);
        }
        try (var context = start(Claiming.class, "spring.mvc.servlet.path=/app")) {
            assertThat(http(context)
                            .get("/app/api/whoami", bearer(context, "*"))
                            .status())
                    .isEqualTo(200);
        }
    }

    /** What proves a page there, and whose its sessions are, the application's chain knows. */
    @Test
    void no401BringsASessionBesideTheApplicationsOwn() {
        for (Class<?> chains : List.of(InSession.class, InCookie.class, ClaimingWithTokens.class)) {
            try (var context = start(chains, "sanctum.spa.stateful=self")) {
                Http http = http(context);
                Http.Answer nobody = http.get("/api/tokens", http.origin());
                assertThat(nobody.status()).as(chains.getSimpleName()).isNotEqualTo(200);
                assertThat(nobody.cookies())
                        .as(chains.getSimpleName())
                        .noneMatch(cookie -> cookie.startsWith("XSRF-TOKEN="));
            }
        }
        try (var context = start(WithoutCsrf.class, "sanctum.spa.stateful=self")) {
            Http http = http(context);
            assertThat(http.get("/api/tokens", http.origin()).cookies()).hasSize(2);
        }
    }

    /** A program that knows a password, or a token of somebody else's, would allow itself what it asks for. */
    @Test
    void programsAreAnsweredInASessionOnly(CapturedOutput output) {
        try (var context = start(ClaimingAnswers.class, "sanctum.endpoints.approval=true")) {
            assertThat(output.getAll().lines().toList())
                    .filteredOn(line -> line.contains("Whoever is signed in allows programs a token"))
                    .hasSize(1)
                    .allMatch(line -> line.contains("WARN") && line.endsWith("sanctum.spa.confirm-within is not set"));
            Http http = http(context);
            String code = http.send("POST", "/sanctum/device_authorization", "client_id=cli&scope=orders:read", FORM)
                    .json()
                    .get("user_code")
                    .asString();
            String basic = "Authorization: Basic "
                    + Base64.getEncoder()
                            .encodeToString(("ada@example.test:" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
            String look = "{\"user_code\":\"" + code + "\"}";
            String allow = "{\"user_code\":\"" + code
                    + "\",\"account\":\"ada@example.test\",\"lifetime\":60,\"abilities\":[\"orders:read\"]}";
            for (String path : List.of("/api/approval", "/api/approval/allow", "/api/approval/deny")) {
                Http.Answer answer = http.post(path, path.endsWith("allow") ? allow : look, basic);
                assertThat(answer.status()).as(path).isEqualTo(403);
                assertThat(answer.json().get("code").asString()).isEqualTo("session-required");
            }
            signIn(http, "bob@example.test");
            Http.Answer mixed = http.withCookies("POST", "/api/approval/allow", allow, basic, JSON);
            assertThat(mixed.status()).as("the session is another's").isIn(403, 409);
            signIn(http, "ada@example.test");
            String form = "user_code=" + code + "&account=ada%40example.test&lifetime=60&abilities[]=orders:read";
            assertThat(http.withCookies("POST", "/api/approval/allow", form, FORM)
                            .status())
                    .isEqualTo(415);
            assertThat(http.withCookies("POST", "/api/approval/allow", allow, JSON)
                            .status())
                    .isEqualTo(204);
        }
    }
}
