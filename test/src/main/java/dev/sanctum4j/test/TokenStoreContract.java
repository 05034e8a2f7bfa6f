package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Change;
import dev.sanctum4j.IdempotencyKey;
import dev.sanctum4j.IdempotencyKeyException;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.IssuedOnce;
import dev.sanctum4j.IssuerRevokedException;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Rotation;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Validity;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TokenStore} does. A store's test is a subclass that supplies an empty one:
 *
 * <pre>{@code
 * class MyStoreTest extends TokenStoreContract {
 *     @Override
 *     protected TokenStore store() {
 *         return new MyStore();
 *     }
 * }
 * }</pre>
 */
public abstract class TokenStoreContract {

    private static final Instant NOW = Instant.parse("2026-11-24T10:15:30Z");

    private final MovableClock clock = MovableClock.at(NOW);

    @SuppressWarnings("NullAway.Init") // set before each test
    private TokenStore store;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Tokens tokens;

    /** An empty store, called before each test. */
    protected abstract TokenStore store() throws Exception;

    /** Whether it keeps {@link TokenStore#hints}, which is no duty; no, unless overridden. */
    protected boolean keepsHints() {
        return false;
    }

    /** An owner; a table that holds numbers only needs another one. */
    protected Owner owner(int number) {
        return Owner.of("user", number);
    }

    @BeforeEach
    void begin() throws Exception {
        store = store();
        tokens = Tokens.builder(store).clock(clock).build();
    }

    private TokenRequest request(String name, String... abilities) {
        return TokenRequest.of(owner(1), name, abilities);
    }

    private static String text(NewToken made) {
        return made.plainText().reveal();
    }

    /** Whatever a column counts. */
    @Test
    void longestNameOfAnyCharactersIsStored() {
        String phones = "\ud83d\udcf1".repeat(TokenRequest.MAX_NAME);
        NewToken made = tokens.issue(request(phones).metadata(Map.of("k", "\ud83d\udcf1".repeat(1_999))));

        AccessToken token = tokens.find(made.token().id()).orElseThrow();
        assertThat(token.name()).isEqualTo(phones);
        assertThat(token.metadata()).isEqualTo(made.token().metadata());
        assertThat(tokens.rename(token.id(), phones).orElseThrow().name()).isEqualTo(phones);
    }

    @Test
    void issuedTokenIsAcceptedWithEverythingItWasIssuedWith() {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("device", "Zoë’s Télé📱 \"x\" \\ / \n");
        notes.put("cost/centre", "42");
        NewToken made = tokens.issue(request("Zoë’s Télé 📱 山田", "orders:read", "a/b")
                .lifetime(Duration.ofDays(1))
                .metadata(notes));

        assertThat(tokens.authenticate(text(made))).isEqualTo(new Accepted(made.token()));
        AccessToken token = tokens.find(made.token().id()).orElseThrow();
        assertThat(token).isEqualTo(made.token());
        assertThat(token.owner()).isEqualTo(owner(1));
        assertThat(token.name()).isEqualTo("Zoë’s Télé 📱 山田");
        assertThat(token.abilities()).isEqualTo(Abilities.of("orders:read", "a/b"));
        assertThat(token.createdAt()).isEqualTo(NOW);
        assertThat(token.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        assertThat(token.lastUsedAt()).isNull();
        assertThat(token.revokedAt()).isNull();
        assertThat(token.issuedBy()).isNull();
        assertThat(token.metadata()).isEqualTo(notes);
    }

    @Test
    void timesAreWholeSecondsNeverRoundedUp() {
        clock.set(NOW.plusMillis(999));
        NewToken made = tokens.issue(request("ci").lifetime(Duration.ofMinutes(1)));

        AccessToken token = tokens.find(made.token().id()).orElseThrow();

        assertThat(token.createdAt()).isEqualTo(NOW);
        assertThat(token.expiresAt()).isEqualTo(NOW.plusSeconds(60));
    }

    @Test
    void farExpiriesAreKept() {
        Instant far = Instant.parse("2037-12-31T23:59:59Z");

        NewToken made = tokens.issue(request("ci").expiresAt(far));

        assertThat(tokens.find(made.token().id()).orElseThrow().expiresAt()).isEqualTo(far);
    }

    @Test
    void emptyAbilitiesStayEmpty() {
        NewToken made = tokens.issue(request("none"));

        AccessToken token = tokens.find(made.token().id()).orElseThrow();

        assertThat(token.abilities()).isEqualTo(Abilities.NONE);
        assertThat(token.can("anything")).isFalse();
    }

    @Test
    void unknownTokensAreUnknown() {
        tokens.issue(request("ci"));

        assertThat(store.findById(TokenId.of(987_654_321L))).isEmpty();
        assertThat(store.findById(TokenId.of(Long.MAX_VALUE))).isEmpty();
        assertThat(store.findByHash(SecretHash.of("nobody's"))).isEmpty();
        assertThat(tokens.authenticate("nobody's")).isEqualTo(new Rejected(Reason.UNKNOWN));
    }

    @Test
    void idAndSecretTogetherNameOneRow() {
        NewToken one = tokens.issue(request("one"));
        NewToken two = tokens.issue(request("two"));

        assertThat(tokens.authenticate(one.token().id() + "|" + text(one))).isEqualTo(new Accepted(one.token()));
        assertThat(tokens.authenticate(two.token().id() + "|" + text(one))).isEqualTo(new Rejected(Reason.UNKNOWN));
    }

    @Test
    void sameSecretIsNotStoredTwiceAndTheFailureDoesNotQuoteIt() {
        SecretHash hash = SecretHash.of("once");
        TokenDraft draft = new TokenDraft(owner(1), "ci", Abilities.NONE, hash, NOW, null, null, Map.of());
        store.insert(draft);

        assertThatThrownBy(() -> store.insert(draft))
                .isInstanceOf(TokenStoreException.class)
                .satisfies(e -> {
                    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                        assertThat(cause.toString()).doesNotContain(hash.toHex());
                    }
                });
        assertThat(tokens.list(owner(1))).hasSize(1);
    }

