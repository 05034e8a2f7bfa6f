package dev.sanctum4j;

import static dev.sanctum4j.Abilities.MANAGE_TOKENS;
import static dev.sanctum4j.Verdict.Reason.EXPIRED;
import static dev.sanctum4j.Verdict.Reason.MALFORMED;
import static dev.sanctum4j.Verdict.Reason.OWNER;
import static dev.sanctum4j.Verdict.Reason.REVOKED;
import static dev.sanctum4j.Verdict.Reason.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CachingTokenStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TokensTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final Owner BOB = Owner.of("user", 2);
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final MovableClock clock = new MovableClock("2026-11-24T12:00:00Z");
    private final RecordingStore store = new RecordingStore();
    private final List<String> heard = new ArrayList<>();
    private final Tokens tokens =
            Tokens.builder(store).clock(clock).listeners(List.of(this::hear)).build();

    @Nested
    class IssuingOnce {

        @Test
        void onlyWhatIsIssuedIsTold() {
            Tokens once = Tokens.builder(new InMemoryTokenStore())
                    .clock(clock)
                    .listeners(List.of(TokensTest.this::hear))
                    .build();

            TokenId made =
                    once.issueOnce(TokenRequest.of(ADA, "ci"), "key").token().id();
            once.issueOnce(TokenRequest.of(ADA, "ci"), "key");

            assertThat(heard).containsExactly("issued " + made);
        }

        /** One that an application wrote before there were keys: it is asked for nothing that it has not. */
        @Test
        void storeWithoutKeysRefusesThemAndIssuesAsEver() {
            assertThatThrownBy(() -> tokens.issueOnce(TokenRequest.of(ADA, "ci"), "key"))
                    .isInstanceOfSatisfying(
                            IdempotencyKeyException.class,
                            e -> assertThat(e.reason()).isEqualTo(IdempotencyKeyException.Reason.UNSUPPORTED))
                    .hasMessage("this store of tokens keeps no idempotency keys");
            assertThat(store.calls).isEmpty();

            tokens.issue(TokenRequest.of(ADA, "ci"));
            assertThat(store.calls).containsExactly("insert");
        }

        /** Another node has taken the last place, by another key: what is given back is no answer to this one. */
        @Test
        void whoLosesTheLastPlaceIsToldSoAndNotThatItsTokenHasEnded() {
            Iterator<Integer> counts = List.of(0, 2).iterator();
            TokenStore kept = new InMemoryTokenStore();
            TokenStore shared = (TokenStore) java.lang.reflect.Proxy.newProxyInstance(
                    TokenStore.class.getClassLoader(),
                    new Class<?>[] {TokenStore.class},
                    (proxy, method, args) ->
                            method.getName().equals("count") ? counts.next() : method.invoke(kept, args));
            Tokens one = Tokens.builder(shared)
                    .policy(new TokenPolicy() {
                        @Override
                        public int maxTokens(Owner owner) {
                            return 1;
                        }
                    })
                    .build();

            assertThatThrownBy(() -> one.issueOnce(TokenRequest.of(ADA, "ci"), "key"))
                    .isInstanceOf(InvalidTokenRequestException.class)
                    .hasMessageContaining("which is the limit");
            assertThat(kept.list(ADA)).isEmpty();
        }

        /** Another transaction that is not seen yet has taken the key. */
        @Test
        void keyWhoseUseCannotBeSeenIsRunning() {
            TokenStore blind = (TokenStore) java.lang.reflect.Proxy.newProxyInstance(
                    TokenStore.class.getClassLoader(),
                    new Class<?>[] {TokenStore.class},
                    (proxy, method, args) -> method.getName().equals("insert")
                                    || method.getName().equals("findUse")
                            ? java.util.Optional.empty()
                            : method.invoke(store, args));

            assertThatThrownBy(() -> Tokens.of(blind).issueOnce(TokenRequest.of(ADA, "ci"), "key"))
                    .isInstanceOfSatisfying(
                            IdempotencyKeyException.class,
                            e -> assertThat(e.reason()).isEqualTo(IdempotencyKeyException.Reason.RUNNING));
        }
    }

    @Nested
    class Issuing {

        @Test
        void issuedTokenIsWhatWasAskedForAndOpensTheDoor() {
            NewToken made = tokens.issue(TokenRequest.of(ADA, "ci", "orders:read")
                    .expiresAt(NOON.plusSeconds(60))
                    .metadata(Map.of("purpose", "nightly")));

            assertThat(made.token())
                    .isEqualTo(new AccessToken(
                            TokenId.of(1),
                            ADA,
                            "ci",
                            Abilities.of("orders:read"),
                            NOON,
                            null,
                            null,
                            NOON.plusSeconds(60),
                            null,
                            null,
                            Map.of("purpose", "nightly")));
            assertThat(made.token().can("orders:read")).isTrue();
            assertThat(made.token().can("orders:write")).isFalse();
            assertThat(made.token().cannot("orders:read")).isFalse();
            assertThat(made.token().cannot("orders:write")).isTrue();
            assertThat(tokens.authenticate(made.plainText().reveal())).isEqualTo(new Accepted(made.token()));
            assertThat(heard).containsExactly("issued 1", "accepted 1");
        }

        @Test
        void onlyTheHashIsStored() {
            NewToken made = issue("orders:read");

            StoredToken stored = store.findById(made.token().id()).orElseThrow();
            SecretHash hash = SecretHash.of(made.plainText().reveal());
            assertThat(stored.hash()).isEqualTo(hash);
            assertThat(stored)
                    .isEqualTo(new StoredToken(made.token(), hash))
                    .isNotEqualTo(new StoredToken(made.token(), null))
                    .isNotEqualTo(new StoredToken(issue("orders:read").token(), hash))
                    .isNotEqualTo(hash);
            assertThat(stored)
                    .hasSameHashCodeAs(new StoredToken(made.token(), hash))
                    .doesNotHaveSameHashCodeAs(new StoredToken(made.token(), null));
        }

        @Test
        void timesAreWholeSeconds() {
            clock.set(NOON.plusMillis(999));

            AccessToken token = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofMillis(2_500)))
                    .token();

            assertThat(token.createdAt()).isEqualTo(NOON);
            assertThat(token.expiresAt()).isEqualTo(NOON.plusSeconds(2));
        }

        @Test
        void expiryMustBeInTheFuture() {
            for (Instant past : List.of(NOON, NOON.plusMillis(999), NOON.minusSeconds(1), Instant.MIN)) {
                assertRefused(
                        () -> tokens.issue(TokenRequest.of(ADA, "ci").expiresAt(past)),
                        "expires_at",
                        "The expiry must be in the future.");
            }
            assertThat(store.calls).isEmpty();
        }

        @Test
        void expiryMustBeBeforeTheYearTenThousand() {
            Instant last = Instant.parse("9999-12-31T23:59:59Z");

            assertThat(tokens.issue(TokenRequest.of(ADA, "ci").expiresAt(last))
                            .token()
                            .expiresAt())
                    .isEqualTo(last);
            for (Instant late : List.of(last.plusNanos(1), last.plusSeconds(1), Instant.MAX)) {
                assertRefused(
                        () -> tokens.issue(TokenRequest.of(ADA, "ci").expiresAt(late)),
                        "expires_at",
                        "The expiry must be before the year 10000.");
            }
            assertRefused(
                    () -> tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofDays(3_652_425))),
                    "expires_at",
                    "The expiry must be before the year 10000.");
        }

        @Test
        void storeThatIsAwayIsAnExceptionAndNobodyHearsOfIt() {
            store.failing = true;

            assertThatThrownBy(() -> issue("orders:read")).isInstanceOf(TokenStoreException.class);
            assertThat(heard).isEmpty();
        }
    }

    @Nested
    class Authenticating {

        /** R2: the same single read and no write, whatever the answer will be. */
        @Test
        void anyAnswerCostsAtMostOneRead() {
            NewToken good = issue("orders:read");
            NewToken revoked = issue("orders:read");
            NewToken expired = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofSeconds(1)));
            tokens.revoke(revoked.token().id());
            clock.advance(Duration.ofSeconds(2));
            String wrong = TokenFormat.standard().newSecret(new SecureRandom());

            assertAnswer(good.plainText().reveal(), null, "findByHash");
            assertAnswer("1|" + good.plainText().reveal(), null, "findByHash");
            assertAnswer(wrong, UNKNOWN, "findByHash");
            assertAnswer("1|" + wrong, UNKNOWN, "findByHash");
            assertAnswer("99|" + wrong, UNKNOWN, "findByHash");
            assertAnswer("99|" + good.plainText().reveal(), UNKNOWN, "findByHash");
            assertAnswer(revoked.plainText().reveal(), REVOKED, "findByHash");
            assertAnswer("2|" + revoked.plainText().reveal(), REVOKED, "findByHash");
            assertAnswer("2|" + wrong, UNKNOWN, "findByHash");
            assertAnswer(expired.plainText().reveal(), EXPIRED, "findByHash");
            assertAnswer("3|" + expired.plainText().reveal(), EXPIRED, "findByHash");
            assertAnswer("|", MALFORMED);
        }

        private void assertAnswer(String text, @Nullable Reason reason, String... calls) {
            store.calls.clear();
            Verdict verdict = tokens.authenticate(text);
            assertThat(verdict instanceof Rejected rejected ? rejected.reason() : null)
                    .isEqualTo(reason);
            assertThat(store.calls).containsExactly(calls);
        }

        @Test
        void secretOfOneTokenDoesNotOpenAnother() {
            issue("orders:read");
            NewToken second = issue("orders:read");

            assertRejected("1|" + second.plainText().reveal(), UNKNOWN);
        }

        @Test
        void tokenIsValidUpToAndIncludingItsExpiry() {
            String text = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofMinutes(1)))
                    .plainText()
                    .reveal();

            clock.set(NOON.plusSeconds(60));
            assertThat(tokens.authenticate(text)).isInstanceOf(Accepted.class);
            clock.advance(Duration.ofMillis(1));
            assertRejected(text, EXPIRED);
        }

        @Test
        void tokenOfExactlyTheMaximumAgeIsTooOld() {
            Tokens ageing = builder().maxAge(Duration.ofMinutes(1)).build();
            String text = issue("orders:read").plainText().reveal();

            clock.set(NOON.plusSeconds(60).minusNanos(1));
            assertThat(ageing.authenticate(text)).isInstanceOf(Accepted.class);
            clock.set(NOON.plusSeconds(60));
            assertThat(ageing.authenticate(text)).isEqualTo(new Rejected(EXPIRED));
            assertThat(tokens.authenticate(text)).isInstanceOf(Accepted.class);
        }

        @Test
        void earlierOfTheTwoAgesWins() {
            Tokens ageing = builder().maxAge(Duration.ofMinutes(5)).build();
            String soon = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofMinutes(1)))
                    .plainText()
                    .reveal();
            String late = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofDays(1)))
                    .plainText()
                    .reveal();

            clock.advance(Duration.ofMinutes(2));
            assertThat(ageing.authenticate(soon)).isEqualTo(new Rejected(EXPIRED));
            assertThat(ageing.authenticate(late)).isInstanceOf(Accepted.class);
            clock.advance(Duration.ofMinutes(3));
            assertThat(ageing.authenticate(late)).isEqualTo(new Rejected(EXPIRED));
        }

        @Test
        void rowWithoutACreationTimeIsTooOldOnlyWhereThereIsAMaximumAge() {
            TokenStore foreign = new OneRow(row(null, SecretHash.of("test")));

            assertThat(Tokens.of(foreign).authenticate("test")).isInstanceOf(Accepted.class);
            assertThat(Tokens.builder(foreign)
                            .maxAge(Duration.ofDays(36_500))
                            .build()
                            .authenticate("test"))
                    .isEqualTo(new Rejected(EXPIRED));
            Tokens minding = Tokens.builder(foreign)
                    .clock(clock)
                    .policy(new TokenPolicy() {
                        @Override
                        public Duration idleExpiry(Owner owner) {
                            return Duration.ofDays(7);
                        }
                    })
                    .build();
            assertThat(minding.authenticate("test")).isInstanceOf(Accepted.class); // nobody knows that it lay unused
        }

        /** R3: a row whose hash is damaged matches nothing, not even nothing. */
        @Test
        void rowWithoutAHashOpensToNobody() {
            Tokens damaged = Tokens.of(new OneRow(row(NOON, null)));

            for (String text : List.of("1|test", "1|null", "1| ", "test")) {
                assertThat(damaged.authenticate(text)).isEqualTo(new Rejected(UNKNOWN));
            }
        }

        /** A store that answers with the wrong row is caught by the comparison. */
        @Test
        void rowThatTheStoreFoundIsComparedAgain() {
            Tokens confused = Tokens.of(new OneRow(row(NOON, SecretHash.of("another"))));

            assertThat(confused.authenticate("test")).isEqualTo(new Rejected(UNKNOWN));
        }

        @Test
        void revokedTokenIsRejectedOnTheNextRequest() {
            NewToken made = issue("orders:read");

            tokens.revoke(made.token().id());

            assertRejected(made.plainText().reveal(), REVOKED);
        }

        @Test
        void storeThatIsAwayIsAnExceptionNotARejection() {
            String text = issue("orders:read").plainText().reveal();
            heard.clear();
            store.failing = true;

            assertThatThrownBy(() -> tokens.authenticate(text))
                    .isInstanceOf(TokenStoreException.class)
                    .hasMessage("the store is away");
            assertThat(heard).isEmpty();
        }

        @Test
        void ownerThatIsNotLetInIsAskedForLastAndLeavesNoUse() {
            NewToken made = issue("orders:read");
            List<AccessToken> asked = new ArrayList<>();

            assertThat(tokens.authenticate(made.plainText().reveal(), null, token -> {
                        asked.add(token);
                        return false;
                    }))
                    .isEqualTo(new Rejected(OWNER));

            assertThat(asked).containsExactly(made.token());
            tokens.flush();
            assertThat(store.touches).isEmpty();
            assertThat(heard).containsExactly("issued 1", "rejected OWNER 1");
        }

        @Test
        void ownerIsNotAskedForATokenThatIsRefusedAnyway() {
            NewToken made = issue("orders:read");
            tokens.revoke(made.token().id());

            assertThat(tokens.authenticate(made.plainText().reveal(), null, token -> {
                        throw new AssertionError("asked");
                    }))
                    .isEqualTo(new Rejected(REVOKED));
        }

        @Test
        void whatTheQuestionAboutTheOwnerThrowsIsPassedOn() {
            String text = issue("orders:read").plainText().reveal();

            assertThatThrownBy(() -> tokens.authenticate(text, null, token -> {
                        throw new IllegalStateException("users are away");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("users are away");
            tokens.flush();
            assertThat(store.touches).isEmpty();
        }
    }

    @Nested
    class Identifying {

        @Test
        void tokenIsFoundByItsTextWhateverHasBecomeOfIt() {
            NewToken made = issue("orders:read");
            String text = made.plainText().reveal();
            assertThat(tokens.find(text)).contains(made.token());

            tokens.revoke(made.token().id());
            heard.clear();

            assertThat(tokens.find(text).orElseThrow().isRevoked()).isTrue();
            assertThat(heard).isEmpty();
        }

        @Test
        void otherTextIsNobodys() {
            NewToken made = issue("orders:read");
            for (String text : List.of(
                    "",
                    "nonsense",
                    "pat_" + "x".repeat(46),
                    made.token().id() + "|" + "x".repeat(40),
                    "x".repeat(600))) {
                assertThat(tokens.find(text)).isEmpty();
            }
        }
    }

    @Nested
    class Changing {

        @Test
        void renamingChangesTheNameAndNothingElse() {
            NewToken made = issue("orders:read");

            assertThat(tokens.rename(made.token().id(), "laptop"))
                    .contains(withNameAndAbilities(made.token(), "laptop", Abilities.of("orders:read")));
            assertThat(heard).containsExactly("issued 1", "changed 1");
        }

        @Test
        void narrowedTokenCanLessOnTheNextRequest() {
            NewToken made = issue("orders:read", "orders:write");

            tokens.narrow(made.token().id(), Abilities.of("orders:read"));

            AccessToken now = accepted(made);
            assertThat(now.can("orders:read")).isTrue();
            assertThat(now.cannot("orders:write")).isTrue();
        }

        @Test
        void tokenWithEverythingIsNarrowedToAnythingButManagingTokens() {
            TokenId id = issue("*").token().id();

            assertRefused(
                    () -> tokens.narrow(id, Abilities.of(MANAGE_TOKENS)),
                    "abilities",
                    "The abilities of a token can only be narrowed. Create a new token instead.");
            assertThat(tokens.narrow(id, Abilities.of("orders:read"))).isPresent();
            assertRefused(
                    () -> tokens.narrow(id, Abilities.of("*")),
                    "abilities",
                    "The abilities of a token can only be narrowed. Create a new token instead.");
        }

        /** R28: what {@code *} covers is still no ability. */
        @Test
        void tokenWithEverythingIsNotNarrowedToWhatIsNoAbility() {
            TokenId id = issue("*").token().id();

            assertRefused(
                    () -> tokens.narrow(id, Abilities.of("orders:read orders:write")),
                    "abilities",
                    "An ability must have 1 to 100 printable ASCII characters without spaces, quotes and backslashes.");
            assertThat(tokens.find(id).orElseThrow().abilities()).isEqualTo(Abilities.of("*"));
        }

        @Test
        void abilityThatLaravelAllowedMayBeKept() {
            store.insert(draft(ADA, Abilities.of("read orders", "write orders"), null));

            assertThat(tokens.narrow(TokenId.of(1), Abilities.of("read orders"))
                            .orElseThrow()
                            .abilities())
                    .isEqualTo(Abilities.of("read orders"));
        }

        @Test
        void refusedChangeChangesNothing() {
            NewToken made = issue("orders:read");

            assertRefused(
                    () -> tokens.update(made.token().id(), "laptop", Abilities.of("orders:write")),
                    "abilities",
                    "The abilities of a token can only be narrowed. Create a new token instead.");
            assertRefused(
                    () -> tokens.update(made.token().id(), " ", Abilities.NONE),
                    "name",
                    "The name must have 1 to 255 characters and not only spaces.");
            assertThat(tokens.find(made.token().id())).contains(made.token());
            assertThat(heard).containsExactly("issued 1");
        }

        @Test
        void revokedAndUnknownTokensAreNotChanged() {
            TokenId id = issue("orders:read").token().id();
            tokens.revoke(id);
            heard.clear();

            assertThat(tokens.rename(id, "laptop")).isEmpty();
            assertThat(tokens.narrow(TokenId.of(99), Abilities.NONE)).isEmpty();
            assertThat(heard).isEmpty();
        }
    }

    @Nested
    class Revoking {

        @Test
        void secondRevocationRevokesNothing() {
            TokenId id = issue("orders:read").token().id();

            assertThat(tokens.revoke(id)).isTrue();
            assertThat(tokens.revoke(id)).isFalse();
            assertThat(tokens.revoke(TokenId.of(99))).isFalse();
            assertThat(heard).containsExactly("issued 1", "revoked 1");
        }

        /** So that a Laravel application on the same table refuses it too. */
        @Test
        void revocationStampsAndExpiresTheToken() {
            clock.set(NOON.plusMillis(999));
            TokenId id = issue("orders:read").token().id();

            tokens.revoke(id);

            AccessToken revoked = tokens.find(id).orElseThrow();
            assertThat(revoked.isRevoked()).isTrue();
            assertThat(revoked.revokedAt()).isEqualTo(NOON);
            assertThat(revoked.expiresAt()).isEqualTo(NOON.minusSeconds(1));
        }

        @Test
        void ownersTokensAreRevokedAndNobodyElses() {
            issue("orders:read");
            NewToken bobs = tokens.issue(TokenRequest.of(BOB, "ci"));
            issue("orders:read");
            heard.clear();

            assertThat(tokens.revokeAll(ADA)).isEqualTo(2);
            assertThat(tokens.revokeAll(ADA)).isZero();

            assertThat(heard).containsExactlyInAnyOrder("revoked 1", "revoked 3");
            assertThat(tokens.authenticate(bobs.plainText().reveal())).isInstanceOf(Accepted.class);
        }

        @Test
        void tokenInUseIsSparedAmongOthers() {
            issue("orders:read");
            NewToken kept = issue("orders:read");
            issue("orders:read");

            assertThat(tokens.revokeOthers(ADA, kept.token().id())).isEqualTo(2);
            assertThat(tokens.list(ADA)).containsExactly(kept.token());
        }

        @Test
        void revokedTokensAreNotListedAndExpiredOnesAre() {
            NewToken first = issue("orders:read");
            NewToken second = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofSeconds(1)));
            NewToken third = issue("orders:read");
            tokens.revoke(first.token().id());
            clock.advance(Duration.ofDays(1));

            assertThat(tokens.list(ADA)).containsExactly(third.token(), second.token());
            assertThat(tokens.list(BOB)).isEmpty();
            assertThat(tokens.find(first.token().id())).isPresent();
            assertThat(tokens.find(TokenId.of(99))).isEmpty();
        }
    }

    /** R26. */
    @Nested
    class IssuingByAToken {

        private final NewToken manager = issue(MANAGE_TOKENS, "orders:read", "orders:write");

        @Test
        void childBelongsToItsIssuerAndIsRevokedWithIt() {
            NewToken child = tokens.issue(TokenRequest.of(ADA, "child", "orders:read"), accepted(manager));
            NewToken other = issue("orders:read");
            heard.clear();

            assertThat(child.token().issuedBy()).isEqualTo(manager.token().id());
            assertThat(accepted(child)).isEqualTo(child.token());
            tokens.revoke(manager.token().id());

            assertRejected(child.plainText().reveal(), REVOKED);
            assertThat(accepted(other)).isEqualTo(other.token());
            assertThat(heard).contains("revoked 1", "revoked 2").doesNotContain("revoked 3");
        }

        @Test
        void childIsRevokedWithoutItsIssuer() {
            NewToken child = tokens.issue(TokenRequest.of(ADA, "child"), accepted(manager));

            assertThat(tokens.revoke(child.token().id())).isTrue();
            assertThat(accepted(manager)).isEqualTo(manager.token());
        }

        @Test
        void everythingDoesNotIncludeManagingTokens() {
            AccessToken everything = issue("*").token();

            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ADA, "child"), everything))
                    .isInstanceOf(IllegalArgumentException.class)
                    .isNotInstanceOf(InvalidTokenRequestException.class)
                    .hasMessage("token 2 may not issue tokens");
        }

        @Test
        void tokenOfAnotherOwnerIsRefused() {
            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(BOB, "child"), manager.token()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("token 1 belongs to another owner");
            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(Owner.of("User", 1), "child"), manager.token()))
                    .hasMessage("token 1 belongs to another owner");
        }

        @Test
        void managingTokensIsNeverHandedOn() {
            AccessToken strongest = issue("*", MANAGE_TOKENS).token();

            for (AccessToken issuer : List.of(manager.token(), strongest)) {
                assertRefused(
                        () -> tokens.issue(TokenRequest.of(ADA, "child", MANAGE_TOKENS), issuer),
                        "abilities",
                        "A token can only issue tokens with abilities of its own, and none about tokens.");
                assertRefused(
                        () -> tokens.issue(TokenRequest.of(ADA, "child", "orders:read", MANAGE_TOKENS), issuer),
                        "abilities",
                        "A token can only issue tokens with abilities of its own, and none about tokens.");
            }
        }

        @Test
        void childIsNoStronger() {
            for (String more : List.of("*", "orders:delete", "Orders:read", "orders:*")) {
                assertRefused(
                        () -> tokens.issue(TokenRequest.of(ADA, "child", "orders:read", more), manager.token()),
                        "abilities",
                        "A token can only issue tokens with abilities of its own, and none about tokens.");
            }
            AccessToken strongest = issue("*", MANAGE_TOKENS).token();
            NewToken child = tokens.issue(TokenRequest.of(ADA, "child", "*"), strongest);
            assertThat(child.token().can("anything")).isTrue();
            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ADA, "grandchild"), child.token()))
                    .hasMessage("token " + child.token().id() + " may not issue tokens");
        }

        @Test
        void childLivesNoLonger() {
            NewToken mortal =
                    tokens.issue(TokenRequest.of(ADA, "manager", MANAGE_TOKENS).lifetime(Duration.ofHours(1)));

            assertThat(tokens.issue(TokenRequest.of(ADA, "child"), mortal.token())
                            .token()
                            .expiresAt())
                    .isEqualTo(NOON.plusSeconds(3_600));
            assertThat(tokens.issue(TokenRequest.of(ADA, "child").lifetime(Duration.ofHours(1)), mortal.token())
                            .token()
                            .expiresAt())
                    .isEqualTo(NOON.plusSeconds(3_600));
            assertRefused(
                    () -> tokens.issue(
                            TokenRequest.of(ADA, "child").lifetime(Duration.ofSeconds(3_601)), mortal.token()),
                    "expires_at",
                    "A token can only issue tokens that expire no later than itself.");
        }

        @Test
        void childDiesAtTheMaximumAgeOfItsIssuer() {
            Tokens ageing = builder().maxAge(Duration.ofHours(1)).build();
            clock.set(NOON.plusSeconds(1_800));

            NewToken child = ageing.issue(TokenRequest.of(ADA, "child"), manager.token());

            assertThat(ageing.endOf(manager.token())).isEqualTo(NOON.plusSeconds(3_599));
            assertThat(tokens.endOf(manager.token())).isNull();
            clock.set(NOON.plusSeconds(3_600).minusNanos(1));
            assertThat(ageing.authenticate(manager.plainText().reveal())).isInstanceOf(Accepted.class);
            clock.set(NOON.plusSeconds(3_600));
            assertThat(ageing.authenticate(manager.plainText().reveal())).isEqualTo(new Rejected(EXPIRED));
            assertThat(ageing.authenticate(child.plainText().reveal())).isEqualTo(new Rejected(EXPIRED));
        }

        @Test
        void issuerThatWasRevokedMeanwhileIssuesNothing() {
            AccessToken seen = accepted(manager);
            tokens.revoke(seen.id());
            heard.clear();

            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ADA, "child"), seen))
                    .isInstanceOf(IssuerRevokedException.class)
                    .hasMessage("token 1 is revoked or expired and issues nothing more");
            assertThat(tokens.list(ADA)).isEmpty();
            assertThat(heard).isEmpty();
        }

        @Test
        void issuerThatExpiredMeanwhileIssuesNothing() {
            AccessToken mortal = tokens.issue(
                            TokenRequest.of(ADA, "manager", MANAGE_TOKENS).lifetime(Duration.ofHours(1)))
                    .token();
            clock.advance(Duration.ofSeconds(3_601));

            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ADA, "child"), mortal))
                    .isInstanceOf(IssuerRevokedException.class);
            assertThatThrownBy(() -> builder()
                            .maxAge(Duration.ofHours(1))
                            .build()
                            .issue(TokenRequest.of(ADA, "child"), manager.token()))
                    .isInstanceOf(IssuerRevokedException.class);
        }
    }

    @Nested
    class Listening {

        @Test
        void listenerHearsOfEverythingAndNeverOfWhoseTokenWasGuessed() {
            NewToken made = issue("orders:read");
            tokens.authenticate("1|test");
            tokens.authenticate("test");
            tokens.authenticate("|");
            tokens.authenticate(made.plainText().reveal());
            tokens.rename(made.token().id(), "laptop");
            tokens.revoke(made.token().id());
            tokens.authenticate(made.plainText().reveal());
            clock.advance(Duration.ofDays(1));
            tokens.prune(Duration.ZERO);

            assertThat(heard)
                    .containsExactly(
                            "issued 1",
                            "rejected UNKNOWN null",
                            "rejected UNKNOWN null",
                            "rejected MALFORMED null",
                            "accepted 1",
                            "changed 1",
                            "revoked 1",
                            "rejected REVOKED 1",
                            "pruned 1");
        }

        @Test
        void listenerHearsOfRotationAndExpiry() {
            NewToken made = tokens.rotate(issue("orders:read").token().id()).orElseThrow();
            NewToken brief = tokens.issue(TokenRequest.of(ADA, "brief").lifetime(Duration.ofMinutes(1)));
            clock.advance(Duration.ofMinutes(2));
            tokens.authenticate(brief.plainText().reveal());

            assertThat(made.token().id().value()).isEqualTo(2);
            assertThat(heard).containsExactly("issued 1", "revoked 1", "rotated 1 2", "issued 3", "rejected EXPIRED 3");
        }

        @Test
        void listenerThatThrowsBreaksNothing() {
            Tokens shaky = builder().listeners(List.of(TokensTest::fail)).build();

            NewToken made = shaky.issue(TokenRequest.of(ADA, "ci"));
            String text = made.plainText().reveal();
            assertThat(shaky.authenticate(text)).isInstanceOf(Accepted.class);
            assertThat(shaky.authenticate("test")).isEqualTo(new Rejected(UNKNOWN));
            assertThat(shaky.rename(made.token().id(), "laptop")).isPresent();
            assertThat(shaky.revoke(made.token().id())).isTrue();
            clock.advance(Duration.ofDays(1));
            assertThat(shaky.prune(Duration.ZERO)).isEqualTo(1);
        }
    }

    /** R24. */
    @Nested
    class LastUses {

        /** When a use is noted again of a token that was used now, and from then on every minute. */
        private Instant next(NewToken made) {
            int own = SecretHash.of(made.plainText().reveal()).hashCode();
            long now = clock.instant().getEpochSecond();
            return Instant.ofEpochSecond(now + 60 - Math.floorMod(now + own, 60));
        }

        /** A token that comes from a cache, and so never shows that its last use has been written. */
        @Test
        void tokenThatIsCachedIsWrittenOnceAMinuteTooWithItsLastAddress() {
            CachingTokenStore cache = CachingTokenStore.of(store, CacheSettings.DEFAULT);
            Tokens cached = Tokens.builder(cache).clock(clock).build();
            NewToken made = cached.issue(TokenRequest.of(ADA, "ci"));
            Instant next = next(made);
            long before = Duration.between(NOON, next).toSeconds();
            for (int second = 0; second < before + 119; second++) {
                cached.authenticate(made.plainText().reveal(), "192.0.2." + second, token -> true);
                cached.flush();
                clock.advance(Duration.ofSeconds(1));
            }

            TokenId id = made.token().id();
            assertThat(store.touches)
                    .containsExactly(Map.of(id, NOON), Map.of(id, next), Map.of(id, next.plusSeconds(60)));
            assertThat(tokens.find(id).orElseThrow().lastUsedFrom()).isEqualTo("192.0.2." + (before + 60));
        }

        /** Tokens that are used all the time, and were all used first at once, are not all written at once. */
        @Test
        void whatIsDueIsSpreadOverTheMinute() {
            CachingTokenStore cache = CachingTokenStore.of(store, CacheSettings.DEFAULT);
            Tokens cached = Tokens.builder(cache).clock(clock).build();
            List<String> texts = IntStream.range(0, 1_200)
                    .mapToObj(i ->
                            cached.issue(TokenRequest.of(ADA, "ci")).plainText().reveal())
                    .toList();
            List<Integer> sizes = new ArrayList<>();
            for (int second = 0; second < 180; second++) {
                int before = store.touches.size();
                texts.forEach(cached::authenticate);
                cached.flush();
                sizes.add(
                        store.touches.size() == before
                                ? 0
                                : store.touches.get(before).size());
                clock.advance(Duration.ofSeconds(1));
            }

            assertThat(sizes.get(0)).isEqualTo(1_200);
            assertThat(sizes.subList(61, 121).stream().mapToInt(size -> size).sum())
                    .isEqualTo(1_200);
            assertThat(sizes.subList(1, 180)).allMatch(size -> size < 60); // 20 on average
        }

        @Test
        void addressIsCutToWhatTheColumnHolds() {
            assertThat(new LastUse(NOON, "x".repeat(65)).from()).hasSize(64);
        }

        /** R25: a clock that steps back neither writes again nor overwrites. */
        @Test
        void clockThatStepsBackChangesNothing() {
            NewToken made = issue("orders:read");
            accepted(made);
            tokens.flush();

            clock.set(NOON.minusSeconds(300));
            accepted(made);
            tokens.flush();

            assertThat(store.touches).containsExactly(Map.of(made.token().id(), NOON));
        }

        @Test
        void thousandUsesAreOneEntryOfOneBatch() {
            NewToken made = issue("orders:read");
            Instant begin = next(made);
            clock.set(begin);
            for (int i = 0; i < 1_000; i++) {
                tokens.authenticate(made.plainText().reveal());
                clock.advance(Duration.ofMillis(10));
            }
            assertThat(store.touches).isEmpty();

            tokens.flush();
            tokens.flush();

            assertThat(store.touches).containsExactly(Map.of(made.token().id(), begin));
            assertThat(tokens.find(made.token().id()).orElseThrow().lastUsedAt())
                    .isEqualTo(begin);
        }

        @Test
        void manyTokensAreOneBatch() {
            NewToken first = issue("orders:read");
            NewToken second = issue("orders:read");
            accepted(first);
            clock.advance(Duration.ofSeconds(5));
            accepted(second);

            tokens.flush();

            assertThat(store.touches)
                    .containsExactly(
                            Map.of(first.token().id(), NOON, second.token().id(), NOON.plusSeconds(5)));
        }

        @Test
        void useWithinTheResolutionIsNotNotedAgain() {
            NewToken made = issue("orders:read");
            Instant next = next(made);
            accepted(made);
            tokens.flush();

            clock.set(next.minusNanos(1));
            accepted(made);
            tokens.flush();
            assertThat(store.touches).hasSize(1);

            clock.set(next);
            accepted(made);
            tokens.flush();
            assertThat(store.touches).last().isEqualTo(Map.of(made.token().id(), next));

            clock.set(next.plusSeconds(60).minusNanos(1));
            accepted(made);
            tokens.flush();
            assertThat(store.touches).hasSize(2);
        }

        @Test
        void laterUseReplacesOneThatIsStillUnwritten() {
            NewToken made = issue("orders:read");
            accepted(made);
            clock.advance(Duration.ofMinutes(2));
            accepted(made);

            tokens.flush();

            assertThat(store.touches).containsExactly(Map.of(made.token().id(), NOON.plusSeconds(120)));
        }

        @Test
        void resolutionCanBeChosenAndSwitchedOff() {
            NewToken made = issue("orders:read");
            Tokens exact = builder().lastUsedResolution(Duration.ofSeconds(1)).build();
            Tokens silent = builder().withoutLastUsed().build();

            exact.authenticate(made.plainText().reveal());
            exact.flush();
            clock.advance(Duration.ofSeconds(1));
            exact.authenticate(made.plainText().reveal());
            exact.flush();
            assertThat(store.touches).hasSize(2);

            clock.advance(Duration.ofDays(1));
            silent.authenticate(made.plainText().reveal());
            silent.flush();
            assertThat(store.touches).hasSize(2);
        }

        @Test
        void refusedTokenWasNotUsed() {
            NewToken made = issue("orders:read");
            tokens.revoke(made.token().id());

            tokens.authenticate(made.plainText().reveal());
            tokens.flush();

            assertThat(store.touches).isEmpty();
        }

        @Test
        void failedFlushKeepsWhatItHadAndTheLaterUseWins() {
            NewToken first = issue("orders:read");
            NewToken second = issue("orders:read");
            accepted(first);
            accepted(second);
            store.failing = true;
            assertThatThrownBy(tokens::flush).isInstanceOf(TokenStoreException.class);
            store.failing = false;
            clock.advance(Duration.ofMinutes(5));
            accepted(second);

            tokens.flush();

            assertThat(store.touches)
                    .containsExactly(
                            Map.of(first.token().id(), NOON, second.token().id(), NOON.plusSeconds(300)));
        }

        @Test
        void clockThatStepsBackNeverTakesAUseBack() {
            NewToken made = issue("orders:read");
            accepted(made);
            clock.set(NOON.minusSeconds(3_600));
            accepted(made);

            tokens.flush();

            assertThat(store.touches).containsExactly(Map.of(made.token().id(), NOON));
        }

        /** R25, while a batch is being written. */
        @Test
        void clockThatStepsBackDuringAFlushNeverTakesAUseBack() throws Exception {
            NewToken made = issue("orders:read");
            accepted(made);
            CountDownLatch writing = new CountDownLatch(1);
            CountDownLatch used = new CountDownLatch(1);
            store.touching = () -> {
                writing.countDown();
                await(used);
            };
            ExecutorService executor = Executors.newSingleThreadExecutor();
            try {
                Future<?> flush = executor.submit(tokens::flush);
                await(writing);
                clock.set(NOON.minusSeconds(300));
                accepted(made);
                used.countDown();
                flush.get();
            } finally {
                executor.shutdownNow();
            }
            accepted(made);
            tokens.flush();

            assertThat(store.touches).containsExactly(Map.of(made.token().id(), NOON));
        }

        /** The later use is neither lost to the flush that is going on nor overwritten by it. */
        @Test
        void useThatIsNotedWhileAnEarlierOneIsBeingWrittenIsWrittenNext() throws Exception {
            NewToken made = issue("orders:read");
            accepted(made);
            CountDownLatch writing = new CountDownLatch(1);
            CountDownLatch used = new CountDownLatch(1);
            store.touching = () -> {
                writing.countDown();
                await(used);
            };
            ExecutorService executor = Executors.newSingleThreadExecutor();
            try {
                Future<?> flush = executor.submit(tokens::flush);
                await(writing);
                clock.advance(Duration.ofMinutes(1));
                accepted(made);
                used.countDown();
                flush.get();
            } finally {
                executor.shutdownNow();
            }
            tokens.flush();
            tokens.flush();

            assertThat(store.touches)
                    .containsExactly(
                            Map.of(made.token().id(), NOON), Map.of(made.token().id(), NOON.plusSeconds(60)));
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void parallelUsesAreOneEntry() throws Exception {
            TokenStore quiet = new InMemoryTokenStore();
            NewToken shared = Tokens.builder(quiet).clock(clock).build().issue(TokenRequest.of(ADA, "ci"));
            Tokens parallel = Tokens.builder(quiet).clock(clock).build();
            int threads = 8;
            ExecutorService executor = Executors.newFixedThreadPool(threads);
            try {
                CountDownLatch start = new CountDownLatch(threads);
                List<Future<Verdict>> verdicts = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    verdicts.add(executor.submit(() -> {
                        start.countDown();
                        start.await();
                        Verdict last = parallel.authenticate(shared.plainText().reveal());
                        for (int n = 0; n < 125; n++) {
                            last = parallel.authenticate(shared.plainText().reveal());
                        }
                        return last;
                    }));
                }
                for (Future<Verdict> verdict : verdicts) {
                    assertThat(verdict.get()).isInstanceOf(Accepted.class);
                }
            } finally {
                executor.shutdownNow();
            }

            parallel.flush();

            assertThat(parallel.find(shared.token().id()).orElseThrow().lastUsedAt())
                    .isEqualTo(NOON);
        }
    }

    @Nested
    class Pruning {

        @Test
        void tokensThatAreOverForLongEnoughAreDeletedInBatches() {
            for (int i = 0; i < 2_500; i++) {
                tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofHours(1)));
            }
            NewToken lasting = issue("orders:read");
            clock.set(NOON.plusSeconds(2 * 3_600).plusMillis(1_500));
            store.calls.clear();

            List<Integer> progress = new ArrayList<>();
            assertThat(tokens.prune(Duration.ofHours(1), progress::add)).isEqualTo(2_500);

            assertThat(progress).containsExactly(1_000, 2_000, 2_500);
            assertThat(store.calls)
                    .containsExactly(
                            "prune 2026-11-24T13:00:01Z null 1000",
                            "prune 2026-11-24T13:00:01Z null 1000",
                            "prune 2026-11-24T13:00:01Z null 1000");
            assertThat(tokens.list(ADA)).containsExactly(lasting.token());
            assertThat(heard).last().isEqualTo("pruned 2500");
        }

        @Test
        void fullLastBatchIsFollowedByAnEmptyOne() {
            for (int i = 0; i < 1_000; i++) {
                tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofSeconds(1)));
            }
            clock.advance(Duration.ofDays(1));
            store.calls.clear();

            assertThat(tokens.prune(Duration.ZERO)).isEqualTo(1_000);
            assertThat(store.calls).hasSize(2);
        }

        @Test
        void revokedTokensAndThoseBeyondTheMaximumAgeGoTheSameWay() {
            Tokens ageing = builder().maxAge(Duration.ofDays(10)).build();
            tokens.revoke(issue("orders:read").token().id());
            NewToken old = issue("orders:read");

            clock.set(NOON.plus(Duration.ofDays(1)));
            assertThat(ageing.prune(Duration.ofDays(1))).isEqualTo(1);
            clock.set(NOON.plus(Duration.ofDays(11)));
            assertThat(ageing.prune(Duration.ofDays(1))).isZero();
            clock.advance(Duration.ofSeconds(1));
            assertThat(ageing.prune(Duration.ofDays(1))).isEqualTo(1);
            assertThat(tokens.find(old.token().id())).isEmpty();
        }

        @Test
        void nothingToPruneIsNotToldAndANegativeAgeIsRefused() {
            assertThat(tokens.prune(Duration.ZERO, total -> heard.add("progress")))
                    .isZero();
            assertThat(heard).isEmpty();
            assertThatThrownBy(() -> tokens.prune(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("age must not be negative, was PT-1S");
        }
    }

    @Nested
    class Building {

        @Test
        void agesMustBePositive() {
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThatThrownBy(() -> builder().maxAge(none))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("maximum age must be positive, was " + none);
                assertThatThrownBy(() -> builder().lastUsedResolution(none))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("resolution of last use must be positive, was " + none);
            }
        }

        @Test
        void defaultsNeedNothingButAStore() {
            Tokens simple = Tokens.of(new InMemoryTokenStore());

            NewToken made = simple.issue(TokenRequest.of(ADA, "ci"));

            assertThat(simple.authenticate(made.plainText().reveal())).isEqualTo(new Accepted(made.token()));
            assertThat(made.plainText().reveal()).startsWith("pat_");
        }
    }

    private Tokens.Builder builder() {
        return Tokens.builder(store).clock(clock);
    }

    private NewToken issue(String... abilities) {
        return tokens.issue(TokenRequest.of(ADA, "ci", abilities));
    }

    private AccessToken accepted(NewToken made) {
        Verdict verdict = tokens.authenticate(made.plainText().reveal());
        assertThat(verdict).isInstanceOf(Accepted.class);
        return ((Accepted) verdict).token();
    }

    private void assertRejected(String text, Reason reason) {
        assertThat(tokens.authenticate(text)).isEqualTo(new Rejected(reason));
    }

    private static void assertRefused(Runnable call, String field, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        InvalidTokenRequestException.class,
                        e -> assertThat(e.field()).isEqualTo(field))
                .hasMessage(message);
    }

    private static AccessToken withNameAndAbilities(AccessToken old, String name, Abilities abilities) {
        return new AccessToken(
                old.id(),
                old.owner(),
                name,
                abilities,
                old.createdAt(),
                old.lastUsedAt(),
                old.lastUsedFrom(),
                old.expiresAt(),
                old.revokedAt(),
                old.issuedBy(),
                old.metadata());
    }

    private static TokenDraft draft(Owner owner, Abilities abilities, @Nullable Instant expiresAt) {
        return new TokenDraft(owner, "old", abilities, SecretHash.of("test"), NOON, expiresAt, null, Map.of());
    }

    private static StoredToken row(@Nullable Instant createdAt, @Nullable SecretHash hash) {
        return new StoredToken(
                new AccessToken(
                        TokenId.of(1), ADA, "old", Abilities.ALL, createdAt, null, null, null, null, null, Map.of()),
                hash);
    }

    /** Answers every question with one row, as another program may have written it. */
    private record OneRow(StoredToken row) implements TokenStore {

        @Override
        public Optional<StoredToken> findById(TokenId id) {
            return Optional.of(row);
        }

        @Override
        public Optional<StoredToken> findByHash(SecretHash hash) {
            return Optional.of(row);
        }

        @Override
        public Optional<AccessToken> insert(TokenDraft draft) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<AccessToken> list(Owner owner) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<TokenId> revoke(TokenId id, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void touch(Map<TokenId, LastUse> lastUsed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
            throw new UnsupportedOperationException();
        }
    }

    private void hear(TokenEvent event) {
        if (event instanceof TokenEvent.Issued issued) {
            heard.add("issued " + issued.token().id());
        } else if (event instanceof TokenEvent.Changed changed) {
            heard.add("changed " + changed.token().id());
        } else if (event instanceof TokenEvent.Accepted accepted) {
            heard.add("accepted " + accepted.token().id());
        } else if (event instanceof TokenEvent.Rejected rejected) {
            heard.add("rejected " + rejected.reason() + " " + rejected.id());
        } else if (event instanceof TokenEvent.Rotated rotated) {
            heard.add("rotated " + rotated.old() + " " + rotated.token().id());
        } else if (event instanceof TokenEvent.Revoked revoked) {
            heard.add("revoked " + revoked.id());
        } else if (event instanceof TokenEvent.Pruned pruned) {
            heard.add("pruned " + pruned.count());
        }
    }

    private static void fail(TokenEvent event) {
        if (event instanceof TokenEvent.Accepted) {
            TokensTest.<RuntimeException>undeclared(new IOException("queue is full"));
        }
        throw new IllegalStateException("listener is broken");
    }

    /** Throws a checked exception undeclared, as a listener written in Kotlin can. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // which is the trick
    private static <E extends Exception> void undeclared(Exception e) throws E {
        throw (E) e;
    }
}
