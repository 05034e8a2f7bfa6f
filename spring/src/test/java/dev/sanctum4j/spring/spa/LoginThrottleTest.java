package dev.sanctum4j.spring.spa;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private Instant now = Instant.parse("2026-11-24T10:00:00Z");

    private final Clock clock = new Clock() {
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
    };
    private final LoginThrottle throttle = new LoginThrottle(clock);

    private boolean passes(String account, String address) {
        return throttle.attempt(account, address).isEmpty();
    }

    @Test
    void accountHasFiveTriesAMinuteFromOneAddress() {
        assertThatAnAccountHasFiveTries();
    }

    private void assertThatAnAccountHasFiveTries() {
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
        for (String spelling : List.of("stra\u00dfe", "STRASSE", "strasse ", "Stra\u1e9ee", "stra\u017fse")) {
            assertThat(passes(spelling, "192.0.2.1")).isTrue();
        }
        assertThat(passes("strasse", "192.0.2.1")).isFalse();
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

    private static String address(int number) {
        return "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
    }

    @Test
    void namesAreCountedInPlacesWhoseNumberStays() throws IllegalAccessException {
        passes("ada", "192.0.2.1");
        Map<String, Integer> before = cells(throttle);

        for (int i = 0; i < 20_000; i++) {
            passes("account" + i, address(i));
            throttle.refusesSession(address(i));
        }

        assertThat(cells(throttle))
                .isEqualTo(before)
                .containsOnlyKeys("accounts", "addresses", "both", "sessions", "networks")
                .allSatisfy((name, length) -> assertThat(length).isEqualTo(3 * LoginThrottle.PLACES));
    }

    /** Whatever in it could grow is one of these, and an array. */
    private static Map<String, Integer> cells(LoginThrottle throttle) throws IllegalAccessException {
        Map<String, Integer> all = new TreeMap<>();
        for (Field field : LoginThrottle.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                Object value = field.get(throttle);
                assertThat(value).isInstanceOfAny(MinuteCounters.class, Clock.class, Mac.class);
                if (value instanceof MinuteCounters table) {
                    all.put(field.getName(), table.cells.length);
                }
            }
        }
        return all;
    }

    @Test
    void triesAreNotForgottenForThoseOfOthers() {
        LoginThrottle small = new LoginThrottle(clock, 1 << 10);
        for (int i = 0; i < 5; i++) {
            small.attempt("ada", "192.0.2.1");
        }

        flood(small, 30_000);

        assertThat(small.attempt("ada", "192.0.2.1")).contains(Duration.ofMinutes(1));
        now = now.plusSeconds(60);
        assertThat(small.attempt("ada", "192.0.2.1")).isEmpty();
    }

    /** Names that are tried once each, from an address each: far more than there are places for. */
    private static void flood(LoginThrottle throttle, int names) {
        for (int i = 0; i < names; i++) {
            throttle.attempt("account" + i, address(i));
        }
    }

    @Test
    void floodLeavesEverybodyATryAMinuteFromAnAddressOfTheirOwn() {
        LoginThrottle small = new LoginThrottle(clock, 1 << 10);
        for (int minute = 0; minute < 3; minute++) {
            flood(small, 20_000);
            for (int i = 0; i < 20_000; i++) {
                small.attempt("ada", address(100_000 + i));
                small.refusesSession(address(i));
            }

            assertThat(small.attempt("ada", "192.0.2.1")).isEmpty();
            assertThat(small.attempt("bob", "2001:db8::1")).isEmpty();
            assertThat(small.refusesSession("192.0.2.1")).isFalse();
            now = now.plusSeconds(60);
        }
    }

    /** Of the two buckets of a key one is free until most are full. */
    @Test
    void everybodyHasAPlaceUntilMostAreTaken() {
        LoginThrottle small = new LoginThrottle(clock, 1 << 10);
        flood(small, 600);

        for (int i = 0; i < 600; i++) {
            for (int more = 0; more < 4; more++) {
                assertThat(small.attempt("account" + i, address(i))).isEmpty();
            }
            assertThat(small.attempt("account" + i, address(i))).isPresent();
        }
    }

    @Test
    void onceTheFloodIsOverEverythingIsAsBefore() {
        flood(throttle, 20_000);
        now = now.plusSeconds(60);

        assertThatAnAccountHasFiveTries();
    }

    @Test
    void whoeverFindsNoPlaceHasOneTryAMinuteFromAnAddress() {
        LoginThrottle small = new LoginThrottle(clock, 8);
        for (int i = 0; i < 8; i++) {
            assertThat(small.attempt("account" + i, "192.0.2.1")).isEmpty();
        }

        assertThat(small.attempt("ada", "192.0.2.1"))
                .as("an address that has tried")
                .contains(Duration.ofMinutes(1));
        assertThat(small.attempt("account1", "192.0.2.1"))
                .as("a place of its own")
                .isEmpty();
        assertThat(small.attempt("ada", "192.0.2.2")).isEmpty();
        assertThat(small.attempt("ada", "192.0.2.2")).contains(Duration.ofMinutes(1));
        assertThat(small.attempt("bob", "192.0.2.2")).contains(Duration.ofMinutes(1));
        now = now.plusSeconds(60);
        assertThat(small.attempt("ada", "192.0.2.2")).isEmpty();
        assertThat(small.attempt("ada", "192.0.2.2")).isEmpty();
    }

    @Test
    void addressThatFindsNoPlaceCountsWithItsLargerNetwork() {
        LoginThrottle small = new LoginThrottle(clock, 8);
        for (int i = 0; i < 8; i++) {
            assertThat(small.attempt("account", "192.0.2." + i)).isEmpty();
        }

        for (int i = 0; i < 50; i++) {
            assertThat(small.attempt("ada" + i, "198.51.100." + i)).isEmpty();
        }
        assertThat(small.attempt("ada", "198.51.7.7")).isPresent();
        assertThat(small.attempt("ada", "203.0.113.1")).isEmpty();
        for (int i = 0; i < 50; i++) {
            assertThat(small.attempt("ada" + i, "2001:db8:" + i + "::1")).isEmpty();
        }
        assertThat(small.attempt("ada", "2001:db8:77::1")).isPresent();
        assertThat(small.attempt("ada", "2001:db9::1")).isEmpty();
    }

    @Test
    void whatIsAskedIsNotCounted() {
        for (int i = 0; i < 100; i++) {
            assertThat(throttle.refusal("ada", "192.0.2.1")).isEmpty();
        }
        assertThatAnAccountHasFiveTries();
        for (int i = 0; i < 4; i++) {
            passes("ada", "192.0.2.1");
        }
        assertThat(throttle.refusal("ada", "192.0.2.1")).contains(Duration.ofMinutes(1));
    }

    @Test
    void triesAreCountedFromTheFirstOn() {
        passes("ada", "192.0.2.1");
        now = now.plusMillis(59_999);
        for (int i = 0; i < 4; i++) {
            assertThat(passes("ada", "192.0.2.1")).isTrue();
        }
        assertThat(throttle.attempt("ada", "192.0.2.1")).contains(Duration.ofMillis(1));

        now = now.plusMillis(1);
        for (int i = 0; i < 5; i++) {
            assertThat(passes("ada", "192.0.2.1")).isTrue();
        }
        assertThat(passes("ada", "192.0.2.1")).isFalse();
    }

    @Test
    void clockThatIsSetBackForgetsNothingAndMakesNoMinuteLonger() {
        for (int i = 0; i < 5; i++) {
            passes("ada", "192.0.2.1");
        }
        now = now.minus(Duration.ofDays(1));

        assertThat(throttle.attempt("ada", "192.0.2.1")).contains(Duration.ofMinutes(1));
        now = now.plusSeconds(60);
        assertThat(passes("ada", "192.0.2.1")).isTrue();
    }

    @Test
    void clockMayStandAnywhere() {
        for (Instant at :
                List.of(Instant.EPOCH, Instant.parse("1969-07-20T20:17:40Z"), Instant.parse("2999-01-01T00:00:00Z"))) {
            now = at;
            for (int i = 0; i < 5; i++) {
                assertThat(passes("ada", "192.0.2.1")).isTrue();
            }
            assertThat(throttle.attempt("ada", "192.0.2.1")).contains(Duration.ofMinutes(1));
            throttle.succeeded("ada", "192.0.2.1");
        }
    }

    @Test
    void sessionsOfNobodyAreCountedApart() {
        for (int i = 0; i < 120; i++) {
            assertThat(throttle.refusesSession("192.0.2.1")).isFalse();
        }

        assertThat(throttle.refusesSession("192.0.2.1")).isTrue();
        assertThat(throttle.refusesSession("192.0.2.2")).isFalse();
        assertThat(passes("ada", "192.0.2.1")).isTrue();
        now = now.plusSeconds(60);
        assertThat(throttle.refusesSession("192.0.2.1")).isFalse();
    }

    @Test
    void triesAtOnceAreNoMoreThanOneAfterTheOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 200; round++) {
                String name = "ada" + round;
                CountDownLatch go = new CountDownLatch(1);
                List<Future<Boolean>> answers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    String address = "192.0.2." + round;
                    answers.add(threads.submit(() -> {
                        go.await();
                        return passes(name, address);
                    }));
                }
                go.countDown();
                int passed = 0;
                for (Future<Boolean> answer : answers) {
                    passed += answer.get() ? 1 : 0;
                }
                assertThat(passed).isEqualTo(5);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Whatever is sent for a name or seen as an address: it is counted, and looked up nowhere. */
    @Test
    void everyTextIsANameAndAnAddress() {
        for (String text : List.of(
                "",
                " ",
                "\0",
                "\ud800",
                "\ufdfa".repeat(255),
                "\ufdfa".repeat(100_000),
                ":",
                "::",
                "zz:1",
                "%",
                "fe80::1%eth7",
                "1.2",
                ".",
                "unknown",
                "2001:db8::1",
                "[::1]:80",
                "[::1]")) {
            for (int i = 0; i < 5; i++) {
                assertThat(passes(text, text)).as(text).isTrue();
            }
            assertThat(passes(text, text)).isFalse();
            now = now.plusSeconds(60);
        }
        LoginThrottle small = new LoginThrottle(clock, 8);
        for (String text :
                List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "", ".", "1.2", "..", "fe80::1%eth7", "::")) {
            assertThat(small.attempt(text, text)).as(text).isEmpty();
        }
    }

    @Test
    void oneAddressHasOneCountHoweverItIsWritten() {
        assertThat(Network.of("::ffff:192.0.2.7")).isEqualTo(Network.of("192.0.2.7"));
        assertThat(Network.of("2001:DB8:1:1::9")).isEqualTo(Network.of("2001:db8:1:1:0:0:0:1"));
        assertThat(Network.of("fe80::1%eth0")).isEqualTo(Network.of("fe80::2%1"));
    }

    @Test
    void networksAroundBeginAlike() {
        String around = Network.around(Network.of("2001:db8:12:1::9"));
        assertThat(around).isEqualTo("20010db80012");
        assertThat(Network.of("2001:db8:12:ffff::1")).startsWith(around);
        assertThat(Network.of("2001:db8:13::1")).doesNotStartWith(around);
        assertThat(Network.around("192.0.2.77")).isEqualTo("192.0.2.");
        for (String other : List.of("", "somewhere", "0123456789abcdeg", "2001:db8::")) {
            assertThat(Network.around(other)).isEqualTo(other);
        }
    }

    @Test
    void publicIsWhatTheWholeWorldKnows() {
        for (String known : List.of("203.0.113.7", "100.63.0.1", "2001:db8::1", "::ffff:203.0.113.7", "172.32.0.1")) {
            assertThat(Network.isPublic(known)).as(known).isTrue();
        }
        for (String within : List.of(
                "127.0.0.1",
                "10.1.2.3",
                "172.17.0.1",
                "192.168.1.1",
                "169.254.1.1",
                "100.64.0.1",
                "0.0.0.0",
                "::1",
                "fe80::1%eth0",
                "fd12::1",
                "::ffff:10.0.0.1",
                "somewhere",
                "999.1.1.1",
                "")) {
            assertThat(Network.isPublic(within)).as(within).isFalse();
        }
    }
}
