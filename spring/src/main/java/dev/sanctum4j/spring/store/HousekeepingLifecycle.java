package dev.sanctum4j.spring.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Does all periodic work, with a thread for each task, so that long work delays no other, nor anything of the application's.
 * Stops after the web server and before the data source.
 */
final class HousekeepingLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HousekeepingLifecycle.class);

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final List<PeriodicTask> tasks;

    /** When it was told that a task fails, while it does. */
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    private @Nullable ThreadPoolTaskScheduler scheduler;

    HousekeepingLifecycle(List<PeriodicTask> tasks) {
        this.tasks = List.copyOf(tasks);
    }

    @Override
    public synchronized void start() {
        if (scheduler != null || tasks.isEmpty()) {
            return;
        }
        ThreadPoolTaskScheduler threads = new ThreadPoolTaskScheduler();
        threads.setPoolSize(tasks.size());
        threads.setThreadNamePrefix("sanctum-housekeeping");
        threads.setDaemon(true);
        threads.initialize();
        for (PeriodicTask task : tasks) {
            Future<?> unused = threads.scheduleWithFixedDelay( // ends with its thread
                    () -> attempt(task), threads.getClock().instant().plus(task.first()), task.every());
        }
        scheduler = threads;
    }

    private void attempt(PeriodicTask task) {
        try {
            task.work().run();
            told.remove(task.what());
        } catch (RuntimeException e) { // or the scheduler would never try again
            long now = System.nanoTime();
            Long before = told.get(task.what());
            if (before == null || now - before >= MINUTE) { // tasks come every second, and outages stay
                told.put(task.what(), now);
                LOG.warn("Could not {}, and will try again", task.what(), e);
            }
        }
    }

    @Override
    public synchronized void stop() {
        if (scheduler != null) {
            scheduler.shutdown();
            scheduler = null;
            tasks.stream().filter(PeriodicTask::last).forEach(this::attempt);
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }

    @Override
    public int getPhase() {
        return 0; // what starts early stops late: after the web server has answered its last request
    }
}
