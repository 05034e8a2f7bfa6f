package dev.sanctum4j;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the periodic work of {@link Tokens} on a scheduler that belongs to the application: writes last uses, and deletes
 * tokens that are over. Several nodes may do so; one at a time deletes.
 *
 * <p>Thread-safe.
 */
public final class Housekeeping implements AutoCloseable {

    /** How long a first use waits to be written, at the longest, for whoever has made a token and looks whether it works. */
    public static final Duration FIRST_USES = Duration.ofMillis(500);

    private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
    private static final Duration PRUNE_INTERVAL = Duration.ofHours(1);

    private final Runnable flush;
    private final Runnable flushFirst;
    private final List<Future<?>> work = new ArrayList<>();

    private Housekeeping(Tokens tokens) {
        String failure = "Last uses of tokens could not be written; they are kept";
        flush = () -> attempt(failure, tokens::flush);
        flushFirst = () -> attempt(failure, tokens::flushFirstUses);
    }

    /**
     * Writes last uses every {@code interval}, and that of a token which was not used before within {@link #FIRST_USES}. A failure is logged and tried again the next time.
     *
     * @throws IllegalArgumentException if {@code interval} is not positive
     */
    public static Housekeeping start(Tokens tokens, ScheduledExecutorService scheduler, Duration interval) {
        Lifetimes.positive("flush interval", interval);
        Housekeeping housekeeping = new Housekeeping(tokens);
        housekeeping.repeat(scheduler, housekeeping.flushFirst, FIRST_USES, FIRST_USES);
        housekeeping.repeat(scheduler, housekeeping.flush, interval, interval);
        return housekeeping;
    }

    /**
     * The same, and deletes every hour what has been over for {@code keep}, as {@link Tokens#prune(Duration)} does.
     *
     * @throws IllegalArgumentException if {@code interval} is not positive, or {@code keep} is negative
     */
    public static Housekeeping start(
            Tokens tokens, ScheduledExecutorService scheduler, Duration interval, Duration keep) {
        if (keep.isNegative()) {
            throw new IllegalArgumentException("age must not be negative, was " + keep);
        }
        Housekeeping housekeeping = start(tokens, scheduler, interval);
        Runnable prune =
                () -> attempt("Tokens that are over could not be deleted; they are kept", () -> tokens.prune(keep));
        housekeeping.repeat(scheduler, prune, interval, PRUNE_INTERVAL);
        return housekeeping;
    }

    private void repeat(ScheduledExecutorService scheduler, Runnable task, Duration first, Duration interval) {
        work.add(scheduler.scheduleWithFixedDelay(
                task,
                TimeUnit.NANOSECONDS.convert(first),
                TimeUnit.NANOSECONDS.convert(interval),
                TimeUnit.NANOSECONDS));
    }

    /** Stops the work, writes what is left, and leaves the scheduler alone. */
    @Override
    public void close() {
        work.forEach(task -> task.cancel(false));
        flush.run();
    }

    private static void attempt(String failure, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // or the scheduler would never try again
            LOG.log(Level.WARNING, failure + " for the next time", e);
        }
    }
}
