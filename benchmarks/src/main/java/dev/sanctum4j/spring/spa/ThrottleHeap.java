package dev.sanctum4j.spring.spa;

import java.lang.ref.Reference;
import java.time.Clock;

/**
 * How much heap the throttle of sign-ins takes after how many names, each tried once, from an address of its own. In this
 * package, for it is nobody else's.
 *
 * <pre>java -Xmx256m -cp benchmarks.jar dev.sanctum4j.spring.spa.ThrottleHeap [NAMES]…</pre>
 */
public final class ThrottleHeap {

    private ThrottleHeap() {}

    /** Tries names and prints what is kept of them. */
    public static void main(String[] args) throws InterruptedException {
        String[] counts = args.length > 0 ? args : new String[] {"10000", "10000000"};
        long before = used();
        LoginThrottle throttle = new LoginThrottle(Clock.systemUTC());
        int tried = 0;
        int refused = 0;
        for (String count : counts) {
            for (int end = Integer.parseInt(count); tried < end; tried++) {
                String address = (10 + (tried >> 24)) + "." + (tried >> 16 & 255) + "." + (tried >> 8 & 255) + "."
                        + (tried & 255);
                refused += throttle.attempt(tried + "x".repeat(240), address).isPresent() ? 1 : 0;
            }
            long after;
            try {
                after = used();
            } finally {
                Reference.reachabilityFence(throttle);
            }
            System.out.printf("%,d names tried, %,d refused: %.1f MiB%n", tried, refused, (after - before) / 1048576.0);
        }
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(200);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
