package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import java.time.Duration;

/**
 * Work that is done again and again while the application runs, and is tried again after it failed; a bean.
 *
 * @param what what it does, after the words 'could not'
 * @param every how long to wait after each time
 * @param first how long to wait before the first time
 * @param last whether it is done once more when the application stops, after the last request
 * @param work does it
 */
@Internal
public record PeriodicTask(String what, Duration every, Duration first, boolean last, Runnable work) {

    /** Work that is done for the first time after one interval, and not once more at the end. */
    public static PeriodicTask of(String what, Duration every, Runnable work) {
        return new PeriodicTask(what, every, every, false, work);
    }
}
