package dev.sanctum4j.benchmarks.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was done to one token, and what answers that explains. Each change was possible from when it was begun, and certain once
 * it was answered; of one without an answer nobody knows. All times are of {@code System.nanoTime}.
 *
 * <p>Thread-safe. Changes are made one after the other.
 */
final class History {

    private static final long NEVER = Long.MAX_VALUE;

    /** What a token is from a time on: its abilities, or none at all where it is not valid. */
    private static final class State {
        private final @Nullable Set<String> abilities;
        private final long begun;
        private long answered = NEVER;

        private State(@Nullable Set<String> abilities, long begun) {
            this.abilities = abilities;
            this.begun = begun;
        }
    }

    final String text;
    private final long bound;
    private final List<State> states = new ArrayList<>();

    /** A token that was issued, with all that it may do. */
    History(String text, Set<String> abilities, Duration bound) {
        this.text = text;
        this.bound = bound.toNanos();
        State first = new State(abilities, System.nanoTime());
        first.answered = first.begun;
        states.add(first);
    }

    /** A change is begun. */
    synchronized void begin(@Nullable Set<String> abilities) {
        states.add(new State(abilities, System.nanoTime()));
    }

    /** The last change that was begun was answered. */
    synchronized void answered() {
        states.get(states.size() - 1).answered = System.nanoTime();
    }

    /** Whether nobody knows what the token is, so that it can be changed no further. */
    synchronized boolean isUnknown() {
        return states.get(states.size() - 1).answered == NEVER;
    }

    /** Whether the token was revoked, as far as anybody knows. */
    synchronized boolean isRevoked() {
        return states.get(states.size() - 1).abilities == null;
    }

    /** When the last change was answered. */
    synchronized long settled() {
        return states.get(states.size() - 1).answered;
    }

    /**
     * What is wrong with an answer; {@code null} if it is explained by something that was true within the bound.
     *
     * @param abilities what the token was said to have; {@code null} if it was refused
     */
    synchronized @Nullable String fault(long begun, long ended, @Nullable Set<String> abilities) {
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            long until = i + 1 < states.size() ? states.get(i + 1).answered : NEVER;
            boolean possible = state.begun <= ended && (until == NEVER || until + bound >= begun);
            if (possible && (abilities == null ? state.abilities == null : abilities.equals(state.abilities))) {
                return null;
            }
        }
        State last = states.get(states.size() - 1);
        return (abilities == null ? "refused" : "accepted with " + abilities) + " in a request begun "
                + (last.answered == NEVER ? "?" : (begun - last.answered) / 1_000_000)
                + " ms after the last change was answered, which left "
                + (last.abilities == null ? "it revoked" : "it with " + last.abilities);
    }

    /** How long after the answer to the change that ended it a state was still believed, in nanoseconds; 0 if not at all. */
    synchronized long belief(long begun, @Nullable Set<String> abilities) {
        State last = states.get(states.size() - 1);
        boolean stale = last.answered != NEVER && abilities != null && !abilities.equals(last.abilities);
        return stale ? Math.max(0, begun - last.answered) : 0;
    }
}
