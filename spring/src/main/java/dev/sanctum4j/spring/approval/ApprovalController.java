package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.ability.AbilityCatalog;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);

    private final Approvals approvals;
    private final AskedAbilities abilities;
    private final Tokens tokens;
    private final Owners owners;
    private final SignIn signIn;
    private final Guesses guesses;
    private final Countries countries;
    private final Events events;

    ApprovalController(
            Approvals approvals,
            AskedAbilities abilities,
            Tokens tokens,
            Owners owners,
            SignIn signIn,
            Guesses guesses,
            Countries countries,
            Events events) {
        this.approvals = approvals;
        this.abilities = abilities;
        this.tokens = tokens;
        this.owners = owners;
        this.signIn = signIn;
        this.guesses = guesses;
        this.countries = countries;
        this.events = events;
    }

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> look(@Nullable Authentication caller, HttpServletRequest request)
            throws IOException {
        Owner person = person(caller);
        RequestFields fields = RequestFields.read(request, Set.of("user_code"));
        String code = fields.required("user_code", MAX_CODE);
        fields.check();
        ApprovalRequest asked = find(person, code, request);
        Abilities permitted = tokens.permitted(person);
        boolean here = asked.network().equals(Network.of(request.getRemoteAddr()));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("user_code", Approvals.asShown(code).orElseThrow());
        json.put("client_id", asked.clientId());
        json.put("client_name", asked.clientName());
        json.put("asked_at", WireJson.time(asked.createdAt()));
        json.put("expires_at", WireJson.time(asked.expiresAt()));
        json.put("address", asked.address());
        json.put("country", country(asked.address()));
        json.put("same_network", here);
        json.put("account", caller == null ? "" : caller.getName());
        json.put("lifetime", most(person, asked).toSeconds());
        json.put(
                "abilities",
                abilities.described(asked.asked().names()).stream()
                        .map(entry -> ability(entry, permitted))
                        .toList());
        return WireJson.of(json);
    }

    /** Two letters, or none: it is a help, and nothing fails for want of it. */
    private @Nullable String country(String address) {
        try {
            return countries
                    .of(address)
                    .filter(code -> COUNTRY.matcher(code).matches())
                    .orElse(null);
        } catch (RuntimeException e) {
            LOG.warn("The country of an address could not be found out", e);
            return null;
        }
    }

    private static Map<String, Object> ability(AbilityCatalog.Entry entry, Abilities permitted) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", entry.name());
        json.put("description", entry.description());
        json.put("group", entry.group());
        json.put("permitted", permitted.can(entry.name()));
        return json;
    }

    private Duration most(Owner person, ApprovalRequest asked) {
        Duration most = tokens.maxLifetime(person);
        return most == null || asked.lifetime().compareTo(most) < 0 ? asked.lifetime() : most;
    }

    @PostMapping("/allow")
    ResponseEntity<Void> allow(@Nullable Authentication caller, HttpServletRequest request) throws IOException {
        Owner person = person(caller);
        signIn.requireConfirmed(request);
        RequestFields fields = RequestFields.read(request, Set.of("user_code", "abilities", "lifetime"));
        String code = fields.required("user_code", MAX_CODE);
        Abilities chosen = Abilities.of(fields.texts("abilities"));
        Duration lifetime = Duration.ofSeconds(fields.positive("lifetime"));
        fields.check();
        ApprovalRequest asked = find(person, code, request);
        if (!tokens.permitted(person).covers(chosen)) {
            throw new InvalidTokenRequestException(
                    "abilities", "ability-not-permitted", "You may not give a token all of these abilities.");
        }
        ApprovalRequest allowed =
                approvals.allow(asked, person, chosen, lifetime).orElseThrow(ApprovalController::answered);
        events.publish(new AccessEvent.ApprovalAllowed(allowed));
        return ResponseEntity.noContent().build();
    }

    /** Also takes back a yes of one's own, while nobody has fetched the token. */
    @PostMapping("/deny")
    ResponseEntity<Void> deny(@Nullable Authentication caller, HttpServletRequest request) throws IOException {
        Owner person = person(caller);
        RequestFields fields = RequestFields.read(request, Set.of("user_code"));
        String code = fields.required("user_code", MAX_CODE);
        fields.check();
        ApprovalRequest denied =
                approvals.deny(find(person, code, request), person).orElseThrow(ApprovalController::answered);
        events.publish(new AccessEvent.ApprovalDenied(denied));
        return ResponseEntity.noContent().build();
    }

    private Owner person(@Nullable Authentication caller) {
        if (caller == null) { // a chain of the application's own lets anybody through to here
            throw new ProblemException(Problem.unauthenticated(false));
        }
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Requests are answered by people, not by tokens."));
        }
        return owners.require(caller);
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

    private static ProblemException answered() {
        return new ProblemException(
                Problem.ours(409, "request-answered", "Conflict.", "This request was answered already."));
    }
}
