package dev.sanctum4j.spring.spa;

import java.time.Duration;
import java.util.Optional;

/**
 * Counts by key, each for a minute from its first on, in places whose number never changes. A count that is kept is never
 * forgotten before its minute is over, whatever else is counted; a key that comes while there is no place for it has none.
 *
 * <p>Not thread-safe.
 */
final class MinuteCounters {

    static final Duration WINDOW = Duration.ofMinutes(1);

    private static final int LONGS = 3; // of a place: the key, then until when and how often
    private static final int WAYS = 8; // places of a bucket
    private static final int COUNT_BITS = 16;
    private static final int MAX_COUNT = (1 << COUNT_BITS) - 1;
    private static final int NONE = -1;

    private final int buckets;
    final long[] cells;

    /** @param places at least eight */
    MinuteCounters(int places) {
        this.buckets = places / WAYS;
        this.cells = new long[buckets * WAYS * LONGS];
    }

    /** What is counted: 128 bits, which nobody outside can choose. */
    record Key(long high, long low) {}

    /** The count of a key as it stands; it is good until the next one is asked for. */
    Count of(Key key, long now) {
        return new Count(key, now, place(key, now));
    }

    /** Where a key is counted, or could be: in one of two buckets, so that one is full only when almost all are. */
    private int place(Key key, long now) {
        int best = NONE;
        int most = 0;
        for (int bucket : new int[] {bucket(key.high()), bucket(key.low())}) {
            int free = 0;
            int last = NONE;
            for (int place = bucket; place < bucket + WAYS * LONGS; place += LONGS) {
                if (cells[place] == key.high() && cells[place + 1] == key.low()) {
                    return place;
                }
                if (isOver(place, now)) {
                    free++;
                    last = place;
                }
            }
            if (free > most) {
                most = free;
                best = last;
            }
        }
        return best;
    }

    private int bucket(long hash) {
        return (int) Long.remainderUnsigned(hash, buckets) * WAYS * LONGS;
    }

    /** Whether what is counted there counts no more. A clock that was set back does not make a minute longer. */
    private boolean isOver(int place, long now) {
        long state = cells[place + 2];
        long latest = now + WINDOW.toMillis();
        if (state >> COUNT_BITS > latest) {
            cells[place + 2] = latest << COUNT_BITS | state & MAX_COUNT;
        }
        return state == 0 || state >> COUNT_BITS <= now;
    }

    /** How often a key was counted in its minute. */
    final class Count {
        private final Key key;
        private final long now;
        private final int place;

        private Count(Key key, long now, int place) {
            this.key = key;
            this.now = now;
            this.place = place;
        }

        /** Whether there is a place for it; if not, nothing is known of it, and nothing will be. */
        boolean hasPlace() {
            return place != NONE;
        }

        private boolean isCounted() {
            return hasPlace() && cells[place] == key.high() && cells[place + 1] == key.low() && !isOver(place, now);
        }

        boolean reaches(int limit) {
            return isCounted() && (cells[place + 2] & MAX_COUNT) >= limit;
        }

        /** How long to wait if there have been as many as {@code limit}. */
        Optional<Duration> wait(int limit) {
            return reaches(limit)
                    ? Optional.of(Duration.ofMillis((cells[place + 2] >> COUNT_BITS) - now))
                    : Optional.empty();
        }

        void add() {
            if (!hasPlace() || reaches(MAX_COUNT)) {
                return;
            }
            if (!isCounted()) {
                cells[place] = key.high();
                cells[place + 1] = key.low();
                cells[place + 2] = now + WINDOW.toMillis() << COUNT_BITS;
            }
            cells[place + 2]++;
        }

        void forget() {
            if (isCounted()) {
                cells[place + 2] = 0;
            }
        }
    }
}
