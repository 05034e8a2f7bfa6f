package dev.sanctum4j.test;

import static dev.sanctum4j.test.SanctumAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Reason;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is asserted fails when it does not hold, and says so. */
class AssertionsTest {

    private static final Owner ADA = Owner.of("user", "ada");
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final MovableClock clock = MovableClock.at(NOON);
    private final InMemoryTokenStore store = new InMemoryTokenStore();
    private final Tokens tokens = Tokens.builder(store).clock(clock).build();
    private final TokenFactory factory = TokenFactory.of(store, clock);

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessage(message);
    }

    @Test
    void verdicts() {
        Verdict accepted = tokens.authenticate(factory.valid(ADA).plainText().reveal());
        Verdict expired = tokens.authenticate(factory.expired(ADA).plainText().reveal());

        assertThat(accepted).isAccepted();
        assertThat(expired).isRejected().isRejected(Reason.EXPIRED);
        fails(
                () -> assertThat(expired).isAccepted(),
                "expected the token to be accepted, but it was rejected: EXPIRED");
        fails(() -> assertThat(accepted).isRejected(), "expected the token to be rejected, but token 1 was accepted");
        fails(
                () -> assertThat(expired).isRejected(Reason.REVOKED),
                "expected the token to be rejected: REVOKED, but it was: EXPIRED");
    }

    @Test
    void tokens() {
        NewToken made = tokens.issue(TokenRequest.of(ADA, "ci", "a", "b").lifetime(Duration.ofDays(1)));
        NewToken other = factory.ofAnother(ADA, "*");

        assertThat(made.token())
                .can("a", "b")
                .cannot("c")
                .belongsTo(ADA)
                .isNamed("ci")
                .isNotRevoked()
                .expiresAt(NOON.plus(Duration.ofDays(1)));
        assertThat(other.token()).can("anything").doesNotExpire().belongsTo(Owner.of("user", "ada-other"));
        fails(() -> assertThat(made.token()).can("a", "c"), "expected the abilities [a, b] to include 'c'");
        fails(() -> assertThat(made.token()).cannot("a"), "expected the abilities [a, b] not to include 'a'");
        fails(
                () -> assertThat(made.token()).belongsTo(Owner.of("user", "bob")),
                "expected the owner user:bob, but it was user:ada");
        fails(() -> assertThat(made.token()).isNamed("cd"), "expected the name 'cd', but it was 'ci'");
        fails(() -> assertThat(made.token()).doesNotExpire(), "expected no expiry, but it was 2026-11-25T12:00:00Z");
        fails(
                () -> assertThat(other.token()).expiresAt(NOON),
                "expected the expiry 2026-11-24T12:00:00Z, but it was none");
        fails(() -> assertThat(made.token()).isRevoked(), "expected token 1 to be revoked");
        tokens.revoke(made.token().id());
        assertThat(tokens.find(made.token().id()).orElseThrow()).isRevoked();
        fails(
                () -> assertThat(tokens.find(made.token().id()).orElseThrow()).isNotRevoked(),
                "expected token 1 not to be revoked");
    }
}
