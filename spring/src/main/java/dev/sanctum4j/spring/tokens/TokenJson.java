package dev.sanctum4j.spring.tokens;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.spring.http.WireJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A token as JSON: the names and the times of Laravel (B7, B8). */
final class TokenJson {

    private TokenJson() {}

    static Map<String, Object> of(AccessToken token) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", token.id().value());
        json.put("name", token.name());
        json.put("abilities", token.abilities().names());
        putTime(json, "last_used_at", token.lastUsedAt());
        putText(json, "last_used_from", token.lastUsedFrom());
        putTime(json, "expires_at", token.expiresAt());
        putTime(json, "created_at", token.createdAt());
        return json;
    }

    /** A new token with its text, for the only time. */
    static Map<String, Object> of(NewToken made) {
        Map<String, Object> json = of(made.token());
        json.put("token", made.plainText().reveal());
        return json;
    }

    @SuppressWarnings("NullAway") // a JSON null is meant, and Map has no way to say so
    private static void putText(Map<String, Object> json, String name, @Nullable String text) {
        json.put(name, text);
    }

    @SuppressWarnings("NullAway") // as above
    private static void putTime(Map<String, Object> json, String name, @Nullable Instant time) {
        json.put(name, time == null ? null : WireJson.time(time));
    }
}
