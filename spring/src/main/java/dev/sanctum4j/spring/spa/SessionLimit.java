package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.AccessEvent;
import org.springframework.context.event.EventListener;

/** Ends the session unused longest of whoever signs in at more places than may be: no list of sessions is longer than that. */
class SessionLimit {

    private final Sessions sessions;
    private final int most;

    SessionLimit(Sessions sessions, SpaProperties settings) {
        this.sessions = sessions;
        this.most = settings.maxSessions();
    }

    /** The new session is not stored yet. */
    @EventListener
    void on(AccessEvent.SignedIn event) {
        Owner owner = event.owner();
        if (owner != null) {
            sessions.keep(owner, most - 1);
        }
    }
}
