package dev.sanctum4j.spring.spa;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Conditional;
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

    CsrfCookieController(FirstPartyRequests firstParty, Csrf csrf) {
        this.firstParty = firstParty;
        this.csrf = csrf;
    }

    @RequestMapping(path = "/sanctum/csrf-cookie", method = RequestMethod.GET)
    ResponseEntity<Void> csrfCookie(HttpServletRequest request, HttpServletResponse response) {
        if (firstParty.matches(request)) {
            csrf.prepare(request, response);
        }
        return ResponseEntity.noContent().build();
    }
}
