package dev.sanctum4j;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the periodic work of {@link Tokens} on a scheduler that belongs to the application.
 *
 * <p>Thread-safe.
 */
public final class Housekeeping implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());

    private final Tokens tokens;
    private final Future<?> flushing;

    private Housekeeping(Tokens tokens, Future<?> flushing) {
        this.tokens = tokens;
        this.flushing = flushing;
    }

    /**
     * Writes last uses every {@code interval}. A failure is logged and tried again the next time.
     *
     * @throws IllegalArgumentException if {@code interval} is not positive
     */
    public static Housekeeping start(Tokens tokens, ScheduledExecutorService scheduler, Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("flush interval must be positive, was " + interval);
        }
        long nanos = TimeUnit.NANOSECONDS.convert(interval);
        return new Housekeeping(
                tokens, scheduler.scheduleWithFixedDelay(() -> flush(tokens), nanos, nanos, TimeUnit.NANOSECONDS));
    }

    /** Stops the work, writes what is left, and leaves the scheduler alone. */
    @Override
    public void close() {
        flushing.cancel(false);
        flush(tokens);
    }

    private static void flush(Tokens tokens) {
        try {
            tokens.flush();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Last uses of tokens could not be written; they are kept for the next time", e);
        }
    }
}
