package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owners whom their provider has not signed in for long: nobody knows whether they would be let in still, so what is theirs waits.
 *
 * <p>Thread-safe.
 */
final class Sleep {

    private static final int MANY = 10_000;

    private final @Nullable Duration within;
    private final Clock clock;
    private final Consumer<AccessEvent> events;

    /** Those who were refused here, and when each had been seen. */
    private final Map<Owner, Instant> told = new ConcurrentHashMap<>();

    /**
     * @param within how long they may stay away; absent for ever
     * @param events told of each who is refused for the first time
     */
    Sleep(@Nullable Duration within, Clock clock, Consumer<AccessEvent> events) {
        this.within = within;
        this.clock = clock;
        this.events = events;
    }

    /** When an owner falls asleep who does not come back; null if never. */
    @Nullable
    Instant begins(LoadedOwner owner) {
        return within == null || owner.seenAt() == null ? null : owner.seenAt().plus(within);
    }

    /** Whether an owner is awake; the first time one is not, that is published. */
    boolean isAwake(Owner owner, LoadedOwner known) {
        Instant end = begins(known);
        Instant seen = known.seenAt();
        if (end == null || seen == null || !clock.instant().isAfter(end)) {
            if (!told.isEmpty()) {
                told.remove(owner);
            }
            return true;
        }
        if (told.size() >= MANY) {
            told.clear();
        }
        if (!seen.equals(told.put(owner, seen))) {
            events.accept(new AccessEvent.OwnerAsleep(owner, seen));
        }
        return false;
    }

    /** Whether an owner was refused here for being asleep, the last time that anybody asked. */
    boolean wasRefused(Owner owner) {
        return told.containsKey(owner);
    }
}
