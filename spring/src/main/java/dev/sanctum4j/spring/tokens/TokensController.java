package dev.sanctum4j.spring.tokens;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.IssuedOnce;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.http.OnceHeader;
import dev.sanctum4j.spring.http.Paging;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.http.WireJson;
import dev.sanctum4j.spring.spa.PersonThrottle;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * A caller's own tokens. Managing them takes a session, or a token that lists {@value Abilities#MANAGE_TOKENS}; one that lists
 * {@value Abilities#DELEGATE_TOKENS} may issue some for actors, and end those; any token may show and end itself. Somebody
 * else's token is as unknown as one that does not exist.
 */
@RestController
@RequestMapping("/api/tokens")
class TokensController {

    private static final int IDENTIFIED_PER_MINUTE = 10;

    /** More than any token has. */
    private static final int MAX_TEXT = 600;

    private final Tokens tokens;
    private final Owners owners;
    private final TokenIssuing issuing;
    private final SignIn signIn;
    private final PersonThrottle identifying;

    TokensController(Tokens tokens, Owners owners, TokenIssuing issuing, SignIn signIn, Clock clock) {
        this.tokens = tokens;
        this.owners = owners;
        this.issuing = issuing;
        this.signIn = signIn;
        this.identifying = new PersonThrottle(clock, IDENTIFIED_PER_MINUTE);
    }

    /** Some of them, the newest first; a header {@code Link} leads to those behind. */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<List<Map<String, @Nullable Object>>> list(
            @Nullable Authentication caller,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = Paging.USUAL) int limit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Owner owner = manager(caller);
        Paging paging = Paging.of(after, limit);
        List<AccessToken> read = tokens.list(owner, paging.token(), paging.read());
        List<AccessToken> page = paging.page(read, token -> token.id().value(), request, response);
        Map<TokenId, String> hints =
                hints(caller, request, owner, page.stream().map(AccessToken::id).toList());
        return WireJson.of(
                page.stream().map(token -> TokenJson.of(token, hints)).toList());
    }

    @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> create(
            @Nullable Authentication caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Owner owner =
                caller instanceof TokenAuthentication issuer && issuer.token().mayIssue()
                        ? issuer.token().owner()
                        : manager(caller);
        if (!(caller instanceof TokenAuthentication)) {
            signIn.requireConfirmed(request);
        }
        RequestFields fields = RequestFields.read(request, Set.of("name", "abilities", "expires_at", "actor"));
        String name = fields.name("name");
        Abilities abilities = Abilities.of(fields.texts("abilities"));
        Instant expiresAt = fields.instant("expires_at");
        String actor = fields.has("actor") ? fields.text("actor", TokenRequest.MAX_ACTOR) : null;
        String key = OnceHeader.key(request, fields);
        fields.check();
        TokenRequest wanted = TokenRequest.of(owner, name, abilities);
        if (expiresAt != null) {
            wanted = wanted.expiresAt(expiresAt);
        }
        if (actor != null) {
            wanted = wanted.actor(actor);
        }
        if (key != null) {
            IssuedOnce made = caller instanceof TokenAuthentication issuer
                    ? issuing.issueOnce(wanted, issuer.token(), key)
                    : issuing.issueOnce(wanted, key);
            return made.plainText() == null
                    ? OnceHeader.replayed(response, TokenJson.of(made.token()))
                    : WireJson.shownOnce(TokenJson.of(new NewToken(made.token(), made.plainText())));
        }
        NewToken made = caller instanceof TokenAuthentication issuer
                ? issuing.issue(wanted, issuer.token())
                : issuing.issue(wanted);
        return WireJson.shownOnce(TokenJson.of(made));
    }

    /**
     * Gives a token another secret, and another end if one is sent. Takes a session: a token that could rotate others would learn
     * the secret of stronger ones.
     */
    @PostMapping(path = "/{id}/rotate", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> rotate(
            @Nullable Authentication caller, @PathVariable String id, HttpServletRequest request) throws IOException {
        Owner owner = manager(caller);
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Tokens are rotated by sessions, not by tokens."));
        }
        signIn.requireConfirmed(request);
        RequestFields fields = RequestFields.read(request, Set.of("expires_at"));
        Instant expiresAt = fields.instant("expires_at");
        fields.check();
        NewToken made = issuing.rotate(find(owner, id).id(), expiresAt).orElseThrow(TokensController::unknown);
        return WireJson.shownOnce(TokenJson.of(made));
    }

    /**
     * Which of the caller's valid tokens has a text that was found somewhere. Whatever else the text may be gets one and the same
     * answer. Takes a session: a token has no business with others.
     */
    @PostMapping(path = "/identify", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> identify(
            @Nullable Authentication caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Tokens are identified by sessions, not by tokens."));
        }
        Owner owner = AbilitiesController.owner(owners, caller);
        if (!signIn.isInSession(
                request, owner)) { // but by what comes with each request, like a token of somebody else's
            throw new ProblemException(Refusals.sessionRequired("Tokens are identified in a session."));
        }
        RequestFields fields = RequestFields.readJson(request, Set.of("token"));
        String text = fields.required("token", MAX_TEXT);
        fields.check();
        identifying.attempt(owner).ifPresent(wait -> {
            throw new ProblemException(Problem.tooMany(wait));
        });
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put(
                "token",
                tokens.identify(owner, text)
                        .map(token -> TokenJson.of(token, tokens.hints(List.of(token.id()))))
                        .orElse(null));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        return WireJson.of(answer);
    }

    /** Revokes all; but the one that {@code except} names, or else, unless {@code all} is said, the one that asks. */
    @DeleteMapping
    ResponseEntity<Void> revokeAll(
            @Nullable Authentication caller,
            @RequestParam(defaultValue = "false") boolean all,
            @RequestParam(required = false) @Nullable String except) {
        Owner owner = manager(caller);
        if (except != null) {
            tokens.revokeOthers(owner, find(owner, except).id());
        } else if (caller instanceof TokenAuthentication current && !all) {
            tokens.revokeOthers(owner, current.token().id());
        } else {
            tokens.revokeAll(owner);
        }
        return ResponseEntity.noContent().build();
    }

    @GetMapping(path = "/current", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> current(@Nullable Authentication caller) {
        return WireJson.of(TokenJson.of(own(caller)));
    }

    @DeleteMapping("/current")
    ResponseEntity<Void> revokeCurrent(@Nullable Authentication caller) {
        tokens.revoke(own(caller).id());
        return ResponseEntity.noContent().build();
    }

    @GetMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> show(
            @Nullable Authentication caller, @PathVariable String id, HttpServletRequest request) {
        AccessToken token = selfOrManaged(caller, id);
        return WireJson.of(TokenJson.of(token, hints(caller, request, token.owner(), List.of(token.id()))));
    }

    @PatchMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, @Nullable Object>> change(
            @Nullable Authentication caller, @PathVariable String id, HttpServletRequest request) throws IOException {
        TokenId which = find(manager(caller), id).id();
        RequestFields fields = RequestFields.read(request, Set.of("name", "abilities"));
        String name = fields.has("name") ? fields.name("name") : null;
        Abilities abilities = fields.has("abilities") ? Abilities.of(fields.texts("abilities")) : null;
        fields.check();
        if (abilities != null) {
            TokenRequest.checkAbilities(abilities);
        }
        AccessToken token = tokens.update(which, name, abilities).orElseThrow(TokensController::unknown);
        return WireJson.of(TokenJson.of(token, hints(caller, request, token.owner(), List.of(which))));
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> revoke(@Nullable Authentication caller, @PathVariable String id) {
        AccessToken ended = caller instanceof TokenAuthentication issuer ? issuedBy(issuer.token(), id) : null;
        if (ended != null && ended.isRevoked()) {
            throw unknown();
        }
        tokens.revoke((ended == null ? selfOrManaged(caller, id) : ended).id());
        return ResponseEntity.noContent().build();
    }

    /** Revokes what a token has issued, and leaves it. */
    @DeleteMapping("/{id}/issued")
    ResponseEntity<Void> revokeIssued(@Nullable Authentication caller, @PathVariable String id) {
        tokens.revokeIssued(find(manager(caller), id).id());
        return ResponseEntity.noContent().build();
    }

    /** What a token has issued itself, though it may not manage others; {@code null} if that is not so. */
    private @Nullable AccessToken issuedBy(AccessToken issuer, String id) {
        return !issuer.mayIssue()
                ? null
                : TokenId.parse(id)
                        .flatMap(tokens::find)
                        .filter(token -> issuer.id().equals(token.issuedBy())
                                && issuer.owner().equals(token.owner()))
                        .orElse(null);
    }

    /** The owner whose tokens the caller may manage. */
    private Owner manager(@Nullable Authentication caller) {
        if (caller instanceof TokenAuthentication token
                && !token.token().abilities().lists(Abilities.MANAGE_TOKENS)) {
            throw AbilityRule.missing(Abilities.MANAGE_TOKENS);
        }
        return AbilitiesController.owner(owners, caller);
    }

    private AccessToken find(Owner owner, String id) {
        return TokenId.parse(id)
                .flatMap(tokens::find)
                .filter(token -> token.owner().equals(owner) && !token.isRevoked())
                .orElseThrow(TokensController::unknown);
    }

    /** What a session is told of its owner's tokens, and nobody who is let in by anything else. */
    private Map<TokenId, String> hints(
            @Nullable Authentication caller, HttpServletRequest request, Owner owner, List<TokenId> which) {
        return caller instanceof TokenAuthentication || !signIn.isInSession(request, owner)
                ? Map.of()
                : tokens.hints(which);
    }

    private static AccessToken own(@Nullable Authentication caller) {
        if (caller instanceof TokenAuthentication token) {
            return token.token();
        }
        throw unknown();
    }

    private AccessToken selfOrManaged(@Nullable Authentication caller, String id) {
        return caller instanceof TokenAuthentication self
                        && self.token().id().toString().equals(id)
                ? self.token()
                : find(manager(caller), id);
    }

    private static ProblemException unknown() {
        return new ProblemException(Problem.notFound());
    }
}
