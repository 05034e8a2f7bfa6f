package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.chain.ApplicationCsrf;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Gives a first-party page what it proves itself with, before its first unsafe request. */
@RestController
@Conditional(OnFirstPartyPages.class)
class CsrfCookieController {

    private final FirstPartyRequests firstParty;
    private final Csrf csrf;
    private final ApplicationCsrf application;
    private final TwoSessionCookies two;

    CsrfCookieController(FirstPartyRequests firstParty, Csrf csrf, ApplicationCsrf application, TwoSessionCookies two) {
        this.firstParty = firstParty;
        this.csrf = csrf;
        this.application = application;
        this.two = two;
    }

    @RequestMapping(path = "/sanctum/csrf-cookie", method = RequestMethod.GET)
    ResponseEntity<Void> csrfCookie(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!two.end(request, response, HttpStatus.NO_CONTENT.value())
                && firstParty.matches(request)
                && !application.tell(request, response)) {
            csrf.prepare(request, response);
        }
        return ResponseEntity.noContent().build();
    }
}
