package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.server.web.NotFoundException;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.SignIn;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Everybody's sessions, for administrators. A session's id is a secret, so it is shown as a part of its hash. */
@RestController
@RequestMapping("/api/admin/people/{id}/sessions")
@RequiresAbility(AdminApi.SESSIONS)
class PeopleSessionsController {

    private static final int MOST = 100;

    private final Accounts accounts;
    private final FindByIndexNameSessionRepository<? extends Session> sessions;
    private final ApplicationEventPublisher events;

    PeopleSessionsController(
            Accounts accounts,
            FindByIndexNameSessionRepository<? extends Session> sessions,
            ApplicationEventPublisher events) {
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

        static SignedIn of(Session session) {
            return new SignedIn(
                    shown(session.getId()),
                    session.getAttribute(SignIn.DEVICE),
                    session.getAttribute(SignIn.ADDRESS),
                    AdminApi.time(session.getCreationTime()),
                    AdminApi.time(session.getLastAccessedTime()));
        }
    }

    /** The latest hundred, the one used last first. */
    @GetMapping
    AdminApi.Page<SignedIn> list(@PathVariable long id) {
        return new AdminApi.Page<>(
                of(owner(id)).values().stream()
                        .sorted(Comparator.comparing((Session session) -> session.getLastAccessedTime())
                                .reversed())
                        .limit(MOST)
                        .map(SignedIn::of)
                        .toList(),
                null);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void endAll(@PathVariable long id) {
        Owner owner = owner(id);
        of(owner).keySet().forEach(sessions::deleteById);
        events.publishEvent(new AuditEvent("sessions_ended_by_admin", owner, "all"));
    }

    @DeleteMapping("/{shown}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(@PathVariable long id, @PathVariable String shown) {
        Owner owner = owner(id);
        String session = of(owner).keySet().stream()
                .filter(known -> shown(known).equals(shown))
                .findFirst()
                .orElseThrow(NotFoundException::new);
        sessions.deleteById(session);
        events.publishEvent(new AuditEvent("sessions_ended_by_admin", owner, shown));
    }

    private Map<String, ? extends Session> of(Owner owner) {
        return sessions.findByPrincipalName(owner.toString());
    }

    private Owner owner(long id) {
        return accounts.find(id).orElseThrow(NotFoundException::new).owner();
    }

    private static String shown(String id) {
        return SecretHash.of(id).toHex().substring(0, 32);
    }
}
