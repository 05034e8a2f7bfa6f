package dev.sanctum4j;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which of the tokens that are not revoked are valid: those that have not come to an end by their expiry, by their age, or by
 * lying unused.
 *
 * @param now the moment that it is about
 * @param createdAfter what was created then or before is too old, and so is what does not tell; {@code null} if age does not matter
 * @param usedAfter what was used, or else created, then or before has lain unused for too long; what tells neither has not.
 *     {@code null} if that does not matter
 */
public record Validity(
        Instant now,
        @Nullable Instant createdAfter,
        @Nullable Instant usedAfter) {

    /** Whether a token that is not revoked is valid. */
    public boolean holdsFor(AccessToken token) {
        Instant created = token.createdAt();
        Instant used = token.lastUsedAt() == null ? created : token.lastUsedAt();
        return !token.isExpired(now)
                && (createdAfter == null || created != null && created.isAfter(createdAfter))
                && (usedAfter == null || used == null || used.isAfter(usedAfter));
    }
}
