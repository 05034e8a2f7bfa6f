package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts wrong user codes: a few for a person, in however many sessions, and more for a network, each for ten minutes from the first on. Every node
 * counts for itself. A fixed number of people and networks at most; whoever comes when there is no place for it waits.
 *
 * <p>Thread-safe.
 */
final class Guesses {

    static final int PER_PERSON = 5;
    static final int PER_NETWORK = 50;
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final Clock clock;
    private final int places;

    /** The oldest first. */
    private final Map<String, Count> counts = new LinkedHashMap<>();

    private static final class Count {
        Instant end;
        int guesses;

        Count(Instant end) {
            this.end = end;
        }
    }

    Guesses(Clock clock, int places) {
        this.clock = clock;
        this.places = places;
    }

    /** Counts a try before it is known whether the code is right. Returns how long to wait if it is one too many; nothing is counted then. */
    synchronized Optional<Duration> attempt(Owner person, String network) {
        Instant now = clock.instant();
        forget(now);
        Count byPerson = counts.get(person(person));
        Count byNetwork = counts.get(network(network));
        Count full = byPerson != null && byPerson.guesses >= PER_PERSON
                ? byPerson
                : byNetwork != null && byNetwork.guesses >= PER_NETWORK ? byNetwork : null;
        if (full != null) {
            return Optional.of(Duration.between(now, full.end));
        }
        int needed = (byPerson == null ? 1 : 0) + (byNetwork == null ? 1 : 0);
        if (counts.size() + needed > places) {
            return Optional.of(Duration.between(now, counts.values().iterator().next().end));
        }
        counts.computeIfAbsent(person(person), key -> new Count(now.plus(WINDOW))).guesses++;
        counts.computeIfAbsent(network(network), key -> new Count(now.plus(WINDOW))).guesses++;
        return Optional.empty();
    }

    /** The code was right: the try counts no more. */
    synchronized void right(Owner person, String network) {
        takeBack(person(person));
        takeBack(network(network));
    }

    private void takeBack(String key) {
        Count count = counts.get(key);
        if (count != null && --count.guesses == 0) {
            counts.remove(key);
        }
    }

    /** A clock that was set back does not make ten minutes longer. */
    private void forget(Instant now) {
        Instant latest = now.plus(WINDOW);
        counts.values().removeIf(count -> {
            count.end = count.end.isAfter(latest) ? latest : count.end;
            return !count.end.isAfter(now);
        });
    }

    private static String person(Owner person) {
        return "person " + person;
    }

    private static String network(String network) {
        return "network " + network;
    }
}
