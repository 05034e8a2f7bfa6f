package com.example.recipes;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Issues tokens to an administrator: with all abilities, and with one. */
@Configuration(proxyBeanMethods = false)
class IssuingToAdministrators {

    @RestController
    static class AdministratorsController {

        private final Tokens tokens;

        AdministratorsController(Tokens tokens) {
            this.tokens = tokens;
        }

        @GetMapping("/open/token/administrator")
        String all() {
            return issue("*");
        }

        @GetMapping("/open/token/administrator/narrow")
        String narrow() {
            return issue("stock:read");
        }

        private String issue(String ability) {
            return tokens.issue(TokenRequest.of(Owner.of("user", "root@example.test"), "laptop", ability))
                    .plainText()
                    .reveal();
        }
    }
}
