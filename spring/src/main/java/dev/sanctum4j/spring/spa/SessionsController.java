package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.WireJson;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where the caller is signed in, and how to end that. Takes a session itself; tokens are refused. */
@RestController
@Conditional({OnFirstPartyPages.class, OnSessionEndpoints.class})
@RequestMapping("/api/sessions")
class SessionsController {

    private final Sessions sessions;
    private final Owners owners;
    private final SignIn signIn;

    SessionsController(Sessions sessions, Owners owners, SignIn signIn) {
        this.sessions = sessions;
        this.owners = owners;
        this.signIn = signIn;
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<List<Map<String, @Nullable Object>>> list(@Nullable Authentication caller, HttpServletRequest request) {
        String current = current(request);
        return WireJson.of(sessions.list(owner(caller)).stream()
                .map(session -> json(session, session.id().equals(current)))
                .toList());
    }

    /** Ends all sessions but the one in use. */
    @DeleteMapping
    ResponseEntity<Void> endOthers(@Nullable Authentication caller, HttpServletRequest request) {
        Owner owner = owner(caller);
        signIn.requireConfirmed(request);
        sessions.endOthers(owner, current(request));
        return ResponseEntity.noContent().build();
    }

    @DeleteMapping("/{shown}")
    ResponseEntity<Void> end(@Nullable Authentication caller, @PathVariable String shown, HttpServletRequest request) {
        Owner owner = owner(caller);
        signIn.requireConfirmed(request);
        if (shown.equals(current(request))) {
            request.getSession().invalidate();
        } else if (!sessions.end(owner, shown)) {
            throw new ProblemException(Problem.notFound());
        }
        return ResponseEntity.noContent().build();
    }

    private Owner owner(@Nullable Authentication caller) {
        if (caller == null) {
            throw new ProblemException(Problem.unauthenticated(false));
        }
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Sessions are managed by sessions, not by tokens."));
        }
        return owners.require(caller);
    }

    private static String current(HttpServletRequest request) {
        return Sessions.current(request).orElse("");
    }

    private static Map<String, @Nullable Object> json(Sessions.Entry session, boolean current) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", session.id());
        json.put("device", session.device());
        json.put("address", session.address());
        json.put("created_at", WireJson.time(session.createdAt()));
        json.put("last_seen_at", WireJson.time(session.lastSeenAt()));
        json.put("current", current);
        return json;
    }
}
