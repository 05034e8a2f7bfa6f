package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.hasAnyAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.security.authorization.AuthorityAuthorizationManager.hasRole;
import static org.springframework.security.authorization.AuthorizationManagers.allOf;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.spring.RequiresAbility;
import jakarta.servlet.DispatcherType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What springdoc tells about tokens. */
@Import(OpenApiTest.Reports.class)
class OpenApiTest extends AppTest {

    /** Routes whose abilities are in the rules of a filter chain. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Reports {

        @Bean
        @Order(1)
        SecurityFilterChain reportsChain(HttpSecurity http) {
            return http.securityMatcher("/reports/**")
                    .with(sanctum(), withDefaults())
                    .authorizeHttpRequests(routes -> routes.dispatcherTypeMatchers(DispatcherType.ERROR)
                            .permitAll()
                            .requestMatchers(GET, "/reports")
                            .access(hasAbility("reports:read"))
                            .requestMatchers(POST, "/reports")
                            .access(hasAnyAbility("reports:write", "reports:admin"))
                            .requestMatchers(DELETE, "/reports/{id}")
                            .access(allOf(hasRole("ADMIN"), hasAbility("reports:read"), hasAbility("reports:delete")))
                            .requestMatchers("/reports/{id}/pages")
                            .access((caller, context) -> new AuthorizationDecision(
                                    context.getRequest().getRemoteAddr().equals("127.0.0.1")))
                            .anyRequest()
                            .authenticated())
                    .build();
        }

        @RestController
        static class Routes {
            @GetMapping("/reports")
            @RequiresAbility("reports:read")
            String all() {
                return "";
            }

            @PostMapping("/reports")
            String add() {
                return "";
            }

            @GetMapping("/reports/{id}")
            String one(@PathVariable long id) {
                return "" + id;
            }

            @DeleteMapping("/reports/{id}")
            String remove(@PathVariable long id) {
                return "" + id;
            }

            @GetMapping("/reports/{id}/pages")
            String pages(@PathVariable long id) {
                return "" + id;
            }
        }
    }

    private JsonNode document() {
        String basic = Base64.getEncoder()
                .encodeToString(("ada@example.test:" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
        Http.Answer answer = http.get("/v3/api-docs", "Authorization: Basic " + basic);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void rulesOfFilterChainsAreShownAtTheOperationsThatTheyGuard() {
        JsonNode paths = document().get("paths");

        JsonNode all = paths.at("/~1reports/get");
        assertThat(all.get("security").toString()).isEqualTo("[{\"sanctum\":[\"reports:read\"]}]");
        assertThat(all.get("description").asString()).isEqualTo("Asks for the ability `reports:read`.");
        JsonNode add = paths.at("/~1reports/post");
        assertThat(add.get("security").toString())
                .isEqualTo("[{\"sanctum\":[\"reports:write\"]},{\"sanctum\":[\"reports:admin\"]}]");
        assertThat(add.get("description").asString())
                .isEqualTo("Asks for one of the abilities `reports:write`, `reports:admin`.");
        JsonNode remove = paths.at("/~1reports~1{id}/delete");
        assertThat(remove.get("security").toString())
                .isEqualTo("[{\"sanctum\":[\"reports:read\",\"reports:delete\"]}]");
        assertThat(remove.get("description").asString())
                .isEqualTo("Asks for the ability `reports:read`.\n\nAsks for the ability `reports:delete`.");
        assertThat(paths.at("/~1reports~1{id}/get/security").toString()).isEqualTo("[{\"sanctum\":[]}]");
        assertThat(paths.at("/~1reports~1{id}~1pages/get").has("description")).isFalse();
    }

    @Test
    void documentShowsBearerTokensAndTheAbilitiesOfEachOperation() {
        JsonNode api = document();

        assertThat(api.at("/components/securitySchemes/sanctum").toString())
                .isEqualTo("{\"type\":\"http\",\"description\":\"A personal access token.\",\"scheme\":\"bearer\"}");
        assertThat(api.has("security")).isFalse();
        JsonNode orders = api.get("paths").get("/api/orders");
        assertThat(orders.at("/get/security").toString()).isEqualTo("[{\"sanctum\":[\"orders:read\"]}]");
        assertThat(orders.at("/get/description").asString()).isEqualTo("Asks for the ability `orders:read`.");
        assertThat(orders.at("/post/security").toString())
                .isEqualTo("[{\"sanctum\":[\"orders:read\",\"orders:write\"]}]");
        JsonNode any = api.get("paths").get("/api/any").get("get");
        assertThat(any.get("security").toString())
                .isEqualTo("[{\"sanctum\":[\"orders:read\"]},{\"sanctum\":[\"orders:write\"]}]");
        assertThat(any.get("description").asString())
                .isEqualTo("Asks for one of the abilities `orders:read`, `orders:write`.");
        assertThat(api.at("/paths/~1api~1whoami/get/security").toString()).isEqualTo("[{\"sanctum\":[]}]");
        assertThat(api.at("/paths/~1other~1whoami/get").has("security")).isFalse();
    }
}
