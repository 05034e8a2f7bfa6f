package dev.sanctum4j.spring.spa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CheckQueueTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<Thread> threads = new ArrayList<>();
    private final BlockingQueue<String> called = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        threads.forEach(Thread::interrupt);
    }

    /** A lane is one of a group where its name says so. */
    private static String group(String lane) {
        return lane.replaceFirst("/.*", "");
    }

    /** Somebody comes, on a thread of their own, and waits or is refused by the time this returns. */
    private Thread come(CheckQueue queue, String lane, String who) throws InterruptedException {
        int before = queue.waiting();
        int refusals = refused.size();
        Thread thread = new Thread(() -> (queue.enter(group(lane), lane) ? called : refused).add(who));
        thread.start();
        threads.add(thread);
        for (int i = 0; i < 10_000 && queue.waiting() == before && refused.size() == refusals; i++) {
            Thread.sleep(1);
        }
        return thread;
    }

    private String next(CheckQueue queue) throws InterruptedException {
        queue.leave();
        return String.valueOf(called.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void asManyGoOnAsMayAtOnce() throws InterruptedException {
        CheckQueue queue = new CheckQueue(2, 10, 10, LONG);
        assertThat(queue.enter("a", "")).isTrue();
        assertThat(queue.enter("a", "")).isTrue();
        come(queue, "a", "third");

        assertThat(called).isEmpty();
        assertThat(next(queue)).isEqualTo("third");
        assertThat(queue.waiting()).isZero();
        queue.leave();
        assertThat(queue.enter("b", "")).isTrue();
        queue.leave();
        assertThat(queue.isBusy()).isTrue();
        queue.leave();
        assertThat(queue.isBusy()).isFalse();
    }

    @Test
    void lanesAreServedInTurn() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 20, 10, LONG);
        queue.enter("flood", "");
        for (int i = 0; i < 5; i++) {
            come(queue, "flood", "flood" + i);
        }
        come(queue, "ada", "ada0");
        come(queue, "ada", "ada1");
        come(queue, "bob", "bob");

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            order.add(next(queue));
        }
        assertThat(order).containsExactly("flood0", "ada0", "bob", "flood1", "ada1", "flood2", "flood3", "flood4");
    }

    @Test
    void laneThatIsFullRefusesItsOwnAndNobodyElse() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 20, 3, LONG);
        queue.enter("flood", "");
        for (int i = 0; i < 5; i++) {
            come(queue, "flood", "flood" + i);
        }
        come(queue, "ada", "ada");

        assertThat(refused).containsExactly("flood3", "flood4");
        assertThat(queue.waiting()).isEqualTo(4);
    }

    @Test
    void whereTooManyWaitThoseOfTheLongestLaneMakeRoom() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 4, 4, LONG);
        queue.enter("flood", "");
        for (int i = 0; i < 4; i++) {
            come(queue, "flood", "flood" + i);
        }
        come(queue, "ada", "ada");
        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood3");
        come(queue, "bob", "bob");
        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood2");
        come(queue, "eve", "eve0");
        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood1");
        come(queue, "dan", "dan");
        assertThat(refused.poll(10, TimeUnit.SECONDS))
                .as("nobody has more than another")
                .isEqualTo("dan");
        assertThat(queue.waiting()).isEqualTo(4);
    }

    /** As whoever has a network has: each of its addresses has a lane, and none of them is longer than that of another. */
    @Test
    void lanesOfOneGroupTakeTurnsAmongThemselvesAndMakeRoomForOthers() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 4, 4, LONG);
        queue.enter("flood", "");
        for (int i = 0; i < 4; i++) {
            come(queue, "flood/" + i, "flood" + i);
        }
        come(queue, "ada", "ada");
        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood3");
        come(queue, "flood/4", "flood4");
        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood4");
        come(queue, "bob", "bob");
        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood2");

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            order.add(next(queue));
        }
        assertThat(order).containsExactly("flood0", "ada", "bob", "flood1");
    }

    /** Who has many addresses may share the network with somebody who has one. */
    @Test
    void longestLaneOfAGroupMakesRoomForTheOthersInIt() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 4, 4, LONG);
        queue.enter("net", "");
        for (int i = 0; i < 4; i++) {
            come(queue, "net/flood", "flood" + i);
        }
        come(queue, "net/ada", "ada");

        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("flood3");
        assertThat(next(queue)).isEqualTo("flood0");
        assertThat(next(queue)).isEqualTo("ada");
    }

    @Test
    void nobodyWaitsLongerThanTheyWould() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 4, 4, Duration.ofMillis(50));
        queue.enter("a", "");
        long begin = System.nanoTime();
        assertThat(queue.enter("a", "")).isFalse();

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(50), Duration.ofSeconds(10));
        assertThat(queue.waiting()).isZero();
        queue.leave();
        assertThat(queue.enter("a", "")).as("the turn that nobody waited for").isTrue();
    }

    @Test
    void whoeverIsInterruptedWaitsNoLongerAndTakesNoTurn() throws InterruptedException {
        CheckQueue queue = new CheckQueue(1, 4, 4, LONG);
        queue.enter("a", "");
        Thread waiting = come(queue, "a", "a");
        waiting.interrupt();

        assertThat(refused.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(queue.waiting()).isZero();
        queue.leave();
        assertThat(queue.enter("b", "")).isTrue();
    }

    /** Whatever happens at the same time, no turn is lost and none is made. */
    @Test
    void turnsAreNeitherLostNorMade() throws InterruptedException {
        CheckQueue queue = new CheckQueue(3, 6, 3, Duration.ofMillis(2));
        for (int i = 0; i < 12; i++) {
            String lane = "lane" + i % 4;
            Thread thread = new Thread(() -> {
                for (int round = 0; round < 500; round++) {
                    if (queue.enter(group(lane), lane)) {
                        queue.leave();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(queue.waiting()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(queue.enter("a", "")).isTrue();
        }
        assertThat(queue.enter("a", "")).isFalse();
    }
}
