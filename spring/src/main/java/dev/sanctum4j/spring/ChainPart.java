package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * How a feature gets into the chain that Sanctum4j brings: a bean, and any number of them. Chains of the application's own do
 * not ask it, but for {@link #challenge}.
 *
 * <p>Must be thread-safe.
 */
public interface ChainPart {

    /**
     * Routes of the feature that anybody may ask. Whoever serves them looks at no session, so a page need not prove there that
     * a request is its own.
     */
    default List<RequestMatcher> open() {
        return List.of();
    }

    /**
     * Routes of the feature that take a caller. Like those of {@link #open}, they are served by our chain before any chain of the
     * application's without a security matcher, and best tell no methods apart: a wrong one is then 405.
     */
    default List<RequestMatcher> routes() {
        return List.of();
    }

    /**
     * Whether the feature answers what a browser asks before it calls for a page of another origin, of a path that takes tokens; what
     * no feature answers is left to the application.
     */
    default boolean answersPreflight(HttpServletRequest request) {
        return false;
    }

    /**
     * Whether a page may be who asks. {@code false} for a route of the feature that only programs ask, like a gateway or an
     * agent: with a 401 there nobody is given a session to sign in by.
     */
    default boolean isForPages(HttpServletRequest request) {
        return true;
    }

    /** Completes the chain, which takes tokens and no sessions until then. */
    default void configure(HttpSecurity http) {}

    /**
     * Whether the feature itself limits what is sent to a route of it; to any other of {@link #open} and {@link #routes} nobody
     * may send more than 64 KiB.
     */
    default boolean limitsBodies(HttpServletRequest request) {
        return false;
    }

    /**
     * What to tell the person behind a caller who is not let in for want of a valid token: where one is to be had. {@code null} for
     * what is said everywhere.
     */
    default @Nullable String wayIn(HttpServletRequest request) {
        return null;
    }

    /**
     * Where a program could get what its token lacks, as more members of the answer that says so; empty for nowhere.
     *
     * @param token what it called with
     * @param missing what that lacks
     */
    default Map<String, Object> wayOn(HttpServletRequest request, AccessToken token, List<String> missing) {
        return Map.of();
    }

    /**
     * What to tell a caller who is not let in for want of a valid token, as parameters of the challenge {@code Bearer} in
     * {@code WWW-Authenticate}; plain words, that go between quotes.
     */
    default Map<String, String> challenge(HttpServletRequest request) {
        return Map.of();
    }
}
