package com.example.recipes;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A page of the application's own with our element on it, below a strict policy. */
@Configuration(proxyBeanMethods = false)
class TokenPage {

    @RestController
    static class PageController {

        // tag::token-page
        @GetMapping(path = "/account/tokens", produces = MediaType.TEXT_HTML_VALUE)
        ResponseEntity<String> tokens(CsrfToken csrf, HttpServletRequest request) {
            String page = """
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
            return ResponseEntity.ok()
                    .header(
                            "Content-Security-Policy",
                            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'")
                    .body(page);
        }
        // end::token-page
    }
}
