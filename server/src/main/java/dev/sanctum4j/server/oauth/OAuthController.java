package dev.sanctum4j.server.oauth;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.TokenCheck;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells registered clients about tokens (RFC 7662) and revokes tokens for them (RFC 7009). */
@RestController
@RequestMapping("/oauth2")
class OAuthController {

    /** {@code scope-token} of RFC 6749 §3.3. */
    private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]+");

    /** People make personal access tokens here, not clients, so this stands for all of them. */
    private static final String CLIENT_ID = "personal-access-token";

    private final Clients clients;
    private final Tokens tokens;
    private final TokenCheck check;

    OAuthController(Clients clients, Tokens tokens, TokenCheck check) {
        this.clients = clients;
        this.tokens = tokens;
        this.check = check;
    }

    @PostMapping("/introspect")
    ResponseEntity<Map<String, Object>> introspect(HttpServletRequest request) {
        OAuthRequest sent = OAuthRequest.of(request);
        Client client = authenticated(sent);
        Map<String, Object> answer = check.authenticate(token(sent), null)
                .map(owner -> active(owner, client))
                .orElse(Map.of("active", false));
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer);
    }

    @PostMapping("/revoke")
    ResponseEntity<Void> revoke(HttpServletRequest request) {
        OAuthRequest sent = OAuthRequest.of(request);
        authenticated(sent);
        var token = tokens.find(token(sent));
        if (token.isEmpty() && sent.value("token_type_hint").equals("refresh_token")) {
            throw OAuthError.unsupportedTokenType(); // 200 would say that it is worth nothing any more
        }
        token.ifPresent(found -> tokens.revoke(found.id()));
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).build();
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> error(OAuthError e) {
        var answer = ResponseEntity.status(e.status()).cacheControl(CacheControl.noStore());
        if (e.status() == 401) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"sanctum4j\"");
        }
        Map<String, String> said = new LinkedHashMap<>();
        said.put("error", e.code());
        said.put("error_description", e.getMessage());
        return answer.body(said);
    }

    private Client authenticated(OAuthRequest sent) {
        return sent.credentials()
                .flatMap(given -> clients.authenticate(given.id(), given.secret()))
                .orElseThrow(OAuthError::invalidClient);
    }

    private static String token(OAuthRequest sent) {
        String token = sent.value("token");
        if (token.isEmpty()) {
            throw OAuthError.invalidRequest("Send the token.");
        }
        return token;
    }

    private Map<String, Object> active(TokenAuthentication owner, Client client) {
        AccessToken token = owner.token();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("active", true);
        String scope = scope(token.abilities(), client.abilities());
        if (!scope.isEmpty()) {
            answer.put("scope", scope);
        }
        answer.put("client_id", CLIENT_ID);
        answer.put("username", owner.getName());
        answer.put("token_type", "Bearer");
        putSeconds(answer, "exp", tokens.endOf(token));
        putSeconds(answer, "iat", token.createdAt());
        answer.put("sub", token.owner().toString());
        answer.put("jti", token.id().toString());
        if (token.actor() != null) {
            answer.put("act", Map.of("sub", token.actor())); // RFC 8693 §4.1
        }
        if (token.issuedBy() != null) {
            answer.put("issued_by", token.issuedBy().toString());
        }
        return answer;
    }

    /**
     * What the token lists or, for a client that has said what it asks for, what of that the token can. A name that could be
     * read as two is left out: a table of Laravel's may hold any text.
     */
    private static String scope(Abilities token, Abilities client) {
        Abilities told = client.names().isEmpty() ? token : client.cutTo(token);
        return told.names().stream()
                .filter(name -> SCOPE.matcher(name).matches())
                .collect(Collectors.joining(" "));
    }

    private static void putSeconds(Map<String, Object> answer, String name, @Nullable Instant time) {
        if (time != null) {
            answer.put(name, time.getEpochSecond());
        }
    }
}
