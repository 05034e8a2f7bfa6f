package dev.sanctum4j.cache;

import dev.sanctum4j.TokenStoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers for a bounded time and drops them when it is notified of a change. An answer that was being read while the
 * change happened is not believed either, nor is anything once the feed lags too far behind. "There is none" is never kept.
 *
 * <p>Thread-safe. An answer that is there costs no lock.
 *
 * @param <K> what is asked
 * @param <V> what is answered
 */
public final class FreshCache<K, V> {

    private static final int SLOTS = 1 << 14;
    private static final int PATIENCE = 32;

    private final CacheSettings settings;
    private final BiFunction<K, V, ?> identity;
    private final Map<K, Answer<V>> answers = new ConcurrentHashMap<>();
    private final Map<K, FutureTask<Answer<V>>> reading = new ConcurrentHashMap<>();

    /** Changes are numbered. Each slot, shared by many identities, has the number of its latest one. */
    private final AtomicLong changes = new AtomicLong();

    private final AtomicLongArray latest = new AtomicLongArray(SLOTS);
    private final AtomicLong latestOfAll = new AtomicLong();

    private final long maxFeedLag;
    private volatile long caughtUpTo;
    private volatile long maxStale;
    private volatile boolean notifiedOfAll;

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final ReentrantLock trimming = new ReentrantLock();
    private Iterator<Answer<V>> hand = Collections.emptyIterator();

    /** What was read. It counts while it is young enough, and nothing was notified since the reading began. */
    private static final class Answer<V> {
        private final @Nullable V value;
        private final int slot;
        private final long readAt;
        private final long changesThen;
        private boolean used;

        Answer(@Nullable V value, int slot, long readAt, long changesThen) {
            this.value = value;
            this.slot = slot;
            this.readAt = readAt;
            this.changesThen = changesThen;
        }
    }

    /**
     * An empty cache. With a feed it believes nothing until that has {@link #caughtUp caught up}.
     *
     * @param identity by what {@link #invalidate} will name an answer
     */
    public FreshCache(CacheSettings settings, BiFunction<K, V, ?> identity) {
        this.settings = settings;
        this.identity = identity;
        maxFeedLag = settings.maxFeedLag() == null ? 0 : settings.maxFeedLag().toNanos();
        caughtUpTo = settings.nanoTime().getAsLong() - maxFeedLag;
        maxStale = bound(false);
    }

    private long bound(boolean notifiedOfAll) {
        Duration set = settings.maxStale();
        return (set != null ? set : notifiedOfAll ? CacheSettings.MAX_STALE : CacheSettings.MAX_STALE_UNNOTIFIED)
                .toNanos();
    }

    /**
     * The answer, from memory if it can be believed. Otherwise it is read, by one thread for all that ask the same at once;
     * what the reading throws is thrown to all of them.
     *
     * @param read reads it; called on this thread, or on one that has asked the same
     */
    public Optional<V> get(K key, Function<K, Optional<V>> read) {
        Answer<V> answer = answers.get(key);
        if (answer != null && isFresh(answer)) {
            hits.increment();
            if (!answer.used) {
                answer.used = true;
            }
            return Optional.ofNullable(answer.value);
        }
        if (settings.transactions().isOpen() || !isTrusted(settings.nanoTime().getAsLong())) {
            misses.increment();
            return read.apply(key); // perhaps never committed, or about to change unnoticed: for this caller alone
        }
        FutureTask<Answer<V>> mine = new FutureTask<>(() -> readUnlessFresh(key, read));
        FutureTask<Answer<V>> first = reading.putIfAbsent(key, mine);
        if (first != null) {
            Answer<V> shared = await(first);
            if (shared.value != null && isFresh(shared)) {
                hits.increment();
                return Optional.of(shared.value);
            }
            return Optional.ofNullable(
                    read(key, read).value); // that reading began before this call, and something may have changed since
        }
        try {
            mine.run();
        } finally {
            reading.remove(key);
        }
        return Optional.ofNullable(await(mine).value);
    }

