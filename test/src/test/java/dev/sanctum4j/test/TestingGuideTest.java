package dev.sanctum4j.test;

import static dev.sanctum4j.test.SanctumAssertions.assertThat;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Reason;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What docs/testing.md shows beside what other tests do. */
class TestingGuideTest {

    private static final Owner ADA = Owner.of("user", "ada");
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final InMemoryTokenStore store = new InMemoryTokenStore();

    @Test
    void clockMoves() {
        MovableClock clock = MovableClock.at(NOON);
        Tokens tokens = Tokens.builder(store).clock(clock).build();
        NewToken made = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofHours(1)));

        clock.move(Duration.ofHours(2));

        assertThat(tokens.authenticate(made.plainText().reveal())).isRejected(Reason.EXPIRED);
    }
}
