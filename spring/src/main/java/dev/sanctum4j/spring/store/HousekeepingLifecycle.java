package dev.sanctum4j.spring.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Does all periodic work, on the application's scheduler where there is one; its own has a thread for each, so that long work
 * delays no other. Stops after the web server and before the data source.
 */
final class HousekeepingLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HousekeepingLifecycle.class);

    private final List<PeriodicTask> tasks;
    private final @Nullable TaskScheduler applications;
    private final List<Future<?>> scheduled = new ArrayList<>();
    private @Nullable ThreadPoolTaskScheduler own;
    private boolean running;

    HousekeepingLifecycle(List<PeriodicTask> tasks, @Nullable TaskScheduler applications) {
        this.tasks = List.copyOf(tasks);
        this.applications = applications;
    }

    @Override
    public synchronized void start() {
        if (running || tasks.isEmpty()) {
            return;
        }
        TaskScheduler scheduler = applications;
        if (scheduler == null) {
            own = new ThreadPoolTaskScheduler();
            own.setPoolSize(tasks.size());
            own.setThreadNamePrefix("sanctum-housekeeping");
            own.setDaemon(true);
            own.initialize();
            scheduler = own;
        }
        for (PeriodicTask task : tasks) {
            scheduled.add(scheduler.scheduleWithFixedDelay(
                    () -> attempt(task), scheduler.getClock().instant().plus(task.first()), task.every()));
        }
        running = true;
    }

    private static void attempt(PeriodicTask task) {
        try {
            task.work().run();
        } catch (RuntimeException e) { // or the scheduler would never try again
            LOG.warn("Could not {}, and will try again", task.what(), e);
        }
    }

    @Override
    public synchronized void stop() {
        if (!running) {
            return;
        }
        scheduled.forEach(one -> one.cancel(false));
        scheduled.clear();
        if (own != null) {
            own.shutdown();
            own = null;
        }
        running = false;
        tasks.stream().filter(PeriodicTask::last).forEach(HousekeepingLifecycle::attempt);
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
