package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.http.WireJson;
import dev.sanctum4j.spring.spa.Network;
import dev.sanctum4j.spring.spa.SignIn;
import dev.sanctum4j.spring.store.Events;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where people answer: in a session, never by a token, and each time with the code that their program shows. Looking changes nothing, and
 * takes a POST all the same, so that no code stands in a URL.
 */
@RestController
@RequestMapping("/api/approval")
class ApprovalController {

    private static final int MAX_CODE = 64;
    private static final int MAX_ACCOUNT = 1_000;

    private final Approvals approvals;
    private final AskedAbilities abilities;
    private final Claims claims;
    private final Tokens tokens;
    private final People people;
    private final SignIn signIn;
    private final Guesses guesses;
    private final Whereabouts whereabouts;
    private final Events events;

    ApprovalController(
            Approvals approvals,
            AskedAbilities abilities,
            Claims claims,
            Tokens tokens,
            People people,
            SignIn signIn,
            Guesses guesses,
            Whereabouts whereabouts,
            Events events) {
        this.approvals = approvals;
        this.abilities = abilities;
        this.claims = claims;
        this.tokens = tokens;
        this.people = people;
        this.signIn = signIn;
        this.guesses = guesses;
        this.whereabouts = whereabouts;
        this.events = events;
    }

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> look(@Nullable Authentication caller, HttpServletRequest request)
            throws IOException {
        Owner person = people.require(caller, request);
        RequestFields fields = RequestFields.readJson(request, Set.of("user_code"));
        String code = fields.required("user_code", MAX_CODE);
        fields.check();
        ApprovalRequest asked = find(person, code, request);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("user_code", Approvals.asShown(code).orElseThrow());
        json.put("client_id", asked.clientId());
        json.put("client_name", asked.clientName());
        json.put("asked_at", WireJson.time(asked.createdAt()));
        json.put("expires_at", WireJson.time(asked.expiresAt()));
        json.put("address", asked.address());
        json.put("country", whereabouts.country(asked.address()));
        json.put("other_network", Whereabouts.areElsewhere(asked, request));
        json.put("account", caller == null ? "" : caller.getName());
        json.put("lifetime", claims.most(person, asked).toSeconds());
        json.put("abilities", abilities.described(asked.asked().names(), AskedAbilities.givable(tokens, person)));
        return WireJson.of(json);
    }

    @PostMapping("/allow")
    ResponseEntity<Void> allow(@Nullable Authentication caller, HttpServletRequest request) throws IOException {
        Owner person = people.require(caller, request);
        signIn.requireConfirmed(request);
        RequestFields fields = RequestFields.readJson(request, Set.of("user_code", "account", "abilities", "lifetime"));
        String code = fields.required("user_code", MAX_CODE);
        String account = fields.required("account", MAX_ACCOUNT);
        Abilities chosen = Abilities.of(fields.texts("abilities"));
        Duration lifetime = Duration.ofSeconds(fields.positive("lifetime"));
        fields.check();
        if (caller == null || !account.equals(caller.getName())) { // who signed in elsewhere in the same browser
            throw new ProblemException(Problem.ours(
                    409,
                    "account-changed",
                    "Conflict.",
                    "Somebody else is signed in by now. Look at the request again."));
        }
        ApprovalRequest asked = find(person, code, request);
        if (!chosen.names().stream().allMatch(AskedAbilities.givable(tokens, person))) {
            throw new InvalidTokenRequestException(
                    "abilities", "ability-not-permitted", "You may not give a token all of these abilities.");
        }
        ApprovalRequest allowed = approvals
                .allow(asked, person, chosen, lifetime, people.version(person))
                .orElseThrow(ApprovalController::answered);
        events.publish(new AccessEvent.ApprovalAllowed(allowed));
        return ResponseEntity.noContent().build();
    }

    /** Also takes back a yes of one's own, while nobody has fetched the token. */
    @PostMapping("/deny")
    ResponseEntity<Void> deny(@Nullable Authentication caller, HttpServletRequest request) throws IOException {
        Owner person = people.require(caller, request);
        RequestFields fields = RequestFields.readJson(request, Set.of("user_code"));
        String code = fields.required("user_code", MAX_CODE);
        fields.check();
        ApprovalRequest denied =
                approvals.deny(find(person, code, request), person).orElseThrow(ApprovalController::answered);
        events.publish(new AccessEvent.ApprovalDenied(denied));
        return ResponseEntity.noContent().build();
    }

    /** What waits for an answer. A code that is none counts as a guess. */
    private ApprovalRequest find(Owner person, String code, HttpServletRequest request) {
        String network = Network.of(request.getRemoteAddr());
        guesses.attempt(person, network).ifPresent(wait -> {
            throw new ProblemException(Problem.tooMany(wait));
        });
        ApprovalRequest found = approvals
                .find(code)
                .orElseThrow(
                        () -> new ProblemException(
                                Problem.ours(
                                        404,
                                        "request-unknown",
                                        "Not Found.",
                                        "No program waits with this code. Compare it with what the program shows, or let it ask again.")));
        guesses.right(person, network);
        if (found.state() != State.ASKED
                && !(found.answer() != null && found.answer().owner().equals(person))) {
            throw answered();
        }
        return found;
    }

    static ProblemException answered() {
        return new ProblemException(
                Problem.ours(409, "request-answered", "Conflict.", "This request was answered already."));
    }
}
