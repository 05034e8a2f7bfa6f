package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.ApprovalLimitException;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.ApprovalRequest.Answer;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.http.Paging;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.http.WireJson;
import dev.sanctum4j.spring.spa.SignIn;
import dev.sanctum4j.spring.store.Events;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where people ask for a token with what their policy holds back, and administrators answer. Nobody answers their own, and the
 * token is the asker's, within what the policy permits them.
 */
@RestController
@RequestMapping("/api/requests")
class RequestsController {

    private final Approvals approvals;
    private final AskedAbilities abilities;
    private final Claims claims;
    private final Tokens tokens;
    private final People people;
    private final SignIn signIn;
    private final Whereabouts whereabouts;
    private final Events events;

    RequestsController(
            Approvals approvals,
            AskedAbilities abilities,
            Claims claims,
            Tokens tokens,
            People people,
            SignIn signIn,
            Whereabouts whereabouts,
            Events events) {
        this.approvals = approvals;
        this.abilities = abilities;
        this.claims = claims;
        this.tokens = tokens;
        this.people = people;
        this.signIn = signIn;
        this.whereabouts = whereabouts;
        this.events = events;
    }

    /** The caller's own that are neither fetched, withdrawn nor over, the oldest first. */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<List<Map<String, Object>>> list(@Nullable Authentication caller, HttpServletRequest request) {
        Owner asker = people.require(caller, request);
        return WireJson.of(approvals.ofPerson(asker).stream()
                .filter(one -> people.whoAsked(one).isPresent())
                .filter(one -> one.state() != State.DENIED || !isAnsweredBy(asker, one))
                .map(RequestsController::json)
                .toList());
    }

    private static boolean isAnsweredBy(Owner person, ApprovalRequest request) {
        return request.answer() != null && request.answer().owner().equals(person);
    }

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, Object>> ask(@Nullable Authentication caller, HttpServletRequest request) throws IOException {
        Owner asker = people.require(caller, request);
        RequestFields fields = RequestFields.readJson(request, Set.of("name", "abilities", "lifetime"));
        String name = fields.name("name");
        Abilities wanted = Abilities.of(fields.texts("abilities"));
        Duration lifetime = fields.has("lifetime") ? Duration.ofSeconds(fields.positive("lifetime")) : null;
        fields.check();
        if (!tokens.permitted(asker).covers(wanted)) {
            throw new InvalidTokenRequestException(
                    "abilities", "ability-not-permitted", "You may not give a token all of these abilities.");
        }
        try {
            ApprovalRequest asked =
                    approvals.askAsPerson(asker, name, wanted, lifetime, request.getRemoteAddr(), abilities::knows);
            events.publish(new AccessEvent.ApprovalAsked(asked));
            return WireJson.of(json(asked));
        } catch (ApprovalLimitException e) {
            throw new ProblemException(Problem.tooMany(e.after()));
        }
    }

    /** Withdraws a request, of one's own only. */
    @DeleteMapping("/{id}")
    ResponseEntity<Void> withdraw(
            @Nullable Authentication caller, @PathVariable String id, HttpServletRequest request) {
        Owner asker = people.require(caller, request);
        return denied(own(asker, id), asker);
    }

    /** Makes the token of a request that was allowed, once, and shows it once. */
    @PostMapping(path = "/{id}/claim", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, Object>> claim(
            @Nullable Authentication caller, @PathVariable String id, HttpServletRequest request) {
        Owner asker = people.require(caller, request);
        signIn.requireConfirmed(request);
        ApprovalRequest allowed = own(asker, id);
        if (allowed.state() != State.ALLOWED || allowed.answer() == null) {
            throw ApprovalController.answered();
        }
        if (!people.isAdministrator(allowed.answer().owner(), allowed.answer().at())) {
            throw new ProblemException(Problem.forbidden("Whoever said yes may not say so any more. Ask again."));
        }
        try {
            Claims.Claimed claimed = claims.claim(allowed);
            AccessToken token = claimed.made().token();
            events.publish(new AccessEvent.ApprovalClaimed(claimed.request(), token));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", token.id().value());
            json.put("name", token.name());
            json.put("abilities", token.abilities().names());
            json.put("token", claimed.made().plainText().reveal());
            return WireJson.shownOnce(json);
        } catch (DeviceError e) {
            throw new ProblemException(Problem.forbidden(String.valueOf(e.getMessage())));
        }
    }

    private ApprovalRequest own(Owner asker, String id) {
        ApprovalRequest found = find(id);
        if (!asker.equals(found.asker()) || people.whoAsked(found).isEmpty()) {
            throw new ProblemException(Problem.notFound());
        }
        return found;
    }

    private ApprovalRequest find(String id) {
        return TokenId.parse(id)
                .flatMap(number -> approvals.findOfPerson(number.value()))
                .orElseThrow(() -> new ProblemException(Problem.notFound()));
    }

    private static Map<String, Object> json(ApprovalRequest request) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", request.id());
        json.put("name", request.clientName());
        json.put("abilities", request.asked().names());
        json.put("lifetime", request.lifetime().toSeconds());
        json.put("asked_at", WireJson.time(request.createdAt()));
        json.put("expires_at", WireJson.time(request.expiresAt()));
        json.put("state", request.state().text());
        Answer answer = request.answer();
        if (request.state() == State.ALLOWED && answer != null) {
            json.put("allowed_abilities", answer.abilities().names());
            json.put("allowed_lifetime", answer.lifetime().toSeconds());
        }
        return json;
    }

