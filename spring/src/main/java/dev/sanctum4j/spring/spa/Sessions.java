package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.spring.http.Outage;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;

/**
 * Where somebody is signed in, and how to end that; a bean where Spring Session keeps the sessions and finds them by whose
 * they are. A session's own id is a secret, so a session is called by a part of its hash.
 *
 * <p>Thread-safe.
 */
public final class Sessions {

    private final FindByIndexNameSessionRepository<? extends Session> repository;

    Sessions(FindByIndexNameSessionRepository<? extends Session> repository) {
        this.repository = repository;
    }

    /**
     * A session.
     *
     * @param id what it is called
     * @param device what called itself the device, if it did
     * @param address from where somebody signed in, if that is known
     */
    public record Entry(
            String id, @Nullable String device, @Nullable String address, Instant createdAt, Instant lastSeenAt) {}

    /** The sessions of somebody, the one used last first, without those that another version wrote and this one cannot read. */
    public List<Entry> list(Owner owner) {
        return repository.findByPrincipalName(owner.toString()).values().stream()
                .sorted(Comparator.comparing((Session session) -> session.getLastAccessedTime())
                        .reversed())
                .flatMap(session -> entry(session).stream())
                .toList();
    }

    /**
     * Ends a session; its next request comes from nobody.
     *
     * @return whether {@code owner} had one that is called {@code id}
     */
    public boolean end(Owner owner, String id) {
        return end(ids(owner).filter(own -> name(own).equals(id))) > 0;
    }

    /** Ends all sessions of somebody. Returns how many there were. */
    public int endAll(Owner owner) {
        return end(ids(owner));
    }

    /** Ends all sessions of somebody but the one that is called {@code id}. Returns how many there were. */
    public int endOthers(Owner owner, String id) {
        return end(ids(owner).filter(own -> !name(own).equals(id)));
    }

    /** What the session of a request is called; empty if there is none. */
    public static Optional<String> current(HttpServletRequest request) {
        return Optional.ofNullable(request.getSession(false))
                .map(HttpSession::getId)
                .map(Sessions::name);
    }

    /** Ends those of somebody's sessions that were unused longest, until as many are left. */
    void keep(Owner owner, int most) {
        Map<String, ? extends Session> all = repository.findByPrincipalName(owner.toString());
        if (all.size() > most) {
            end(all.values().stream()
                    .sorted(Comparator.comparing((Session session) -> session.getLastAccessedTime()))
                    .limit(all.size() - Math.max(0, most))
                    .map(Session::getId));
        }
    }

    private Stream<String> ids(Owner owner) {
        return repository.findByPrincipalName(owner.toString()).keySet().stream();
    }

    private int end(Stream<String> ids) {
        List<String> all = ids.toList();
        all.forEach(repository::deleteById);
        return all.size();
    }

    private static Optional<Entry> entry(Session session) {
        try {
            return Optional.of(new Entry(
                    name(session.getId()),
                    session.getAttribute(SignIn.DEVICE),
                    session.getAttribute(SignIn.ADDRESS),
                    session.getCreationTime(),
                    session.getLastAccessedTime()));
        } catch (RuntimeException | LinkageError e) {
            if (Outage.is(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static String name(String id) {
        return SecretHash.of(id).toHex().substring(0, 32);
    }
}
