package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Internal;
import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.spa.MinuteCounters.Count;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Counts what a person may do a number of times a minute, in however many sessions. Every node counts for itself, in a fixed number of
 * places; whoever comes while there is none waits.
 *
 * <p>Thread-safe.
 */
@Internal
public final class PersonThrottle {

    private static final int PLACES = 1 << 12;

    private final Clock clock;
    private final int perMinute;
    private final Mac mac = LoginThrottle.mac();
    private final MinuteCounters counters = new MinuteCounters(PLACES);

    /** @param perMinute how many tries a person has */
    public PersonThrottle(Clock clock, int perMinute) {
        this.clock = clock;
        this.perMinute = perMinute;
    }

    /** Counts a try. Returns how long to wait if it is one too many; nothing is counted then. */
    public synchronized Optional<Duration> attempt(Owner person) {
        Count count = counters.of(LoginThrottle.key(mac, "person", person.type(), person.id()), clock.millis());
        Optional<Duration> wait = count.hasPlace() ? count.wait(perMinute) : Optional.of(MinuteCounters.WINDOW);
        if (wait.isEmpty()) {
            count.add();
        }
        return wait;
    }
}
