package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenFormat;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import dev.sanctum4j.spring.broadcasting.BroadcastingProperties;
import dev.sanctum4j.spring.oidc.OidcProperties;
import dev.sanctum4j.spring.sockets.WebSocketProperties;
import dev.sanctum4j.spring.spa.SpaProperties;
import dev.sanctum4j.spring.store.StoreProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How the starter fits into applications that differ. */
class AutoConfigurationTest {

    private static ConfigurableApplicationContext start(Class<?> more, String... properties) {
        String[] all = new String[properties.length + 3];
        System.arraycopy(properties, 0, all, 0, properties.length);
        all[properties.length] = "spring.datasource.url=jdbc:h2:mem:" + more.getSimpleName() + Math.random();
        all[properties.length + 1] = "server.port=0";
        all[properties.length + 2] = "spring.main.banner-mode=off";
        return new SpringApplicationBuilder(App.class, more).properties(all).run();
    }

    private static Http http(ConfigurableApplicationContext context) {
        return new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static String bearer(ConfigurableApplicationContext context, Owner owner, String... abilities) {
        NewToken made = context.getBean(Tokens.class).issue(TokenRequest.of(owner, "ci", abilities));
        return "Authorization: Bearer " + made.plainText().reveal();
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @Test
    void dependencyAndADataSourceAreEnough() {
        try (var context = start(Nothing.class)) {
            assertThat(context.getBean(TokenStore.class)).isInstanceOf(JdbcTokenStore.class);
            assertThat(http(context).get("/api/whoami").status()).isEqualTo(401);
            assertThat(http(context)
                            .get("/api/whoami", bearer(context, AppTest.ADA))
                            .status())
                    .isEqualTo(200);
            // endpoints are off until asked for, and without pages nothing of theirs is there
            assertThat(http(context)
                            .get("/api/tokens", bearer(context, AppTest.ADA, "tokens:manage"))
                            .status())
                    .isEqualTo(404);
            assertThat(http(context).post("/sanctum/token", "{}").status()).isIn(401, 403);
            assertThat(http(context).get("/sanctum/csrf-cookie").status()).isEqualTo(401);
        }
    }

    @Test
    void defaultsOfAllKeysAreThese() {
        try (var context = start(Nothing.class)) {
            assertThat(context.getBean(SanctumProperties.class))
                    .isEqualTo(new SanctumProperties(
                            List.of("/api/**"),
                            "user",
                            false,
                            new SanctumProperties.OwnerSettings(null, Map.of()),
                            new SanctumProperties.AbilityList(false, List.of()),
                            new SanctumProperties.Endpoints(false, false, List.of("*"), null, false),
                            false,
                            false));
            assertThat(context.getBean(StoreProperties.class))
                    .isEqualTo(new StoreProperties(
                            new StoreProperties.Token(
                                    StoreProperties.Format.STANDARD, null, List.of("pat"), true, null, false),
                            new StoreProperties.LastUsed(true, Duration.ofMinutes(1), Duration.ofSeconds(10)),
                            new StoreProperties.Jdbc(
                                    "personal_access_tokens", ZoneId.of("UTC"), null, Map.of(), null, null),
                            new StoreProperties.Cache(
                                    StoreProperties.CacheMode.AUTO, 50_000, null, Duration.ofSeconds(1)),
                            new StoreProperties.Policy(
                                    null,
                                    null,
                                    Duration.ofHours(12),
                                    null,
                                    null,
                                    List.of("*", "tokens:manage", "tokens:delegate"),
                                    List.of()),
                            new StoreProperties.Prune(true, Duration.ofDays(30), Duration.ofHours(1)),
                            true));
            assertThat(context.getBean(SpaProperties.class))
                    .isEqualTo(new SpaProperties(
                            List.of(),
                            SpaProperties.Csrf.TOKEN,
                            new SpaProperties.Cookie(null, "XSRF-TOKEN", "", null, null, null),
                            Duration.ofHours(2),
                            Duration.ofDays(30),
                            null,
                            100));
            Binder settings = Binder.get(context.getEnvironment()); // these are beans only where they are used
            assertThat(settings.bindOrCreate("sanctum.broadcasting", BroadcastingProperties.class))
                    .isEqualTo(new BroadcastingProperties("", ""));
            assertThat(settings.bindOrCreate("sanctum.oidc", OidcProperties.class))
                    .isEqualTo(new OidcProperties(List.of(), null));
            assertThat(settings.bindOrCreate("sanctum.websocket", WebSocketProperties.class))
                    .isEqualTo(new WebSocketProperties("", Duration.ofSeconds(5)));
        }
    }

    @Test
    void keysAreTakenFromTheEnvironment() {
        try (var context = start(
                Nothing.class,
                "sanctum.token.format=laravel",
                "sanctum.token.prefix=acme_",
                "sanctum.token.max-age=1h",
                "sanctum.token.narrowed-carries-authorities=true",
                "sanctum.jdbc.table=my_tokens",
                "sanctum.last-used.enabled=false",
                "sanctum.paths=/other/**")) {
            NewToken made = context.getBean(Tokens.class).issue(TokenRequest.of(AppTest.ADA, "ci", "a"));
            assertThat(made.plainText().reveal()).matches("1\\|acme_[A-Za-z0-9]{40}[0-9a-f]{8}");
            Http.Answer answer = http(context)
                    .get(
                            "/other/whoami",
                            "Authorization: Bearer " + made.plainText().reveal());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("authorities").toString()).contains("ROLE_ADMIN");
        }
    }

    /** What an application's own generator made begins as it likes. */
    @Test
    void checksumIsAskedForAfterPrefixesOfOursOnly() {
        String wrong = "0123456789abcdefghijABCDEFGHIJ0123456789zzzzzz";
        try (var context = start(Nothing.class)) {
            TokenFormat format = context.getBean(Tokens.class).format();
            assertThat(format.isWellFormed("pat_" + wrong)).isFalse();
            assertThat(format.isWellFormed("key_" + wrong)).isTrue();
        }
        try (var context =
                start(Nothing.class, "sanctum.token.format=laravel", "sanctum.token.former-prefixes=shop_,old")) {
            TokenFormat format = context.getBean(Tokens.class).format();
            assertThat(format.isWellFormed("shop_" + wrong)).isFalse();
            assertThat(format.isWellFormed("old_" + wrong)).isFalse();
            assertThat(format.isWellFormed("pat_" + wrong)).isTrue();
        }
    }

    @Test
    void healthAndObservationsAreThereOnlyWhenAskedFor() {
        try (var context = start(Nothing.class)) {
            assertThat(context.containsBean("sanctumHealthIndicator")).isFalse();
            assertThat(context.containsBean("sanctumEndpoint")).isFalse();
            assertThat(context.getBean(MeterRegistry.class).getMeters())
                    .anyMatch(meter -> meter.getId().getName().equals("sanctum.token.checks"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnChain {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.with(sanctum(), withDefaults())
                    .authorizeHttpRequests(routes -> routes.requestMatchers("/api/orders")
                            .access(hasAbility("special"))
                            .anyRequest()
                            .authenticated())
                    .formLogin(withDefaults())
                    .build();
        }
    }

    @Test
    void composedChainDecidesAloneAndKeepsItsRules() {
        try (var context = start(OwnChain.class)) {
            Http http = http(context);
            assertThat(http.get("/api/orders", bearer(context, AppTest.ADA, "orders:read"))
                            .status())
                    .isEqualTo(403);
            assertThat(http.get("/api/orders", bearer(context, AppTest.ADA, "orders:read"))
                            .json()
                            .get("required")
                            .toString())
                    .isEqualTo("[\"special\"]");
            assertThat(http.get("/api/orders", bearer(context, AppTest.ADA, "special", "orders:read"))
                            .status())
                    .isEqualTo(200);
            assertThat(http.get("/other/whoami", bearer(context, AppTest.ADA)).status())
                    .isEqualTo(200);
            Http.Answer bad = http.get("/other/whoami", "Authorization: Bearer nope");
            assertThat(bad.status()).isEqualTo(401);
            assertThat(bad.cookies()).isEmpty();
            assertThat(http.get("/other/whoami", "Accept: text/html").status()).isEqualTo(302);
            assertThat(http.post(
                                    "/api/orders",
                                    "{}",
                                    bearer(context, AppTest.ADA, "special", "orders:read", "orders:write"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void catalogueKnowsWhatTheChainsOfItsOwnApplicationAskFor() {
        try (var one = start(OwnChain.class);
                var other = start(Nothing.class)) {
            assertThat(one.getBean(AbilityCatalog.class).asked()).contains("special", "orders:read");
            assertThat(other.getBean(AbilityCatalog.class).asked()).doesNotContain("special");
        }
    }

    @Test
    void catalogueKnowsWhatTheChainsAskForBelowAServletPathToo() {
        try (var context = start(OwnChain.class, "spring.mvc.servlet.path=/app")) {
            assertThat(context.getBean(AbilityCatalog.class).asked()).contains("special");
        }
    }

    @Test
    void tokenBesideAFormLoginSessionIsNotMergedWithItEither() {
        try (var context = start(OwnChain.class)) {
            Http http = http(context);
            String page =
                    http.withCookies("GET", "/login", "", "Accept: text/html").body();
            String csrf = page.replaceAll("(?s).*name=\"_csrf\"[^>]*value=\"([^\"]*)\".*", "$1");
            String form = "username=ada%40example.test&password=" + App.PASSWORD.replace(' ', '+') + "&_csrf=" + csrf;
            http.withCookies("POST", "/login", form, "Content-Type: application/x-www-form-urlencoded");
            assertThat(http.withCookies("GET", "/other/whoami", "")
                            .json()
                            .get("authorities")
                            .toString())
                    .contains("ROLE_ADMIN");
            String session = http.cookies.get("JSESSIONID");

            Http.Answer answer =
                    http.withCookies("GET", "/other/whoami", "", bearer(context, AppTest.BOB, "orders:read"));

            assertThat(answer.json().get("name").asString()).isEqualTo("bob@example.test");
            assertThat(answer.json().get("authorities").toString()).isEqualTo("[\"FACTOR_ACCESS_TOKEN\"]");
            assertThat(answer.cookies()).isEmpty();
            assertThat(http.cookies.get("JSESSIONID")).isEqualTo(session);
            assertThat(http.withCookies("GET", "/other/whoami", "")
                            .json()
                            .get("name")
                            .asString())
                    .isEqualTo("ada@example.test");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AdminChain {
        @Bean
        @Order(1)
        SecurityFilterChain admin(HttpSecurity http) {
            return http.securityMatcher("/admin/**", "/api/any")
                    .authorizeHttpRequests(routes -> routes.anyRequest().denyAll())
                    .build();
        }
    }

    @Test
    void pathsThatAnOwnChainForgotAreStillProtectedAndItsRulesAreNotShadowed() {
        try (var context = start(AdminChain.class)) {
            Http http = http(context);
            assertThat(http.get("/api/whoami").status()).isEqualTo(401);
            assertThat(http.get("/api/whoami", bearer(context, AppTest.ADA)).status())
                    .isEqualTo(200);
            assertThat(http.get("/api/any", bearer(context, AppTest.ADA, "*")).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void whereTheApplicationHasNoChainBootsOwnHoldsElsewhere() {
        try (var context = start(Nothing.class)) {
            Http http = http(context);
            assertThat(http.get("/other/whoami", "Accept: text/html").status()).isEqualTo(302);
            assertThat(http.get("/other/whoami", bearer(context, AppTest.ADA)).status())
                    .isEqualTo(401);
            assertThat(http.get("/actuator/health").status()).isEqualTo(200);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class NamedLikeBoots {
        @Bean
        SecurityFilterChain defaultSecurityFilterChain(HttpSecurity http) {
            return http.securityMatcher("/api/any")
                    .authorizeHttpRequests(routes -> routes.anyRequest().denyAll())
                    .build();
        }
    }

    @Test
    void chainOfTheApplicationIsNotShadowedEitherIfItIsNamedLikeBoots() {
        try (var context = start(NamedLikeBoots.class)) {
            Http http = http(context);
            assertThat(http.get("/api/any", bearer(context, AppTest.ADA, "*")).status())
                    .isEqualTo(403);
            assertThat(http.get("/api/whoami", bearer(context, AppTest.ADA)).status())
                    .isEqualTo(200);
        }
    }

    @RestController
    static class Feature {
        @RequestMapping("/feature/open")
        String open() {
            return "open";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Feature.class)
    static class OwnPart {
        @Bean
        ChainPart feature() {
            PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
            return new ChainPart() {
                @Override
                public List<RequestMatcher> open() {
                    return List.of(paths.matcher("/feature/open"));
                }

                @Override
                public List<RequestMatcher> routes() {
                    return List.of(paths.matcher("/other/**"));
                }

                @Override
                public void configure(HttpSecurity http) {
                    http.headers(headers ->
                            headers.addHeaderWriter((request, response) -> response.setHeader("X-Feature", "here")));
                }
            };
        }
    }

    @Test
    void featureGetsIntoTheChainByABean() {
        try (var context = start(OwnPart.class, "sanctum.spa.stateful=self")) {
            Http http = http(context);
            assertThat(http.get("/other/whoami", bearer(context, AppTest.ADA)).status())
                    .isEqualTo(200);
            Http.Answer nobody = http.get("/other/whoami");
            assertThat(nobody.status()).isEqualTo(401);
            assertThat(nobody.header("X-Feature")).isEqualTo("here");
            assertThat(http.get("/feature/open").status()).isEqualTo(200);
            assertThat(http.post("/feature/open", "{}", http.origin()).status()).isEqualTo(200);
            assertThat(http.post("/other/whoami", "{}", http.origin()).status()).isEqualTo(419);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoTypes {
        @Bean
        OwnerLoader customers() {
            return loader("customer");
        }

        @Bean
        OwnerLoader staff() {
            return loader("staff");
        }

        private static OwnerLoader loader(String type) {
            return new OwnerLoader() {
                @Override
                public String type() {
                    return type;
                }

                @Override
                public Optional<LoadedOwner> load(String id) {
                    return Optional.of(new LoadedOwner(
                            id, type + id, AuthorityUtils.createAuthorityList("ROLE_" + type), true, null, null));
                }

                @Override
                public Optional<String> idOf(Object principal) {
                    return Optional.empty();
                }
            };
        }

        @Bean
        @Order(1)
        SecurityFilterChain staffChain(HttpSecurity http) {
            return http.securityMatcher("/other/**")
                    .with(sanctum(), tokens -> tokens.ownerTypes("staff"))
                    .authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .build();
        }
    }

    @Test
    void chainMayAcceptSomeOwnerTypesOnly() {
        try (var context = start(TwoTypes.class)) {
            Http http = http(context);
            String customer = bearer(context, Owner.of("customer", 1));
            String staff = bearer(context, Owner.of("staff", 1));

            assertThat(http.get("/other/whoami", staff).json().get("name").asString())
                    .isEqualTo("staff1");
            assertThat(http.get("/other/whoami", customer).status()).isEqualTo(401);
            assertThat(http.get("/api/whoami", customer).json().get("name").asString())
                    .isEqualTo("customer1");
            NewToken left = Tokens.of(context.getBean(TokenStore.class))
                    .issue(TokenRequest.of(Owner.of("user", 1), "of before"));
            assertThat(http.get("/api/whoami", AppTest.bearer(left)).status()).isEqualTo(401);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStore {
        @Bean
        TokenStore store() {
            return new InMemoryTokenStore();
        }
    }

    @ParameterizedTest
    @CsvSource({"on, true", "true, true", "off, false", "false, false"})
    void applicationWithASchedulerForItPrunesByThat(String housekeeping, boolean prunes) {
        try (var context = start(Nothing.class, "sanctum.housekeeping=" + housekeeping)) {
            assertThat(context.containsBean("sanctumPruning")).isEqualTo(prunes);
            assertThat(context.containsBean("sanctumLastUses")).isTrue();
            assertThat(context.getBean(StoreProperties.class).housekeeping()).isEqualTo(prunes);
        }
    }

    @Test
    void storeOfTheApplicationsOwnReplacesOurs() {
        try (var context = start(OwnStore.class)) {
            assertThat(context.getBean(TokenStore.class)).isInstanceOf(InMemoryTokenStore.class);
            assertThat(http(context)
                            .get("/api/whoami", bearer(context, AppTest.ADA))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void tokenIssuedInATransactionIsRolledBackWithItAndARevocationCountsFromTheCommit() {
        try (var context = start(Nothing.class)) {
            Tokens tokens = context.getBean(Tokens.class);
            var transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));

            transaction.executeWithoutResult(status -> {
                tokens.issue(TokenRequest.of(AppTest.ADA, "ci"));
                status.setRollbackOnly();
            });
            assertThat(tokens.list(AppTest.ADA)).isEmpty();

            NewToken kept = tokens.issue(TokenRequest.of(AppTest.ADA, "ci"));
            transaction.executeWithoutResult(status -> {
                tokens.revoke(kept.token().id());
                status.setRollbackOnly();
            });
            assertThat(tokens.authenticate(kept.plainText().reveal())).isEqualTo(new Accepted(kept.token()));
            transaction.executeWithoutResult(
                    status -> tokens.revoke(kept.token().id()));
            assertThat(tokens.authenticate(kept.plainText().reveal())).isNotInstanceOf(Accepted.class);
        }
    }

    @Test
    void programWithoutAWebServerHasTokensToo() {
        try (var context = new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties("spring.datasource.url=jdbc:h2:mem:noweb", "spring.main.banner-mode=off")
                .run()) {
            assertThat(context.getBean(Tokens.class)
                            .issue(TokenRequest.of(AppTest.ADA, "ci"))
                            .token()
                            .name())
                    .isEqualTo("ci");
        }
    }
}
