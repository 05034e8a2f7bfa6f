package dev.sanctum4j.spring.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class GuessesTest {

    private static final String OFFICE = "198.51.100.7";
    private static final String HOME = "203.0.113.9";

    private final Moved clock = new Moved();
    private final Guesses guesses = new Guesses(clock, 100);

    private static final class Moved extends Clock {
        private Instant now = Instant.parse("2026-11-29T08:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static Owner person(int number) {
        return Owner.of("user", number);
    }

    @Test
    void networkGuessesFiftyTimesHoweverManyPeopleAreThere() {
        for (int i = 0; i < Guesses.PER_NETWORK; i++) {
            assertThat(guesses.attempt(person(i), OFFICE)).isEmpty();
        }
        clock.now = clock.now.plusSeconds(599);

        assertThat(guesses.attempt(person(70), OFFICE)).contains(Duration.ofSeconds(1));
        assertThat(guesses.attempt(person(70), HOME)).isEmpty();
        clock.now = clock.now.plusSeconds(1);
        assertThat(guesses.attempt(person(70), OFFICE)).isEmpty();
    }

    @Test
    void personGuessesFiveTimesFromHoweverManyNetworks() {
        for (int i = 0; i < Guesses.PER_PERSON; i++) {
            assertThat(guesses.attempt(person(1), "192.0.2." + i)).isEmpty();
        }

        assertThat(guesses.attempt(person(1), OFFICE)).contains(Duration.ofMinutes(10));
        assertThat(guesses.attempt(person(2), OFFICE)).isEmpty();
    }

    @Test
    void whoeverComesWhenThereIsNoPlaceWaits() {
        for (int i = 0; i < 50; i++) {
            assertThat(guesses.attempt(person(i), "192.0.2." + i)).isEmpty();
        }

        assertThat(guesses.attempt(person(50), OFFICE)).contains(Duration.ofMinutes(10));
        guesses.right(person(3), "192.0.2.3");
        assertThat(guesses.attempt(person(50), OFFICE)).isEmpty();
    }

    @Test
    void clockThatIsSetBackMakesNobodyWaitLonger() {
        clock.now = clock.now.plus(Duration.ofDays(365));
        for (int i = 0; i < Guesses.PER_PERSON; i++) {
            assertThat(guesses.attempt(person(1), OFFICE)).isEmpty();
        }
        clock.now = clock.now.minus(Duration.ofDays(365));

        assertThat(guesses.attempt(person(1), HOME)).contains(Duration.ofMinutes(10));
        for (int i = 2; i < 51; i++) {
            assertThat(guesses.attempt(person(i), "192.0.2." + i)).isEmpty();
        }
        assertThat(guesses.attempt(person(60), HOME)).contains(Duration.ofMinutes(10));

        clock.now = clock.now.plus(Duration.ofMinutes(10));
        assertThat(guesses.attempt(person(1), HOME)).isEmpty();
        assertThat(guesses.attempt(person(60), HOME)).isEmpty();
    }
}
