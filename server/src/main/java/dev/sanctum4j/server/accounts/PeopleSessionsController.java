package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Owner;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.spa.Sessions;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Everybody's sessions, for administrators. */
@RestController
@RequestMapping("/api/admin/people/{id}/sessions")
@RequiresAbility(AdminApi.SESSIONS)
class PeopleSessionsController {

    private static final int MOST = 100;

    private final Accounts accounts;
    private final Sessions sessions;
    private final ApplicationEventPublisher events;

    PeopleSessionsController(Accounts accounts, Sessions sessions, ApplicationEventPublisher events) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.events = events;
    }

    /** Where somebody is signed in. */
    record SignedIn(
            String id,
            @Nullable String device,
            @Nullable String address,
            @Nullable String created_at,
            @Nullable String last_seen_at) {

        static SignedIn of(Sessions.Entry session) {
            return new SignedIn(
                    session.id(),
                    session.device(),
                    session.address(),
                    AdminApi.time(session.createdAt()),
                    AdminApi.time(session.lastSeenAt()));
        }
    }

    /** The latest hundred, the one used last first. */
    @GetMapping
    AdminApi.Page<SignedIn> list(@PathVariable long id) {
        Owner owner = accounts.get(id).owner();
        return new AdminApi.Page<>(
                sessions.list(owner).stream().limit(MOST).map(SignedIn::of).toList(), null);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void endAll(@PathVariable long id) {
        Owner owner = accounts.get(id).owner();
        sessions.endAll(owner);
        events.publishEvent(new AuditEvent("sessions_ended_by_admin", owner, "all"));
    }

    @DeleteMapping("/{shown}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(@PathVariable long id, @PathVariable String shown) {
        Owner owner = accounts.get(id).owner();
        if (!sessions.end(owner, shown)) {
            throw new ProblemException(Problem.notFound());
        }
        events.publishEvent(new AuditEvent("sessions_ended_by_admin", owner, shown));
    }
}
