package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token that lists {@code tokens:delegate}, and what it may not. */
class DelegationTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration HALF_A_DAY = Duration.ofHours(12);

    private final MovableClock clock = new MovableClock("2026-11-24T12:00:00Z");
    private final InMemoryTokenStore store = new InMemoryTokenStore();
    private final Tokens tokens = Tokens.builder(store).clock(clock).build();

    private static TokenRequest run(String... abilities) {
        return TokenRequest.of(ADA, "run", abilities).actor("claude-code, run 8f3c");
    }

    private AccessToken parent(String... more) {
        List<String> abilities = new ArrayList<>(List.of(Abilities.DELEGATE_TOKENS));
        abilities.addAll(List.of(more));
        return tokens.issue(TokenRequest.of(ADA, "parent", Abilities.of(abilities)))
                .token();
    }

    private static void assertRefused(ThrowingCallable attempt, String field, String code) {
        assertThatThrownBy(attempt).isInstanceOfSatisfying(InvalidTokenRequestException.class, e -> {
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.code()).isEqualTo(code);
        });
    }

    @Test
    void runGetsATokenOfItsOwn() {
        AccessToken parent = parent("orders:read", "orders:write");

        NewToken made = tokens.issue(run("orders:read"), parent);

        assertThat(made.token().actor()).isEqualTo("claude-code, run 8f3c");
        assertThat(made.token().issuedBy()).isEqualTo(parent.id());
        assertThat(made.token().expiresAt()).isEqualTo(NOON.plus(HALF_A_DAY));
        assertThat(made.token().mayIssue()).isFalse();
        assertThat(tokens.authenticate(made.plainText().reveal())).isEqualTo(new Verdict.Accepted(made.token()));
        tokens.revoke(parent.id());
        assertThat(tokens.authenticate(made.plainText().reveal()))
                .isEqualTo(new Verdict.Rejected(Verdict.Reason.REVOKED));
    }

    @Test
    void childIsNoStronger() {
        AccessToken parent = parent("orders:read");
        for (String wider : List.of("*", "orders:write", "tokens:manage", "tokens:delegate", "tokens:x", "tokens:*")) {
            assertRefused(() -> tokens.issue(run(wider), parent), "abilities", "ability-not-permitted");
            assertRefused(() -> tokens.issue(run("orders:read", wider), parent), "abilities", "ability-not-permitted");
        }
        assertRefused(() -> tokens.issue(run("tokens:delegate"), parent("*")), "abilities", "ability-not-permitted");
        assertThat(tokens.issue(run("*"), parent("*")).token().abilities()).isEqualTo(Abilities.ALL);
        assertThat(tokens.issue(run(), parent).token().abilities()).isEqualTo(Abilities.NONE);
    }

    @Test
    void childLivesNoLonger() {
        AccessToken parent = parent("a");
        AccessToken brief = tokens.issue(
                        TokenRequest.of(ADA, "brief", "a", "tokens:delegate").lifetime(Duration.ofHours(1)))
                .token();
        Tokens strict = Tokens.builder(store)
                .clock(clock)
                .policy(
                        new TokenPolicy() {
                            @Override
                            public Duration delegatedLifetime(Owner owner) {
                                return Duration.ofMinutes(5);
                            }
                        }.and(TokenPolicy.NONE))
                .build();
        Tokens ageing =
                Tokens.builder(store).clock(clock).maxAge(Duration.ofHours(3)).build();

        assertThat(end(tokens, run("a").lifetime(Duration.ofDays(365_000)), parent))
                .isEqualTo(NOON.plus(HALF_A_DAY));
        assertThat(end(tokens, run("a").lifetime(Duration.ofMinutes(1)), parent))
                .isEqualTo(NOON.plusSeconds(60));
        assertThat(end(tokens, run("a"), brief)).isEqualTo(NOON.plusSeconds(3600));
        assertThat(end(tokens, run("a").lifetime(Duration.ofHours(2)), brief)).isEqualTo(NOON.plusSeconds(3600));
        assertThat(end(strict, run("a").lifetime(Duration.ofHours(2)), parent)).isEqualTo(NOON.plusSeconds(300));
        assertThat(end(ageing, run("a"), parent)).isBefore(NOON.plus(Duration.ofHours(3)));
        assertRefused(() -> tokens.issue(run("a").expiresAt(NOON), parent), "expires_at", "not-in-future");
        clock.advance(Duration.ofHours(1).plusSeconds(1));
        assertThatThrownBy(() -> tokens.issue(run("a"), brief)).isInstanceOf(IssuerRevokedException.class);
    }

    private static @Nullable Instant end(Tokens tokens, TokenRequest request, AccessToken parent) {
        return tokens.issue(request, parent).token().expiresAt();
    }

    @Test
    void somebodyIsNamed() {
        assertRefused(() -> tokens.issue(TokenRequest.of(ADA, "run", "a"), parent("a")), "actor", "required");
        assertRefused(() -> tokens.issue(TokenRequest.of(ADA, "run", "a"), parent("*")), "actor", "required");
        assertThat(tokens.list(ADA)).extracting(AccessToken::name).containsOnly("parent");
    }

    /** What a node of an earlier version has let a manager hand on, for it knew of no such ability. */
    @Test
    void whatATokenHasIssuedIssuesNothing() {
        AccessToken manager = tokens.issue(TokenRequest.of(ADA, "manager", "*", "tokens:manage"))
                .token();
        AccessToken child = store.insert(new TokenDraft(
                        ADA,
                        "child",
                        Abilities.of("*", "tokens:delegate"),
                        SecretHash.of("child"),
                        NOON,
                        null,
                        manager.id(),
                        Map.of()))
                .orElseThrow();

        assertThat(child.mayIssue()).isFalse();
        assertThatThrownBy(() -> tokens.issue(run("a"), child)).isInstanceOf(IllegalArgumentException.class);
        assertRefused(() -> tokens.issue(run("tokens:delegate"), manager), "abilities", "ability-not-permitted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "orders:read", "tokens:*", "tokens:delegates", "TOKENS:DELEGATE"})
    void nobodyElseDelegates(String ability) {
        AccessToken token = new AccessToken(
                TokenId.of(7), ADA, "laravel's", Abilities.of(ability), NOON, null, null, null, null, null, Map.of());

        assertThat(token.mayIssue()).isFalse();
        assertThatThrownBy(() -> tokens.issue(run("orders:read"), token))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token 7 may not issue tokens");
    }

    @Test
    void hundredAndFirstIsRefusedUntilOneEnds() {
        AccessToken parent = parent("a");
        List<AccessToken> runs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            runs.add(tokens.issue(run("a").lifetime(Duration.ofHours(1 + i % 2)), parent)
                    .token());
        }

        assertThatThrownBy(() -> tokens.issue(run("a"), parent))
                .isInstanceOf(InvalidTokenRequestException.class)
                .hasMessage("The token has issued 100 that are valid, which is the limit. End one first.");
        assertThat(tokens.issue(run("a"), parent("a"))).isNotNull(); // of another parent
        tokens.revoke(runs.get(0).id());
        tokens.issue(run("a"), parent);
        assertRefused(() -> tokens.issue(run("a"), parent), "name", "too-many-tokens");
        clock.advance(Duration.ofHours(1).plusSeconds(1)); // half of them have expired
        assertThat(tokens.issue(run("a"), parent)).isNotNull();
        assertThat(tokens.revokeIssued(parent.id())).isEqualTo(101);
        assertThat(tokens.list(ADA)).extracting(AccessToken::name).containsExactly("run", "parent", "parent");
    }

    @Test
    void whoManagesTokensNamesAnActorOrNot() {
        AccessToken manager = tokens.issue(TokenRequest.of(ADA, "manager", "a", "tokens:manage", "tokens:delegate"))
                .token();

        assertThat(tokens.issue(run("a"), manager).token().expiresAt()).isNull();
        assertThat(tokens.issue(TokenRequest.of(ADA, "ci", "a"), manager)
                        .token()
                        .actor())
                .isNull();
        tokens.narrow(manager.id(), Abilities.of("a", "tokens:delegate"));
        assertRefused(() -> tokens.issue(TokenRequest.of(ADA, "ci", "a"), manager), "actor", "required");
        assertThat(tokens.issue(run("a"), manager).token().expiresAt()).isEqualTo(NOON.plus(HALF_A_DAY));
    }
}
