package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which tokens were used, so that one batch writes what many requests did. A token's use is noted once in each of its
 * periods, which are as long as the resolution. Where they begin is different from token to token: what is used all the time is
 * then written a little at a time and not all at once, whenever it was first used. Holds what is yet to be written.
 *
 * <p>Thread-safe.
 */
final class LastUseBuffer {

    private final long seconds;
    private final Map<TokenId, LastUse> waiting = new ConcurrentHashMap<>();

    /** Whether a token is among them that was never used before, as far as was known: somebody may be looking for that. */
    private volatile boolean first;

    LastUseBuffer(Duration resolution) {
        this.seconds = Math.max(1, resolution.toSeconds()); // stored times are whole seconds
    }

    /**
     * Notes a use unless one of the same period is noted already.
     *
     * @param hash the one that was presented
     */
    void record(StoredToken stored, SecretHash hash, Instant now, @Nullable String from) {
        long second = now.getEpochSecond();
        if (stored.isNoted(second)) {
            return;
        }
        AccessToken token = stored.token();
        long begin = second - Math.floorMod(second + hash.hashCode(), seconds);
        LastUse noted = waiting.get(token.id());
        Instant known = noted == null ? token.lastUsedAt() : noted.at();
        if (known == null || known.getEpochSecond() < begin) {
            LastUse use = new LastUse(now.truncatedTo(ChronoUnit.SECONDS), from);
            waiting.merge(token.id(), use, LastUseBuffer::later);
            if (known == null) {
                first = true; // after it was noted, or it could be overlooked
            }
        }
        stored.notedUntil(begin + seconds);
    }

    /** Hands everything noted since the last time to the store; keeps it if the store fails. */
    synchronized void flush(TokenStore store) {
        first = false;
        Map<TokenId, LastUse> batch = Map.copyOf(waiting);
        if (!batch.isEmpty()) {
            store.touch(batch);
            batch.forEach(waiting::remove);
        }
    }

    /** Does the same if there is a first use; after a failure not before everything is written again. */
    void flushFirst(TokenStore store) {
        if (first) {
            flush(store);
        }
    }

    private static LastUse later(LastUse a, LastUse b) {
        return b.at().isAfter(a.at()) ? b : a;
    }
}
