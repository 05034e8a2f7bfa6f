package dev.sanctum4j.server.accounts;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.server.web.AdminApi;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's token, as administrators see it: in JSON, of the API and of the command line.
 *
 * @param hint how its text ends; for sessions only, absent for programs and where it is not known
 */
public record Token(
        long id,
        String owner,
        String name,
        List<String> abilities,
        @Nullable Long issued_by,
        @Nullable String actor,
        @Nullable String last_used_at,
        @Nullable String expires_at,
        @Nullable String revoked_at,
        @Nullable String created_at,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String hint) {

    /** What may be shown of a token, wherever that goes. */
    public static Token of(AccessToken token) {
        return of(token, null);
    }

    static Token of(AccessToken token, @Nullable String hint) {
        return new Token(
                token.id().value(),
                token.owner().toString(),
                token.name(),
                token.abilities().names(),
                token.issuedBy() == null ? null : token.issuedBy().value(),
                token.actor(),
                AdminApi.time(token.lastUsedAt()),
                AdminApi.time(token.expiresAt()),
                AdminApi.time(token.revokedAt()),
                AdminApi.time(token.createdAt()),
                hint);
    }
}
