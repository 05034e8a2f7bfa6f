package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which tokens were used, so that one batch writes what many requests did. Holds at most one entry per valid
 * token in use, and only where the stored time is older than the resolution.
 *
 * <p>Thread-safe.
 */
final class LastUsed {

    private final long seconds;
    private final Map<TokenId, Instant> pending = new ConcurrentHashMap<>();

    LastUsed(Duration resolution) {
        this.seconds = Math.max(1, resolution.toSeconds()); // stored times are whole seconds
    }

    void record(AccessToken token, Instant now) {
        if (!isFresh(token.lastUsedAt(), now) && !isFresh(pending.get(token.id()), now)) {
            pending.merge(token.id(), now.truncatedTo(ChronoUnit.SECONDS), LastUsed::later);
        }
    }

    private boolean isFresh(@Nullable Instant known, Instant now) {
        return known != null && now.getEpochSecond() - known.getEpochSecond() < seconds;
    }

    /** Hands everything noted so far to the store; keeps it if the store fails. */
    void flush(TokenStore store) {
        Map<TokenId, Instant> batch = new HashMap<>();
        for (TokenId id : List.copyOf(pending.keySet())) {
            Instant at = pending.remove(id);
            if (at != null) {
                batch.put(id, at);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            store.touch(batch);
        } catch (RuntimeException e) {
            batch.forEach((id, at) -> pending.merge(id, at, LastUsed::later));
            throw e;
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
