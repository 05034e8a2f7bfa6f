package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where the caller is signed in, and how to end that. Takes a session itself; tokens are refused. A session's id is a
 * secret, so it is shown as a part of its hash.
 */
@RestController
@RequestMapping("/api/sessions")
class SessionsController {

    private final FindByIndexNameSessionRepository<? extends Session> sessions;
    private final Owners owners;
    private final SignIn signIn;

    SessionsController(FindByIndexNameSessionRepository<? extends Session> sessions, Owners owners, SignIn signIn) {
        this.sessions = sessions;
        this.owners = owners;
        this.signIn = signIn;
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson list(@Nullable Authentication caller, HttpServletRequest request) {
        String current = current(request);
        return WireJson.of(of(caller).values().stream()
                .sorted(Comparator.comparing((Session session) -> session.getLastAccessedTime())
                        .reversed())
                .map(session -> json(session, session.getId().equals(current)))
                .toList());
    }

    /** Ends all sessions but the one in use. */
    @DeleteMapping
    ResponseEntity<Void> endOthers(@Nullable Authentication caller, HttpServletRequest request) {
        Map<String, ? extends Session> all = of(caller);
        signIn.requireConfirmed(request);
        String current = current(request);
        all.keySet().stream().filter(id -> !id.equals(current)).forEach(sessions::deleteById);
        return ResponseEntity.noContent().build();
    }

    @DeleteMapping("/{shown}")
    ResponseEntity<Void> end(@Nullable Authentication caller, @PathVariable String shown, HttpServletRequest request) {
        Map<String, ? extends Session> all = of(caller);
        signIn.requireConfirmed(request);
        String id = all.keySet().stream()
                .filter(known -> shown(known).equals(shown))
                .findFirst()
                .orElseThrow(() -> new ProblemException(Problem.notFound()));
        HttpSession own = request.getSession(false);
        if (own != null && own.getId().equals(id)) {
            own.invalidate();
        } else {
            sessions.deleteById(id);
        }
        return ResponseEntity.noContent().build();
    }

    private Map<String, ? extends Session> of(@Nullable Authentication caller) {
        if (caller == null) {
            throw new ProblemException(Problem.unauthenticated(false));
        }
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Sessions are managed by sessions, not by tokens."));
        }
        Owner owner = owners.of(caller).orElseThrow(() -> new ProblemException(Problem.forbidden()));
        return sessions.findByPrincipalName(owner.toString());
    }

    private static @Nullable String current(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session == null ? null : session.getId();
    }

    private static Map<String, @Nullable Object> json(Session session, boolean current) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", shown(session.getId()));
        json.put("device", session.getAttribute(SignIn.DEVICE));
        json.put("address", session.getAttribute(SignIn.ADDRESS));
        json.put("created_at", WireJson.time(session.getCreationTime()));
        json.put("last_seen_at", WireJson.time(session.getLastAccessedTime()));
        json.put("current", current);
        return json;
    }

    private static String shown(String id) {
        return SecretHash.of(id).toHex().substring(0, 32);
    }
}
