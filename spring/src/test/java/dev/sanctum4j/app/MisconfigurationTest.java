package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.spa.SpaProperties;
import dev.sanctum4j.spring.store.StoreProperties;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.web.context.support.StandardServletEnvironment;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** Settings that would end in 401 or 419 are told when the application starts. */
@ExtendWith(OutputCaptureExtension.class)
class MisconfigurationTest {

    static Stream<Arguments> misconfigurations() {
        return Stream.of(
                Arguments.of("is not covered by", List.of("sanctum.spa.cookie.domain=other.test")),
                Arguments.of("without secure=true", List.of("sanctum.spa.cookie.same-site=none")),
                Arguments.of(
                        "is plain http",
                        List.of("sanctum.spa.stateful=http://app.example.test", "sanctum.spa.cookie.secure=true")),
                Arguments.of(
                        "promises Secure",
                        List.of("sanctum.spa.cookie.session-name=__Host-a", "sanctum.spa.cookie.secure=false")),
                Arguments.of("do not travel together", List.of("server.servlet.session.cookie.domain=example.test")));
    }

    private static ConfigurableApplicationContext start(Class<?> more, List<String> properties) {
        return new SpringApplicationBuilder(App.class, more)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=jdbc:h2:mem:findings;DB_CLOSE_DELAY=-1",
                        "sanctum.spa.stateful=https://app.example.test")
                .run(properties.stream().map(property -> "--" + property).toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @ParameterizedTest
    @MethodSource("misconfigurations")
    void settingThatEndsIn401Or419IsToldAtStart(String part, List<String> properties, CapturedOutput output) {
        try (ConfigurableApplicationContext context = start(Nothing.class, properties)) {
            assertThat(context.getBean(Diagnosis.class).findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.rule()).contains(part));
            assertThat(output).contains(part);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Loose {
        @Bean
        CookieCsrfTokenRepository csrfTokens() {
            return CookieCsrfTokenRepository.withHttpOnlyFalse();
        }

        @Bean
        UrlBasedCorsConfigurationSource cors() {
            UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
            source.registerCorsConfiguration("/api/**", new CorsConfiguration().applyPermitDefaultValues());
            return source;
        }
    }

    @Test
    void beansThatEndIn401Or419AreToldAtStart() {
        try (ConfigurableApplicationContext context = start(Loose.class, List.of())) {
            assertThat(context.getBean(Diagnosis.class).findings())
                    .extracting(Diagnosis.Finding::rule)
                    .anyMatch(rule -> rule.contains("does not tie CSRF tokens to the session"))
                    .anyMatch(rule -> rule.contains("'/api/**' allows no credentials"))
                    .hasSize(2);
        }
    }

    @Test
    void hostWithAPathIsRefusedAtStart(CapturedOutput output) {
        Throwable failure = catchThrowable(
                () -> start(Nothing.class, List.of("sanctum.spa.stateful=https://app.example.test/page")));

        assertThat(failure).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START", "'https://app.example.test/page' is not a host", "Action:");
    }

    @ParameterizedTest
    @CsvSource({
        "sanctum.spa.cookie-domain, sanctum.spa.cookie.domain",
        "sanctum.spa.csrfCookie, sanctum.spa.cookie.csrf-name",
        "sanctum.expiration, sanctum.token.max-age",
        "sanctum.cache.listenUrl, sanctum.jdbc.direct-url",
        "sanctum.stateful[0], sanctum.spa.stateful",
        "sanctum.endpoints.token-exchange, sanctum.endpoints.password-token",
        "sanctum.endpoints.exchange-abilities[0], sanctum.endpoints.password-token-abilities"
    })
    void keyThatHasAnotherNameIsRefusedAtStartAndNamesIt(String old, String successor, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start(Nothing.class, List.of(old + "=x")));

        assertThat(failure).isNotNull();
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "There is no key sanctum.",
                        "It is called " + successor + " here.");
    }

