package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.authorization.AuthorizationManagerFactories;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.config.annotation.authorization.EnableMultiFactorAuthentication;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.session.jdbc.config.annotation.web.http.EnableJdbcHttpSession;

/** Applications that know their people by more than a password, by Spring Security's own means. */
@ExtendWith(OutputCaptureExtension.class)
class FactorsTest {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String TOKEN = "{\"name\":\"x\",\"abilities\":[\"a\"]}";
    private static final AtomicReference<String> SENT = new AtomicReference<>();

    private static HttpSecurity byOneTimeToken(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .formLogin(withDefaults())
                .oneTimeTokenLogin(tokens -> tokens.tokenGenerationSuccessHandler(
                        (request, response, token) -> SENT.set(token.getTokenValue())));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableJdbcHttpSession
    @Import({App.class, StepUpTest.Time.class})
    static class OneTimeTokens {

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return byOneTimeToken(http).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableMultiFactorAuthentication(
            authorities = {FactorGrantedAuthority.PASSWORD_AUTHORITY, FactorGrantedAuthority.OTT_AUTHORITY})
    @Import(App.class)
    static class TwoFactors {}

    /** What the annotation does, by hand. */
    @Configuration(proxyBeanMethods = false)
    @Import(App.class)
    static class TwoFactorsByAFactory {

        @Bean
        AuthorizationManagerFactory<Object> factors() {
            return AuthorizationManagerFactories.multiFactor()
                    .requireFactors(FactorGrantedAuthority.PASSWORD_AUTHORITY, FactorGrantedAuthority.OTT_AUTHORITY)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(TwoFactors.class)
    static class TwoFactorsInAChain {

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return byOneTimeToken(http).with(sanctum(), withDefaults()).build();
        }
    }

    private static ConfigurableApplicationContext start(Class<?> application, String... more) {
        return new SpringApplicationBuilder(application)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "spring.datasource.url=jdbc:h2:mem:factors" + Math.random(),
                        "spring.sql.init.schema-locations=classpath:org/springframework/session/jdbc/schema-h2.sql",
                        "sanctum.endpoints.tokens=true",
                        "sanctum.spa.stateful=self")
                .properties(more)
                .run();
    }

    @Test
    void oneTimeTokenIsAProofAndItsSessionIsListed() {
        try (var context = start(
                OneTimeTokens.class,
                "sanctum.spa.confirm-within=15m",
                "sanctum.spa.cookie.session-name=SESSION",
                "sanctum.endpoints.session=true")) {
            var clock = context.getBean(StepUpTest.MovedClock.class);
            clock.now = Instant.now();
            Http http = EndpointsBesideChainsTest.http(context);
            signInByOneTimeToken(http);

            assertThat(http.page("GET", "/api/sessions", "")
                            .json()
                            .get(0)
                            .get("device")
                            .asString())
                    .isEqualTo("phone");
            assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);
            clock.now = clock.now.plus(Duration.ofMinutes(16));
            Http.Answer refused = http.page("POST", "/api/tokens", TOKEN);
            assertThat(refused.status()).isEqualTo(423);
            assertThat(refused.json().get("confirm").toString())
                    .contains("{\"method\":\"one-time-token\",\"href\":\"/ott/generate\"}")
                    .contains("{\"method\":\"password\",\"href\":\"/user/confirm-password\"}");
        }
    }

    private static void signInByOneTimeToken(Http http) {
        String page = http.withCookies("GET", "/login", "", "Accept: text/html").body();
        http.withCookies("POST", "/ott/generate", "username=ada@example.test&_csrf=" + csrf(page), FORM);
        String form = http.withCookies("GET", "/login/ott?token=" + SENT.get(), "", "Accept: text/html")
                .body();
        http.withCookies(
                "POST", "/login/ott", "token=" + SENT.get() + "&_csrf=" + csrf(form), FORM, "User-Agent: phone");
    }

    private static String csrf(String page) {
        return page.replaceAll("(?s).*?name=\"_csrf\"[^>]*value=\"([^\"]*)\".*", "$1");
    }

    @Test
    void tokenNeedsNoSecondFactorAndASessionIsToldWhichOneItLacks() {
        try (var context = start(TwoFactors.class)) {
            Http http = EndpointsBesideChainsTest.http(context);
            assertThat(http.get("/api/whoami", EndpointsBesideChainsTest.bearer(context, "*"))
                            .status())
                    .isEqualTo(200);

            http.signIn("ada@example.test");
            Http.Answer refused = http.page("GET", "/api/whoami", "");

            assertThat(refused.status()).isEqualTo(423);
            assertThat(refused.json().get("detail").asString())
                    .contains("FACTOR_OTT")
                    .doesNotContain("FACTOR_PASSWORD");
            assertThat(refused.json().get("confirm").size()).isZero();
        }
        try (var context = start(TwoFactorsInAChain.class)) {
            Http http = EndpointsBesideChainsTest.http(context);
            String bearer = EndpointsBesideChainsTest.bearer(context, "*");
            assertThat(http.get("/api/whoami", bearer).status()).isEqualTo(200);
            assertThat(http.get("/api/tokens", EndpointsBesideChainsTest.bearer(context, "tokens:manage"))
                            .status())
                    .isEqualTo(200);
            EndpointsBesideChainsTest.signIn(http, "ada@example.test");

            Http.Answer refused = http.withCookies("GET", "/api/tokens", "", "Accept: application/json");

            assertThat(refused.status()).isEqualTo(423);
            assertThat(refused.json().get("code").asString()).isEqualTo("confirmation-required");
            assertThat(refused.json().get("detail").asString())
                    .contains("FACTOR_OTT")
                    .doesNotContain("FACTOR_PASSWORD");
            assertThat(refused.json().get("confirm"))
                    .hasToString("[{\"method\":\"one-time-token\",\"href\":\"/ott/generate\"}]");
            assertThat(http.withCookies("GET", "/api/whoami", "", "Accept: application/json")
                            .status())
                    .as("the application's own answer")
                    .isNotIn(200, 423);
            signInByOneTimeToken(http);
            assertThat(http.withCookies("GET", "/api/tokens", "").status()).isEqualTo(200);
        }
    }

    @Test
    void tokenNeedsNoFactorOfAFactoryThatTheApplicationMadeEither() {
        try (var context = start(TwoFactorsByAFactory.class)) {
            Http http = EndpointsBesideChainsTest.http(context);
            assertThat(http.get("/api/whoami", EndpointsBesideChainsTest.bearer(context, "*"))
                            .status())
                    .isEqualTo(200);

            http.signIn("ada@example.test");
            assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(423);
        }
    }

    @Test
    void startSaysThatNobodyCanConfirm(CapturedOutput output) {
        start(OneTimeTokens.class, "sanctum.spa.confirm-within=15m").close();
        assertThat(output).doesNotContain("nobody can confirm");

        start(NoWay.class, "sanctum.spa.confirm-within=15m").close();
        assertThat(output).contains("sanctum.spa.confirm-within is set, and nobody can confirm who they are");
    }

    /** People come from elsewhere. */
    @Configuration(proxyBeanMethods = false)
    @Import(App.class)
    static class NoWay {

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .httpBasic(withDefaults())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Bare {

        @Bean
        UserDetailsService people() {
            return new InMemoryUserDetailsManager();
        }
    }

    @Test
    void applicationWithoutAnOAuth2ClientAndPasskeysStartsAsBefore() {
        new WebApplicationContextRunner()
                .withUserConfiguration(Bare.class)
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.security.oauth2", "org.springframework.security.web.webauthn"))
                .withPropertyValues(
                        "spring.datasource.url=jdbc:h2:mem:without" + Math.random(),
                        "sanctum.endpoints.tokens=true",
                        "sanctum.spa.confirm-within=15m",
                        "sanctum.spa.stateful=self")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(Tokens.class);
                    assertThat(context.getBeanDefinitionNames()).noneMatch(name -> name.contains("Oidc"));
                });
    }
}
