package dev.sanctum4j.spring.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What is told once a minute for each kind, however often it happens. Holds a fixed number of kinds; those beyond are one.
 *
 * <p>Thread-safe.
 */
final class OncePerMinute {

    static final int MOST_KINDS = 64;
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final String OTHERS = "";

    private final LongSupplier clock;
    private final Map<String, Long> told = new LinkedHashMap<>();

    /** @param clock in nanoseconds */
    OncePerMinute(LongSupplier clock) {
        this.clock = clock;
    }

    /** Whether a kind is to be told of now. */
    synchronized boolean isDue(String kind) {
        long now = clock.getAsLong();
        told.values().removeIf(then -> now - then >= MINUTE);
        String known = told.containsKey(kind) || told.size() < MOST_KINDS ? kind : OTHERS;
        return told.putIfAbsent(known, now) == null;
    }
}