    @Test
    void urlsThatAreRefusedAreNotShown(CapturedOutput output) {
        for (String setting : List.of("sanctum.cache.listen-url", "sanctum.jdbc.direct-url")) {
            assertThat(catchThrowable(() -> start(
                            Nothing.class,
                            List.of(
                                    "sanctum.cache.mode=on",
                                    "sanctum.endpoints.tokens=true",
                                    setting + "=jdbc:postgres://h/d?user=u&password=a-secret"))))
                    .as(setting)
                    .isNotNull();
        }
        assertThat(output)
                .contains(
                        "It is called sanctum.jdbc.direct-url here.",
                        "No driver here knows the JDBC URL of sanctum.jdbc.direct-url.")
                .doesNotContain("a-secret");
        assertThat(new StoreProperties.Jdbc(
                        "t", ZoneOffset.UTC, null, Map.of(), null, "jdbc:postgresql://h/d?password=a-secret"))
                .hasToString("Jdbc[table=t, timeZone=Z, sessionTimeZone=null, ownerTypes={}, initializeSchema=null]");
    }

    @ParameterizedTest
    @CsvSource({
        "sanctum.events.accepted, A TokenListener bean hears of every accepted token.",
        "sanctum.policy.maxNameLength, 'A name has at most 255 characters, as many as the column holds.'"
    })
    void keyThatIsGoneIsRefusedAtStartAndSaysWhatToDo(String key, String instead, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start(Nothing.class, List.of(key + "=1")));

        assertThat(failure).isNotNull();
        assertThat(output).contains("APPLICATION FAILED TO START", "There is no key sanctum.", instead);
    }

    @ParameterizedTest
    @CsvSource({
        "SANCTUM_ENDPOINTS_TOKENEXCHANGE, It is called sanctum.endpoints.password-token here.",
        "SANCTUM_ENDPOINTS_TOKEN_EXCHANGE, It is called sanctum.endpoints.password-token here.",
        "SANCTUM_ENDPOINTS_EXCHANGEABILITIES_0, It is called sanctum.endpoints.password-token-abilities here.",
        "sanctum_stateful, It is called sanctum.spa.stateful here.",
        "SANCTUM_SPA_COOKIEDOMAIN, It is called sanctum.spa.cookie.domain here.",
        "SANCTUM_EVENTS_ACCEPTED, A TokenListener bean hears of every accepted token."
    })
    void oldKeyIsRefusedAsAnEnvironmentVariableToo(String variable, String part, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start(variable));

        assertThat(failure).isNotNull();
        assertThat(output).contains("APPLICATION FAILED TO START", variable, "There is no key sanctum.", part);
    }

    /** It is the new name as well: no other variable sets {@code sanctum.spa.cookie.domain}. */
    @Test
    void variableThatOldAndNewKeyShareIsTaken() {
        try (ConfigurableApplicationContext context = start("SANCTUM_SPA_COOKIE_DOMAIN")) {
            assertThat(context.getBean(SpaProperties.class).cookie().domain()).isEqualTo("example.test");
        }
    }

    private static ConfigurableApplicationContext start(String variable) {
        StandardEnvironment environment = new StandardServletEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of(variable, "example.test")));
        return new SpringApplicationBuilder(App.class, Nothing.class)
                .environment(environment)
                .properties("server.port=0", "spring.datasource.url=jdbc:h2:mem:findings;DB_CLOSE_DELAY=-1")
                .run();
    }

    @Test
    void nothingIsToldUnlessAsked() {
        try (ConfigurableApplicationContext context = start(Nothing.class, List.of())) {
            int port = Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port")));
            Http.Answer answer = new Http(port).get("/api/whoami", "Authorization: Bearer x");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header(Diagnosis.HEADER)).isNull();
            assertThat(context.getBean(Diagnosis.class).refusals()).isEmpty();
        }
    }
}
