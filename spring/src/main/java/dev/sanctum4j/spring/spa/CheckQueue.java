package dev.sanctum4j.spring.spa;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets some go on at once, and the others wait for a while: in groups that are served in turn, and in lanes of these likewise,
 * so that many wait for their own and not for all. Where there are too many, those of the largest group wait no longer, and of
 * these those of the longest lane.
 *
 * <p>Thread-safe.
 */
final class CheckQueue {

    private final int atOnce;
    private final int mostOfLane;
    private final int mostOfAll;
    private final Duration patience;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Map<String, Deque<Waiting>>> groups = new LinkedHashMap<>(); // whose turn is next first
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
        private final String group;
        private final String lane;
        private final Condition changed;
        private boolean called;
        private boolean sentAway;

        Waiting(String group, String lane, Condition changed) {
            this.group = group;
            this.lane = lane;
            this.changed = changed;
        }
    }

    /** Waits until it is this one's turn. Returns whether it is; whoever goes on calls {@link #leave} at its end. */
    boolean enter(String group, String lane) {
        lock.lock();
        try {
            if (free > 0) { // nobody waits then
                free--;
                return true;
            }
            return isAdmitted(group, lane) && isCalled(new Waiting(group, lane, lock.newCondition()));
        } finally {
            lock.unlock();
        }
    }

    private boolean isAdmitted(String group, String lane) {
        Map<String, Deque<Waiting>> own = groups.getOrDefault(group, Map.of());
        int ahead = own.containsKey(lane) ? own.get(lane).size() : 0;
        if (ahead >= mostOfLane) {
            return false;
        }
        if (waiting < mostOfAll) {
            return true;
        }
        Map<String, Deque<Waiting>> largest =
                Collections.max(groups.values(), Comparator.comparingInt(CheckQueue::size));
        boolean among = size(largest) <= size(own) + 1; // then its own group makes room, or none
        Deque<Waiting> longest = (among ? own : largest)
                .values().stream()
                        .reduce((one, later) -> later.size() >= one.size() ? later : one)
                        .orElse(null);
        if (longest == null || among && longest.size() <= ahead + 1) {
            return false;
        }
        Waiting last = longest.getLast();
        remove(last);
        last.sentAway = true;
        last.changed.signal();
        return true;
    }

    private static int size(Map<String, Deque<Waiting>> lanes) {
        return lanes.values().stream().mapToInt(Deque::size).sum();
    }

    private boolean isCalled(Waiting mine) {
        groups.computeIfAbsent(mine.group, absent -> new LinkedHashMap<>())
                .computeIfAbsent(mine.lane, absent -> new ArrayDeque<>())
                .add(mine);
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
            remove(mine);
        }
        return mine.called;
    }

    private void remove(Waiting one) {
        Map<String, Deque<Waiting>> lanes = groups.get(one.group);
        Deque<Waiting> all = lanes == null ? null : lanes.get(one.lane);
        if (lanes != null && all != null && all.remove(one)) {
            waiting--;
            if (all.isEmpty()) {
                lanes.remove(one.lane);
            }
            if (lanes.isEmpty()) {
                groups.remove(one.group);
            }
        }
    }

    /** Gives the turn to the next. */
    void leave() {
        lock.lock();
        try {
            if (groups.isEmpty()) {
                free++;
                return;
            }
            Map<String, Deque<Waiting>> lanes = groups.values().iterator().next();
            Waiting next = lanes.values().iterator().next().element();
            remove(next);
            putBehind(lanes, next.lane);
            putBehind(groups, next.group);
            next.called = true;
            next.changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private static <T> void putBehind(Map<String, T> all, String name) {
        T rest = all.remove(name);
        if (rest != null) {
            all.put(name, rest);
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
