package dev.sanctum4j.server.oauth;

import dev.sanctum4j.Abilities;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A server that may ask about tokens and revoke them.
 *
 * @param id what it calls itself, {@code client_id}
 * @param abilities which abilities it is told of: those that its own routes ask for. None means whatever a token lists
 * @param createdAt since when it is known
 * @param rotatedAt when it was given another secret last; absent if it has its first one
 */
public record Client(
        String id,
        Abilities abilities,
        Instant createdAt,
        @Nullable Instant rotatedAt) {}
