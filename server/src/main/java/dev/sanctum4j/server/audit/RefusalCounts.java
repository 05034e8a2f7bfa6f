package dev.sanctum4j.server.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts refusals, so that whoever is refused cannot fill the log. The first of its kind is an entry at once; the same again, from the
 * same address, is one more entry each minute, with its count. Where too many kinds come in a minute, owner, token and detail are
 * left out, then the address too; after so many entries in a day there is one for each event and hour.
 *
 * <p>Thread-safe; never holds more than a thousand kinds.
 */
final class RefusalCounts {

    /** How many kinds are written at once; the others wait for the minute, which takes one transaction. */
    static final int AT_ONCE = 100;

    static final int WITH_DETAIL = 500;
    static final int WITH_ADDRESS = 1_000;

    private final int perDay;
    private final Map<Entry, Count> counts = new HashMap<>();
    private Instant day = Instant.EPOCH;
    private Instant summed = Instant.EPOCH;
    private int written;

    /** How often since it was written last, and when last. */
    private static final class Count {
        int times;
        Instant latest;

        Count(int times, Instant latest) {
            this.times = times;
            this.latest = latest;
        }
    }

    RefusalCounts(int perDay) {
        this.perDay = perDay;
    }

    /** What to write at once, if anything. */
    synchronized Optional<Entry> add(Entry refusal) {
        begin(refusal.at());
        Entry kind = kind(refusal);
        Count count = counts.get(kind);
        if (count != null) {
            count.times++;
            count.latest = refusal.at();
            return Optional.empty();
        }
        boolean atOnce = counts.size() < AT_ONCE && written < perDay;
        counts.put(kind, new Count(atOnce ? 0 : 1, refusal.at()));
        if (!atOnce) {
            return Optional.empty();
        }
        written++;
        return Optional.of(refusal);
    }

    /** What to write at the end of a minute, or of the server: all that has been counted. */
    synchronized List<Entry> take(Instant now, boolean last) {
        begin(now);
        counts.values().removeIf(count -> count.times == 0); // not seen again
        if (written + counts.size() > perDay) {
            sumUp();
            if (!last && now.isBefore(summed.plus(Duration.ofHours(1)))) {
                return List.of();
            }
            summed = now;
        }
        List<Entry> due = new ArrayList<>();
        counts.forEach((kind, count) -> {
            due.add(kind.times(count.latest, count.times));
            count.times = 0;
        });
        written += due.size();
        return due;
    }

    private void begin(Instant now) {
        Instant today = now.truncatedTo(ChronoUnit.DAYS);
        if (!today.equals(day)) {
            day = today;
            written = 0;
        }
    }

    private Entry kind(Entry refusal) {
        Entry whole = refusal.times(Instant.EPOCH, 0);
        if (counts.containsKey(whole) || written < perDay && counts.size() < WITH_DETAIL) {
            return whole;
        }
        Entry from = new Entry(Instant.EPOCH, refusal.event(), null, null, null, refusal.address(), null, 0);
        if (counts.containsKey(from) || written < perDay && counts.size() < WITH_ADDRESS) {
            return from;
        }
        return event(refusal);
    }

    private static Entry event(Entry refusal) {
        return new Entry(Instant.EPOCH, refusal.event(), null, null, null, null, null, 0);
    }

    private void sumUp() {
        Map<Entry, Count> sums = new HashMap<>();
        counts.forEach((kind, count) -> sums.merge(
                event(kind),
                count,
                (one, other) -> new Count(
                        one.times + other.times, one.latest.isAfter(other.latest) ? one.latest : other.latest)));
        counts.clear();
        counts.putAll(sums);
    }
}
