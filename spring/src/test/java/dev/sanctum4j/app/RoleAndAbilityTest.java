package dev.sanctum4j.app;

import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.authorization.AuthorizationManagers.allOf;
import static org.springframework.security.config.Customizer.withDefaults;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A route that asks the owner for a role and the token for an ability: neither is enough, and nor is a session without the role. */
@Import(RoleAndAbilityTest.Office.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:role-and-ability;DB_CLOSE_DELAY=-1",
            "sanctum.endpoints.session=true"
        })
class RoleAndAbilityTest extends AppTest {

    @RestController
    @TestConfiguration(proxyBeanMethods = false)
    static class Office {

        // tag::role-and-ability
        @Bean
        SecurityFilterChain office(HttpSecurity http) {
            return http.securityMatcher("/office/**")
                    .with(sanctum(), withDefaults())
                    .authorizeHttpRequests(routes ->
                            routes.anyRequest().access(allOf(ownerHasRole("ADMIN"), hasAbility("office:open"))))
                    .build();
        }

        /** Whoever it is, by a session or by any token: the roles are the owner's, and a narrowed token carries none of them. */
        private static <T> AuthorizationManager<T> ownerHasRole(String role) {
            return (caller, target) -> {
                Authentication by = caller.get();
                return new AuthorizationDecision(by != null
                        && by.getPrincipal() instanceof UserDetails owner
                        && owner.getAuthorities().stream()
                                .anyMatch(one -> ("ROLE_" + role).equals(one.getAuthority())));
            };
        }
        // end::role-and-ability

        @GetMapping("/office/door")
        String door() {
            return "open";
        }
    }

    @Test
    void tokenNeedsTheAbilityAndItsOwnerTheRole() {
        assertThat(http.get("/office/door", bearer(issue(ADA, "office:open"))).status())
                .isEqualTo(200);
        assertThat(http.get("/office/door", bearer(issue(ADA, "*"))).status()).isEqualTo(200);
        assertThat(http.get("/office/door", bearer(issue(ADA, "orders:read"))).status())
                .isEqualTo(403);
        assertThat(http.get("/office/door", bearer(issue(BOB, "office:open"))).status())
                .isEqualTo(403);
        assertThat(http.get("/office/door", bearer(issue(BOB, "*"))).status()).isEqualTo(403);
    }

    @Test
    void sessionNeedsTheRole() {
        http.signIn("ada@example.test");
        assertThat(http.page("GET", "/office/door", "").status()).isEqualTo(200);

        Http bob = new Http(port);
        bob.signIn("bob@example.test");
        assertThat(bob.page("GET", "/office/door", "").status()).isEqualTo(403);
    }

    @Test
    void nobodyGetsIn() {
        assertThat(http.get("/office/door").status()).isIn(401, 403);
    }
}
