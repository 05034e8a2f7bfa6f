package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.AbilityPreset;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.test.context.TestPropertySource;

/** People choose from abilities that exist. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:catalog;DB_CLOSE_DELAY=-1",
            "sanctum.abilities.closed=true",
            "sanctum.abilities.described[0].name=reports:read",
            "sanctum.abilities.described[0].description=Read reports",
            "sanctum.policy.default-lifetime=30d",
            "sanctum.policy.max-lifetime=400d",
            "sanctum.token.max-age=365d",
            "sanctum.policy.abilities=orders:read,orders:write,reports:read"
        })
class AbilityCatalogTest extends AppTest {

    /** What the application's routes ask for, described. */
    static final class Known {
        @Ability(value = "See orders", group = "Orders")
        static final String READ = "orders:read";

        private Known() {}
    }

    /** The second is of no use to anybody here. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Presets {
        @Bean
        @Order(2)
        AbilityPreset all() {
            return AbilityPreset.of("All orders", "orders:read", "orders:write");
        }

        @Bean
        @Order(1)
        AbilityPreset beyond() {
            return AbilityPreset.of("Cancel", "orders:read", "orders:cancel");
        }

        @Bean
        @Order(0)
        AbilityPreset reading() {
            return AbilityPreset.of("Read only", "orders:read", "reports:read");
        }
    }

    @Autowired
    AbilityCatalog catalog;

    @Test
    void constantsPropertiesAndRoutesMakeTheCatalogue(CapturedOutput output) {
        assertThat(catalog.entries())
                .contains(
                        new AbilityCatalog.Entry(Known.READ, "See orders", "Orders"),
                        new AbilityCatalog.Entry("reports:read", "Read reports", ""),
                        new AbilityCatalog.Entry("orders:write", "", ""));
        assertThat(catalog.asked()).contains("orders:read", "orders:write").doesNotContain("reports:read");
    }

    @Test
    void callersSeeWhatTheirTokensMayHave() {
        http.signIn("ada@example.test");

        Http.Answer answer = http.page("GET", "/api/abilities", "");

        List<String> names = new ArrayList<>();
        answer.json().forEach(one -> names.add(one.get("name").asString()));
        assertThat(names).containsExactly("orders:read", "orders:write", "reports:read");
        assertThat(answer.json().get(0).get("description").asString()).isEqualTo("See orders");
        assertThat(http.get("/api/abilities").status()).isEqualTo(401);
    }

    @Test
    void callersLearnTheLimitsOnTheirTokens() {
        http.signIn("ada@example.test");

        Http.Answer answer = http.page("GET", "/api/tokens/policy", "");

        assertThat(answer.body())
                .isEqualTo("{\"default_lifetime\":2592000,\"max_lifetime\":31536000,\"idle_expiry\":null,"
                        + "\"max_tokens\":null,\"max_name_length\":255,"
                        + "\"abilities\":[\"orders:read\",\"orders:write\",\"reports:read\"],"
                        + "\"presets\":[{\"name\":\"Read only\",\"abilities\":[\"orders:read\",\"reports:read\"]},"
                        + "{\"name\":\"All orders\",\"abilities\":[\"orders:read\",\"orders:write\"]}]}");
        assertThat(http.get("/api/tokens/policy").status()).isEqualTo(401);
    }

    @Test
    void unknownAbilityIsRefusedWhereTheCatalogueIsClosed() {
        http.signIn("ada@example.test");
        String body = "{\"name\":\"ci\",\"abilities\":[\"%s\"]}";

        assertThat(http.page("POST", "/api/tokens", body.formatted("reports:read"))
                        .status())
                .isEqualTo(201);
        Http.Answer refused = http.page("POST", "/api/tokens", body.formatted("reports:raed"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("errors").get("abilities").get(0).asString())
                .isEqualTo("There is no ability 'reports:raed'.");
        assertThat(http.post(
                                "/sanctum/token",
                                "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD
                                        + "\",\"device_name\":\"d\",\"abilities\":[\"nothing\"]}")
                        .status())
                .isEqualTo(422);
    }
}
