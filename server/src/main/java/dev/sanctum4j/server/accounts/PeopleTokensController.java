package dev.sanctum4j.server.accounts;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Paging;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Everybody's tokens, for administrators, who see and revoke them. Only their owners make some. */
@RestController
@RequestMapping("/api/admin")
@RequiresAbility(AdminApi.TOKENS)
class PeopleTokensController {

    private final Accounts accounts;
    private final Tokens tokens;
    private final ApplicationEventPublisher events;

    PeopleTokensController(Accounts accounts, Tokens tokens, ApplicationEventPublisher events) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.events = events;
    }

    /** Somebody's tokens that are not revoked, the newest first; {@code before} is another word for {@code after}. */
    @GetMapping("/people/{id}/tokens")
    AdminApi.Page<Token> list(
            @Nullable Authentication caller,
            @PathVariable long id,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable String before,
            @RequestParam(defaultValue = Paging.USUAL) int limit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Paging paging = Paging.of(after == null ? before : after, limit);
        Owner owner = accounts.get(id).owner();
        List<AccessToken> found = tokens.list(owner, paging.token(), paging.read());
        Map<TokenId, String> hints =
                hints(caller, found.stream().map(AccessToken::id).toList());
        List<Token> read = found.stream()
                .map(token -> Token.of(token, hints.get(token.id())))
                .toList();
        return AdminApi.Page.of(paging, read, Token::id, request, response);
    }

    @DeleteMapping("/people/{id}/tokens")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revokeAll(@PathVariable long id) {
        Owner owner = accounts.get(id).owner();
        int count = tokens.revokeAll(owner);
        events.publishEvent(new AuditEvent("tokens_revoked_by_admin", owner, Integer.toString(count)));
    }

    @GetMapping("/tokens/{id}")
    Token show(@Nullable Authentication caller, @PathVariable String id) {
        AccessToken token = find(id);
        return Token.of(token, hints(caller, List.of(token.id())).get(token.id()));
    }

    @DeleteMapping("/tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id) {
        AccessToken token = find(id);
        if (tokens.revoke(token.id())) {
            events.publishEvent(new AuditEvent("tokens_revoked_by_admin", token.owner(), "token " + token.id()));
        }
    }

    /** What an administrator's session is told, and no token is. */
    private Map<TokenId, String> hints(@Nullable Authentication caller, List<TokenId> which) {
        return caller instanceof TokenAuthentication ? Map.of() : tokens.hints(which);
    }

    private AccessToken find(String id) {
        return TokenId.parse(id).flatMap(tokens::find).orElseThrow(() -> new ProblemException(Problem.notFound()));
    }
}