    private Answer<V> readUnlessFresh(K key, Function<K, Optional<V>> read) {
        Answer<V> answer = answers.get(key); // by a reading that ended a moment ago
        if (answer != null && isFresh(answer)) {
            hits.increment();
            return answer;
        }
        return read(key, read);
    }

    private Answer<V> read(K key, Function<K, Optional<V>> read) {
        long changesThen = changes.get();
        long readAt = settings.nanoTime().getAsLong();
        misses.increment();
        V value = read.apply(key).orElse(null);
        int slot = value == null ? 0 : slot(identity.apply(key, value));
        Answer<V> answer = new Answer<>(value, slot, readAt, changesThen);
        if (value == null) {
            answers.remove(key);
        } else {
            answers.put(key, answer);
            trim();
        }
        return answer;
    }

    private static <V> Answer<V> await(FutureTask<Answer<V>> reading) {
        try {
            return reading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenStoreException("interrupted while another thread was asking", e);
        }
    }

    private boolean isFresh(Answer<V> answer) {
        long now = settings.nanoTime().getAsLong();
        return now - answer.readAt < maxStale
                && isTrusted(now)
                && (answer.changesThen == changes.get() || isUnchanged(answer));
    }

    private boolean isUnchanged(Answer<V> answer) {
        return answer.changesThen >= latest.get(answer.slot) && answer.changesThen >= latestOfAll.get();
    }

    private boolean isTrusted(long now) {
        return maxFeedLag == 0 || now - caughtUpTo < maxFeedLag;
    }

    private static int slot(Object identity) {
        int hash = identity.hashCode();
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }

    /** Makes room: what was used since the hand last passed stays for another round. */
    private void trim() {
        if (answers.size() <= settings.maxEntries() || !trimming.tryLock()) {
            return;
        }
        try {
            for (int looked = 1; answers.size() > settings.maxEntries(); looked++) {
                if (!hand.hasNext()) {
                    hand = answers.values().iterator();
                    continue;
                }
                Answer<V> next = hand.next();
                if (next.used && looked % PATIENCE != 0 && isFresh(next)) {
                    next.used = false;
                } else {
                    hand.remove();
                }
            }
        } finally {
            trimming.unlock();
        }
    }

    /** Believes nothing about these any more that is kept or being read; in a transaction, from its end on as well. */
    public void invalidate(Collection<?> identities) {
        nowAndAtTheEnd(() -> {
            long number = changes.incrementAndGet();
            identities.forEach(one -> latest.accumulateAndGet(slot(one), number, Math::max));
        });
    }

    /** Believes nothing any more that is kept or being read; in a transaction, from its end on as well. */
    public void invalidateAll() {
        nowAndAtTheEnd(this::invalidateAllNow);
    }

    private void nowAndAtTheEnd(Runnable invalidation) {
        invalidation.run();
        if (settings.transactions().isOpen()) {
            settings.transactions().afterEnd(invalidation);
        }
    }

    private void invalidateAllNow() {
        latestOfAll.accumulateAndGet(changes.incrementAndGet(), Math::max);
        answers.clear();
    }

    /**
     * The feed has notified of everything that was committed before {@code nanoTime}.
     *
     * @param everything whether that includes every kind of change
     */
    public void caughtUp(long nanoTime, boolean everything) {
        if (everything && !notifiedOfAll) {
            invalidateAllNow(); // of what happened until now nobody was notified
        }
        notifiedOfAll = everything;
        maxStale = bound(everything);
        caughtUpTo = nanoTime;
    }

    /** How it is doing. */
    public CacheState state() {
        long now = settings.nanoTime().getAsLong();
        return new CacheState(
                answers.size(),
                hits.sum(),
                misses.sum(),
                isTrusted(now),
                Duration.ofNanos(maxStale),
                settings.maxFeedLag() == null ? null : Duration.ofNanos(now - caughtUpTo));
    }
}
