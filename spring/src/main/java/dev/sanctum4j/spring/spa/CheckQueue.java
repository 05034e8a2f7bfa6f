package dev.sanctum4j.spring.spa;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets some go on at once, and the others wait for a while: in lanes that are served in turn, so that a lane with many waits
 * for its own and not for all. Where there are too many, those of the longest lane wait no longer.
 *
 * <p>Thread-safe.
 */
final class CheckQueue {

    private final int atOnce;
    private final int mostOfLane;
    private final int mostOfAll;
    private final Duration patience;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Deque<Waiting>> lanes = new LinkedHashMap<>(); // the one whose turn is next first
    private int free;
    private int waiting;

    /**
     * @param atOnce how many go on at once
     * @param mostOfAll how many wait, each on a thread
     * @param mostOfLane how many of these are in one lane
     * @param patience how long each waits
     */
    CheckQueue(int atOnce, int mostOfAll, int mostOfLane, Duration patience) {
        this.atOnce = atOnce;
        this.free = atOnce;
        this.mostOfAll = mostOfAll;
        this.mostOfLane = mostOfLane;
        this.patience = patience;
    }

    private static final class Waiting {
        private final Condition changed;
        private boolean called;
        private boolean sentAway;

        Waiting(Condition changed) {
            this.changed = changed;
        }
    }

    /** Waits until it is this one's turn. Returns whether it is; whoever goes on calls {@link #leave} at its end. */
    boolean enter(String lane) {
        lock.lock();
        try {
            if (free > 0) { // nobody waits then
                free--;
                return true;
            }
            return isAdmitted(lane) && isCalled(lane);
        } finally {
            lock.unlock();
        }
    }

    private boolean isAdmitted(String lane) {
        Deque<Waiting> own = lanes.get(lane);
        int ahead = own == null ? 0 : own.size();
        if (ahead >= mostOfLane) {
            return false;
        }
        if (waiting < mostOfAll) {
            return true;
        }
        Map.Entry<String, Deque<Waiting>> longest = lanes.entrySet().stream()
                .max(Comparator.comparingInt(one -> one.getValue().size()))
                .orElseThrow();
        if (longest.getValue().size() <= ahead + 1) {
            return false;
        }
        Waiting last = longest.getValue().getLast();
        remove(longest.getKey(), last);
        last.sentAway = true;
        last.changed.signal();
        return true;
    }

    private boolean isCalled(String lane) {
        Waiting mine = new Waiting(lock.newCondition());
        lanes.computeIfAbsent(lane, absent -> new ArrayDeque<>()).add(mine);
        waiting++;
        long left = patience.toNanos();
        try {
            while (!mine.called && !mine.sentAway && left > 0) {
                left = mine.changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!mine.called && !mine.sentAway) {
            remove(lane, mine);
        }
        return mine.called;
    }

    private void remove(String lane, Waiting one) {
        Deque<Waiting> all = lanes.get(lane);
        if (all != null && all.remove(one)) {
            waiting--;
            if (all.isEmpty()) {
                lanes.remove(lane);
            }
        }
    }

    /** Gives the turn to the next. */
    void leave() {
        lock.lock();
        try {
            if (lanes.isEmpty()) {
                free++;
                return;
            }
            Map.Entry<String, Deque<Waiting>> first =
                    lanes.entrySet().iterator().next();
            String lane = first.getKey();
            Deque<Waiting> all = first.getValue();
            lanes.remove(lane);
            Waiting next = all.remove();
            waiting--;
            if (!all.isEmpty()) {
                lanes.put(lane, all); // behind the others
            }
            next.called = true;
            next.changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody goes on at the moment. */
    boolean isBusy() {
        lock.lock();
        try {
            return free < atOnce;
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }
}
