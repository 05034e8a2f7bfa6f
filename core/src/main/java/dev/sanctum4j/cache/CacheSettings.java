package dev.sanctum4j.cache;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much a cache holds, and how long it believes it.
 *
 * @param maxEntries how many answers are kept
 * @param maxStale how old an answer may be at most; absent means {@link #MAX_STALE} while a feed notifies of every change, and
 *     {@link #MAX_STALE_UNNOTIFIED} otherwise
 * @param maxFeedLag how far the feed may lag behind before nothing is believed any more; absent if there is no feed
 * @param transactions those of the application
 * @param nanoTime a clock that only ever goes forward
 */
public record CacheSettings(
        int maxEntries,
        @Nullable Duration maxStale,
        @Nullable Duration maxFeedLag,
        Transactions transactions,
        LongSupplier nanoTime) {

    /** The bound where a feed notifies of every change, deletes included. */
    public static final Duration MAX_STALE = Duration.ofSeconds(30);

    /** The bound where something may change and nobody notifies. */
    public static final Duration MAX_STALE_UNNOTIFIED = Duration.ofSeconds(3);

    /** For one node: 50,000 answers, no feed, no transactions. */
    public static final CacheSettings DEFAULT =
            new CacheSettings(50_000, null, null, Transactions.NONE, System::nanoTime);

    /**
     * Settings.
     *
     * @throws IllegalArgumentException if a number or a duration is not positive
     */
    public CacheSettings {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("a cache must hold at least one entry, was " + maxEntries);
        }
        check("longest staleness", maxStale);
        check("longest lag of the feed", maxFeedLag);
    }

    private static void check(String what, @Nullable Duration value) {
        if (value != null && (value.isNegative() || value.isZero())) {
            throw new IllegalArgumentException(what + " must be positive, was " + value);
        }
    }
}
