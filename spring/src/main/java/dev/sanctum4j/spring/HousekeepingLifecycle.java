package dev.sanctum4j.spring;

import dev.sanctum4j.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Writes last uses and deletes tokens that are over, on the application's scheduler where there is one. Several nodes may do
 * so at once: each deletes what it finds, in small batches. Stops after the web server and before the data source, and
 * writes the last uses once more then.
 */
final class HousekeepingLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HousekeepingLifecycle.class);

    private final Tokens tokens;
    private final @Nullable TaskScheduler applications;
    private final StoreProperties.LastUsed lastUsed;
    private final StoreProperties.Prune prune;
    private final List<Future<?>> work = new ArrayList<>();
    private @Nullable ThreadPoolTaskScheduler own;
    private boolean running;

    HousekeepingLifecycle(
            Tokens tokens,
            @Nullable TaskScheduler applications,
            StoreProperties.LastUsed lastUsed,
            StoreProperties.Prune prune) {
        this.tokens = tokens;
        this.applications = applications;
        this.lastUsed = lastUsed;
        this.prune = prune;
    }

    @Override
    public synchronized void start() {
        if (running || !lastUsed.enabled() && !prune.enabled()) {
            return;
        }
        TaskScheduler scheduler = applications;
        if (scheduler == null) {
            own = new ThreadPoolTaskScheduler();
            own.setThreadNamePrefix("sanctum-housekeeping");
            own.setDaemon(true);
            own.initialize();
            scheduler = own;
        }
        if (lastUsed.enabled()) {
            repeat(scheduler, "write last uses", tokens::flush, lastUsed.flushInterval(), lastUsed.flushInterval());
        }
        if (prune.enabled()) {
            long chance = ThreadLocalRandom.current().nextLong(prune.every().toMillis() + 1);
            repeat(
                    scheduler,
                    "prune tokens",
                    () -> tokens.prune(prune.after()),
                    Duration.ofMillis(chance),
                    prune.every());
        }
        running = true;
    }

    private void repeat(TaskScheduler scheduler, String what, Runnable task, Duration first, Duration every) {
        work.add(scheduler.scheduleWithFixedDelay(
                () -> attempt(what, task), scheduler.getClock().instant().plus(first), every));
    }

    private static void attempt(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) { // or the scheduler would never try again
            LOG.warn("Could not {}, and will try again", what, e);
        }
    }

    @Override
    public synchronized void stop() {
        if (!running) {
            return;
        }
        work.forEach(one -> one.cancel(false));
        work.clear();
        if (own != null) {
            own.shutdown();
            own = null;
        }
        running = false;
        if (lastUsed.enabled()) {
            attempt("write last uses", tokens::flush);
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0; // what starts early stops late: after the web server has answered its last request
    }
}
