package dev.sanctum4j;

import static dev.sanctum4j.Verdict.Reason.EXPIRED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenPolicyTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final Owner ROBOT = Owner.of("robot", 1);
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private final MovableClock clock = new MovableClock("2026-11-24T12:00:00Z");
    private final List<String> heard = new ArrayList<>();

    private static class Limits implements TokenPolicy {
        @Override
        public @Nullable Duration defaultLifetime(Owner owner) {
            return owner.equals(ROBOT) ? null : DAY.multipliedBy(30);
        }

        @Override
        public Duration maxLifetime(Owner owner) {
            return DAY.multipliedBy(90);
        }

        @Override
        public Duration idleExpiry(Owner owner) {
            return DAY.multipliedBy(7);
        }

        @Override
        public int maxTokens(Owner owner) {
            return 2;
        }
    }

    private final Tokens tokens = Tokens.builder(new InMemoryTokenStore())
            .clock(clock)
            .policy(new Limits())
            .listeners(List.of(event -> {
                if (event instanceof TokenEvent.Revoked revoked) {
                    heard.add("revoked " + revoked.id());
                } else if (event instanceof TokenEvent.Rotated rotated) {
                    heard.add("rotated " + rotated.old() + " to "
                            + rotated.token().id());
                }
            }))
            .build();

    private @Nullable Instant expiry(TokenRequest request) {
        return tokens.issue(request).token().expiresAt();
    }

    @Test
    void maximumAgeIsWrittenAsExpirySoThatNobodyWonders() {
        Tokens ageing = Tokens.builder(new InMemoryTokenStore())
                .clock(clock)
                .policy(new Limits())
                .maxAge(DAY.multipliedBy(10))
                .build();

        assertThat(ageing.issue(TokenRequest.of(ADA, "ci")).token().expiresAt())
                .isEqualTo(NOON.plus(DAY.multipliedBy(10)));
        assertThat(ageing.defaultLifetime(ADA)).isEqualTo(DAY.multipliedBy(10));
        assertThat(ageing.maxLifetime(ADA)).isEqualTo(DAY.multipliedBy(10));
        assertThatThrownBy(() -> ageing.issue(TokenRequest.of(ADA, "ci").lifetime(DAY.multipliedBy(11))))
                .hasMessage("The expiry must not be later than 2026-12-04T12:00:00Z.");
    }

    @Test
    void expiryIsTheOneAskedForOrTheDefaultOrTheLongest() {
        assertThat(expiry(TokenRequest.of(ADA, "ci").lifetime(DAY))).isEqualTo(NOON.plus(DAY));
        assertThat(expiry(TokenRequest.of(ADA, "ci"))).isEqualTo(NOON.plus(DAY.multipliedBy(30)));
        assertThat(expiry(TokenRequest.of(ROBOT, "ci"))).isEqualTo(NOON.plus(DAY.multipliedBy(90)));
        assertThat(expiry(TokenRequest.of(ROBOT, "ci").lifetime(DAY.multipliedBy(90))))
                .isEqualTo(NOON.plus(DAY.multipliedBy(90)));
    }

    @Test
    void laterExpiryIsRefusedAndNamesTheLatest() {
        assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ROBOT, "ci")
                        .lifetime(DAY.multipliedBy(90).plusSeconds(1))))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessage("The expiry must not be later than 2027-02-22T12:00:00Z.");
    }

    @Test
    void numberOfValidTokensIsLimited() {
        NewToken first = tokens.issue(TokenRequest.of(ADA, "a"));
        tokens.issue(TokenRequest.of(ADA, "b").lifetime(Duration.ofHours(1)));
        assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ADA, "c")))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessageContaining("2 tokens already");
        tokens.issue(TokenRequest.of(ROBOT, "another's"));

        tokens.revoke(first.token().id());
        tokens.issue(TokenRequest.of(ADA, "c"));
        assertThatThrownBy(() -> tokens.issue(TokenRequest.of(ADA, "d")))
                .isInstanceOf(InvalidTokenRequestException.class);
        clock.advance(Duration.ofHours(1).plusSeconds(1)); // b has expired
        tokens.issue(TokenRequest.of(ADA, "d"));
    }

    /** What the policy says can change while tokens are in use. */
    private static final class Changing implements TokenPolicy {
        private Abilities permitted = Abilities.EVERYTHING;
        private Set<String> gone = Set.of();
        private @Nullable Duration longest;

        @Override
        public Abilities permitted(Owner owner) {
            return permitted;
        }

        @Override
        public boolean knows(String ability) {
            assertThat(ability).isNotEqualTo("*").doesNotStartWith("tokens:");
            return !gone.contains(ability);
        }

        @Override
        public @Nullable Duration maxLifetime(Owner owner) {
            return longest;
        }
    }

    private final Changing changing = new Changing();
    private final Tokens changed = Tokens.builder(new InMemoryTokenStore())
            .clock(clock)
            .policy(changing)
            .build();

    private static void assertRefused(ThrowingCallable attempt, String code, String message) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(InvalidTokenRequestException.class, refused -> {
                    assertThat(refused.field()).isEqualTo("abilities");
                    assertThat(refused.code()).isEqualTo(code);
                })
                .hasMessage(message);
    }

    @Test
    void abilityThatIsNotPermittedIsRefusedHoweverATokenWouldGetIt() {
        AccessToken manager = changed.issue(TokenRequest.of(ADA, "ci", "*", Abilities.MANAGE_TOKENS))
                .token();
        changing.permitted = Abilities.of("a");
        String code = "ability-not-permitted";
        String message = "You may not give a token all of these abilities.";

        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "a", "b")), code, message);
        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "*")), code, message);
        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "a", Abilities.MANAGE_TOKENS)), code, message);
        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "b"), manager), code, message);
        assertRefused(() -> changed.narrow(manager.id(), Abilities.of("b")), code, message);
        assertThat(changed.list(ADA)).containsExactly(manager);
        assertThat(changed.issue(TokenRequest.of(ADA, "ci", "a"), manager)).isNotNull();
        assertThat(changed.narrow(manager.id(), Abilities.of("a"))).isPresent();
    }

    @Test
    void abilityThatNobodyKnowsIsRefusedHoweverATokenWouldGetIt() {
        AccessToken manager = changed.issue(TokenRequest.of(ADA, "ci", "*", Abilities.MANAGE_TOKENS))
                .token();
        changing.gone = Set.of("b", "c");
        String code = "unknown-ability";
        String message = "There is no ability 'b'.";

        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "a", "b")), code, message);
        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "b"), manager), code, message);
        assertRefused(() -> changed.narrow(manager.id(), Abilities.of("b")), code, message);
        assertRefused(() -> changed.checkKnown(Abilities.of("b", "c")), code, message + " There is no ability 'c'.");
        assertThat(changed.list(ADA)).containsExactly(manager);
    }

    /** These names are ours, and what a later version means by one is nothing that somebody has already. */
    @Test
    void nameOfOursThatMeansNothingIsNotIssued() {
        AccessToken manager = changed.issue(TokenRequest.of(ADA, "ci", "*", Abilities.MANAGE_TOKENS))
                .token();
        String code = "unknown-ability";
        String message = "There is no ability 'tokens:mint'.";
        Tokens unlimited = Tokens.of(new InMemoryTokenStore());

        assertRefused(() -> unlimited.issue(TokenRequest.of(ADA, "ci", "tokens:mint")), code, message);
        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "a", "tokens:mint")), code, message);
        changing.permitted = Abilities.of("*", "tokens:mint");
        assertRefused(() -> changed.issue(TokenRequest.of(ADA, "ci", "a", "tokens:mint")), code, message);
        assertRefused(() -> changed.checkKnown(Abilities.of("tokens:mint")), code, message);
        assertThat(changed.permitted(ADA)).isEqualTo(Abilities.ALL);
        assertThatThrownBy(() -> changed.issue(TokenRequest.of(ADA, "ci", "tokens:mint"), manager))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessageStartingWith("A token can only issue tokens with abilities of its own");
    }

    @Test
    void whatATokenListsItMayKeepWhenItIsNarrowed() {
        TokenId id =
                changed.issue(TokenRequest.of(ADA, "ci", "a", "b", "c")).token().id();
        changing.permitted = Abilities.of("a");
        changing.gone = Set.of("b");

        assertThat(changed.update(id, "cd", Abilities.of("a", "b")))
                .hasValueSatisfying(
                        token -> assertThat(token.abilities().names()).containsExactly("a", "b"));
    }

    @Test
    void rotationHandsOnNoMoreThanIsAllowedByNow() {
        TokenId listed = changed.issue(TokenRequest.of(ADA, "ci", "a", "b", "c", Abilities.MANAGE_TOKENS))
                .token()
                .id();
        TokenId all = changed.issue(TokenRequest.of(ADA, "ci", "*").lifetime(DAY.multipliedBy(10)))
                .token()
                .id();
        TokenId brief = changed.issue(TokenRequest.of(ADA, "ci", "a").lifetime(Duration.ofHours(1)))
                .token()
                .id();
        changing.permitted = Abilities.of("a", "c");
        changing.gone = Set.of("c");
        changing.longest = DAY;

        assertThat(changed.rotate(listed)).hasValueSatisfying(made -> {
            assertThat(made.token().abilities().names()).containsExactly("a");
            assertThat(made.token().expiresAt()).isEqualTo(NOON.plus(DAY));
        });
        changing.gone = Set.of();
        assertThat(changed.rotate(all)).hasValueSatisfying(made -> {
            assertThat(made.token().abilities().names()).containsExactly("a", "c");
            assertThat(made.token().expiresAt()).isEqualTo(NOON.plus(DAY));
        });
        assertThat(changed.rotate(brief))
                .hasValueSatisfying(made -> assertThat(made.token().expiresAt()).isEqualTo(NOON.plusSeconds(3600)));
    }

    @Test
    void ofTwoPoliciesTheStricterAnswerCounts() {
        changing.permitted = Abilities.of("a", "b", Abilities.MANAGE_TOKENS);
        changing.longest = DAY.multipliedBy(100);
        changing.gone = Set.of("x");
        TokenPolicy other = new TokenPolicy() {
            @Override
            public Abilities permitted(Owner owner) {
                return Abilities.of("*");
            }

            @Override
            public boolean knows(String ability) {
                return !ability.equals("y");
            }
        };

        for (TokenPolicy both : List.of(
                changing.and(new Limits()).and(other), other.and(new Limits()).and(changing))) {
            assertThat(both.defaultLifetime(ADA)).isEqualTo(DAY.multipliedBy(30));
            assertThat(both.maxLifetime(ADA)).isEqualTo(DAY.multipliedBy(90));
            assertThat(both.idleExpiry(ADA)).isEqualTo(DAY.multipliedBy(7));
            assertThat(both.maxTokens(ADA)).isEqualTo(2);
            assertThat(both.permitted(ADA)).isEqualTo(Abilities.of("a", "b"));
            assertThat(List.of(both.knows("x"), both.knows("y"), both.knows("z")))
                    .containsExactly(false, false, true);
            assertThat(other.and(changing).knows("z")).isTrue();
        }
    }

    @Test
    void tokenThatLiesUnusedIsRefused() {
        String text = tokens.issue(TokenRequest.of(ADA, "ci")).plainText().reveal();
        clock.advance(DAY.multipliedBy(7).minusSeconds(1));
        assertThat(tokens.authenticate(text)).isInstanceOf(Verdict.Accepted.class);
        tokens.flush();
        clock.advance(DAY.multipliedBy(7).minusSeconds(1));
        assertThat(tokens.authenticate(text)).isInstanceOf(Verdict.Accepted.class);
        tokens.flush();

        clock.advance(DAY.multipliedBy(7));

        assertThat(tokens.authenticate(text)).isEqualTo(new Verdict.Rejected(EXPIRED));
        assertThat(tokens.recheck(tokens.list(ADA).get(0).id())).isEmpty();
    }

    @Test
    void rotationKeepsEverythingButTheSecret() {
        NewToken old = tokens.issue(TokenRequest.of(ADA, "ci", "a", Abilities.MANAGE_TOKENS)
                .lifetime(DAY)
                .metadata(Map.of("purpose", "nightly")));
        NewToken child = tokens.issue(TokenRequest.of(ADA, "child", "a"), old.token());
        clock.advance(Duration.ofHours(1));

        NewToken fresh = tokens.rotate(old.token().id()).orElseThrow();

        assertThat(fresh.token().name()).isEqualTo("ci");
        assertThat(fresh.token().abilities()).isEqualTo(old.token().abilities());
        assertThat(fresh.token().expiresAt()).isEqualTo(NOON.plus(DAY));
        assertThat(fresh.token().metadata()).isEqualTo(Map.of("purpose", "nightly"));
        assertThat(tokens.authenticate(fresh.plainText().reveal())).isInstanceOf(Verdict.Accepted.class);
        assertThat(tokens.authenticate(old.plainText().reveal())).isInstanceOf(Verdict.Rejected.class);
        assertThat(tokens.authenticate(child.plainText().reveal())).isInstanceOf(Verdict.Rejected.class);
        assertThat(heard)
                .contains(
                        "revoked " + old.token().id(),
                        "rotated " + old.token().id() + " to " + fresh.token().id());
    }

    @Test
    void anotherEndComesWithAnotherSecret() {
        changing.longest = DAY.multipliedBy(10);
        TokenId old = changed.issue(TokenRequest.of(ADA, "ci", "a").lifetime(DAY))
                .token()
                .id();
        clock.advance(Duration.ofHours(1));
        Instant later = NOON.plus(DAY.multipliedBy(10));

        assertThatThrownBy(() -> changed.rotate(old, later.plus(Duration.ofHours(2))))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessageContaining("later than");
        assertThatThrownBy(() -> changed.rotate(old, NOON)).isInstanceOf(InvalidTokenRequestException.class);
        assertThat(changed.find(old))
                .hasValueSatisfying(token -> assertThat(token.isRevoked()).isFalse());
        AccessToken fresh = changed.rotate(old, later).orElseThrow().token();

        assertThat(fresh.expiresAt()).isEqualTo(later);
        assertThat(changed.find(old))
                .hasValueSatisfying(token -> assertThat(token.isRevoked()).isTrue());
        assertThat(changed.rotate(fresh.id(), null).orElseThrow().token().expiresAt())
                .isEqualTo(later);
    }

    @Test
    void whatATokenHasIssuedGoesOnNoLongerThanThat() {
        NewToken issuer = tokens.issue(
                TokenRequest.of(ADA, "ci", "a", Abilities.MANAGE_TOKENS).lifetime(DAY));
        TokenId child = tokens.issue(TokenRequest.of(ADA, "child", "a").lifetime(Duration.ofHours(1)), issuer.token())
                .token()
                .id();

        assertThatThrownBy(() -> tokens.rotate(child, NOON.plus(DAY).plusSeconds(1)))
                .isInstanceOf(InvalidTokenRequestException.class);
        assertThat(tokens.rotate(child, NOON.plus(DAY)).orElseThrow().token().expiresAt())
                .isEqualTo(NOON.plus(DAY));
    }

    @Test
    void whatTookAYesHasNoMoreTimeThanItWasGiven() {
        Tokens asking = Tokens.builder(new InMemoryTokenStore())
                .clock(clock)
                .policy(new TokenPolicy() {
                    @Override
                    public Abilities onRequest(Owner owner) {
                        return Abilities.of("b");
                    }
                })
                .build();
        TokenId given = asking.issueApproved(
                        TokenRequest.of(ADA, "ci", "a", "b").lifetime(DAY))
                .token()
                .id();

        assertThatThrownBy(() -> asking.rotate(given, NOON.plus(DAY).plusSeconds(1)))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessageContaining("has to say yes to b");

        NewToken less = asking.rotate(given, NOON.plusSeconds(60)).orElseThrow();
        assertThat(less.token().expiresAt()).isEqualTo(NOON.plusSeconds(60));
        NewToken free = asking.issue(TokenRequest.of(ADA, "ci", "a").lifetime(DAY));
        assertThat(asking.rotate(free.token().id(), NOON.plus(DAY.multipliedBy(2))))
                .isPresent();
    }

    @Test
    void tokenOfAnActorGoesOnNoLongerThanItsKind() {
        NewToken issuer = tokens.issue(TokenRequest.of(ROBOT, "ci", "a", Abilities.DELEGATE_TOKENS));
        TokenId run = tokens.issue(TokenRequest.of(ROBOT, "run", "a").actor("agent"), issuer.token())
                .token()
                .id();

        assertThat(tokens.rotate(run, NOON.plus(DAY.multipliedBy(2)))
                        .orElseThrow()
                        .token()
                        .expiresAt())
                .isEqualTo(NOON.plus(Duration.ofHours(12)));
    }

    @Test
    void whatIsOverIsNotRotated() {
        NewToken revoked = tokens.issue(TokenRequest.of(ADA, "ci"));
        tokens.revoke(revoked.token().id());
        NewToken expired = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(DAY));
        clock.advance(DAY.plusSeconds(1));

        assertThat(tokens.rotate(revoked.token().id())).isEmpty();
        assertThat(tokens.rotate(expired.token().id())).isEmpty();
        assertThat(tokens.rotate(TokenId.of(999))).isEmpty();
        assertThat(tokens.list(ROBOT)).isEmpty();
    }
}
