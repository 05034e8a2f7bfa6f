package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** How a first-party page proves that an unsafe request is its own. */
interface Csrf {

    int MISMATCH = Refusals.CSRF_MISMATCH;
    String HEADER = "X-XSRF-TOKEN";
    String PARAMETER = "_token";

    /** 419, with what is missing. */
    static Problem mismatch(String detail) {
        return Refusals.csrfMismatch(detail);
    }

    /** Whether nothing is asked for but to see. */
    static boolean isRead(HttpServletRequest request) {
        return Set.of("GET", "HEAD").contains(request.getMethod());
    }

    /** Lets a chain refuse the requests of {@code unsafe} that prove nothing, with 419. */
    void protect(HttpSecurity http, RequestMatcher unsafe);

    /**
     * Gives a page what it needs for its first unsafe request.
     *
     * @throws ProblemException with 429 if too many sessions were made from this address
     */
    default void prepare(HttpServletRequest request, HttpServletResponse response) {}

    /** A page was refused for want of a session: gives it what {@link #prepare} does, or nothing if there have been too many. */
    default void offer(HttpServletRequest request, HttpServletResponse response) {}

    /** Whether a page was given something that a sign-in makes worthless. */
    default boolean isKept(HttpServletRequest request) {
        return false;
    }

    /** Somebody has signed in: what was valid before is not any more. */
    default void renew(HttpServletRequest request, HttpServletResponse response) {}

    /** Somebody has signed out. */
    default void forget(HttpServletRequest request, HttpServletResponse response) {}
}
