package dev.sanctum4j;

import static dev.sanctum4j.Verdict.Reason.EXPIRED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
