package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * R1: how long a refusal takes tells nothing about where a guess is wrong.
 *
 * <p>Two kinds of guesses are timed in turn, many pairs in a round. On a machine that does other things as well, no time is
 * worth much, but of two kinds that cost the same each is the slower one in about half of the pairs. A leak is what is
 * slower, or faster, in most pairs of <em>every</em> round; each round has guesses at new places in memory, so that what those
 * cost goes one way now and the other way then. The last test shows that leaks are found.
 */
class TimingTest {

    private static final int ROUNDS = 12;
    private static final int PAIRS = 300;
    private static final double MOST = 0.7;
    private static final int GUESSES = 64;

    private static final String HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static final SecretHash HASH = SecretHash.parse(HEX).orElseThrow();

    private final Random random = new Random(1);

    @Test
    void comparisonOfHashesTakesTheSameTimeWhereverTheyDiffer() {
        assertThat(leaks(
                        10,
                        HASH::matches,
                        number -> hashThatDiffersIn(255 - number % 8),
                        number -> hashThatDiffersIn(number % 8)))
                .isFalse();
    }

    /** The whole way, from the text to the verdict, with a secret that has no checksum to be refused for. */
    @Test
    void refusalTakesTheSameTimeHoweverMuchOfATokenWasGuessed() {
        TokenStore store = new InMemoryTokenStore();
        String secret = "0123456789abcdefghijABCDEFGHIJ0123456789";
        TokenId id = store.insert(new TokenDraft(
                        Owner.of("user", 1),
                        "ci",
                        Abilities.ALL,
                        SecretHash.of(secret),
                        Instant.EPOCH,
                        null,
                        null,
                        Map.of()))
                .orElseThrow()
                .id();
        Tokens tokens = Tokens.of(store);
        assertThat(tokens.authenticate(id + "|" + secret)).isInstanceOf(Verdict.Accepted.class);

        assertThat(leaks(
                        1,
                        guess -> tokens.authenticate(guess) instanceof Verdict.Accepted,
                        number -> id + "|" + (char) ('A' + number % 26) + secret.substring(1),
                        number -> id + "|" + secret.substring(0, 39) + (char) ('A' + number % 26)))
                .isFalse();
        assertThat(leaks(
                        1,
                        guess -> tokens.authenticate(guess) instanceof Verdict.Accepted,
                        number -> id + "|" + (char) ('A' + number % 26) + secret.substring(1),
                        number -> "7|" + (char) ('A' + number % 26) + secret.substring(1)))
                .isFalse();
    }

    /** So that the tests above can fail: what compares until the first difference is found out. */
    @Test
    void comparisonThatStopsAtTheFirstDifferenceIsFound() {
        byte[] secret = new byte[4_096];
        BiPredicate<byte[], byte[]> leaky = Arrays::equals;

        assertThat(leaks(
                        10,
                        guess -> leaky.test(secret, guess),
                        number -> bytesThatDifferAt(secret, number % 8),
                        number -> bytesThatDifferAt(secret, secret.length - 1 - number % 8)))
                .isTrue();
    }

    private static SecretHash hashThatDiffersIn(int bit) {
        return SecretHash.parse("%064x".formatted(new BigInteger(HEX, 16).flipBit(bit)))
                .orElseThrow();
    }

    private static byte[] bytesThatDifferAt(byte[] secret, int place) {
        byte[] guess = secret.clone();
        guess[place] ^= 1;
        return guess;
    }

    /** Whether one of two kinds of guesses is refused sooner than the other. */
    private <T> boolean leaks(int times, Predicate<T> check, IntFunction<T> one, IntFunction<T> other) {
        double least = 1;
        double most = 0;
        for (int round = -2; round < ROUNDS; round++) {
            Object[] ones = new Object[GUESSES];
            Object[] others = new Object[GUESSES];
            for (int i = 0; i < GUESSES; i++) {
                ones[i] = one.apply(i);
                others[i] = other.apply(i);
            }
            double slower = 0;
            for (int pair = 0; pair < PAIRS; pair++) {
                boolean turned = random.nextBoolean();
                long first = time(times, check, turned ? others : ones);
                long second = time(times, check, turned ? ones : others);
                if (first == second) {
                    slower += 0.5;
                } else if (first < second != turned) {
                    slower++;
                }
            }
            if (round >= 0) { // before, the code was compiled
                double share = slower / PAIRS;
                least = Math.min(least, share);
                most = Math.max(most, share);
                if (least < MOST && most > 1 - MOST) {
                    return false;
                }
            }
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    private <T> long time(int times, Predicate<T> check, Object[] guesses) {
        int matched = 0;
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            for (Object guess : guesses) {
                matched += check.test((T) guess) ? 1 : 0;
            }
        }
        long taken = System.nanoTime() - begin;
        assertThat(matched).isZero(); // and so nothing may be left out
        return taken;
    }
}
