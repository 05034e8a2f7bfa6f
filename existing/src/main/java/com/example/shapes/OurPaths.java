package com.example.shapes;

import java.util.Map;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Routes of one's own at paths that somebody else might want. */
@Configuration(proxyBeanMethods = false)
@Import(AnyRequestChain.class)
public class OurPaths {

    @RestController
    static class TokensController {

        @GetMapping({"/api/tokens", "/api/abilities", "/sanctum/csrf-cookie", "/sanctum4j/tokens.js", "/user"})
        Map<String, String> read() {
            return Map.of("shop", "has these, too");
        }

        @PostMapping({"/api/tokens", "/sanctum/token", "/broadcasting/auth", "/user/confirm-password"})
        Map<String, String> write() {
            return Map.of("shop", "does these, too");
        }
    }
}
