package dev.sanctum4j.server.provider;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Why a session goes to the provider, if not only to sign in; for some minutes, and once.
 *
 * @param account the account that is signed in, and is to be connected; absent if an invitation brings somebody
 * @param invitation the hash of its code; absent if the account wants it
 * @param until how long that is meant
 */
record Purpose(@Nullable Long account, @Nullable String invitation, Instant until) implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String NAME = "sanctum.server.purpose";
    private static final Duration MEANT = Duration.ofMinutes(10);

    static void connect(HttpServletRequest request, long account, Clock clock) {
        note(request, new Purpose(account, null, clock.instant().plus(MEANT)));
    }

    static void redeem(HttpServletRequest request, String invitation, Clock clock) {
        note(request, new Purpose(null, invitation, clock.instant().plus(MEANT)));
    }

    private static void note(HttpServletRequest request, Purpose purpose) {
        request.getSession().setAttribute(NAME, purpose);
    }

    /** What the session of this request is after, from now on nothing. */
    static Optional<Purpose> take() {
        HttpSession session = RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes now
                ? now.getRequest().getSession(false)
                : null;
        if (session == null || !(session.getAttribute(NAME) instanceof Purpose purpose)) {
            return Optional.empty();
        }
        session.removeAttribute(NAME);
        return Optional.of(purpose);
    }
}
