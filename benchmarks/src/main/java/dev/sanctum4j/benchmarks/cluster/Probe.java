package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Asks every node with a revoked token until each has refused it, and tells what it saw. */
final class Probe implements AutoCloseable {

    private static final long PAUSE = 200_000; // between two requests to a node, in ns

    private final ExecutorService threads = Executors.newCachedThreadPool(run -> {
        Thread thread = new Thread(run, "probe");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * What was seen of one revocation.
     *
     * @param refused when the last node had answered its first 401, by {@code nanoTime}
     * @param accepted how many requests were let in that began after the revocation was answered
     * @param late how many of those began after the bound
     */
    record Seen(long refused, int accepted, int late) {

        Seen and(Seen other) {
            return new Seen(Math.max(refused, other.refused), accepted + other.accepted, late + other.late);
        }
    }

    /**
     * Asks all nodes.
     *
     * @param revoked when the revocation was known to be committed, by {@code nanoTime}
     * @param bound after which nobody may be let in
     * @param patience after which the asking ends whatever happens
     */
    Seen until401(List<Node> nodes, String token, long revoked, Duration bound, Duration patience)
            throws InterruptedException, ExecutionException {
        List<Future<Seen>> asked = new ArrayList<>();
        for (Node node : nodes) {
            asked.add(threads.submit(() -> ask(node, token, revoked, bound, patience)));
        }
        Seen all = new Seen(0, 0, 0);
        for (Future<Seen> one : asked) {
            all = all.and(one.get());
        }
        return all;
    }

    private static Seen ask(Node node, String token, long revoked, Duration bound, Duration patience)
            throws InterruptedException {
        int accepted = 0;
        int late = 0;
        while (true) {
            long began = System.nanoTime();
            int status;
            try {
                status = node.get("/api/user", token);
            } catch (IOException e) {
                status = 0; // nobody was let in
            }
            long answered = System.nanoTime();
            if (status == 401) {
                return new Seen(answered, accepted, late);
            }
            if (status == 200) {
                accepted++;
                if (began - revoked > bound.toNanos()) {
                    late++;
                }
            }
            if (answered - revoked > patience.toNanos()) {
                throw new IllegalStateException("after " + patience + " a node still answers " + status);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
