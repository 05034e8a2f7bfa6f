package dev.sanctum4j.spring.oidc;

import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A question to a provider whether it is still the same person, from the click until they are back. It is kept in their session, in
 * words that any version can read.
 *
 * @param registration what the application calls the provider
 * @param whose who was asked
 * @param since when
 * @param state by which the answer is known; null until the question is on its way
 */
record Round(
        String registration,
        String whose,
        Instant since,
        @Nullable String state) {

    private static final String REGISTRATION = "sanctum.confirm.registration";
    private static final String WHOSE = "sanctum.confirm.whose";
    private static final String SINCE = "sanctum.confirm.since";
    private static final String STATE = "sanctum.confirm.state";

    void keep(HttpSession session) {
        session.setAttribute(REGISTRATION, registration);
        session.setAttribute(WHOSE, whose);
        session.setAttribute(SINCE, since.getEpochSecond());
        session.setAttribute(STATE, state);
    }

    /** The one of a session; null if there is none. */
    static @Nullable Round of(@Nullable HttpSession session) {
        return session != null
                        && session.getAttribute(REGISTRATION) instanceof String registration
                        && session.getAttribute(WHOSE) instanceof String whose
                        && session.getAttribute(SINCE) instanceof Long since
                ? new Round(registration, whose, Instant.ofEpochSecond(since), (String) session.getAttribute(STATE))
                : null;
    }

    static void end(HttpSession session) {
        for (String name : new String[] {REGISTRATION, WHOSE, SINCE, STATE}) {
            session.removeAttribute(name);
        }
    }
}
