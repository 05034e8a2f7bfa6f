package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests with valid tokens to all nodes in turn, as a load balancer sends them: one that cannot be reached is left out and
 * the request goes to the next.
 */
final class Load implements AutoCloseable {

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts the load.
     *
     * @param perSecond how many requests a second, at most
     */
    Load(List<Node> nodes, List<String> tokens, int perSecond) {
        int count = 4;
        for (int i = 0; i < count; i++) {
            int first = i;
            Thread thread = new Thread(() -> run(nodes, tokens, first, 1_000_000_000L * count / perSecond), "load");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void run(List<Node> nodes, List<String> tokens, int first, long pause) {
        for (int i = first; running.get(); i++) {
            try {
                if (ask(nodes, tokens.get(i % tokens.size()), i)) {
                    answered.incrementAndGet();
                } else {
                    failed.incrementAndGet();
                }
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(pause);
        }
    }

    private static boolean ask(List<Node> nodes, String token, int first) throws InterruptedException {
        for (int i = 0; i < nodes.size(); i++) {
            try {
                return nodes.get((first + i) % nodes.size()).get("/api/user", token) == 200;
            } catch (IOException e) {
                // the next one
            }
        }
        return false;
    }

    long answered() {
        return answered.get();
    }

    /** Requests that no node answered with 200. */
    long failed() {
        return failed.get();
    }

    @Override
    public void close() throws InterruptedException {
        running.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
