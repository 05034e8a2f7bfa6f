package dev.sanctum4j.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until it is moved.
 *
 * <p>Thread-safe.
 */
public final class MovableClock extends Clock {

    private volatile Instant now;

    private MovableClock(Instant now) {
        this.now = now;
    }

    /** A clock that shows {@code now}. */
    public static MovableClock at(Instant now) {
        return new MovableClock(now);
    }

    /** Moves it on, or back by a negative amount. */
    public synchronized void move(Duration by) {
        now = now.plus(by);
    }

    /** Sets it. */
    public synchronized void set(Instant to) {
        now = to;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this; // nothing here reads wall-clock time
    }
}
