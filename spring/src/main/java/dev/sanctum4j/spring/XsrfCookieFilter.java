package dev.sanctum4j.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Tells first-party pages their CSRF token on every answer, refusals included, so that they can recover. */
final class XsrfCookieFilter extends OncePerRequestFilter {

    private final FirstPartyRequests firstParty;
    private final SessionCsrf csrf;

    XsrfCookieFilter(FirstPartyRequests firstParty, SessionCsrf csrf) {
        this.firstParty = firstParty;
        this.csrf = csrf;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (firstParty.matches(request)) {
            csrf.repeat(request, response);
        }
        chain.doFilter(request, response);
    }
}
