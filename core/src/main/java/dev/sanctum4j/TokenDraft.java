package dev.sanctum4j;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token about to be stored: all of it but the number, which the store gives. Times are whole seconds.
 *
 * @param owner whom it belongs to
 * @param name what its owner calls it
 * @param abilities what it may be used for
 * @param hash the hash of its secret
 * @param createdAt now
 * @param expiresAt the last moment at which it is valid
 * @param issuedBy the token that issues it; absent if a person does
 * @param metadata the application's own notes
 */
public record TokenDraft(
        Owner owner,
        String name,
        Abilities abilities,
        SecretHash hash,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable TokenId issuedBy,
        Map<String, String> metadata) {

    /** The token this becomes under {@code id}. */
    public AccessToken withId(TokenId id) {
        return new AccessToken(id, owner, name, abilities, createdAt, null, null, expiresAt, null, issuedBy, metadata);
    }
}
