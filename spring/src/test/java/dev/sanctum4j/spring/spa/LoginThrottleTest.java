package dev.sanctum4j.spring.spa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private Instant now = Instant.parse("2026-11-24T10:00:00Z");

    private final LoginThrottle throttle = new LoginThrottle(new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    private boolean passes(String account, String address) {
        return throttle.attempt(account, address).isEmpty();
    }

    @Test
    void accountHasFiveTriesAMinuteFromOneAddress() {
        for (int i = 0; i < 5; i++) {
            assertThat(passes("ada", "192.0.2.1")).isTrue();
            now = now.plusSeconds(5);
        }

        assertThat(throttle.attempt("ADA", "192.0.2.1")).contains(Duration.ofSeconds(35));
        assertThat(passes("bob", "192.0.2.1")).isTrue();
        assertThat(passes("ada", "192.0.2.2")).isTrue();
        now = now.plusSeconds(35);
        assertThat(passes("ada", "192.0.2.1")).isTrue();
    }

    /** A store may trim what is typed, and a collation may not tell letters from their accented or wide forms. */
    @Test
    void spellingsOfOneNameShareTheirTries() {
        for (String spelling : List.of("ada", " ADA", "ada\t", "\u00e1da", "\uff41da\u200b")) {
            assertThat(passes(spelling, "192.0.2.1")).isTrue();
        }

        assertThat(passes("  ada", "192.0.2.1")).isFalse();
        assertThat(passes("ida", "192.0.2.1")).isTrue();
    }

    @Test
    void rightPasswordForgetsTheTries() {
        for (int i = 0; i < 4; i++) {
            passes("ada", "192.0.2.1");
        }
        throttle.succeeded("ada", "192.0.2.1");

        for (int i = 0; i < 5; i++) {
            assertThat(passes("ada", "192.0.2.1")).isTrue();
        }
    }

    @Test
    void addressHasFiftyTriesAMinuteForWhateverAccounts() {
        for (int i = 0; i < 50; i++) {
            assertThat(passes("account" + i, "192.0.2.1")).isTrue();
        }

        assertThat(passes("another", "192.0.2.1")).isFalse();
        assertThat(passes("another", "192.0.2.2")).isTrue();
    }

    @Test
    void accountUnderAttackFromManyAddressesKeepsATryForItsOwner() {
        for (int i = 0; i < 200; i++) {
            passes("ada", "198.51.100." + i);
        }

        assertThat(passes("ada", "192.0.2.1")).isTrue(); // the owner, at home
        assertThat(passes("ada", "192.0.2.1")).isFalse(); // slower than usual
        now = now.plusSeconds(60);
        assertThat(passes("ada", "192.0.2.1")).isTrue();
    }

    @Test
    void wholeNetworkOfAnIpv6CustomerIsOneAddress() {
        for (int i = 0; i < 5; i++) {
            assertThat(passes("ada", "2001:db8:1:1::" + i)).isTrue();
        }

        assertThat(passes("ada", "2001:db8:1:1:ffff::9")).isFalse();
        assertThat(passes("ada", "2001:db8:1:2::1")).isTrue();
        assertThat(passes("ada", "::ffff:192.0.2.7")).isTrue();
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 100_000; i++) {
            passes("account" + i, "10." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255));
        }

        assertThat(throttle.counters).hasSize(50_000);
    }
}
