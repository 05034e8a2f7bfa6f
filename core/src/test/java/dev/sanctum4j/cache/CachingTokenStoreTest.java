package dev.sanctum4j.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Change;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.StoredToken;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachingTokenStoreTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // about to overflow, as it may
    private final Table table = new Table();
    private final OneTransaction transaction = new OneTransaction();
    private CachingTokenStore cache = cache(new CacheSettings(100, null, null, transaction, nanos::get));
    private Tokens tokens = tokens(NOW);
    private final ExecutorService others = Executors.newCachedThreadPool();

    @AfterEach
    void endOthers() {
        others.shutdownNow();
    }

    private CachingTokenStore cache(CacheSettings settings) {
        return CachingTokenStore.of(table, settings);
    }

    private Tokens tokens(Instant now) {
        return Tokens.builder(cache).clock(Clock.fixed(now, ZoneOffset.UTC)).build();
    }

    /** A cache that a feed notifies of changes, which may lag behind for three seconds. */
    private void listenToAFeed() {
        cache = cache(new CacheSettings(100, null, Duration.ofSeconds(3), transaction, nanos::get));
        tokens = tokens(NOW);
    }

    /** The table as others see it: the cache is not notified of what is done here. */
    private Tokens elsewhere() {
        return Tokens.builder(table.rows)
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private NewToken issue(String... abilities) {
        return tokens.issue(TokenRequest.of(ADA, "ci", abilities));
    }

    private Verdict check(NewToken made) {
        return tokens.authenticate(made.plainText().reveal());
    }

    private static final Rejected REVOKED = new Rejected(Reason.REVOKED);
    private static final Rejected UNKNOWN = new Rejected(Reason.UNKNOWN);

    /** The time must not tell that a text is that of a token which somebody else uses here. */
    @Test
    void whoseTokenATextIsIsReadEachTime() {
        NewToken made = issue("a");
        check(made);

        assertThat(tokens.identify(ADA, made.plainText().reveal())).hasValue(made.token());
        assertThat(tokens.identify(Owner.of("user", 2), made.plainText().reveal()))
                .isEmpty();
        assertThat(tokens.identify(ADA, "pat_no_token_of_anybody")).isEmpty();

        assertThat(table.reads).hasValue(4);
        assertThat(cache.state().hits()).isZero();
    }

    @Test
    void tokenIsReadOnce() {
        NewToken made = issue("a");

        for (int i = 0; i < 5; i++) {
            assertThat(check(made)).isEqualTo(new Accepted(made.token()));
            assertThat(tokens.authenticate(
                            made.token().id() + "|" + made.plainText().reveal()))
                    .isEqualTo(new Accepted(made.token()));
        }

        assertThat(table.reads).hasValue(1);
        assertThat(cache.state()).satisfies(state -> {
            assertThat(state.entries()).isEqualTo(1);
            assertThat(state.hits()).isEqualTo(9);
            assertThat(state.misses()).isEqualTo(1);
            assertThat(state.trusted()).isTrue();
            assertThat(state.maxStale()).isEqualTo(Duration.ofSeconds(3));
            assertThat(state.feedLag()).isNull();
        });
    }

    @Test
    void whatIsChangedHereCountsAtOnce() {
        NewToken one = issue("a", "b");
        NewToken two = issue("a");
        NewToken three = issue("a");
        List.of(one, two, three).forEach(this::check);

        tokens.narrow(one.token().id(), Abilities.of("b"));
        assertThat(((Accepted) check(one)).token().can("a")).isFalse();
        tokens.revoke(one.token().id());
        assertThat(check(one)).isEqualTo(REVOKED);
        tokens.revokeOthers(ADA, three.token().id());
        assertThat(check(two)).isEqualTo(REVOKED);
        assertThat(check(three)).isInstanceOf(Accepted.class);
    }

    @Test
    void whatATokenIssuedGoesWithIt() {
        NewToken manager = issue("a", "tokens:manage");
        NewToken child = tokens.issue(TokenRequest.of(ADA, "child", "a"), manager.token());
        check(child);

        tokens.revoke(manager.token().id());

        assertThat(check(child)).isEqualTo(REVOKED);
    }

    @Test
    void whatATokenIssuedIsNarrowedWithIt() {
        NewToken manager = issue("a", "b", "tokens:manage");
        NewToken child = tokens.issue(TokenRequest.of(ADA, "child", "a", "b"), manager.token());
        check(child);

        tokens.narrow(manager.token().id(), Abilities.of("a", "tokens:manage"));

        assertThat(((Accepted) check(child)).token().abilities()).isEqualTo(Abilities.of("a"));
    }

    /** Else anybody who may change a token could make this node forget them all. */
    @Test
    void changeThatIsRefusedMakesNothingForgotten() {
        NewToken one = issue("a");
        check(one);

        assertThatThrownBy(() -> tokens.narrow(one.token().id(), Abilities.of("b")))
                .isInstanceOf(InvalidTokenRequestException.class);

        check(one);
        assertThat(table.reads).hasValue(1);
    }

    /** R17. */
    @Test
    void readingThatBeganBeforeARevocationDoesNotBringTheTokenBack() throws Exception {
        NewToken made = issue("a");
        Pause pause = table.pauseAfterReading();
        Future<Verdict> early = others.submit(() -> check(made));
        pause.reached();

        tokens.revoke(made.token().id());
        pause.end();
        early.get();

        assertThat(check(made)).isEqualTo(REVOKED);
    }

    /** R17, notified by a feed. */
    @Test
    void readingThatBeganBeforeAChangeElsewhereIsNotKept() throws Exception {
        NewToken made = issue("a", "b");
        for (Runnable change :
                List.<Runnable>of(() -> cache.invalidated(made.token().id()), cache::invalidateAll)) {
            Pause pause = table.pauseAfterReading();
            Future<Verdict> early = others.submit(() -> check(made));
            pause.reached();
            elsewhere().rename(made.token().id(), "renamed " + nanos.incrementAndGet());
            change.run();
            pause.end();
            early.get();

            assertThat(((Accepted) check(made)).token())
                    .isEqualTo(tokens.find(made.token().id()).orElseThrow());
            cache.invalidateAll();
        }
    }

    /** R17, with a second request that joins the reading of the first. */
    @Test
    void requestThatBeginsAfterARevocationIsNotAnsweredByAReadingFromBefore() throws Exception {
        NewToken made = issue("a");
        Pause pause = table.pauseAfterReading();
        Future<Verdict> early = others.submit(() -> check(made));
        pause.reached();
        tokens.revoke(made.token().id());
        Thread late = new Thread(() -> assertThat(check(made)).isEqualTo(REVOKED));
        List<Throwable> failures = new ArrayList<>();
        late.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));

        late.start();
        awaitWaiting(late);
        pause.end();
        late.join();

        early.get();
        assertThat(failures).isEmpty();
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }

    @Test
    void requestsThatAskTheSameAtOnceShareOneReading() throws Exception {
        NewToken made = issue("a");
        Pause pause = table.pauseAfterReading();
        List<Future<Verdict>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(others.submit(() -> check(made)));
        }
        pause.reached();
        pause.end();

        for (Future<Verdict> answer : answers) {
            assertThat(answer.get()).isInstanceOf(Accepted.class);
        }
        assertThat(table.reads).hasValue(1);
        assertThat(cache.state().misses()).isEqualTo(1);
        assertThat(cache.state().hits()).isEqualTo(49);
    }

    @Test
    void whoeverIsInterruptedWhileAnotherReadsStaysInterrupted() throws Exception {
        NewToken made = issue("a");
        Pause pause = table.pauseAfterReading();
        Future<Verdict> first = others.submit(() -> check(made));
        pause.reached();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> check(made))
                .isInstanceOf(TokenStoreException.class)
                .hasMessage("interrupted while another thread was asking");
        assertThat(Thread.interrupted()).isTrue();

        pause.end();
        assertThat(first.get(10, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
    }

    @Test
    void failureIsToldAndNotKept() {
        NewToken made = issue("a");
        table.failing = true;

        assertThatThrownBy(() -> check(made)).isInstanceOf(TokenStoreException.class);
        table.failing = false;

        assertThat(check(made)).isInstanceOf(Accepted.class);
    }

    /** R20. */
    @Test
    void tokenThatWasAskedForBeforeItExistedIsValidOnceItDoes() throws Exception {
        String secret = "a secret that somebody guesses before it is issued";
        assertThat(tokens.authenticate(secret)).isEqualTo(UNKNOWN);
        table.rows.insert(draft("one", secret));
        assertThat(tokens.authenticate(secret)).isInstanceOf(Accepted.class);

        String other = "and another, while the guess is still being looked up";
        Pause pause = table.pauseAfterReading();
        Future<Verdict> guess = others.submit(() -> tokens.authenticate(other));
        pause.reached();
        table.rows.insert(draft("two", other));
        Future<Verdict> user = others.submit(() -> tokens.authenticate(other));
        pause.end();

        assertThat(guess.get()).isEqualTo(UNKNOWN);
        assertThat(user.get()).isInstanceOf(Accepted.class);
    }

    private static TokenDraft draft(String name, String secret) {
        return new TokenDraft(ADA, name, Abilities.ALL, SecretHash.of(secret), NOW, null, null, Map.of());
    }

    /** R19. */
    @Test
    void expiryIsCheckedOnEveryHit() {
        NewToken made = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofSeconds(1)));
        assertThat(check(made)).isInstanceOf(Accepted.class);

        tokens = tokens(NOW.plusSeconds(2));

        assertThat(check(made)).isEqualTo(new Rejected(Reason.EXPIRED));
        assertThat(table.reads).hasValue(1);
    }

    @Test
    void whatNobodyTellsOfIsOverlookedForThreeSecondsAtMost() {
        NewToken made = issue("a");
        check(made);
        elsewhere().revoke(made.token().id());

        pass(Duration.ofSeconds(3).minusNanos(1));
        assertThat(check(made)).isInstanceOf(Accepted.class);
        pass(Duration.ofNanos(1));
        assertThat(check(made)).isEqualTo(REVOKED);
    }

    /** R19: the token expires, by its own time, while it is being read. */
    @Test
    void expiryDuringTheReadingIsNotOverlooked() throws Exception {
        AtomicLong second = new AtomicLong();
        tokens = Tokens.builder(cache)
                .clock(clock(() -> NOW.plusSeconds(second.get())))
                .build();
        NewToken made = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofSeconds(1)));
        Pause pause = table.pauseAfterReading();
        Future<Verdict> slow = others.submit(() -> check(made));
        pause.reached();

        second.set(2);
        pause.end();

        assertThat(slow.get()).isEqualTo(new Rejected(Reason.EXPIRED));
        assertThat(check(made)).isEqualTo(new Rejected(Reason.EXPIRED));
    }

    /** R25: the clock on the wall steps back while a token is being read; what is kept does not grow younger by it. */
    @Test
    void clockThatStepsBackDuringTheReadingDoesNotStretchTheBound() throws Exception {
        AtomicLong second = new AtomicLong();
        tokens = Tokens.builder(cache)
                .clock(clock(() -> NOW.plusSeconds(second.get())))
                .build();
        NewToken made = issue("a");
        Pause pause = table.pauseAfterReading();
        Future<Verdict> slow = others.submit(() -> check(made));
        pause.reached();
        elsewhere().revoke(made.token().id());

        second.set(-300);
        pause.end();

        assertThat(slow.get()).isInstanceOf(Accepted.class);
        pass(Duration.ofSeconds(3));
        assertThat(check(made)).isEqualTo(REVOKED);
    }

    private static Clock clock(Supplier<Instant> now) {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** R25, with {@code nanoTime}. */
    @Test
    void ageCountsFromTheBeginningOfTheReading() throws Exception {
        NewToken made = issue("a");
        Pause pause = table.pauseAfterReading();
        Future<Verdict> slow = others.submit(() -> check(made));
        pause.reached();
        elsewhere().revoke(made.token().id());
        pass(Duration.ofSeconds(3));
        pause.end();
        slow.get();

        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void feedThatTellsOfEverythingIsBelievedForThirtySeconds() {
        listenToAFeed();
        NewToken made = issue("a");
        cache.caughtUp(nanos.get(), true);
        check(made);
        elsewhere().revoke(made.token().id());

        for (int second = 1; second < 30; second++) {
            pass(Duration.ofSeconds(1));
            cache.caughtUp(nanos.get(), true);
            assertThat(check(made)).isInstanceOf(Accepted.class);
        }
        pass(Duration.ofSeconds(1));
        cache.caughtUp(nanos.get(), true);
        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void oneBoundHoldsInEitherCase() {
        cache = cache(
                new CacheSettings(100, Duration.ofSeconds(10), Duration.ofSeconds(60), Transactions.NONE, nanos::get));
        tokens = tokens(NOW);
        for (boolean deletes : new boolean[] {true, false}) {
            NewToken made = issue("a");
            cache.caughtUp(nanos.get(), deletes);
            check(made);
            elsewhere().revoke(made.token().id());
            pass(Duration.ofSeconds(10).minusNanos(1));
            assertThat(check(made)).isInstanceOf(Accepted.class);
            pass(Duration.ofNanos(1));
            assertThat(check(made)).isEqualTo(REVOKED);
        }
    }

    @Test
    void whereDeletesAreNotToldTheBoundIsThreeSeconds() {
        listenToAFeed();
        NewToken made = issue("a");
        cache.caughtUp(nanos.get(), true);
        check(made);
        elsewhere().revoke(made.token().id());
        cache.caughtUp(nanos.get(), false);
        pass(Duration.ofSeconds(3).minusNanos(1));
        assertThat(check(made)).isInstanceOf(Accepted.class);
        pass(Duration.ofNanos(1));
        cache.caughtUp(nanos.get(), false);

        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void feedThatTellsOfDeletesAgainDoesNotVouchForTheTimeBefore() {
        listenToAFeed();
        NewToken made = issue("a");
        cache.caughtUp(nanos.get(), false);
        check(made);
        elsewhere().revoke(made.token().id());

        cache.caughtUp(nanos.get(), true);

        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void nothingIsBelievedBeforeTheFeedIsHeardAndAfterItFallsSilent() {
        listenToAFeed();
        NewToken made = issue("a");

        check(made);
        check(made);
        assertThat(table.reads).hasValue(2);
        assertThat(cache.state().trusted()).isFalse();
        cache.caughtUp(nanos.get(), true);
        check(made);
        check(made);
        assertThat(table.reads).hasValue(3);
        assertThat(cache.state().trusted()).isTrue();
        elsewhere().revoke(made.token().id());
        pass(Duration.ofSeconds(3));
        assertThat(cache.state().trusted()).isFalse();
        assertThat(check(made)).isEqualTo(REVOKED);
        assertThat(check(made)).isEqualTo(REVOKED);
        assertThat(table.reads).hasValue(5);
        assertThat(cache.state().misses()).isEqualTo(5);
        assertThat(cache.state().feedLag()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void changeInATransactionCountsFromItsEnd() throws Exception {
        NewToken made = issue("a");
        check(made);

        transaction.begin();
        tokens.revoke(made.token().id()); // this table has no transactions, so it looks as if committed: put it back
        AccessToken revoked =
                table.rows.findById(made.token().id()).orElseThrow().token();
        table.hide = made.token();
        assertThat(others.submit(() -> check(made)).get()).isInstanceOf(Accepted.class); // and is kept again
        table.hide = null;
        transaction.end();

        assertThat(revoked.isRevoked()).isTrue();
        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void whatATransactionReadsIsNotKeptForOthers() {
        transaction.begin();
        NewToken made = issue("a");
        assertThat(check(made)).isInstanceOf(Accepted.class);
        table.gone = made.token().id(); // rolled back
        transaction.end();

        assertThat(check(made)).isEqualTo(UNKNOWN);
    }

    @Test
    void revocationThatFailsHalfwayLeavesNothingBelieved() {
        NewToken made = issue("a");
        check(made);
        table.answerIsLost = true;

        assertThatThrownBy(() -> tokens.revoke(made.token().id())).isInstanceOf(TokenStoreException.class);
        table.answerIsLost = false;

        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void holdsAsManyAsItMayAndKeepsWhatIsUsed() throws Exception {
        NewToken busy = issue("a");
        check(busy);
        for (int i = 0; i < 1_000; i++) {
            check(issue("a"));
            check(busy);
            assertThat(cache.state().entries()).isLessThanOrEqualTo(100);
        }

        assertThat(table.reads.get() - 1_000).isLessThan(3);
        assertThat(cache.state().entries()).isEqualTo(100);
        others.submit(() -> check(issue("a"))).get(10, TimeUnit.SECONDS); // there is room for other threads, too
        assertThat(cache.state().entries()).isEqualTo(100);
        cache.invalidateAll();
        assertThat(cache.state().entries()).isZero();
    }

    @Test
    void changeOfATokenLeavesTheOthers() {
        NewToken changed = issue("a");
        NewToken other = issue("a");
        check(changed);
        check(other);

        cache.invalidated(changed.token().id());
        check(other);

        assertThat(table.reads).hasValue(2);
        check(changed);
        assertThat(table.reads).hasValue(3);
    }

    @Test
    void oneHundredThousandChangesAreTakenInOneByOne() {
        NewToken made = issue("a");
        check(made);
        elsewhere().revoke(made.token().id());

        for (long id = 100_000; id >= 1; id--) {
            cache.invalidated(TokenId.of(id));
        }

        assertThat(check(made)).isEqualTo(REVOKED);
    }

    @Test
    void managingTokensAsksTheStore() {
        NewToken made = issue("a");
        check(made);
        elsewhere().revoke(made.token().id());

        assertThat(tokens.find(made.token().id()).orElseThrow().isRevoked()).isTrue();
        assertThat(tokens.recheck(made.token().id())).isEmpty();
        assertThat(tokens.rotate(made.token().id())).isEmpty();
        assertThat(tokens.list(ADA)).isEmpty();
    }

    @Test
    void settingsRefuseWhatIsNotPositive() {
        assertThatThrownBy(() -> new CacheSettings(0, null, null, Transactions.NONE, System::nanoTime))
                .hasMessage("a cache must hold at least one entry, was 0");
        assertThatThrownBy(() -> new CacheSettings(1, Duration.ZERO, null, Transactions.NONE, System::nanoTime))
                .hasMessage("longest staleness must be positive, was PT0S");
        assertThatThrownBy(() -> new CacheSettings(1, null, Duration.ZERO, Transactions.NONE, System::nanoTime))
                .hasMessage("longest lag of the feed must be positive, was PT0S");
    }

    /** Stops one reading after it has got its answer and before it can hand it on. */
    private static final class Pause {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        void reached() throws InterruptedException {
            assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        }

        void end() {
            end.countDown();
        }

        void pass() {
            reached.countDown();
            try {
                assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** One transaction at a time, of one thread. */
    private static final class OneTransaction implements Transactions {
        private final List<Runnable> waiting = new ArrayList<>();
        private volatile @Nullable Thread open;

        void begin() {
            open = Thread.currentThread();
        }

        void end() {
            open = null;
            waiting.forEach(Runnable::run);
            waiting.clear();
        }

        @Override
        public boolean isOpen() {
            return Thread.currentThread().equals(open);
        }

        @Override
        public void afterEnd(Runnable work) {
            assertThat(isOpen()).isTrue();
            waiting.add(work);
        }
    }

    /** A table whose readings can be stopped, and which can look as it did before a transaction ended. */
    private static final class Table implements TokenStore {
        final InMemoryTokenStore rows = new InMemoryTokenStore();
        final AtomicInteger reads = new AtomicInteger();
        volatile @Nullable Pause pause;
        volatile @Nullable AccessToken hide;
        volatile @Nullable TokenId gone;
        volatile boolean failing;
        volatile boolean answerIsLost;

        Pause pauseAfterReading() {
            Pause next = new Pause();
            pause = next;
            return next;
        }

        @Override
        public Optional<StoredToken> findByHash(SecretHash hash) {
            reads.incrementAndGet();
            if (failing) {
                throw new TokenStoreException("the store is away");
            }
            Optional<StoredToken> found = rows.findByHash(hash)
                    .filter(stored -> !stored.token().id().equals(gone))
                    .map(stored ->
                            hide == null || !hide.id().equals(stored.token().id())
                                    ? stored
                                    : new StoredToken(hide, stored.hash()));
            Pause here = pause;
            if (here != null) {
                pause = null;
                here.pass();
            }
            return found;
        }

        @Override
        public Optional<StoredToken> findById(TokenId id) {
            return rows.findById(id);
        }

        @Override
        public List<AccessToken> list(Owner owner) {
            return rows.list(owner);
        }

        @Override
        public Optional<AccessToken> insert(TokenDraft draft) {
            return rows.insert(draft);
        }

        @Override
        public Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
            return rows.update(id, change, now);
        }

        @Override
        public List<TokenId> revoke(TokenId id, Instant now) {
            List<TokenId> revoked = rows.revoke(id, now);
            if (answerIsLost) {
                throw new TokenStoreException("committed, and the connection broke");
            }
            return revoked;
        }

        @Override
        public List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
            return rows.revokeAll(owner, keep, now);
        }

        @Override
        public void touch(Map<TokenId, LastUse> lastUsed) {
            rows.touch(lastUsed);
        }

        @Override
        public int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
            return rows.prune(expiredBefore, createdBefore, limit);
        }
    }
}
