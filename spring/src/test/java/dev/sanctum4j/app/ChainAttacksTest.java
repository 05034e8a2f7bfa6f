package dev.sanctum4j.app;

import static dev.sanctum4j.app.EndpointsBesideChainsTest.bearer;
import static dev.sanctum4j.app.EndpointsBesideChainsTest.http;
import static dev.sanctum4j.app.EndpointsBesideChainsTest.people;
import static dev.sanctum4j.app.EndpointsBesideChainsTest.signIn;
import static dev.sanctum4j.app.EndpointsBesideChainsTest.start;
import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.Owners;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.WebSecurityCustomizer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** What somebody would try at our endpoints, and at chains that take our tokens, who is not to get in. */
@ExtendWith(OutputCaptureExtension.class)
class ChainAttacksTest {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String JWT = "eyJhbGciOiJub25lIn0.e30.";

    private static int tokens(ConfigurableApplicationContext context) {
        return context.getBean(Tokens.class).list(AppTest.ADA).size();
    }

    /** Before anybody else's, as an application without us may have it. */
    @Configuration(proxyBeanMethods = false)
    static class VeryFirst {
        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http).build();
        }
    }

    @Test
    void chainForAnyRequestThatIsTheVeryFirstStartsAndOursIsBeforeIt() {
        try (var context = start(VeryFirst.class)) {
            assertThat(http(context)
                            .get("/api/tokens", bearer(context, "tokens:manage"))
                            .status())
                    .isEqualTo(200);
        }
    }

    /** It saves whoever it finds at the end of a request. */
    @Configuration(proxyBeanMethods = false)
    static class Saving {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .securityContext(contexts -> contexts.requireExplicitSave(false))
                    .with(sanctum(), withDefaults())
                    .build();
        }
    }

    /** It begins a session for whoever it finds and has not seen. */
    @Configuration(proxyBeanMethods = false)
    static class Noticing {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .sessionManagement(sessions -> sessions.requireExplicitAuthenticationStrategy(false))
                    .with(sanctum(), withDefaults())
                    .build();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Saving.class, Noticing.class})
    void tokenNeverBecomesASession(Class<?> chain) {
        try (var context = start(chain)) {
            Http http = http(context);
            Http.Answer byToken = http.withCookies("GET", "/other/whoami", "", bearer(context, "*"));
            assertThat(byToken.json().get("token").asString()).isEqualTo("ci");

            Http.Answer after = http.withCookies("GET", "/other/whoami", "", "Accept: text/html");

            assertThat(after.status()).isEqualTo(302);
            assertThat(byToken.cookies()).isEmpty();
        }
    }

    @Test
    void sessionProvesNothingByWhatAnotherSiteCanSend() {
        try (var context = start(EndpointsBesideChainsTest.InSession.class)) {
            Http http = http(context);
            String mine = signIn(http, "ada@example.test");
            Http other = http(context);
            String others = signIn(other, "bob@example.test");
            int before = tokens(context);

            for (List<String> sent : List.of(
                    List.of("Origin: http://evil.test", "X-Forwarded-Host: evil.test"),
                    List.of("Origin: http://evil.test", "Forwarded: host=evil.test;proto=http"),
                    List.of("Origin: https://localhost", "X-Forwarded-Proto: https", "X-Forwarded-Port: 443"),
                    List.of("Origin: null", "Sec-Fetch-Site: same-origin"),
                    List.of(http.origin(), "Origin: http://evil.test"),
                    List.of("Origin: http://evil.test", http.origin()),
                    List.of(http.origin() + ", http://evil.test"),
                    List.of(http.origin() + "@evil.test"),
                    List.of(http.origin() + ".evil.test"),
                    List.of("Origin: http://localhost"), // another port
                    List.of("Origin:"),
                    List.of("Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"),
                    List.of(
                            "Sec-Fetch-Site: same-site",
                            "Referer: " + http.origin().substring(8) + "/"),
                    List.of("X-CSRF-TOKEN: " + others),
                    List.of("X-CSRF-TOKEN:"),
                    List.of("X-XSRF-TOKEN: " + mine), // not that chain's name
                    List.of("X-Requested-With: XMLHttpRequest"),
                    List.of("X-HTTP-Method-Override: GET"))) {
                assertThat(EndpointsBesideChainsTest.create(http, sent.toArray(String[]::new))
                                .status())
                        .as(sent.toString())
                        .isIn(400, 419);
            }
            assertThat(http.withCookies("POST", "/api/tokens?_csrf=" + others, "name=a", FORM)
                            .status())
                    .isEqualTo(419);
            assertThat(http.withCookies("POST", "/api/tokens", "name=a&_method=get", FORM)
                            .status())
                    .isEqualTo(419);
            assertThat(http.withCookies("POST", "/api/tokens", "{\"name\":\"a\"}", "Content-Type: text/plain")
                            .status())
                    .isEqualTo(419);
            assertThat(tokens(context)).isEqualTo(before);
            assertThat(EndpointsBesideChainsTest.create(http, "X-CSRF-TOKEN: " + mine)
                            .status())
                    .isEqualTo(201);
        }
    }

    /** It ends the session of whoever is attacked. */
    @Configuration(proxyBeanMethods = false)
    static class Ending {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .exceptionHandling(errors -> errors.accessDeniedHandler((request, response, denied) -> {
                        request.getSession().invalidate();
                        response.addDateHeader("Expires", 0);
                        response.setLocale(Locale.GERMAN);
                        response.addIntHeader("X-Attacks", 1);
                        response.sendError(403);
                    }))
                    .build();
        }
    }

    /** What the chain does about attacks it does about those, and about nothing else. */
    @Test
    void chainIsNotToldOfAttacksThatAreNone() {
        try (var context = start(Ending.class)) {
            Http http = http(context);
            String csrf = signIn(http, "ada@example.test");
            assertThat(EndpointsBesideChainsTest.create(http, "X-CSRF-TOKEN: " + csrf)
                            .status())
                    .isEqualTo(201);
            assertThat(EndpointsBesideChainsTest.create(http, http.origin()).status())
                    .isEqualTo(201);
            assertThat(EndpointsBesideChainsTest.create(http, "X-CSRF-TOKEN: " + csrf)
                            .status())
                    .isEqualTo(201);

            Http.Answer attacked = EndpointsBesideChainsTest.create(http);
            assertThat(attacked.status()).isEqualTo(419);
            assertThat(attacked.headers()).doesNotContainKeys("x-attacks", "content-language");
            assertThat(EndpointsBesideChainsTest.create(http, "X-CSRF-TOKEN: " + csrf)
                            .status())
                    .isEqualTo(401);
        }
    }

    /** Its chain would let these pass, and asks for no proof because of what was sent. */
    @Configuration(proxyBeanMethods = false)
    static class IgnoringByHeader {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .csrf(csrf -> csrf.ignoringRequestMatchers(
                            request -> request.getHeader("X-Client") != null || request.getQueryString() != null))
                    .build();
        }
    }

    @Test
    void chainThatIsLenientForSomeRequestsProvesNothingForThem() {
        try (var context = start(IgnoringByHeader.class)) {
            Http http = http(context);
            String csrf = signIn(http, "ada@example.test");
            assertThat(EndpointsBesideChainsTest.create(http, "X-Client: app").status())
                    .isEqualTo(419);
            assertThat(http.withCookies("DELETE", "/api/tokens?all=true", "").status())
                    .isEqualTo(419);
            assertThat(EndpointsBesideChainsTest.create(http, "X-CSRF-TOKEN: " + csrf)
                            .status())
                    .isEqualTo(201);
        }
    }

    /** For every one of our paths another rule. */
    @Configuration(proxyBeanMethods = false)
    static class Rules {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.requestMatchers(HttpMethod.POST, "/api/tokens")
                            .denyAll()
                            .requestMatchers(HttpMethod.HEAD, "/api/tokens")
                            .denyAll()
                            .requestMatchers("/api/tokens/1")
                            .access((caller, context) -> {
                                throw new AccessDeniedException("thrown by a rule");
                            })
                            .requestMatchers("/api/tokens/2")
                            .access((caller, context) -> {
                                throw new IllegalStateException("a rule failed");
                            })
                            .requestMatchers("/api/tokens/3")
                            .fullyAuthenticated()
                            .requestMatchers("/api/tokens/4")
                            .hasAuthority("nobody has it")
                            .requestMatchers("/api/tokens/5")
                            .access(hasAbility("special"))
                            .anyRequest()
                            .authenticated())
                    .formLogin(withDefaults())
                    .with(sanctum(), withDefaults())
                    .build();
        }
    }

    @Test
    void ruleOfTheChainHoldsForSessionsHoweverItSaysNo() {
        try (var context = start(Rules.class)) {
            Http http = http(context);
            signIn(http, "ada@example.test");
            assertThat(EndpointsBesideChainsTest.create(http, http.origin()).status())
                    .isEqualTo(403);
            assertThat(http.withCookies("HEAD", "/api/tokens", "").status()).isEqualTo(403);
            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(200);
            assertThat(http.withCookies("OPTIONS", "/api/tokens", "").status()).isEqualTo(200);
            assertThat(http.withCookies("GET", "/api/tokens/1", "").status()).isEqualTo(403);
            assertThat(http.withCookies("GET", "/api/tokens/2", "").status()).isEqualTo(500);
            assertThat(http.withCookies("GET", "/api/tokens/3", "").status()).isEqualTo(404);
            assertThat(http.withCookies("GET", "/api/tokens/4", "").status()).isEqualTo(403);
            assertThat(http.withCookies("GET", "/api/tokens/5", "").status()).isEqualTo(404);
        }
    }

    /** A chain that takes tokens says what they may, at our endpoints as well. */
    @Test
    void ruleOfTheChainHoldsForTokensWhereItTakesThem() {
        try (var context = start(Rules.class)) {
            Http http = http(context);
            String manager = bearer(context, "tokens:manage", "*");
            assertThat(http.post("/api/tokens", "{\"name\":\"a\"}", manager).status())
                    .isEqualTo(403);
            assertThat(http.get("/api/tokens", manager).status()).isEqualTo(200);
            assertThat(http.get("/api/tokens/1", manager).status()).isEqualTo(403);
            assertThat(http.get("/api/tokens/4", manager).status()).isEqualTo(403);
            Http.Answer ability = http.get("/api/tokens/5", bearer(context, "tokens:manage"));
            assertThat(ability.status()).isEqualTo(403);
            assertThat(ability.json().get("required").toString()).isEqualTo("[\"special\"]");
            assertThat(http.get("/api/tokens").status()).isEqualTo(401);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ForServices {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http)
                    .with(sanctum(), tokens -> tokens.ownerTypes("service"))
                    .build();
        }
    }

    @Test
    void chainForOwnersOfATypeKeepsOthersFromOurEndpoints() {
        try (var context = start(ForServices.class)) {
            Http http = http(context);
            assertThat(http.get("/other/whoami", bearer(context, "*")).status()).isEqualTo(401);
            assertThat(http.get("/api/tokens", bearer(context, "tokens:manage")).status())
                    .isEqualTo(403);
        }
    }

    /** Sessions are the pages', and the rest is for others. */
    @Configuration(proxyBeanMethods = false)
    static class StatelessForOthers {
        @Bean
        @Order(1)
        SecurityFilterChain pages(HttpSecurity http) {
            return people(http.securityMatcher("/login")).build();
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.anyRequest().hasRole("ADMIN"))
                    .httpBasic(withDefaults())
                    .sessionManagement(settings -> settings.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .build();
        }
    }

    @Test
    void ruleOfTheChainHoldsForSessionsThatItDoesNotRead() {
        try (var context =
                start(StatelessForOthers.class, "sanctum.spa.stateful=self", "sanctum.endpoints.session=true")) {
            Http ada = http(context);
            signIn(ada, "ada@example.test");
            Http bob = http(context);
            signIn(bob, "bob@example.test");
            assertThat(ada.withCookies("GET", "/api/tokens", "", ada.origin()).status())
                    .isEqualTo(200);
            assertThat(bob.withCookies("GET", "/api/tokens", "", bob.origin()).status())
                    .isEqualTo(403);

            context.getBean(App.People.class).change("ada@example.test", true, "ROLE_USER");
            context.getBean(Owners.class).invalidate(AppTest.ADA);
            assertThat(ada.withCookies("GET", "/api/tokens", "", ada.origin()).status())
                    .isEqualTo(403);
        }
    }

    /** Nobody stands there, neither the application nor we. */
    @Configuration(proxyBeanMethods = false)
    static class Unguarded {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http).build();
        }

        @Bean
        WebSecurityCustomizer ignoring() {
            return web -> web.ignoring().requestMatchers("/api/**");
        }
    }

    @Test
    void nobodyManagesTokensWhereNoChainStands() {
        try (var context = start(Unguarded.class)) {
            Http http = http(context);
            signIn(http, "ada@example.test");
            for (String method : List.of("GET", "DELETE", "POST")) {
                Http.Answer answer = http.withCookies(
                        method, "/api/tokens", method.equals("POST") ? "{\"name\":\"a\"}" : "", http.origin());
                assertThat(answer.status()).as(method + answer.body()).isIn(401, 403);
            }
            assertThat(http.get("/api/tokens", bearer(context, "tokens:manage")).status())
                    .isIn(401, 403);
        }
    }

    /** What a stricter firewall would not let in. */
    @Configuration(proxyBeanMethods = false)
    static class Lenient {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.requestMatchers("/api/tokens/**")
                            .hasRole("ADMIN")
                            .anyRequest()
                            .authenticated())
                    .formLogin(withDefaults())
                    .build();
        }

        @Bean
        StrictHttpFirewall firewall() {
            StrictHttpFirewall firewall = new StrictHttpFirewall();
            firewall.setAllowSemicolon(true);
            firewall.setAllowUrlEncodedDoubleSlash(true);
            firewall.setAllowUrlEncodedSlash(true);
            firewall.setAllowUrlEncodedPercent(true);
            firewall.setAllowUrlEncodedPeriod(true);
            firewall.setUnsafeAllowAnyHttpMethod(true);
            return firewall;
        }
    }

    @Test
    void noSpellingOfAPathLeadsPastTheRule() {
        for (Class<?> chains : List.of(EndpointsBesideChainsTest.InSession.class, Lenient.class)) {
            try (var context = start(chains)) {
                Http bob = http(context);
                signIn(bob, "bob@example.test");
                boolean lenient = chains == Lenient.class;
                for (String path : List.of(
                        "/api/tokens;x=1",
                        "/api;a=b/tokens",
                        "/;/api/tokens",
                        "//api/tokens",
                        "/api//tokens",
                        "/api/./tokens",
                        "/other/../api/tokens",
                        "/api/tokens/",
                        "/api/tokens/.",
                        "/api/tokens%2f",
                        "/api%2ftokens",
                        "/%61pi/tokens",
                        "/api/%74okens",
                        "/api/tokens%00",
                        "/api/tokens%3bx=1",
                        "/API/tokens",
                        "/api/tokens.json",
                        "/api/tokens%20")) {
                    for (String method : List.of("GET", "DELETE")) {
                        if (!lenient && method.equals("GET")) {
                            continue; // its rule is for DELETE
                        }
                        Http.Answer answer = bob.withCookies(method, path, "", bob.origin());
                        assertThat(answer.status())
                                .as(chains.getSimpleName() + method + path)
                                .isIn(400, 403, 404);
                    }
                    assertThat(http(context).get(path).status()).as(path).isIn(302, 400, 401, 404);
                }
                for (String method : List.of("TRACE", "CONNECT", "PROPFIND", "get", "DELETE ")) {
                    assertThat(bob.withCookies(method, "/api/tokens", "", bob.origin())
                                    .status())
                            .as(method)
                            .isIn(400, 403, 405, 501);
                }
            }
        }
    }

    /** A session counts for nothing beside a bearer header, whatever that looks like. */
    @Test
    void bearerOfNoKindLetsASessionThrough() {
        for (Class<?> chains : List.of(EndpointsBesideChainsTest.InSession.class, Saving.class, Rules.class)) {
            try (var context = start(chains)) {
                Http http = http(context);
                String csrf = signIn(http, "ada@example.test");
                String good = bearer(context, "other");
                int before = tokens(context);
                String basic = "Authorization: Basic "
                        + Base64.getEncoder()
                                .encodeToString(("ada@example.test:" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
                for (List<String> sent : List.of(
                        List.of("Authorization: Bearer " + JWT),
                        List.of("Authorization: bearer junk"),
                        List.of("Authorization: BEARER 1|junk"),
                        List.of("Authorization: Bearer"),
                        List.of("Authorization: Bearer "),
                        List.of("Authorization: Bearer  junk"),
                        List.of("Authorization: Bearer\tjunk"),
                        List.of("Authorization: Bearer junk, Basic x"),
                        List.of("Authorization: Bearer sanctum_junk"),
                        List.of("Authorization: Bearer " + JWT, good),
                        List.of(good, "Authorization: Bearer " + JWT),
                        List.of(good, basic),
                        List.of(basic, good))) {
                    for (String proof : List.of("X-None: 1", http.origin(), "X-CSRF-TOKEN: " + csrf)) {
                        List<String> all = new ArrayList<>(sent);
                        all.add(proof);
                        assertThat(EndpointsBesideChainsTest.create(http, all.toArray(String[]::new))
                                        .status())
                                .as(chains.getSimpleName() + all)
                                .isIn(400, 401, 403);
                    }
                    if (chains != EndpointsBesideChainsTest.InSession.class) {
                        String[] all = sent.toArray(String[]::new);
                        assertThat(http.withCookies("POST", "/api/orders", "{}", all)
                                        .status())
                                .as(sent.toString())
                                .isIn(400, 401);
                        assertThat(http.withCookies("GET", "/other/whoami", "", all)
                                        .status())
                                .as(sent.toString())
                                .isIn(400, 401);
                    }
                }
                assertThat(tokens(context)).isEqualTo(before);
                assertThat(http.withCookies("GET", "/api/tokens", "", basic).status())
                        .isEqualTo(chains == Saving.class ? 401 : 200); // no bearer, so the session's, where it is read
            }
        }
    }

    /** The line by which an application keeps everything. */
    @Configuration(proxyBeanMethods = false)
    static class Keeping {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return people(http.securityMatcher("/**")).build();
        }
    }

    @Test
    void chainWithAMatcherForEverythingKeepsEverything() {
        try (var context = start(Keeping.class)) {
            Http.Answer answer = http(context).get("/api/tokens", bearer(context, "tokens:manage"));
            assertThat(answer.header("WWW-Authenticate")).startsWith("Basic");
        }
    }

    /** Two that take a path: the first by their orders is the one. */
    @Configuration(proxyBeanMethods = false)
    static class TwoThatTake {
        @Bean
        @Order(2)
        SecurityFilterChain second(HttpSecurity http) {
            return people(http.securityMatcher("/api/**")).build();
        }

        @Bean
        @Order(1)
        SecurityFilterChain first(HttpSecurity http) {
            return people(http.securityMatcher("/api/tokens/**", "/api/abilities"))
                    .with(sanctum(), withDefaults())
                    .build();
        }
    }

    @Test
    void chainThatTakesAPathIsTheFirstByItsOrder(CapturedOutput output) {
        try (var context = start(TwoThatTake.class)) {
            assertThat(http(context)
                            .get("/api/tokens", bearer(context, "tokens:manage"))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(output.getOut()).doesNotContain("The filter chain");
    }
}
