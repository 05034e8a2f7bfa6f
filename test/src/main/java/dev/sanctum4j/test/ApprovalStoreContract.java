package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalDraft;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.ApprovalRequest.Answer;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ApprovalStore} does. A store's test is a subclass that supplies an empty one:
 *
 * <pre>{@code
 * class MyStoreTest extends ApprovalStoreContract {
 *     @Override
 *     protected ApprovalStore store() {
 *         return new MyStore();
 *     }
 * }
 * }</pre>
 */
public abstract class ApprovalStoreContract {

    private static final Instant NOW = Instant.parse("2026-11-24T10:15:30.123Z");
    private static final Instant UNTIL = NOW.plusSeconds(600);
    private static final Owner ADA = Owner.of("user", "Ada");
    private static final Owner LOOKALIKE = Owner.of("user", "ada");

    @SuppressWarnings("NullAway.Init") // set before each test
    private ApprovalStore store;

    /** An empty store, called before each test. */
    protected abstract ApprovalStore store() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        store = store();
    }

    private static ApprovalDraft draft(String codes, String network) {
        return new ApprovalDraft(
                SecretHash.of("device " + codes),
                SecretHash.of("user " + codes),
                "claude-code",
                "Codex \ud83e\udd16 on build-7 \u05d0",
                Abilities.of("orders:read", "orders:refund"),
                Duration.ofHours(12),
                "2001:db8::7",
                network,
                NOW,
                NOW.plusSeconds(600),
                Duration.ofSeconds(5),
                null);
    }

    private ApprovalRequest askedBy(Owner asker, String codes) {
        return store.insert(new ApprovalDraft(
                        SecretHash.of("device " + codes),
                        SecretHash.of("user " + codes),
                        "person",
                        "Nightly export",
                        Abilities.of("orders:refund"),
                        Duration.ofDays(30),
                        "2001:db8::7",
                        "",
                        NOW,
                        NOW.plusSeconds(600),
                        Duration.ofSeconds(5),
                        asker))
                .orElseThrow();
    }

    @Test
    void peoplesAreTheirsAndThoseOfProgramsAreNobodys() {
        ApprovalRequest adas = askedBy(ADA, "a");
        ApprovalRequest others = askedBy(LOOKALIKE, "b");
        ApprovalRequest programs = asked("c");

        assertThat(adas.asker()).isEqualTo(ADA);
        assertThat(store.findOfPerson(adas.id())).contains(adas);
        assertThat(store.findOfPerson(programs.id())).isEmpty();
        assertThat(store.ofPerson(ADA, NOW)).containsExactly(adas);
        assertThat(store.openOfPeople(0, NOW, 100)).containsExactly(adas, others);
        assertThat(store.openOfPeople(0, NOW, 1)).containsExactly(adas);
        assertThat(store.openOfPeople(adas.id(), NOW, 100)).containsExactly(others);
        assertThat(store.countOpen(null, NOW)).isEqualTo(1); // of programs

        assertThat(store.allow(adas.id(), yes(LOOKALIKE), UNTIL)).isTrue();
        assertThat(store.openOfPeople(0, NOW, 100)).containsExactly(others);
        ApprovalRequest allowed = store.ofPerson(ADA, NOW).get(0);
        assertThat(allowed.answer()).isEqualTo(yes(LOOKALIKE));
        assertThat(store.claim(adas.id(), NOW)).isTrue();
        assertThat(store.ofPerson(ADA, NOW)).isEmpty();
        assertThat(store.openOfPeople(0, NOW.plusSeconds(600), 100)).isEmpty();
        assertThat(store.ofPerson(LOOKALIKE, NOW.plusSeconds(600))).isEmpty();
    }

    /** Whoever said yes may be gone by then, and whose token it would be is the asker. */
    @Test
    void whatAPersonWasAllowedCanBeDeniedByOthersAndIsTakenBackWithTheirTokens() {
        long denied = askedBy(ADA, "a").id();
        long takenBack = askedBy(ADA, "b").id();
        long fromAda = askedBy(LOOKALIKE, "c").id();
        store.allow(denied, yes(LOOKALIKE), UNTIL);
        store.allow(takenBack, yes(LOOKALIKE), UNTIL);
        store.allow(fromAda, yes(ADA), UNTIL);

        assertThat(store.deny(denied, no(Owner.of("user", "root")))).isTrue();
        assertThat(store.takeBack(ADA, NOW.plusSeconds(70))).isEqualTo(1);

        assertThat(store.findOfPerson(denied).orElseThrow().answer()).isEqualTo(no(Owner.of("user", "root")));
        assertThat(store.findOfPerson(takenBack).orElseThrow().answer()).isEqualTo(no(LOOKALIKE));
        assertThat(store.claim(takenBack, NOW)).isFalse();
        assertThat(store.claim(fromAda, NOW)).isTrue();
    }

    private ApprovalRequest asked(String codes) {
        return store.insert(draft(codes, "n")).orElseThrow();
    }

    private ApprovalRequest read(String codes) {
        return store.findByUserCode(SecretHash.of("user " + codes)).orElseThrow();
    }

    private static Answer yes(Owner owner) {
        return new Answer(owner, Abilities.of("orders:read"), Duration.ofHours(1), NOW.plusSeconds(60), "version");
    }

    private static Answer no(Owner owner) {
        return new Answer(owner, Abilities.NONE, Duration.ZERO, NOW.plusSeconds(70), null);
    }

    @Test
    void whatWasAskedIsFoundByEitherCode() {
        ApprovalRequest made = asked("a");
        asked("b");

        assertThat(store.findByDeviceCode(SecretHash.of("device a"))).contains(made);
        assertThat(store.findByUserCode(SecretHash.of("user a"))).contains(made);
        assertThat(store.findByDeviceCode(SecretHash.of("user a"))).isEmpty();
        assertThat(store.findByUserCode(SecretHash.of("device a"))).isEmpty();
        assertThat(made).isEqualTo(draft("a", "n").withId(made.id()));
        assertThat(made.state()).isEqualTo(State.ASKED);
        assertThat(made.answer()).isNull();
    }

    @Test
    void codesAreTakenOnce() {
        ApprovalRequest made = asked("a");
        ApprovalDraft other = draft("b", "n");

        assertThat(store.insert(draft("a", "n"))).isEmpty();
        assertThat(store.insert(withCodes(other, SecretHash.of("device a"), other.userCode())))
                .isEmpty();
        assertThat(store.insert(withCodes(other, other.deviceCode(), SecretHash.of("user a"))))
                .isEmpty();

        assertThat(store.insert(other)).isPresent();
        assertThat(read("a")).isEqualTo(made);
    }

    private static ApprovalDraft withCodes(ApprovalDraft draft, SecretHash deviceCode, SecretHash userCode) {
        return new ApprovalDraft(
                deviceCode,
                userCode,
                draft.clientId(),
                draft.clientName(),
                draft.asked(),
                draft.lifetime(),
                draft.address(),
                draft.network(),
                draft.createdAt(),
                draft.expiresAt(),
                draft.interval(),
                draft.asker());
    }

    @Test
    void pollThatComesTooSoonMakesTheIntervalLonger() {
        long id = asked("a").id();

        assertThat(store.poll(id, NOW)).isTrue();
        assertThat(store.poll(id, NOW.plusMillis(4_999))).isFalse();
        assertThat(read("a").interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(store.poll(id, NOW.plusMillis(14_998))).isFalse();
        assertThat(store.poll(id, NOW.plusMillis(29_998))).isTrue();
        assertThat(read("a").interval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(store.poll(id + 1, NOW)).isFalse();
    }

    /** Whoever knows a code would have them write as often as they like. */
    @Test
    void intervalGrowsUpToAMinuteAndPollsThatAreRefusedThenAreNotNoted() {
        long id = asked("a").id();
        assertThat(store.poll(id, NOW)).isTrue();

        for (int i = 1; i <= 20; i++) {
            assertThat(store.poll(id, NOW.plusMillis(i))).isFalse();
        }

        assertThat(read("a").interval()).isEqualTo(ApprovalStore.SLOWEST);
        assertThat(store.poll(id, NOW.plusMillis(60_010))).isFalse();
        assertThat(store.poll(id, NOW.plusMillis(60_011)))
                .as("a minute after the eleventh")
                .isTrue();
    }

    @Test
    void manyThatAreOverAreDeletedAtOnce() {
        for (int i = 0; i < 501; i++) {
            asked("code " + i);
        }

        assertThat(store.prune(NOW.plusSeconds(601))).isEqualTo(501);
        assertThat(store.countAsked("n", NOW.minusSeconds(1))).isZero();
    }

    @Test
    void allowedIsClaimedOnce() {
        long id = asked("a").id();

        assertThat(store.claim(id, NOW)).isFalse();
        assertThat(store.allow(id, yes(ADA), UNTIL)).isTrue();
        assertThat(store.allow(id, yes(ADA), UNTIL)).isFalse();
        assertThat(read("a").state()).isEqualTo(State.ALLOWED);
        assertThat(read("a").answer()).isEqualTo(yes(ADA));
        assertThat(store.claim(id, NOW)).isTrue();
        assertThat(store.claim(id, NOW)).isFalse();

        assertThat(read("a").state()).isEqualTo(State.CLAIMED);
        assertThat(read("a").answer()).isEqualTo(yes(ADA));
        assertThat(store.deny(id, no(ADA))).isFalse();
    }

    @Test
    void deniedStaysDenied() {
        long id = asked("a").id();

        assertThat(store.deny(id, no(ADA))).isTrue();
        assertThat(store.deny(id, no(ADA))).isFalse();
        assertThat(store.allow(id, yes(ADA), UNTIL)).isFalse();
        assertThat(store.claim(id, NOW)).isFalse();

        assertThat(read("a").state()).isEqualTo(State.DENIED);
        assertThat(read("a").answer()).isEqualTo(no(ADA));
    }

    @Test
    void whoeverAllowedMayStillDenyAndNobodyElse() {
        long id = asked("a").id();
        store.allow(id, yes(ADA), UNTIL);

        assertThat(store.deny(id, no(LOOKALIKE))).isFalse();
        assertThat(store.deny(id, no(Owner.of("team", "Ada")))).isFalse();
        assertThat(store.deny(id, no(ADA))).isTrue();

        assertThat(store.claim(id, NOW)).isFalse();
    }

    @Test
    void yesHasAnEndOfItsOwn() {
        long id = asked("a").id();

        assertThat(store.allow(id, yes(ADA), NOW.plusSeconds(180))).isTrue();

        assertThat(read("a").expiresAt()).isEqualTo(NOW.plusSeconds(180));
        assertThat(store.claim(id, NOW.plusSeconds(180))).isFalse();
        assertThat(store.claim(id, NOW.plusSeconds(180).minusMillis(1))).isTrue();
    }

    @Test
    void whatAnOwnerAllowedIsTakenBackUnlessItWasFetched() {
        long fetched = asked("a").id();
        long waiting = asked("b").id();
        long other = asked("c").id();
        long over = asked("d").id();
        asked("e");
        store.allow(fetched, yes(ADA), UNTIL);
        store.claim(fetched, NOW);
        store.allow(waiting, yes(ADA), UNTIL);
        store.allow(other, yes(LOOKALIKE), UNTIL);
        store.allow(over, yes(ADA), NOW.plusSeconds(61));

        assertThat(store.takeBack(ADA, NOW.plusSeconds(61))).isEqualTo(1);
        assertThat(store.takeBack(ADA, NOW.plusSeconds(61))).isZero();

        assertThat(read("a").state()).isEqualTo(State.CLAIMED);
        assertThat(read("b").state()).isEqualTo(State.DENIED);
        assertThat(read("b").answer())
                .isEqualTo(new Answer(ADA, Abilities.NONE, Duration.ZERO, NOW.plusSeconds(61), null));
        assertThat(read("c").state()).isEqualTo(State.ALLOWED);
        assertThat(read("e").state()).isEqualTo(State.ASKED);
        assertThat(store.claim(waiting, NOW.plusSeconds(61))).isFalse();
    }

    @Test
    void nothingComesOfWhatIsOver() {
        long asked = asked("a").id();
        long allowed = asked("b").id();
        Instant last = NOW.plusSeconds(600).minusMillis(1);
        store.allow(allowed, yes(ADA), UNTIL);
        Answer late = new Answer(ADA, Abilities.of("orders:read"), Duration.ofHours(1), NOW.plusSeconds(600), null);

        assertThat(store.allow(asked, late, UNTIL)).isFalse();
        assertThat(store.deny(asked, late)).isFalse();
        assertThat(store.claim(allowed, NOW.plusSeconds(600))).isFalse();

        assertThat(store.claim(allowed, last)).isTrue();
        assertThat(read("a").state()).isEqualTo(State.ASKED);
        assertThat(read("a").isExpired(last)).isFalse();
        assertThat(read("a").isExpired(NOW.plusSeconds(600))).isTrue();
    }

    @Test
    void openOnesAreCountedByNetworkAndInAll() {
        asked("a");
        store.allow(asked("b").id(), yes(ADA), UNTIL);
        store.deny(asked("c").id(), no(ADA));
        long claimed = asked("d").id();
        store.allow(claimed, yes(ADA), UNTIL);
        store.claim(claimed, NOW);
        store.insert(draft("e", "N"));

        assertThat(store.countOpen("n", NOW)).isEqualTo(2);
        assertThat(store.countOpen("N", NOW)).isEqualTo(1);
        assertThat(store.countOpen("other", NOW)).isZero();
        assertThat(store.countOpen(null, NOW)).isEqualTo(3);
        assertThat(store.countOpenAround("n", NOW)).isEqualTo(2);
        store.insert(draft("f", "n%_7"));
        store.insert(draft("g", "nn"));
        assertThat(store.countOpenAround("n", NOW)).isEqualTo(4);
        assertThat(store.countOpenAround("n%", NOW)).isEqualTo(1);
        assertThat(store.countOpenAround("n%_7/", NOW)).isZero();
        assertThat(store.countOpenAround("n", NOW.plusSeconds(600))).isZero();
        assertThat(store.countOpen(null, NOW.plusSeconds(600))).isZero();
        assertThat(store.countAsked("n", NOW.minusMillis(1))).isEqualTo(4);
        assertThat(store.countAsked("n", NOW)).isZero();
    }

    @Test
    void pruningLeavesWhatIsNotOverForLong() {
        asked("a");
        Instant end = NOW.plusSeconds(600);

        assertThat(store.prune(end)).isZero();
        assertThat(read("a").state()).isEqualTo(State.ASKED);
        assertThat(store.prune(end.plusMillis(1))).isEqualTo(1);

        assertThat(store.findByUserCode(SecretHash.of("user a"))).isEmpty();
        assertThat(store.insert(draft("a", "n"))).isPresent();
    }

    /** Two nodes get the same poll; also somebody who denies while it is claimed. */
    @Test
    void ofSeveralClaimsAtTheSameMomentOneIsFirst() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                long id = asked("round " + round).id();
                store.allow(id, yes(ADA), UNTIL);
                CyclicBarrier barrier = new CyclicBarrier(threads);
                List<Future<Boolean>> won = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    boolean denies = i == 0 && round % 2 == 0;
                    won.add(pool.submit(() -> {
                        barrier.await(10, TimeUnit.SECONDS);
                        return denies ? store.deny(id, no(ADA)) : store.claim(id, NOW);
                    }));
                }
                int winners = 0;
                for (Future<Boolean> one : won) {
                    winners += one.get(30, TimeUnit.SECONDS) ? 1 : 0;
                }
                assertThat(winners).as("round %d", round).isEqualTo(1);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
