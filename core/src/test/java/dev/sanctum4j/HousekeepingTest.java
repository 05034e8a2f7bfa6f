package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HousekeepingTest {

    private final RecordingStore store = new RecordingStore();
    private final MovableClock clock = new MovableClock("2026-11-24T12:00:00Z");
    private final Tokens tokens = Tokens.builder(store).clock(clock).build();
    private final HandDriven driven = new HandDriven();

    @Test
    void flushesAtEveryInterval() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        assertThat(driven.schedules)
                .containsExactly("first after 500 ms, then every 500 ms", "first after 30000 ms, then every 30000 ms");

        use();
        driven.run();
        driven.run();
        assertThat(store.touches).hasSize(1);

        use();
        driven.run();
        assertThat(store.touches).hasSize(2);
    }

    @Test
    void deletesEveryHourWhatHasBeenOverForLong() {
        Housekeeping housekeeping =
                Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30), Duration.ofDays(30));
        assertThat(driven.schedules)
                .containsExactly(
                        "first after 500 ms, then every 500 ms",
                        "first after 30000 ms, then every 30000 ms",
                        "first after 30000 ms, then every 3600000 ms");
        TokenId id =
                tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci")).token().id();
        tokens.revoke(id);

        clock.advance(Duration.ofDays(30).minusSeconds(1));
        driven.run();
        assertThat(tokens.find(id)).isPresent();
        clock.advance(Duration.ofSeconds(1));
        store.failing = true;
        driven.run();
        store.failing = false;
        driven.run();
        assertThat(tokens.find(id)).isEmpty();

        housekeeping.close();
        assertThat(driven.cancelled).isEqualTo(3);
    }

    @Test
    void firstUseIsWrittenSoonAndNoOtherOneIs() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        Runnable soon = driven.all.get(0);
        soon.run();
        assertThat(store.calls).doesNotContain("touch");

        String text = use();
        soon.run();
        soon.run();
        assertThat(store.touches).hasSize(1);

        clock.advance(Duration.ofMinutes(2));
        tokens.authenticate(text);
        soon.run();
        assertThat(store.touches).hasSize(1);
        driven.run();
        assertThat(store.touches).hasSize(2);
    }

    /** An outage is not asked twice a second; whatever comes meanwhile is written with it. */
    @Test
    void firstUseThatCouldNotBeWrittenWaitsForTheOthers() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        Runnable soon = driven.all.get(0);
        use();
        store.failing = true;
        soon.run();
        store.failing = false;

        soon.run();
        assertThat(store.touches).isEmpty();
        driven.run();
        assertThat(store.touches).hasSize(1);
    }

    /** One that comes while the others are being written. */
    @Test
    void noFirstUseIsOverlooked() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        Runnable soon = driven.all.get(0);
        use();
        store.touching = () -> {
            store.touching = () -> {};
            use();
        };

        soon.run();
        assertThat(store.touches).hasSize(1);
        soon.run();
        assertThat(store.touches).hasSize(2);
    }

    @Test
    void failureIsTriedAgainTheNextTime() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        use();

        store.failing = true;
        driven.run();
        store.failing = false;
        driven.run();

        assertThat(store.touches).hasSize(1);
    }

    @Test
    void closingStopsTheWorkAndWritesWhatIsLeft() {
        Housekeeping housekeeping = Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        use();

        housekeeping.close();

        assertThat(driven.cancelled).isEqualTo(2);
        assertThat(store.touches).hasSize(1);
    }

    @Test
    void closingWhileTheStoreIsAwayDoesNotThrow() {
        Housekeeping housekeeping = Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        use();
        store.failing = true;

        housekeeping.close();

        assertThat(driven.cancelled).isEqualTo(2);
    }

    @Test
    void intervalMustBePositive() {
        for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> Housekeeping.start(tokens, driven.scheduler, none))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("flush interval must be positive, was " + none);
        }
        assertThatThrownBy(
                        () -> Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(1), Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("age must not be negative, was PT-0.000000001S");
        assertThat(driven.schedules).isEmpty();
    }

    @Test
    void anyPositiveIntervalIsOneForTheScheduler() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofNanos(1));
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(Long.MAX_VALUE));

        long soon = Housekeeping.FIRST_USES.toNanos();
        assertThat(driven.delays).containsExactly(soon, 1L, soon, Long.MAX_VALUE);
    }

    @Test
    void noErrorEndsTheWork() {
        Housekeeping.start(tokens, driven.scheduler, Duration.ofSeconds(30));
        use();
        store.touching = () -> {
            throw new StackOverflowError("once");
        };

        assertThatCode(driven::run).doesNotThrowAnyException();
    }

    private String use() {
        String text = tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci"))
                .plainText()
                .reveal();
        tokens.authenticate(text);
        return text;
    }

    /** A scheduler that runs when it is told to, and can do nothing but what housekeeping may ask. */
    private static final class HandDriven {

        final List<String> schedules = new ArrayList<>();
        final List<Long> delays = new ArrayList<>();
        final List<Runnable> all = new ArrayList<>();
        int cancelled;
        final ScheduledExecutorService scheduler = proxy(ScheduledExecutorService.class, args -> {
            TimeUnit unit = (TimeUnit) args[3];
            schedules.add("first after %d ms, then every %d ms"
                    .formatted(unit.toMillis((long) args[1]), unit.toMillis((long) args[2])));
            delays.add((long) args[2]);
            work = (Runnable) args[0];
            all.add((Runnable) args[0]);
            Object future = proxy(ScheduledFuture.class, how -> {
                cancelled++;
                return true;
            });
            return future;
        });

        private Runnable work = () -> {};

        void run() {
            work.run();
        }

        private interface Answer {
            Object to(Object[] args);
        }

        private static <T> T proxy(Class<T> type, Answer answer) {
            return type.cast(Proxy.newProxyInstance(
                    HousekeepingTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                        if (List.of("scheduleWithFixedDelay", "cancel").contains(method.getName())) {
                            return answer.to(args);
                        }
                        throw new UnsupportedOperationException(method.getName());
                    }));
        }
    }
}
