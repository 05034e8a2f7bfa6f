package com.example.recipes;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.springframework.security.config.Customizer.withDefaults;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A page of the application's own with our element on it, below a strict policy. */
@Configuration(proxyBeanMethods = false)
class TokenPage {

    // tag::token-page-chain
    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .formLogin(withDefaults())
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'")))
                .with(sanctum(), withDefaults())
                .build();
    }
    // end::token-page-chain

    @RestController
    static class PageController {

        // tag::token-page
        @GetMapping(path = "/account/tokens", produces = MediaType.TEXT_HTML_VALUE)
        String tokens(CsrfToken csrf, HttpServletRequest request) {
            return """
                    <!DOCTYPE html>
                    <html lang="en">
                    <head>
                      <title>Your tokens</title>
                      <meta name="_csrf" content="%s">
                      <meta name="_csrf_header" content="%s">
                      <script type="module" src="%s/sanctum4j/tokens.js"></script>
                    </head>
                    <body><sanctum-tokens></sanctum-tokens></body>
                    </html>
                    """.formatted(csrf.getToken(), csrf.getHeaderName(), request.getContextPath());
        }
        // end::token-page
    }
}
