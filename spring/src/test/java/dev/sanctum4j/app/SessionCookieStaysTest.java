package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Pages are listed, and the application's session cookie stays what it was but for what is set of it. */
@ExtendWith(OutputCaptureExtension.class)
class SessionCookieStaysTest {

    private static ConfigurableApplicationContext start(Class<?> more, String... properties) {
        return new SpringApplicationBuilder(App.class, more)
                .properties(
                        "server.port=0",
                        "spring.datasource.generate-unique-name=true",
                        "sanctum.spa.stateful=self,https://app.example.test",
                        "server.forward-headers-strategy=native")
                .run(properties);
    }

    private static Http http(ConfigurableApplicationContext context) {
        return new Http(Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port"))));
    }

    private static String line(Http.Answer answer, String name) {
        return answer.cookies().stream()
                .filter(line -> line.startsWith(name + "="))
                .findFirst()
                .map(line -> line.replaceAll("^[^;]*(; )?", ""))
                .orElseThrow(() -> new AssertionError(name + " is not in " + answer.cookies()));
    }

    @Configuration(proxyBeanMethods = false)
    static class Container {}

    @Configuration(proxyBeanMethods = false)
    @EnableSpringHttpSession
    static class SpringSession {
        @Bean
        MapSessionRepository sessions() {
            return new MapSessionRepository(new ConcurrentHashMap<>());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Path=/; HttpOnly                                    |",
                "Domain=example.test; Path=/; HttpOnly               | --sanctum.spa.cookie.domain=example.test",
                "Path=/; HttpOnly; SameSite=Strict                   | --sanctum.spa.cookie.same-site=strict",
                "Path=/; Secure; HttpOnly                            | --sanctum.spa.cookie.secure=true",
                "Path=/api; HttpOnly                                 | --sanctum.spa.cookie.path=/api",
                "Path=/; HttpOnly; SameSite=None                     | --sanctum.spa.cookie.same-site=strict"
                        + " --server.servlet.session.cookie.same-site=none"
            })
    void cookieOfTheContainerHasNothingOfOursThatNobodySet(String attributes, String properties) {
        String[] all = properties == null ? new String[0] : properties.split(" ", -1);
        try (var context = start(Container.class, all)) {
            assertThat(line(http(context).page("GET", "/sanctum/csrf-cookie", ""), "JSESSIONID"))
                    .isEqualTo(attributes);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Path=/; HttpOnly; SameSite=Lax                      |",
                "Domain=example.test; Path=/; HttpOnly; SameSite=Lax | --sanctum.spa.cookie.domain=example.test",
                "Path=/; HttpOnly; SameSite=Strict                   | --sanctum.spa.cookie.same-site=strict",
                "Path=/; Secure; HttpOnly; SameSite=Lax              | --sanctum.spa.cookie.secure=true"
            })
    void cookieOfSpringSessionHasNothingOfOursThatNobodySet(String attributes, String properties) {
        String[] all = properties == null ? new String[0] : properties.split(" ", -1);
        try (var context = start(SpringSession.class, all)) {
            assertThat(line(http(context).page("GET", "/sanctum/csrf-cookie", ""), "SESSION"))
                    .isEqualTo(attributes);
        }
    }

    @Test
    void cookieOfTheCsrfTokenHasItsOwnAttributes() {
        try (var context = start(Container.class, "--server.servlet.context-path=/shop")) {
            Http.Answer answer = http(context)
                    .get("/shop/sanctum/csrf-cookie", "X-Forwarded-Proto: https", "Origin: https://app.example.test");

            assertThat(line(answer, "XSRF-TOKEN")).contains("Path=/shop;", "; Secure", "; SameSite=Lax");
            assertThat(line(answer, "JSESSIONID")).isEqualTo("Path=/shop; Secure; HttpOnly");
        }
    }

    @Test
    void nameOfOursIsACookieOfOursInSpringSession() {
        try (var context = start(SpringSession.class, "--sanctum.spa.cookie.session-name=mine")) {
            Http.Answer answer = http(context)
                    .get("/sanctum/csrf-cookie", "X-Forwarded-Proto: https", "Origin: https://app.example.test");

            assertThat(line(answer, "__Host-mine")).isEqualTo("Path=/; Secure; HttpOnly; SameSite=Lax");
        }
    }

    @ParameterizedTest
    @CsvSource({"Container, JSESSIONID", "SpringSession, SESSION"})
    void rememberedSessionOutlivesTheBrowserUnderWhateverName(String sessions, String cookie) {
        try (var context = start(sessions.equals("Container") ? Container.class : SpringSession.class)) {
            Http http = http(context);
            http.page("GET", "/sanctum/csrf-cookie", "");
            String credentials = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"";

            assertThat(line(http.page("POST", "/login", credentials + ",\"remember\":true}"), cookie))
                    .contains("Max-Age=");
            assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"Container, JSESSIONID", "SpringSession, SESSION"})
    void ofTwoSessionCookiesOfWhateverNameNoneCounts(String sessions, String cookie) {
        try (var context = start(sessions.equals("Container") ? Container.class : SpringSession.class)) {
            Http http = http(context);
            http.signIn("ada@example.test");
            String own = "Cookie: " + cookie + "=" + http.cookies.get(cookie);

            assertThat(http.get("/api/whoami", http.origin(), own).status()).isEqualTo(200);
            assertThat(http.get("/api/whoami", http.origin(), own + "; " + cookie + "=planted")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSignIn {
        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.with(sanctum(), withDefaults())
                    .authorizeHttpRequests(routes -> routes.requestMatchers("/login")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .csrf(csrf -> csrf.disable())
                    .httpBasic(withDefaults())
                    .build();
        }

        @RestController
        static class LoginController {
            @PostMapping("/login")
            String login() {
                return "by the application";
            }
        }
    }

    @Test
    void whereTheApplicationHasChainsItsSignInIsItsOwn(CapturedOutput output) {
        try (var context = start(OwnSignIn.class)) {
            Http http = http(context);

            assertThat(http.post("/login", "{}", http.origin()).body()).isEqualTo("by the application");
        }
        assertThat(output.getOut().split("are not served, for the application has filter chains", -1))
                .hasSize(2);
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnChain {
        @Bean
        SecurityFilterChain others(HttpSecurity http) {
            return http.securityMatcher("/other/**").build();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OwnChain,, 401",
        "OwnChain, true, 422",
        "Container,, 422",
        "Container, true, 422",
        "Container, false, 401"
    })
    void ourSignInIsThereWhereItIsSwitchedOnOrNothingElseIs(
            String chains, String said, int status, CapturedOutput output) {
        Class<?> more = chains.equals("OwnChain") ? OwnChain.class : Container.class;
        try (var context = start(more, said == null ? "--nothing=said" : "--sanctum.endpoints.session=" + said)) {
            Http http = http(context);
            assertThat(http.page("GET", "/sanctum/csrf-cookie", "").status()).isEqualTo(204);

            Http.Answer answer = http.page("POST", "/login", "{}");

            if (status == 422) {
                assertThat(answer.status()).isEqualTo(422);
            } else {
                assertThat(answer.status()).isNotIn(200, 204, 422);
            }
            assertThat(output.getAll().contains("are not served, for the application has filter chains"))
                    .isEqualTo(chains.equals("OwnChain") && said == null);
        }
    }
}
