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
 * @param before when they had proved it, as the provider told before it was asked; null if it did not
 * @param state by which the answer is known; null until the question is on its way
 */
record Round(
        String registration,
        String whose,
        Instant since,
        @Nullable Instant before,
        @Nullable String state) {

    private static final String REGISTRATION = "sanctum.confirm.registration";
    private static final String WHOSE = "sanctum.confirm.whose";
    private static final String SINCE = "sanctum.confirm.since";
    private static final String BEFORE = "sanctum.confirm.before";
    private static final String STATE = "sanctum.confirm.state";

    /** The same, on its way. */
    Round on(@Nullable String state) {
        return new Round(registration, whose, since, before, state);
    }

    /** Whether a proof is another than the one from before; by whichever clock, for both times are the provider's. */
    boolean isNews(Instant proof) {
        return before == null || proof.isAfter(before);
    }

    void keep(HttpSession session) {
        session.setAttribute(REGISTRATION, registration);
        session.setAttribute(WHOSE, whose);
        session.setAttribute(SINCE, since.getEpochSecond());
        session.setAttribute(BEFORE, before == null ? null : before.getEpochSecond());
        session.setAttribute(STATE, state);
    }

    /** The one of a session; null if there is none. */
    static @Nullable Round of(@Nullable HttpSession session) {
        return session != null
                        && session.getAttribute(REGISTRATION) instanceof String registration
                        && session.getAttribute(WHOSE) instanceof String whose
                        && session.getAttribute(SINCE) instanceof Long since
                ? new Round(
                        registration,
                        whose,
                        Instant.ofEpochSecond(since),
                        session.getAttribute(BEFORE) instanceof Long before ? Instant.ofEpochSecond(before) : null,
                        (String) session.getAttribute(STATE))
                : null;
    }

    static void end(HttpSession session) {
        for (String name : new String[] {REGISTRATION, WHOSE, SINCE, BEFORE, STATE}) {
            session.removeAttribute(name);
        }
    }
}
