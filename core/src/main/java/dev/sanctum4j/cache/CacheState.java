package dev.sanctum4j.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a cache is doing.
 *
 * @param entries how many answers it holds, those included that it would not believe any more
 * @param hits how many questions it answered from memory
 * @param misses how many it had read
 * @param trusted whether it answers from memory at all; {@code false} while the feed lags too far behind
 * @param maxStale how old an answer may be at the moment
 * @param feedLag how far the feed is behind; absent if there is none
 */
public record CacheState(
        int entries,
        long hits,
        long misses,
        boolean trusted,
        Duration maxStale,
        @Nullable Duration feedLag) {}
