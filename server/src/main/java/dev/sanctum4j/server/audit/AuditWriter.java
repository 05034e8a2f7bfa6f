package dev.sanctum4j.server.audit;

import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.store.StoreProperties;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.stereotype.Component;

/**
 * Writes entries on a thread of its own, through a bounded queue: a slow database slows no request down, but for revocations,
 * of which one request makes thousands: they leave half of the queue to others, and wait for ten seconds at most. What the queue cannot hold is lost, counted and logged, not waited for. On an orderly stop everything is written. Deletes what is old.
 *
 * <p>Thread-safe.
 */
@Component
@EnableConfigurationProperties(AuditProperties.class)
class AuditWriter implements SmartLifecycle, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);
    private static final int CAPACITY = 10_000;
    private static final int BATCH = 200;
    private static final int OLDEST = 250;
    private static final long PATIENCE = 10_000;
    private static final long MOMENT = 1_000_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final AuditLog log;
    private final Clock clock;
    private final Duration keep;
    private final boolean prunes;
    private final RefusalCounts refusals;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong overflowed = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private volatile long givenUp = -1;
    private volatile int held;
    private volatile boolean running;
    private @Nullable Thread thread;

    AuditWriter(AuditLog log, Clock clock, AuditProperties settings, StoreProperties store) {
        this.log = log;
        this.clock = clock;
        this.keep = settings.keep();
        this.prunes = store.housekeeping();
        this.refusals = new RefusalCounts(settings.refusalsPerDay());
    }

    void add(Entry entry) {
        if (!queue.offer(entry)) {
            overflowed.incrementAndGet();
            lost.incrementAndGet();
        }
    }

    /**
     * One of as many as somebody has tokens, all on the thread of one request: they leave half of the queue to others, and wait while
     * it is written at all.
     */
    void addOneOfMany(Entry entry) {
        long since = System.nanoTime();
        while (running
                && !Thread.currentThread().isInterrupted()
                && queue.size() >= CAPACITY / 2
                && batches.get() != givenUp) {
            LockSupport.parkNanos(MOMENT);
            if (System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(PATIENCE)) {
                givenUp = batches.get(); // so do those after it, until something is written again
            }
        }
        add(entry);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sanctum.audit.waiting", this, it -> it.queue.size() + it.held)
                .description("Entries of the audit log that are not written yet")
                .register(registry);
        FunctionCounter.builder("sanctum.audit.lost", lost, AtomicLong::get)
                .description("Entries of the audit log that will never be written")
                .register(registry);
    }

    /** The first at once, and its repetitions once a minute. */
    void refused(Entry entry) {
        refusals.add(entry).ifPresent(this::add);
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

    /** Whether it has been told of the outage that lasts; of the thread that writes. */
    private boolean waiting;

    private void run() {
        List<Entry> batch = new ArrayList<>();
        long counted = System.nanoTime();
        long pruned = counted - HOUR.toNanos();
        try {
            while (running || !queue.isEmpty() || !batch.isEmpty()) {
                Entry next = batch.isEmpty() ? queue.poll(200, TimeUnit.MILLISECONDS) : null;
                if (next != null) {
                    batch.add(next);
                    queue.drainTo(batch, BATCH - 1);
                }
                long now = System.nanoTime();
                if (now - counted >= MINUTE.toNanos() && batch.size() <= BATCH) { // else it waits for the database
                    counted = now;
                    batch.addAll(refusals.take(clock.instant(), false));
                }
                write(batch);
                if (running && now - pruned >= HOUR.toNanos()) {
                    pruned = now;
                    prune();
                }
            }
            batch.addAll(refusals.take(clock.instant(), true));
            write(batch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves in the batch what could not be written but may be later. What the database will never take costs its neighbours nothing. */
    private void write(List<Entry> batch) throws InterruptedException {
        held = batch.size();
        if (batch.isEmpty()) {
            return;
        }
        try {
            writeTogether(batch);
            held = 0;
            batches.incrementAndGet();
            waiting = false;
            long gone = overflowed.getAndSet(0);
            if (gone > 0) {
                LOG.error("{} entries of the audit log were lost: the database was too slow for them", gone);
            }
        } catch (RuntimeException | Error e) { // or nobody would write any more
            String why = e.getClass().getName();
            if (running) {
                if (!waiting) {
                    LOG.warn("The audit log waits for the database: {}", why);
                    waiting = true;
                }
                TimeUnit.SECONDS.sleep(1);
            } else {
                LOG.error("{} entries of the audit log are lost: {}", batch.size() + queue.size(), why);
                lost.addAndGet(batch.size() + queue.size());
                batch.clear();
                queue.clear();
            }
        }
    }

    private void writeTogether(List<Entry> batch) {
        try {
            log.append(batch);
            batch.clear();
        } catch (DataIntegrityViolationException | UncategorizedSQLException together) {
            writeAlone(batch);
        }
    }

    /** What is refused while another is taken is refused for what it is; not every database says so. */
    private void writeAlone(List<Entry> batch) {
        List<Entry> refused = new ArrayList<>();
        UncategorizedSQLException unclear = null;
        int many = batch.size();
        try {
            for (Iterator<Entry> each = batch.iterator(); each.hasNext(); ) {
                Entry entry = each.next();
                try {
                    log.append(List.of(entry));
                    each.remove();
                } catch (DataIntegrityViolationException e) {
                    refused.add(entry);
                    each.remove();
                } catch (UncategorizedSQLException e) {
                    if (Outage.is(e)) { // it is busy
                        throw e;
                    }
                    unclear = e;
                }
            }
            if (unclear != null && batch.size() == many) {
                throw unclear;
            }
            refused.addAll(batch);
            batch.clear();
        } finally { // also where the rest waits
            if (!refused.isEmpty()) {
                lost.addAndGet(refused.size());
                LOG.error(
                        "{} entries of the audit log are lost, like '{}': the database does not take them",
                        refused.size(),
                        refused.get(0).event());
            }
        }
    }

    private void prune() {
        try {
            log.keep(keep.toDays());
            // The clock of the database, by which the triggers go, may be another
            Instant before = clock.instant().minus(keep).minus(Duration.ofDays(1));
            while (running && prunes && log.prune(before, OLDEST) == OLDEST) {
                // there may be more
            }
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "Old entries of the audit log could not be deleted: {}",
                    e.getClass().getName());
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