    // ---- administrators

    /** What waits for an answer, of others, the oldest first. */
    @GetMapping(path = "/open", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<List<Map<String, @Nullable Object>>> open(
            @Nullable Authentication caller,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = Paging.USUAL) int limit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Owner administrator = people.requireAdministrator(caller, request);
        Paging paging = Paging.of(after, limit);
        long last = Optional.ofNullable(paging.number()).orElse(0L);
        Set<String> names = people.names(administrator);
        List<Waiting> waiting = new ArrayList<>();
        List<ApprovalRequest> read;
        do { // until the page is full: of what is left out nobody can tell how much there is
            read = approvals.openOfPeople(last, paging.read());
            for (ApprovalRequest one : read) {
                last = one.id();
                waiting(one)
                        .filter(other -> !People.areSame(administrator, names, asker(one), other.names()))
                        .ifPresent(waiting::add);
            }
        } while (read.size() == paging.read() && waiting.size() < paging.read());
        return WireJson.of(paging.page(waiting, one -> one.request().id(), request, response).stream()
                .map(this::shown)
                .toList());
    }

    /** A request, and who asks. */
    private record Waiting(ApprovalRequest request, LoadedOwner asker) {

        Set<String> names() {
            return People.names(RequestsController.asker(request), asker);
        }
    }

    /** Empty while the asker is not let in, who may be asleep or disabled for a day: looking decides nothing. */
    private Optional<Waiting> waiting(ApprovalRequest request) {
        return people.whoAsked(request).map(asker -> new Waiting(request, asker));
    }

    private Map<String, @Nullable Object> shown(Waiting waiting) {
        ApprovalRequest request = waiting.request();
        Owner asker = asker(request);
        Abilities permitted = tokens.permitted(asker);
        Map<String, @Nullable Object> json = new LinkedHashMap<>(json(request));
        json.put("account", waiting.asker().name());
        json.put("lifetime", claims.most(asker, request).toSeconds());
        json.put("address", request.address());
        json.put("country", whereabouts.country(request.address()));
        json.put("abilities", abilities.described(request.asked().names(), permitted::can));
        return json;
    }

    /** The store finds those of people only. */
    private static Owner asker(ApprovalRequest request) {
        return Objects.requireNonNull(request.asker());
    }

    @PostMapping("/{id}/allow")
    ResponseEntity<Void> allow(@Nullable Authentication caller, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        Owner administrator = people.requireAdministrator(caller, request);
        signIn.requireConfirmed(request);
        RequestFields fields = RequestFields.readJson(request, Set.of("abilities", "lifetime"));
        Abilities chosen = Abilities.of(fields.texts("abilities"));
        Duration lifetime = Duration.ofSeconds(fields.positive("lifetime"));
        fields.check();
        ApprovalRequest asked = others(administrator, id);
        if (people.whoAsked(asked).isEmpty()) {
            throw new ProblemException(Problem.notFound()); // as the list says
        }
        if (!tokens.permitted(asker(asked)).covers(chosen)) {
            throw new InvalidTokenRequestException(
                    "abilities", "ability-not-permitted", "Whoever asks may not have all of these abilities.");
        }
        ApprovalRequest allowed =
                approvals.allow(asked, administrator, chosen, lifetime, null).orElseThrow(ApprovalController::answered);
        events.publish(new AccessEvent.ApprovalAllowed(allowed));
        return ResponseEntity.noContent().build();
    }

    /** Also takes back a yes, whoever gave it, while nobody has fetched the token. */
    @PostMapping("/{id}/deny")
    ResponseEntity<Void> deny(@Nullable Authentication caller, @PathVariable String id, HttpServletRequest request) {
        Owner administrator = people.requireAdministrator(caller, request);
        return denied(others(administrator, id), administrator);
    }

    private ResponseEntity<Void> denied(ApprovalRequest request, Owner person) {
        events.publish(new AccessEvent.ApprovalDenied(
                approvals.deny(request, person).orElseThrow(ApprovalController::answered)));
        return ResponseEntity.noContent().build();
    }

    private ApprovalRequest others(Owner administrator, String id) {
        ApprovalRequest found = find(id);
        if (people.areSame(administrator, asker(found))) {
            throw new ProblemException(Problem.forbidden("Nobody answers what they have asked for themselves."));
        }
        return found;
    }
}
