package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.RequiresAbility;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;

/** Refusals of tokens are ours and errors are the application's, whatever advice it has and in whatever order. */
class ComposedRefusalsTest {

    interface Stock {
        @RequiresAbility("special")
        String count();
    }

    static class CountedStock implements Stock {
        @Override
        public String count() {
            return "3";
        }
    }

    @RestController
    static class Routes {
        private final Stock stock;
        private final Tokens tokens;

        Routes(Stock stock, Tokens tokens) {
            this.stock = stock;
            this.tokens = tokens;
        }

        @GetMapping("/own/annotated")
        @RequiresAbility("special")
        String annotated() {
            return "annotated";
        }

        @GetMapping("/own/service")
        String service() {
            return stock.count();
        }

        @GetMapping("/own/wrapped")
        String wrapped() {
            try {
                return stock.count();
            } catch (AccessDeniedException e) {
                throw new IllegalStateException("wrapped", e);
            }
        }

        @GetMapping("/own/rule")
        String rule() {
            return "rule";
        }

        @GetMapping("/own/denied")
        String denied() {
            throw new AccessDeniedException("by the application");
        }

        @GetMapping("/own/gone")
        String gone() {
            throw new ResponseStatusException(HttpStatus.GONE);
        }

        @GetMapping("/own/issue")
        String issue() {
            return tokens.issue(TokenRequest.of(AppTest.ADA, " ")).token().name();
        }
    }

    /** An application with a chain of its own, and what was told to its listeners. */
    @Configuration(proxyBeanMethods = false)
    static class Shop {
        final List<AccessEvent> told = new CopyOnWriteArrayList<>();

        @Bean
        Stock stock() {
            return new CountedStock();
        }

        @Bean
        Routes routes(Stock stock, Tokens tokens) {
            return new Routes(stock, tokens);
        }

        @EventListener
        void on(AccessEvent.AbilityDenied event) {
            told.add(event);
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.with(sanctum(), withDefaults())
                    .authorizeHttpRequests(routes -> routes.requestMatchers("/own/rule")
                            .access(hasAbility("special"))
                            .requestMatchers("/own/admin")
                            .hasRole("ADMIN")
                            .requestMatchers("/own/open", "/error")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .formLogin(withDefaults())
                    .httpBasic(withDefaults())
                    .build();
        }
    }

    static class Advice {
        @ExceptionHandler(Exception.class)
        @ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
        Map<String, String> anything(Exception e) {
            return Map.of("caught", e.getClass().getSimpleName());
        }

        @ExceptionHandler(AccessDeniedException.class)
        @ResponseStatus(HttpStatus.FORBIDDEN)
        Map<String, String> denied(AccessDeniedException e) {
            return Map.of("caught", "denied");
        }
    }

    @RestControllerAdvice
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static class First extends Advice {}

    @RestControllerAdvice
    @Order(Ordered.LOWEST_PRECEDENCE)
    static class Last extends Advice {}

    @RestControllerAdvice
    static class WithoutOrder extends Advice {}

    private static ConfigurableApplicationContext start(Class<?>... more) {
        return new SpringApplicationBuilder(App.class, Shop.class)
                .sources(more)
                .properties(
                        "spring.datasource.url=jdbc:h2:mem:refusals" + Math.random(),
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "sanctum.endpoints.tokens=true")
                .run();
    }

    private static Http http(ConfigurableApplicationContext context) {
        return new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static String bearer(ConfigurableApplicationContext context, String... abilities) {
        NewToken made = context.getBean(Tokens.class).issue(TokenRequest.of(AppTest.ADA, "ci", abilities));
        return "Authorization: Bearer " + made.plainText().reveal();
    }

    @ParameterizedTest
    @ValueSource(classes = {First.class, Last.class, WithoutOrder.class})
    void missingAbilityIsRefusedByUsAndToldOnce(Class<?> advice) {
        try (var context = start(advice)) {
            String narrow = bearer(context, "other");
            for (String path : List.of("/own/annotated", "/own/service", "/own/wrapped", "/own/rule")) {
                context.getBean(Shop.class).told.clear();

                Http.Answer answer = http(context).get(path, narrow);

                assertThat(answer.status()).as(path).isEqualTo(403);
                assertThat(answer.header("WWW-Authenticate"))
                        .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"special\"");
                assertThat(answer.json().get("required").toString()).isEqualTo("[\"special\"]");
                assertThat(context.getBean(Shop.class).told).as(path).hasSize(1);
                assertThat(http(context).get(path, bearer(context, "special")).status())
                        .as(path)
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {First.class, Last.class, WithoutOrder.class})
    void errorsOfTheApplicationAreItsOwnAndThoseOfOurEndpointsOurs(Class<?> advice) {
        try (var context = start(advice)) {
            Http http = http(context);
            String all = bearer(context, "*");
            assertThat(http.get("/own/denied", all).body()).isEqualTo("{\"caught\":\"denied\"}");
            assertThat(http.get("/own/gone", all).body()).isEqualTo("{\"caught\":\"ResponseStatusException\"}");
            assertThat(http.get("/own/issue", all).body())
                    .isEqualTo("{\"caught\":\"" + InvalidTokenRequestException.class.getSimpleName() + "\"}");

            String manager = bearer(context, "tokens:manage");
            assertThat(http.get("/api/tokens/7", manager).json().get("code").asString())
                    .isEqualTo("not-found");
            assertThat(http.send("DELETE", "/api/tokens?all=perhaps", "", manager)
                            .json()
                            .get("code")
                            .asString())
                    .isEqualTo("bad-request");
            assertThat(http.post("/api/tokens", "{\"name\":\"\"}", manager).status())
                    .isEqualTo(422);
            Http.Answer denied = http.get("/api/tokens", all);
            assertThat(denied.json().get("required").toString()).isEqualTo("[\"tokens:manage\"]");
            assertThat(denied.header("WWW-Authenticate")).contains("insufficient_scope");
            assertThat(context.getBean(Shop.class).told).hasSize(1);
        }
    }

    /** Nobody's advice is there, so what the core throws is answered by us. */
    @Test
    void exceptionsOfTheCoreAreAnsweredWhereTheApplicationDoesNot() {
        try (var context = start()) {
            assertThat(http(context)
                            .get("/own/issue", bearer(context, "*"))
                            .json()
                            .get("code")
                            .asString())
                    .isEqualTo("invalid");
        }
    }

    /** The chain's own handlers answer whoever brings no token: nothing of ours is registered among them. */
    @Test
    void requestsWithoutATokenAreAnsweredByTheChain() {
        try (var context = start()) {
            Http http = http(context);
            assertThat(http.get("/own/rule").header("WWW-Authenticate")).startsWith("Basic");
            assertThat(http.get("/own/rule", "Accept: text/html").header("Location"))
                    .endsWith("/login");
            Http.Answer csrf = http.send("POST", "/own/open", "a=b", "Accept: application/json");
            assertThat(csrf.status()).isEqualTo(403);
            assertThat(csrf.body()).contains("\"error\":\"Forbidden\"").doesNotContain("code");
            Http.Answer role = http.get("/own/admin", "Authorization: Basic " + basic("bob@example.test"));
            assertThat(role.status()).isEqualTo(403);
            assertThat(role.header("Content-Type")).isEqualTo("application/json");
            Http.Answer byToken = http.get("/own/admin", bearer(context, "narrow"));
            assertThat(byToken.status()).isEqualTo(403);
            assertThat(byToken.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }

    private static String basic(String name) {
        return Base64.getEncoder().encodeToString((name + ":" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
    }
}
