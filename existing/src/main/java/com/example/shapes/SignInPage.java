package com.example.shapes;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A form of the application's own. */
@RestController
class SignInPage {

    @GetMapping(path = "/signin", produces = MediaType.TEXT_HTML_VALUE)
    String form(HttpServletRequest request) {
        CsrfToken csrf = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        return """
                <!DOCTYPE html><title>Shop</title>
                <form method="post" action="signin"><input name="username"/><input name="password"/>
                <input name="_csrf" type="hidden" value="%s"/></form>
                """.formatted(csrf.getToken());
    }
}
