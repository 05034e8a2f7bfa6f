package dev.sanctum4j.spring.tokens;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.spring.http.WireJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A token as JSON: the names and the times of Laravel (B7, B8); which one issued it, and its actor, only where there are such. */
final class TokenJson {

    private TokenJson() {}

    static Map<String, @Nullable Object> of(AccessToken token) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", token.id().value());
        json.put("name", token.name());
        json.put("abilities", token.abilities().names());
        json.put("last_used_at", time(token.lastUsedAt()));
        json.put("last_used_from", token.lastUsedFrom());
        json.put("expires_at", time(token.expiresAt()));
        json.put("created_at", time(token.createdAt()));
        if (token.issuedBy() != null) {
            json.put("issued_by", token.issuedBy().value());
        }
        if (token.actor() != null) {
            json.put("actor", token.actor());
        }
        return json;
    }

    /** For its owner, who sees how its text ends where that is known. */
    static Map<String, @Nullable Object> of(AccessToken token, Map<TokenId, String> hints) {
        Map<String, @Nullable Object> json = of(token);
        String hint = hints.get(token.id());
        if (hint != null) {
            json.put("hint", hint);
        }
        return json;
    }

    /** A new token with its text, for the only time. */
    static Map<String, @Nullable Object> of(NewToken made) {
        Map<String, @Nullable Object> json = of(made.token());
        json.put("token", made.plainText().reveal());
        return json;
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : WireJson.time(time);
    }
}
