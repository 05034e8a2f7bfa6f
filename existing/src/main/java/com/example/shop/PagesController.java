package com.example.shop;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Pages and routes of every kind: open ones, one's own, an administrator's, and those that fail. */
@RestController
class PagesController {

    private final TokenStore invitations;

    PagesController(TokenStore invitations) {
        this.invitations = invitations;
    }

    @GetMapping("/api/public/hours")
    Map<String, String> hours() {
        return new TreeMap<>(Map.of("open", "09:00", "close", "17:00"));
    }

    @GetMapping("/api/public/prices")
    @CrossOrigin(origins = "https://annotated.example")
    Map<String, String> prices() {
        return Map.of("tea", "3.20");
    }

    @GetMapping("/open/hello")
    String hello() {
        return "hello";
    }

    @GetMapping("/invitations/{token}")
    Map<String, String> invitation(@PathVariable String token) {
        return Map.of(
                "email", invitations.email(token).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND)));
    }

    @GetMapping(path = "/account", produces = MediaType.TEXT_HTML_VALUE)
    String account(Principal principal, HttpServletRequest request) {
        CsrfToken csrf = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        return """
                <!DOCTYPE html><title>Account</title><h1>%s</h1>
                <form method="post" action="account"><input name="%s" type="hidden" value="%s"/></form>
                """.formatted(principal.getName(), csrf.getParameterName(), csrf.getToken());
    }

    @PostMapping("/account")
    Map<String, String> rename(Principal principal, @RequestParam String name) {
        return new TreeMap<>(Map.of("account", principal.getName(), "name", name));
    }

    @GetMapping("/admin/reports")
    Map<String, String> reports() {
        return Map.of("reports", "none");
    }

    @GetMapping("/failing/conflict")
    String conflict() {
        throw new IllegalStateException("already shipped");
    }

    @GetMapping("/failing/gone")
    String gone() {
        throw new ResponseStatusException(HttpStatus.GONE, "no coffee");
    }

    @GetMapping("/failing/error")
    void error(HttpServletResponse response) throws IOException {
        response.sendError(503, "closed");
    }

    @GetMapping("/failing/bug")
    String bug() {
        throw new UnsupportedOperationException("a bug");
    }
}
