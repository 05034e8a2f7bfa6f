package dev.sanctum4j.test.shop;

import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.Sanctum;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application like those of users: it knows nothing of tests. */
@SpringBootApplication
class Shop {

    /** A chain of its own, with CSRF protection, for staff only. */
    @Bean
    SecurityFilterChain backOffice(HttpSecurity http) {
        return http.securityMatcher("/office/**")
                .with(sanctum(), tokens -> tokens.ownerTypes("staff"))
                .authorizeHttpRequests(routes -> routes.anyRequest().access(hasAbility("stock:write")))
                .build();
    }

    /** A chain that takes no tokens. */
    @Bean
    SecurityFilterChain pages(HttpSecurity http) {
        return http.securityMatcher("/pages/**")
                .httpBasic(withDefaults())
                .authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .build();
    }

    @Service
    static class Stock {
        @RequiresAbility("stock:write")
        String count() {
            return "counted";
        }
    }

    @RestController
    static class Orders {

        @GetMapping("/api/orders")
        @RequiresAbility("orders:read")
        String list() {
            return "orders";
        }

        @PostMapping("/api/orders")
        @RequiresAbility("orders:write")
        String order() {
            return "ordered";
        }

        @GetMapping("/api/me")
        Map<String, Object> me(Authentication caller, Optional<AccessToken> token) {
            return Map.of(
                    "name", caller.getName(),
                    "owner", token.map(t -> t.owner().toString()).orElse("session"),
                    "admin", caller.getAuthorities().toString().contains("ROLE_ADMIN"),
                    "can_read", Sanctum.can("orders:read"),
                    "cannot_read", Sanctum.cannot("orders:read"));
        }

        @GetMapping("/api/later")
        Callable<String> later() {
            return () -> "later " + Sanctum.can("orders:read");
        }

        @PostMapping("/office/stock")
        String stock() {
            return "stocked";
        }

        @GetMapping("/pages/home")
        String home() {
            return "home";
        }
    }
}