    @Test
    void actorStaysWithTheTokenWhateverBecomesOfIt() {
        String actor = "\ud83e\udd16".repeat(100) + ", run 8f3c é'\"\\%";
        NewToken made = tokens.issue(request("run", "a", "b").actor(actor));
        TokenId id = made.token().id();
        NewToken nobody = tokens.issue(request("ci"));

        assertThat(made.token().actor()).isEqualTo(actor);
        assertThat(tokens.authenticate(text(made))).isEqualTo(new Accepted(made.token()));
        assertThat(tokens.update(id, "renamed", Abilities.of("a")).orElseThrow().actor())
                .isEqualTo(actor);
        assertThat(tokens.find(id).orElseThrow().actor()).isEqualTo(actor);
        NewToken fresh = tokens.rotate(id).orElseThrow();
        assertThat(fresh.token().actor()).isEqualTo(actor);
        assertThat(tokens.list(owner(1)))
                .extracting(AccessToken::actor)
                .containsExactly(actor, nobody.token().actor());
        assertThat(tokens.find(id).orElseThrow().actor()).isEqualTo(actor);
        assertThat(tokens.authenticate(text(nobody))).isEqualTo(new Accepted(nobody.token()));
        assertThat(nobody.token().actor()).isNull();
    }

    @Test
    void hintsAreTheEndsOfTextsThatWereMadeHere() {
        NewToken made = tokens.issue(request("ci"));
        NewToken other = tokens.issue(request("other"));
        TokenId foreign = store.insert(draft("made elsewhere", "a secret of its own"))
                .orElseThrow()
                .id();
        NewToken fresh = tokens.rotate(other.token().id()).orElseThrow();
        List<TokenId> all = List.of(
                fresh.token().id(), foreign, made.token().id(), other.token().id(), TokenId.of(987_654_321L));
        Map<TokenId, String> expected = new LinkedHashMap<>();
        if (keepsHints()) {
            List.of(made, other, fresh).forEach(one -> expected.put(one.token().id(), end(one)));
        }

        assertThat(store.hints(all)).isEqualTo(expected);
        assertThat(tokens.hints(all)).isEqualTo(expected);
        expected.keySet().retainAll(List.of(made.token().id()));
        assertThat(tokens.hints(List.of(made.token().id(), foreign))).isEqualTo(expected);
        assertThat(tokens.hints(List.of())).isEmpty();
    }

    @Test
    void ownerIsToldWhichTokenATextIsAndNobodyElseIs() {
        NewToken made = tokens.issue(request("ci"));
        NewToken anothers = tokens.issue(TokenRequest.of(owner(2), "theirs", "*"));
        NewToken over = tokens.issue(request("over").lifetime(Duration.ofSeconds(5)));
        NewToken revoked = tokens.issue(request("revoked"));
        tokens.revoke(revoked.token().id());
        clock.move(Duration.ofMinutes(1));

        assertThat(tokens.identify(owner(1), text(made))).hasValue(made.token());
        assertThat(tokens.identify(owner(1), made.token().id() + "|" + text(made)))
                .hasValue(made.token());
        assertThat(tokens.identify(owner(2), text(anothers))).hasValue(anothers.token());
        for (String nobodys : List.of(
                text(anothers),
                text(over),
                text(revoked),
                anothers.token().id() + "|" + text(made),
                text(made) + "x",
                "anything",
                "x".repeat(600),
                "")) {
            assertThat(tokens.identify(owner(1), nobodys)).isEmpty();
        }
        tokens.flush();
        assertThat(tokens.find(made.token().id()).orElseThrow().lastUsedAt()).isNull();
    }

    private static String end(NewToken made) {
        return text(made).substring(text(made).length() - 4);
    }

    @Test
    void revokedTokenIsRejectedOnTheNextRequest() {
        NewToken made = tokens.issue(request("ci"));

        assertThat(tokens.revoke(made.token().id())).isTrue();

        assertThat(tokens.authenticate(text(made))).isEqualTo(new Rejected(Reason.REVOKED));
        assertThat(tokens.revoke(made.token().id())).isFalse();
        assertThat(tokens.revoke(TokenId.of(987_654_321L))).isFalse();
        assertThat(tokens.list(owner(1))).isEmpty();
    }

    @Test
    void revokingStampsAnExpiryThatAnyProgramUnderstands() {
        NewToken forever = tokens.issue(request("forever"));
        NewToken later = tokens.issue(request("later").lifetime(Duration.ofDays(1)));
        NewToken over = tokens.issue(request("over").lifetime(Duration.ofSeconds(5)));
        clock.move(Duration.ofMinutes(1).plusMillis(700));

        for (NewToken made : List.of(forever, later, over)) {
            tokens.revoke(made.token().id());
        }

        AccessToken stamped = tokens.find(forever.token().id()).orElseThrow();
        assertThat(stamped.revokedAt()).isEqualTo(NOW.plusSeconds(60));
        assertThat(stamped.expiresAt()).isEqualTo(NOW.plusSeconds(59));
        assertThat(tokens.find(later.token().id()).orElseThrow().expiresAt()).isEqualTo(NOW.plusSeconds(59));
        assertThat(tokens.find(over.token().id()).orElseThrow().expiresAt()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void ofManyRevocationsAtOnceExactlyOneCounts() throws Exception {
        NewToken made = tokens.issue(request("ci"));

        List<Boolean> answers = together(8, () -> tokens.revoke(made.token().id()));

        assertThat(answers).containsOnlyOnce(true);
    }

    @Test
    void expiryIsTheLastValidMoment() {
        NewToken made = tokens.issue(request("ci").lifetime(Duration.ofSeconds(60)));

        clock.set(NOW.plusSeconds(60));
        assertThat(tokens.authenticate(text(made))).isInstanceOf(Accepted.class);
        clock.set(NOW.plusSeconds(60).plusMillis(1));
        assertThat(tokens.authenticate(text(made))).isEqualTo(new Rejected(Reason.EXPIRED));
    }

    @Test
    void maximumAgeIsStrict() {
        Tokens hour = Tokens.builder(store)
                .clock(clock)
                .maxAge(Duration.ofMinutes(60))
                .build();
        NewToken made = hour.issue(request("ci"));

        clock.set(NOW.plus(Duration.ofMinutes(60)).minusNanos(1));
        assertThat(hour.authenticate(text(made))).isInstanceOf(Accepted.class);
        clock.set(NOW.plus(Duration.ofMinutes(60)));
        assertThat(hour.authenticate(text(made))).isEqualTo(new Rejected(Reason.EXPIRED));
        assertThat(tokens.authenticate(text(made))).isInstanceOf(Accepted.class);
    }

    @Test
    void listShowsTheOwnersTokensNewestFirst() {
        NewToken first = tokens.issue(request("first"));
        NewToken second = tokens.issue(request("second").lifetime(Duration.ofSeconds(1)));
        tokens.issue(TokenRequest.of(owner(2), "other"));
        NewToken third = tokens.issue(request("third"));
        tokens.revoke(third.token().id());
        clock.move(Duration.ofHours(1));

        assertThat(tokens.list(owner(1))).containsExactly(second.token(), first.token());
        assertThat(tokens.list(owner(3))).isEmpty();
        assertThat(tokens.list(Owner.of("nothing", "x"))).isEmpty();
    }

    @Test
    void pagesFollowEachOther() {
        List<AccessToken> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, tokens.issue(request("token " + i)).token());
            tokens.issue(TokenRequest.of(owner(2), "between"));
        }
        tokens.revoke(made.remove(2).id());
        TokenId foreign = tokens.list(owner(2)).get(0).id();

        assertThat(tokens.list(owner(1), null, 3)).isEqualTo(made.subList(0, 3));
        assertThat(tokens.list(owner(1), made.get(2).id(), 3)).isEqualTo(made.subList(3, 4));
        assertThat(tokens.list(owner(1), made.get(3).id(), 3)).isEmpty();
        assertThat(tokens.list(owner(1), null, 4)).isEqualTo(made);
        assertThat(tokens.list(owner(1), foreign, 1)).isEqualTo(made.subList(0, 1));
        assertThat(tokens.list(owner(3), null, 3)).isEmpty();
    }

