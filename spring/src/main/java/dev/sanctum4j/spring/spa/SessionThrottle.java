package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Lazy;

/**
 * Bounds the sessions that are made for nobody, of which an address gets so many in a minute. Those for CSRF tokens are counted by
 * themselves; whatever else makes one before somebody has signed in asks here.
 *
 * <p>Thread-safe.
 */
@Lazy
public final class SessionThrottle {

    private final LoginThrottle throttle;

    SessionThrottle(LoginThrottle throttle) {
        this.throttle = throttle;
    }

    /**
     * Counts the one that this request is about to make; nothing if it has one.
     *
     * @throws ProblemException with 429 if it is one too many
     */
    public void check(HttpServletRequest request) {
        if (request.getSession(false) == null && throttle.refusesSession(request.getRemoteAddr())) {
            throw new ProblemException(Problem.tooMany(MinuteCounters.WINDOW));
        }
    }
}
