package com.example.recipes;

import com.example.shop.ShopUser;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Issues tokens by the bean: to a user name, with all abilities and with one, and to an id. */
@Configuration(proxyBeanMethods = false)
class Issuing {

    @RestController
    static class IssuingController {

        private final Tokens tokens;
        private final UserDetailsService users;

        IssuingController(Tokens tokens, UserDetailsService users) {
            this.tokens = tokens;
            this.users = users;
        }

        @GetMapping("/open/token")
        String all() {
            return issue("ada@example.test", "*");
        }

        @GetMapping("/open/token/narrow")
        String narrow() {
            return issue("ada@example.test", "orders:read");
        }

        @GetMapping("/open/token/by-id")
        String byId() {
            ShopUser ada = (ShopUser) users.loadUserByUsername("ada@example.test");
            return issue(ada.id().toString(), "*");
        }

        private String issue(String id, String ability) {
            return tokens.issue(TokenRequest.of(Owner.of("user", id), "laptop", ability))
                    .plainText()
                    .reveal();
        }
    }
}
