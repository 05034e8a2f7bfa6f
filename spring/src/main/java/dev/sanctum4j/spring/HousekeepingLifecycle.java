package dev.sanctum4j.spring;

import dev.sanctum4j.Housekeeping;
import dev.sanctum4j.Tokens;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Runs the housekeeping while the application runs; stops after the web server and before the data source. */
final class HousekeepingLifecycle implements SmartLifecycle {

    private final Tokens tokens;
    private final SanctumProperties.LastUsed settings;
    private @Nullable ScheduledExecutorService scheduler;
    private @Nullable Housekeeping housekeeping;

    HousekeepingLifecycle(Tokens tokens, SanctumProperties.LastUsed settings) {
        this.tokens = tokens;
        this.settings = settings;
    }

    @Override
    public synchronized void start() {
        if (settings.enabled() && scheduler == null) {
            scheduler = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "sanctum-housekeeping");
                thread.setDaemon(true);
                return thread;
            });
            housekeeping = Housekeeping.start(tokens, scheduler, settings.flushInterval());
        }
    }

    @Override
    public synchronized void stop() {
        if (housekeeping != null) {
            housekeeping.close();
            housekeeping = null;
        }
        if (scheduler != null) {
            scheduler.shutdown();
            scheduler = null;
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
