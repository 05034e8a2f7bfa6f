package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which tokens were used, so that one batch writes what many requests did. Holds one entry per token that was used
 * within the resolution, written or not: a token that comes from a cache does not show when it was written.
 *
 * <p>Thread-safe.
 */
final class LastUsed {

    private record Noted(LastUse use, boolean written) {}

    private final long seconds;
    private final Map<TokenId, Noted> noted = new ConcurrentHashMap<>();

    LastUsed(Duration resolution) {
        this.seconds = Math.max(1, resolution.toSeconds()); // stored times are whole seconds
    }

    void record(AccessToken token, Instant now, @Nullable String from) {
        if (isFresh(token.lastUsedAt(), now)) {
            return;
        }
        Noted known = noted.get(token.id());
        if (known == null || !isFresh(known.use.at(), now)) {
            LastUse use = new LastUse(now.truncatedTo(ChronoUnit.SECONDS), from);
            noted.merge(token.id(), new Noted(use, false), LastUsed::later);
        }
    }

    private boolean isFresh(@Nullable Instant known, Instant now) {
        return known != null && now.getEpochSecond() - known.getEpochSecond() < seconds;
    }

    /** Hands everything noted since the last time to the store; keeps it if the store fails. */
    synchronized void flush(TokenStore store, Instant now) {
        Map<TokenId, LastUse> batch = new HashMap<>();
        noted.forEach((id, one) -> {
            if (!one.written) {
                batch.put(id, one.use);
            }
        });
        if (!batch.isEmpty()) {
            store.touch(batch);
            batch.forEach((id, use) -> noted.replace(id, new Noted(use, false), new Noted(use, true)));
        }
        noted.values().removeIf(one -> one.written && !isFresh(one.use.at(), now));
    }

    private static Noted later(Noted a, Noted b) {
        return b.use.at().isAfter(a.use.at()) ? b : a;
    }
}