    @Test
    void pagesAreFullThoughLookAlikesStandBetween() {
        Owner plain = Owner.of("App\\Models\\User", "1");
        List<AccessToken> made = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            made.add(0, tokens.issue(TokenRequest.of(plain, "plain")).token());
            tokens.issue(TokenRequest.of(Owner.of("APP\\models\\user", "1"), "upper"));
        }

        assertThat(tokens.list(plain, null, 3)).isEqualTo(made.subList(0, 3));
        assertThat(tokens.list(plain, made.get(2).id(), 3)).isEqualTo(made.subList(3, 4));
        Validity now = new Validity(NOW, null, null);
        assertThat(store.count(plain, now, 3)).isEqualTo(3);
        assertThat(store.count(plain, now, 6)).isEqualTo(4);
    }

    @Test
    void validTokensAreCounted() {
        tokens.revoke(tokens.issue(request("revoked")).token().id());
        tokens.issue(request("short").lifetime(Duration.ofMinutes(1)));
        AccessToken used = tokens.issue(request("used")).token();
        tokens.issue(request("unused"));
        tokens.issue(TokenRequest.of(owner(2), "foreign"));
        store.touch(Map.of(used.id(), new LastUse(NOW.plus(Duration.ofMinutes(2)), null)));
        Instant later = NOW.plus(Duration.ofMinutes(3));

        assertThat(store.count(owner(1), new Validity(NOW, null, null), 9)).isEqualTo(3);
        assertThat(store.count(owner(1), new Validity(NOW, null, null), 2)).isEqualTo(2);
        assertThat(store.count(owner(1), new Validity(later, null, null), 9)).isEqualTo(2);
        assertThat(store.count(owner(1), new Validity(later, NOW.minusSeconds(1), null), 9))
                .isEqualTo(2);
        assertThat(store.count(owner(1), new Validity(later, NOW, null), 9)).isZero();
        assertThat(store.count(owner(1), new Validity(later, null, NOW), 9)).isEqualTo(1);
        assertThat(store.count(owner(3), new Validity(NOW, null, null), 9)).isZero();
    }

    @Test
    void lookAlikeOwnersAreOthers() {
        NewToken plain = tokens.issue(TokenRequest.of(Owner.of("App\\Models\\User", "1"), "plain"));
        NewToken upper = tokens.issue(TokenRequest.of(Owner.of("APP\\models\\user", "1"), "upper"));
        NewToken padded = tokens.issue(TokenRequest.of(Owner.of("App\\Models\\User ", "1"), "padded"));

        assertThat(tokens.list(plain.token().owner())).containsExactly(plain.token());
        for (int most = 1; most <= 2; most++) { // as many as the database may take for theirs
            assertThat(store.count(plain.token().owner(), new Validity(NOW, null, null), most))
                    .isEqualTo(1);
        }
        assertThat(tokens.revokeAll(plain.token().owner())).isEqualTo(1);
        assertThat(tokens.authenticate(text(upper))).isInstanceOf(Accepted.class);
        assertThat(tokens.authenticate(text(padded))).isInstanceOf(Accepted.class);
    }

    @Test
    void revokingOthersKeepsTheOneInUseAndOtherOwners() {
        NewToken kept = tokens.issue(request("kept"));
        NewToken gone = tokens.issue(request("gone"));
        NewToken foreign = tokens.issue(TokenRequest.of(owner(2), "foreign"));

        assertThat(tokens.revokeOthers(owner(1), kept.token().id())).isEqualTo(1);

        assertThat(tokens.authenticate(text(kept))).isInstanceOf(Accepted.class);
        assertThat(tokens.authenticate(text(foreign))).isInstanceOf(Accepted.class);
        assertThat(tokens.authenticate(text(gone))).isEqualTo(new Rejected(Reason.REVOKED));
        assertThat(tokens.revokeAll(owner(1))).isEqualTo(1);
        assertThat(tokens.revokeAll(owner(1))).isZero();
    }

    @Test
    void nameAndAbilitiesChangeAndNothingElse() {
        NewToken made = tokens.issue(request("old", "a", "b").lifetime(Duration.ofDays(1)));

        AccessToken renamed = tokens.rename(made.token().id(), "new").orElseThrow();
        AccessToken narrowed =
                tokens.narrow(made.token().id(), Abilities.of("b")).orElseThrow();

        assertThat(renamed.name()).isEqualTo("new");
        assertThat(narrowed.name()).isEqualTo("new");
        assertThat(narrowed.abilities()).isEqualTo(Abilities.of("b"));
        assertThat(tokens.find(made.token().id())).contains(narrowed);
        assertThat(narrowed.expiresAt()).isEqualTo(made.token().expiresAt());
        assertThat(tokens.authenticate(text(made))).isEqualTo(new Accepted(narrowed));
    }

    @Test
    void abilitiesAreNeverWidened() {
        NewToken made = tokens.issue(request("ci", "a", "b"));
        TokenId id = made.token().id();

        for (Abilities wider : List.of(Abilities.of("a", "c"), Abilities.ALL, Abilities.of("tokens:manage"))) {
            assertThatThrownBy(() -> tokens.narrow(id, wider))
                    .isInstanceOf(InvalidTokenRequestException.class)
                    .hasMessage("The abilities of a token can only be narrowed. Create a new token instead.");
        }
        assertThat(tokens.find(id)).contains(made.token());
    }

    @Test
    void twoNarrowingsAtOnceNeverGiveBackWhatOneTook() throws Exception {
        for (int round = 0; round < 5; round++) {
            NewToken made = tokens.issue(request("ci", "a", "b", "c"));
            TokenId id = made.token().id();
            List<Abilities> wanted = List.of(Abilities.of("a", "b"), Abilities.of("b", "c"));
            List<Abilities> done = new ArrayList<>();
            CyclicBarrier start = new CyclicBarrier(2);
            ExecutorService pool = Executors.newFixedThreadPool(2);
            try {
                List<Future<Boolean>> futures = new ArrayList<>();
                for (Abilities abilities : wanted) {
                    futures.add(pool.submit(() -> {
                        start.await();
                        try {
                            return tokens.narrow(id, abilities).isPresent();
                        } catch (InvalidTokenRequestException e) {
                            return false;
                        }
                    }));
                }
                for (int i = 0; i < futures.size(); i++) {
                    if (futures.get(i).get()) {
                        done.add(wanted.get(i));
                    }
                }
            } finally {
                pool.shutdownNow();
            }
            assertThat(done).hasSize(1);
            assertThat(tokens.find(id).orElseThrow().abilities()).isEqualTo(done.get(0));
        }
    }

    @Test
    void unknownAndRevokedTokensCannotBeChanged() {
        NewToken made = tokens.issue(request("ci"));
        tokens.revoke(made.token().id());

        assertThat(tokens.rename(made.token().id(), "other")).isEmpty();
        assertThat(tokens.rename(TokenId.of(987_654_321L), "other")).isEmpty();
    }

    @Test
    void whatATokenIssuedIsRevokedWithIt() {
        NewToken manager = tokens.issue(request("manager", "orders:read", "tokens:manage"));
        NewToken child = tokens.issue(request("child", "orders:read"), manager.token());
        assertThat(child.token().issuedBy()).isEqualTo(manager.token().id());
        assertThat(tokens.find(child.token().id())).contains(child.token());

        tokens.revoke(manager.token().id());

        assertThat(tokens.authenticate(text(child))).isEqualTo(new Rejected(Reason.REVOKED));
        assertThatThrownBy(() -> tokens.issue(request("late", "orders:read"), manager.token()))
                .isInstanceOf(IssuerRevokedException.class);
        assertThat(tokens.list(owner(1))).isEmpty();
    }

    @Test
    void whatATokenIssuedIsNarrowedWithIt() {
        AccessToken manager = manager("*", "tokens:manage");
        AccessToken other = manager("a", "b", "tokens:manage");
        NewToken all = tokens.issue(request("all", "*"), manager);
        NewToken wide = tokens.issue(request("wide", "b", "a"), manager);
        NewToken narrow = tokens.issue(request("narrow", "a"), manager);
        AccessToken gone = tokens.issue(request("gone", "b"), manager).token();
        tokens.revoke(gone.id());
        AccessToken others = tokens.issue(request("others", "b"), other).token();

        Change changed = store.update(
                        manager.id(), token -> token.with("renamed", Abilities.of("a", "c", "tokens:manage")), NOW)
                .orElseThrow();

        assertThat(changed.token()).isEqualTo(manager.with("renamed", Abilities.of("a", "c", "tokens:manage")));
        AccessToken nowAll = all.token().with("all", Abilities.of("a", "c"));
        AccessToken nowWide = wide.token().with("wide", Abilities.of("a"));
        assertThat(changed.narrowed()).containsExactlyInAnyOrder(nowAll, nowWide);
        assertThat(tokens.authenticate(text(all))).isEqualTo(new Accepted(nowAll));
        assertThat(tokens.authenticate(text(wide))).isEqualTo(new Accepted(nowWide));
        assertThat(tokens.authenticate(text(narrow))).isEqualTo(new Accepted(narrow.token()));
        assertThat(tokens.find(others.id())).contains(others);
        assertThat(tokens.find(gone.id()).orElseThrow().abilities()).isEqualTo(Abilities.of("b"));
        assertThat(store.update(manager.id(), token -> token.with("again", token.abilities()), NOW)
                        .orElseThrow()
                        .narrowed())
                .isEmpty();
        assertThat(tokens.narrow(manager.id(), Abilities.NONE)).isPresent();
        assertThat(tokens.find(nowAll.id()).orElseThrow().abilities()).isEqualTo(Abilities.NONE);
    }

    @Test
    void whatOneTokenHasIssuedIsCounted() {
        AccessToken parent = manager("a", "tokens:delegate");
        AccessToken other = manager("a", "tokens:delegate");
        List<AccessToken> runs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            runs.add(tokens.issue(request("run", "a").actor("run " + i).lifetime(Duration.ofHours(1 + i)), parent)
                    .token());
        }
        tokens.issue(request("run", "a").actor("robot"), other);
        tokens.revoke(runs.get(4).id());
        Validity now = new Validity(NOW, null, null);

        assertThat(store.countIssued(parent, now, 100)).isEqualTo(4);
        assertThat(store.countIssued(parent, now, 3)).isEqualTo(3);
        assertThat(store.countIssued(parent, new Validity(NOW.plusSeconds(7_201), null, null), 100))
                .isEqualTo(2);
        assertThat(store.countIssued(runs.get(0), now, 100)).isZero();
        assertThat(tokens.revokeIssued(parent.id())).isEqualTo(4);
        assertThat(tokens.revokeIssued(parent.id())).isZero();
        assertThat(tokens.revokeIssued(TokenId.of(Long.MAX_VALUE))).isZero();
        assertThat(tokens.find(runs.get(0).id()).orElseThrow().isRevoked()).isTrue();
        assertThat(store.countIssued(parent, now, 100)).isZero();
        assertThat(store.countIssued(other, now, 100)).isEqualTo(1);
        assertThat(tokens.find(parent.id()).orElseThrow().isRevoked()).isFalse();
    }

    /** However many ask at once, and on however many nodes. */
    @Test
    void noMoreTokensComeOfOneThanMay() throws Exception {
        AccessToken parent = manager("a", "tokens:delegate");
        for (int i = 0; i < 98; i++) {
            tokens.issue(request("run", "a").actor("robot"), parent);
        }
        List<Tokens> nodes = List.of(
                Tokens.builder(store).clock(clock).build(),
                Tokens.builder(store).clock(clock).build());
        AtomicInteger turn = new AtomicInteger();

        together(4, () -> {
            try {
                nodes.get(turn.getAndIncrement() % 2).issue(request("run", "a").actor("robot"), parent);
                return true;
            } catch (InvalidTokenRequestException e) {
                return false;
            }
        });

        assertThat(store.countIssued(parent, new Validity(NOW, null, null), 1_000))
                .isLessThanOrEqualTo(100);
    }

    @Test
    void noChildKeepsWhatItsIssuerLosesMeanwhile() throws Exception {
        for (int round = 0; round < 10; round++) {
            AccessToken manager = manager("a", "b", "tokens:manage");
            AtomicInteger turn = new AtomicInteger();
            List<Boolean> done = together(2, () -> {
                if (turn.getAndIncrement() == 0) {
                    return tokens.narrow(manager.id(), Abilities.of("a", "tokens:manage"))
                            .isPresent();
                }
                try {
                    for (int i = 0; i < 5; i++) {
                        tokens.issue(request("child", "a", "b"), manager);
                    }
                } catch (InvalidTokenRequestException e) {
                    // as it should be, from the narrowing on
                }
                return true;
            });
            assertThat(done).containsOnly(true);
            assertThat(tokens.list(owner(1))).noneMatch(token -> token.can("b"));
        }
    }

    @Test
    void noChildOutlivesARevocationThatRunsBesideItsIssue() throws Exception {
        for (int round = 0; round < 10; round++) {
            NewToken manager = tokens.issue(request("manager", "a", "tokens:manage"));
            CyclicBarrier start = new CyclicBarrier(2);
            ExecutorService pool = Executors.newFixedThreadPool(2);
            try {
                Future<Boolean> revoked = pool.submit(() -> {
                    start.await();
                    return tokens.revoke(manager.token().id());
                });
                Future<?> issued = pool.submit(() -> {
                    start.await();
                    try {
                        for (int i = 0; i < 5; i++) {
                            tokens.issue(request("child", "a"), manager.token());
                        }
                    } catch (IssuerRevokedException e) {
                        // as it should be, from the revocation on
                    }
                    return null;
                });
                assertThat(revoked.get()).isTrue();
                issued.get();
            } finally {
                pool.shutdownNow();
            }
            assertThat(tokens.list(owner(1))).isEmpty();
        }
    }

    @Test
    void tokenIsNotIssuedFromWhatItsIssuerJustLost() throws Exception {
        for (Abilities left : List.of(Abilities.of("a", "tokens:manage"), Abilities.of("a", "b"), Abilities.NONE)) {
            AccessToken manager = manager("a", "b", "tokens:manage");

            assertThatThrownBy(() -> between(
                            asked -> asked.issue(request("child", "b"), manager),
                            () -> tokens.narrow(manager.id(), left)))
                    .isInstanceOf(InvalidTokenRequestException.class)
                    .hasMessage("A token can only issue tokens with abilities of its own, and none about tokens.");
            assertThatThrownBy(() -> tokens.issue(request("later", "b"), manager))
                    .isInstanceOf(InvalidTokenRequestException.class);

            assertThat(tokens.list(owner(1))).extracting(AccessToken::name).containsExactly("manager");
            tokens.revokeAll(owner(1));
        }
    }

    @Test
    void whatAnIssuerKeptOrMerelyRenamedItGives() throws Exception {
        AccessToken manager = manager("a", "b", "tokens:manage");

        NewToken kept = between(
                asked -> asked.issue(request("child", "b"), manager),
                () -> tokens.update(manager.id(), "renamed", Abilities.of("b", "tokens:manage")));

        assertThat(tokens.authenticate(text(kept))).isEqualTo(new Accepted(kept.token()));
        assertThat(tokens.revoke(manager.id())).isTrue();
        assertThat(tokens.authenticate(text(kept))).isEqualTo(new Rejected(Reason.REVOKED));
    }

    @Test
    void tokenIsNotIssuedByWhatWasJustRevokedOrRotated() throws Exception {
        for (Consumer<AccessToken> end : List.<Consumer<AccessToken>>of(
                manager -> tokens.revoke(manager.id()),
                manager -> tokens.revokeAll(owner(1)),
                manager -> tokens.rotate(manager.id()))) {
            AccessToken manager = manager("a", "tokens:manage");

            assertThatThrownBy(() ->
                            between(asked -> asked.issue(request("child", "a"), manager), () -> end.accept(manager)))
                    .isInstanceOf(IssuerRevokedException.class);

            assertThat(tokens.list(owner(1))).noneMatch(token -> token.name().equals("child"));
        }
    }

    @Test
    void rotatedTokenDoesNotSurviveARevocationThatWasAnsweredBefore() throws Exception {
        for (Consumer<AccessToken> end : List.<Consumer<AccessToken>>of(
                token -> assertThat(tokens.revoke(token.id())).isTrue(),
                token -> assertThat(tokens.revokeAll(owner(1))).isPositive(),
                token -> assertThat(tokens.revokeOthers(owner(1), TokenId.of(987_654_321L)))
                        .isPositive(),
                token -> {
                    if (token.issuedBy() != null) {
                        assertThat(tokens.revoke(token.issuedBy())).isTrue();
                    } else {
                        tokens.revoke(token.id());
                    }
                })) {
            for (boolean issued : List.of(true, false)) {
                AccessToken manager = manager("a", "tokens:manage");
                AccessToken child = tokens.issue(request("child", "a"), manager).token();
                AccessToken token = issued ? child : manager;

                Optional<NewToken> made = between(asked -> asked.rotate(token.id()), () -> end.accept(token));
                assertThat(made).isEmpty();

                tokens.revoke(manager.id());
                assertThat(tokens.list(owner(1))).isEmpty();
            }
        }
    }

    @Test
    void rotatedTokenHasWhatItsPredecessorHadAtTheEnd() throws Exception {
        AccessToken manager = manager("a", "b", "tokens:manage");
        List<NewToken> children = new ArrayList<>();

        NewToken made = between(asked -> asked.rotate(manager.id()), () -> {
                    children.add(tokens.issue(request("child", "a"), manager));
                    tokens.update(manager.id(), "renamed", Abilities.of("b"));
                })
                .orElseThrow();

        assertThat(made.token().name()).isEqualTo("renamed");
        assertThat(made.token().abilities()).isEqualTo(Abilities.of("b"));
        assertThat(tokens.list(owner(1))).containsExactly(made.token());
        assertThat(tokens.authenticate(text(children.get(0)))).isEqualTo(new Rejected(Reason.REVOKED));
    }

    @Test
    void whatIsNarrowedWhileItIsRevokedOrRotatedStaysRevoked() throws Exception {
        for (Consumer<TokenId> end : List.<Consumer<TokenId>>of(tokens::revoke, tokens::rotate)) {
            AccessToken token = manager("a", "b");

            Optional<AccessToken> changed =
                    between(asked -> asked.narrow(token.id(), Abilities.of("a")), () -> end.accept(token.id()));
            assertThat(changed).isEmpty();

            AccessToken revoked = tokens.find(token.id()).orElseThrow();
            assertThat(revoked.isRevoked()).isTrue();
            assertThat(revoked.abilities()).isEqualTo(token.abilities());
        }
    }

    @Test
    void ofRotationsAtOnceOneCounts() throws Exception {
        AccessToken token = manager("a");
        CyclicBarrier read = new CyclicBarrier(3);
        TokenStore meeting = after("findById", () -> {
            try {
                read.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Tokens three = Tokens.builder(meeting).clock(clock).build();

        List<Optional<NewToken>> made = together(3, () -> three.rotate(token.id()));

        assertThat(made).filteredOn(Optional::isPresent).hasSize(1);
        assertThat(tokens.list(owner(1))).hasSize(1);
        assertThat(tokens.find(token.id()).orElseThrow().isRevoked()).isTrue();
    }

    @Test
    void whatCannotTakeATokensPlaceLeavesIt() {
        AccessToken token = manager("a");

        assertThatThrownBy(() -> store.rotate(
                        token.id(),
                        old -> {
                            throw new IllegalStateException("no");
                        },
                        NOW))
                .hasMessage("no");
        assertThat(tokens.find(token.id())).contains(token);
        assertThat(store.rotate(TokenId.of(987_654_321L), old -> draft("none", "none"), NOW))
                .isEmpty();
        Rotation done =
                store.rotate(token.id(), old -> draft("new", "new secret"), NOW).orElseThrow();
        assertThat(done.revoked()).containsExactly(token.id());
        assertThat(tokens.find("new secret")).contains(done.token());
        assertThat(store.rotate(token.id(), old -> draft("again", "again"), NOW))
                .isEmpty();
    }

    private TokenDraft draft(String name, String secret) {
        return new TokenDraft(owner(1), name, Abilities.NONE, SecretHash.of(secret), NOW, null, null, Map.of());
    }

    @Test
    void limitHoldsForRequestsAtTheSameMoment() throws Exception {
        Tokens three = limited(3, store);

        List<Boolean> made = together(8, () -> isIssued(three));

        assertThat(made).filteredOn(Boolean::booleanValue).hasSize(3);
        assertThat(tokens.list(owner(1))).hasSize(3);
    }

    @Test
    void limitHoldsBetweenNodes() throws Exception {
        AtomicBoolean counted = new AtomicBoolean();
        Tokens other = limited(1, store);
        TokenStore counting = after("count", () -> {
            if (counted.compareAndSet(false, true)) {
                assertThat(isIssued(other)).isTrue();
            }
        });

        assertThat(isIssued(limited(1, counting))).isFalse();

        assertThat(tokens.list(owner(1))).hasSize(1);
    }

    private boolean isIssued(Tokens by) {
        try {
            by.issue(request("one of few"));
            return true;
        } catch (InvalidTokenRequestException e) {
            return false;
        }
    }

    private Tokens limited(int most, TokenStore over) {
        TokenPolicy policy = new TokenPolicy() {
            @Override
            public int maxTokens(Owner owner) {
                return most;
            }
        };
        return Tokens.builder(over).clock(clock).policy(policy).build();
    }

    private AccessToken manager(String... abilities) {
        return tokens.issue(request("manager", abilities)).token();
    }

    /** Makes a change whose thread stops where it has read and not yet written, and there another thread makes another. */
    private <T> T between(Function<Tokens, T> change, Runnable another) throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        AtomicBoolean done = new AtomicBoolean();
        try {
            return change.apply(interrupted(() -> {
                if (done.compareAndSet(false, true)) {
                    try {
                        pool.submit(another).get(30, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            }));
        } finally {
            pool.shutdownNow();
        }
    }

    /** Tokens that do something when they have read a token, and when they ask how long one may live. */
    private Tokens interrupted(Runnable then) {
        TokenPolicy policy = new TokenPolicy() {
            @Override
            public @Nullable Duration maxLifetime(Owner owner) {
                then.run();
                return null;
            }
        };
        return Tokens.builder(after("findById", then))
                .clock(clock)
                .policy(policy)
                .build();
    }

    /** The store, which does something after each call of a method. */
    private TokenStore after(String call, Runnable then) {
        return (TokenStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, args) -> {
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals(call)) {
                            then.run();
                        }
                    }
                });
    }

    @Test
    void lastUseMovesForwardOnly() {
        NewToken made = tokens.issue(request("ci"));
        TokenId id = made.token().id();

        store.touch(Map.of(
                id, new LastUse(NOW.plusSeconds(50), "2001:db8::1"), TokenId.of(987_654_321L), new LastUse(NOW, null)));
        store.touch(Map.of(id, new LastUse(NOW.plusSeconds(20), "192.0.2.7")));

        AccessToken token = tokens.find(id).orElseThrow();
        assertThat(token.lastUsedAt()).isEqualTo(NOW.plusSeconds(50));
        assertThat(token.lastUsedFrom()).isEqualTo("2001:db8::1");
        assertThat(tokens.authenticate(text(made))).isEqualTo(new Accepted(token));
        assertThat(tokens.rename(id, "renamed").orElseThrow().lastUsedFrom()).isEqualTo("2001:db8::1");
        store.touch(Map.of(id, new LastUse(NOW.plusSeconds(60), null)));
        assertThat(tokens.find(id).orElseThrow().lastUsedFrom()).isNull();
    }

    @Test
    void usesAreWrittenOnceByAFlush() {
        NewToken made = tokens.issue(request("ci"));
        clock.move(Duration.ofSeconds(5));

        tokens.authenticate(text(made));
        assertThat(tokens.find(made.token().id()).orElseThrow().lastUsedAt()).isNull();
        tokens.flush();

        assertThat(tokens.find(made.token().id()).orElseThrow().lastUsedAt()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void manyUsesAreWrittenAtOnce() {
        Map<TokenId, LastUse> uses = new LinkedHashMap<>();
        for (int i = 0; i < 1_203; i++) {
            uses.put(tokens.issue(request("ci")).token().id(), new LastUse(NOW.plusSeconds(i), null));
        }

        store.touch(uses);

        uses.forEach((id, use) ->
                assertThat(tokens.find(id).orElseThrow().lastUsedAt()).isEqualTo(use.at()));
    }

    @Test
    void pruningFollowsTheHoursOfSanctum() {
        Tokens hour = Tokens.builder(store)
                .clock(clock)
                .maxAge(Duration.ofMinutes(60))
                .build();
        NewToken old = hour.issue(request("181 minutes old"));
        clock.move(Duration.ofMinutes(2));
        NewToken kept = hour.issue(request("179 minutes old"));
        clock.move(Duration.ofMinutes(58));
        NewToken young = hour.issue(request("121 minutes old"));
        clock.move(Duration.ofMinutes(121));

        assertThat(hour.prune(Duration.ofHours(2))).isEqualTo(1);

        assertThat(hour.find(old.token().id())).isEmpty();
        assertThat(hour.find(kept.token().id())).isPresent();
        assertThat(hour.find(young.token().id())).isPresent();
    }

    @Test
    void pruningDeletesLongExpiredAndRevokedTokensInBatches() {
        NewToken forever = tokens.issue(request("forever"));
        NewToken expired = tokens.issue(request("expired").lifetime(Duration.ofMinutes(1)));
        NewToken revoked = tokens.issue(request("revoked"));
        tokens.revoke(revoked.token().id());
        clock.set(NOW.plus(Duration.ofMinutes(1)).plus(Duration.ofHours(2)));

        assertThat(tokens.prune(Duration.ofHours(2))).isEqualTo(1); // exactly two hours is not more than two hours
        assertThat(tokens.find(revoked.token().id())).isEmpty();
        clock.move(Duration.ofSeconds(1));
        assertThat(store.prune(clock.instant().minus(Duration.ofHours(2)), null, 10))
                .isEqualTo(1);

        assertThat(tokens.find(expired.token().id())).isEmpty();
        assertThat(tokens.find(forever.token().id())).isPresent();
        for (int i = 0; i < 5; i++) {
            tokens.revoke(tokens.issue(request("many")).token().id());
        }
        clock.move(Duration.ofHours(3));
        assertThat(store.prune(clock.instant(), null, 3)).isEqualTo(3);
        assertThat(store.prune(clock.instant(), null, 3)).isEqualTo(2);
    }

    /** Whether the store keeps idempotency keys; one that does not says so, stores nothing, and passes. */
    private boolean keepsKeys() {
        try {
            tokens.issueOnce(request("probe"), "probe-" + owner(1).id());
            tokens.revokeAll(owner(1));
            return true;
        } catch (IdempotencyKeyException e) {
            assertThat(e.reason()).isEqualTo(IdempotencyKeyException.Reason.UNSUPPORTED);
            assertThat(tokens.list(owner(1))).isEmpty();
            return false;
        }
    }

    private static IdempotencyKeyException.Reason refused(ThrowingCallable call) {
        return catchThrowableOfType(IdempotencyKeyException.class, call).reason();
    }

    private void assertIssuedOnce(Supplier<IssuedOnce> ask) {
        IssuedOnce made = ask.get();
        IssuedOnce again = ask.get();

        assertThat(made.replayed()).isFalse();
        assertThat(tokens.authenticate(Objects.requireNonNull(made.plainText()).reveal()))
                .isEqualTo(new Accepted(made.token()));
        assertThat(again.replayed()).isTrue();
        assertThat(again.plainText()).isNull();
        assertThat(again.token()).isEqualTo(made.token());
    }

    @Test
    void keyIssuesOneTokenHoweverOftenSomebodyAsks() {
        Assumptions.assumeTrue(keepsKeys());
        TokenRequest wanted =
                request("ci", "a", "b").lifetime(Duration.ofDays(1)).metadata(Map.of("x", "y"));
        TokenRequest sameAgain =
                request("ci", "b", "a").lifetime(Duration.ofDays(1)).metadata(Map.of("x", "y"));

        assertIssuedOnce(() -> tokens.issueOnce(wanted, "!~".repeat(32)));

        assertThat(tokens.issueOnce(sameAgain, "!~".repeat(32)).replayed()).isTrue();
        assertThat(tokens.list(owner(1))).hasSize(1);
    }

    @Test
    void keyCountsForItsOwnerAndWhoAsksOnly() {
        Assumptions.assumeTrue(keepsKeys());
        AccessToken manager =
                tokens.issue(request("manager", "a", Abilities.MANAGE_TOKENS)).token();
        AccessToken other =
                tokens.issue(request("other", "a", Abilities.MANAGE_TOKENS)).token();

        assertIssuedOnce(() -> tokens.issueOnce(request("ci", "a"), "key"));
        assertIssuedOnce(() -> tokens.issueOnce(TokenRequest.of(owner(2), "ci", "a"), "key"));
        assertIssuedOnce(() -> tokens.issueOnce(request("ci", "a"), manager, "key"));
        assertIssuedOnce(() -> tokens.issueOnce(request("ci", "a"), other, "key"));
        assertIssuedOnce(() -> tokens.issueOnce(request("ci", "a"), "Key"));

        assertThat(tokens.list(owner(1))).hasSize(6);
        assertThat(tokens.list(owner(2))).hasSize(1);
    }

    @Test
    void keyForSomethingElseIsRefused() {
        Assumptions.assumeTrue(keepsKeys());
        Instant end = NOW.plusSeconds(60);
        tokens.issueOnce(request("ci", "a").expiresAt(end), "key");

        for (TokenRequest other : List.of(
                request("cd", "a").expiresAt(end),
                request("ci", "b").expiresAt(end),
                request("ci", "a", "b").expiresAt(end),
                request("ci", "a").expiresAt(end.plusSeconds(1)),
                request("ci", "a"),
                request("ci", "a").expiresAt(end).actor("robot"),
                request("ci", "a").expiresAt(end).metadata(Map.of("x", "y")))) {
            assertThat(refused(() -> tokens.issueOnce(other, "key"))).isEqualTo(IdempotencyKeyException.Reason.REUSED);
        }
        assertThat(tokens.list(owner(1))).hasSize(1);
    }

    @Test
    void keyOfATokenThatHasEndedMakesNoOther() {
        Assumptions.assumeTrue(keepsKeys());
        TokenId made = tokens.issueOnce(request("ci"), "key").token().id();
        tokens.revoke(made);

        assertThat(refused(() -> tokens.issueOnce(request("ci"), "key")))
                .isEqualTo(IdempotencyKeyException.Reason.ENDED);
        assertThat(tokens.list(owner(1))).isEmpty();
    }

    @Test
    void keyIsKeptForTenMinutes() {
        Assumptions.assumeTrue(keepsKeys());
        IssuedOnce made = tokens.issueOnce(request("ci"), "key");
        clock.move(Duration.ofMinutes(10).minusSeconds(1));
        assertThat(tokens.issueOnce(request("ci"), "key").token()).isEqualTo(made.token());

        clock.move(Duration.ofSeconds(1));

        IssuedOnce next = tokens.issueOnce(request("something else"), "key");
        assertThat(next.replayed()).isFalse();
        assertThat(tokens.issueOnce(request("something else"), "key").token()).isEqualTo(next.token());
    }

    @Test
    void ownerHasAHundredKeysAtATime() {
        Assumptions.assumeTrue(keepsKeys()); // which takes one
        IssuedOnce first = tokens.issueOnce(request("0"), "0");
        for (int i = 1; i < 99; i++) {
            tokens.issueOnce(request("many"), "key-" + i);
        }

        assertThat(refused(() -> tokens.issueOnce(request("one too many"), "another")))
                .isEqualTo(IdempotencyKeyException.Reason.TOO_MANY);

        assertThat(tokens.list(owner(1))).hasSize(99);
        assertThat(tokens.issueOnce(request("0"), "0").token()).isEqualTo(first.token());
        assertIssuedOnce(() -> tokens.issueOnce(TokenRequest.of(owner(2), "ci"), "another"));
        clock.move(Duration.ofMinutes(10));
        assertIssuedOnce(() -> tokens.issueOnce(request("one too many"), "another"));
    }

    /** The token that was made has taken the last place, and is the answer all the same. */
    @Test
    void keyIsAskedBeforeTheLimitOfTokens() {
        Assumptions.assumeTrue(keepsKeys());
        Tokens one = Tokens.builder(store)
                .clock(clock)
                .policy(new TokenPolicy() {
                    @Override
                    public int maxTokens(Owner owner) {
                        return 1;
                    }
                })
                .build();

        assertIssuedOnce(() -> one.issueOnce(request("ci"), "key"));

        assertThatThrownBy(() -> one.issueOnce(request("ci"), "other"))
                .isInstanceOf(InvalidTokenRequestException.class);
    }

    @Test
    void keyIsGivenBackWhereNothingIsIssued() {
        Assumptions.assumeTrue(keepsKeys());
        AccessToken manager =
                tokens.issue(request("manager", "a", Abilities.MANAGE_TOKENS)).token();
        IdempotencyKey key = new IdempotencyKey(owner(1), manager.id(), SecretHash.of("key"), SecretHash.of("request"));
        tokens.revoke(manager.id());

        assertThatThrownBy(() -> tokens.issueOnce(request("ci", "a"), manager, "key"))
                .isInstanceOf(IssuerRevokedException.class);

        assertThat(store.findUse(key, NOW)).isEmpty();
    }

    /** As on several nodes: each has a lock of its own, and only the store knows them all. */
    @Test
    void keyIssuesOneTokenWhereSeveralAskAtOnce() throws Exception {
        Assumptions.assumeTrue(keepsKeys());
        for (int round = 0; round < 10; round++) {
            String name = "round-" + round;
            List<IssuedOnce> answers =
                    together(6, () -> Tokens.builder(store).clock(clock).build().issueOnce(request(name), name));

            assertThat(answers).filteredOn(answer -> !answer.replayed()).hasSize(1);
            assertThat(answers)
                    .extracting(answer -> answer.token().id())
                    .containsOnly(answers.get(0).token().id());
        }
        assertThat(tokens.list(owner(1))).hasSize(10);
    }

    @Test
    void keyThatIsNoneIsRefused() {
        for (String text : List.of("", " ", "a b", "a\n", "ä", "k".repeat(65))) {
            assertThatThrownBy(() -> tokens.issueOnce(request("ci"), text))
                    .isInstanceOfSatisfying(InvalidTokenRequestException.class, e -> {
                        assertThat(e.field()).isEqualTo("idempotency_key");
                        assertThat(e.code()).isEqualTo("invalid");
                    })
                    .hasMessage("The idempotency key must have 1 to 64 visible characters of ASCII.");
        }
        assertThat(tokens.list(owner(1))).isEmpty();
    }

    private static <T> List<T> together(int threads, Callable<T> call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> future : futures) {
                answers.add(future.get());
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }
}
