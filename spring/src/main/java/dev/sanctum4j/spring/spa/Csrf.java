package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** How a first-party page proves that an unsafe request is its own. */
interface Csrf {

    int MISMATCH = 419;

    /** 419, with what is missing. */
    static Problem mismatch(String detail) {
        return Problem.ours(MISMATCH, "csrf-mismatch", "CSRF token mismatch.", detail)
                .title("Page Expired");
    }

    /** Lets a chain refuse the requests of {@code unsafe} that prove nothing, with 419. */
    void protect(HttpSecurity http, RequestMatcher unsafe);

    /**
     * Gives a page what it needs for its first unsafe request.
     *
     * @return whether it could: not if too many sessions were made from this address
     */
    boolean prepare(HttpServletRequest request, HttpServletResponse response);

    /** Somebody has signed in: what was valid before is not any more. */
    void renew(HttpServletRequest request, HttpServletResponse response);

    /** Somebody has signed out. */
    void forget(HttpServletRequest request, HttpServletResponse response);
}
