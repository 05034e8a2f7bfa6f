package dev.sanctum4j.server.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Writes entries on a thread of its own, through a bounded queue: a slow database slows no request down. What the queue
 * cannot hold is lost, counted and logged, not waited for. On an orderly stop everything is written.
 *
 * <p>Thread-safe.
 */
@Component
class AuditWriter implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);
    private static final int CAPACITY = 10_000;
    private static final int BATCH = 200;
    private static final long PATIENCE = 10_000;

    private final AuditLog log;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean running;
    private @Nullable Thread thread;

    AuditWriter(AuditLog log) {
        this.log = log;
    }

    void add(Entry entry) {
        if (!queue.offer(entry)) {
            lost.incrementAndGet();
        }
    }

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            thread = new Thread(this::run, "sanctum-audit");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        List<Entry> batch = new ArrayList<>();
        try {
            while (running || !queue.isEmpty() || !batch.isEmpty()) {
                Entry next = batch.isEmpty() ? queue.poll(200, TimeUnit.MILLISECONDS) : null;
                if (next != null) {
                    batch.add(next);
                    queue.drainTo(batch, BATCH - 1);
                }
                if (!batch.isEmpty()) {
                    write(batch);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves in the batch what could not be written but may be later. */
    private void write(List<Entry> batch) throws InterruptedException {
        try {
            log.append(batch);
            batch.clear();
            long gone = lost.getAndSet(0);
            if (gone > 0) {
                LOG.error("{} entries of the audit log were lost: the database was too slow for them", gone);
            }
        } catch (DataAccessException | TransactionException e) {
            String why = e.getClass().getName();
            if (running) {
                LOG.warn("The audit log waits for the database: {}", why);
                TimeUnit.SECONDS.sleep(1);
            } else {
                LOG.error("{} entries of the audit log are lost: {}", batch.size() + queue.size(), why);
                batch.clear();
                queue.clear();
            }
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        Thread writing = thread;
        if (writing != null) {
            try {
                writing.join(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    /** Stops after the web server. */
    @Override
    public int getPhase() {
        return 0;
    }
}
