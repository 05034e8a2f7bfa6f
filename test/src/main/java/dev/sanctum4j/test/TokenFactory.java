package dev.sanctum4j.test;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import java.time.Clock;
import java.time.Duration;

/**
 * Makes tokens in every condition, in a real store, so that a test presents their text as a client would.
 *
 * <p>Thread-safe.
 */
public final class TokenFactory {

    private static final Duration LONG_AGO = Duration.ofDays(1);

    private final Tokens now;
    private final Tokens past;

    private TokenFactory(TokenStore store, Clock clock) {
        now = Tokens.builder(store).clock(clock).build();
        past = Tokens.builder(store)
                .clock(Clock.offset(clock, LONG_AGO.negated()))
                .build();
    }

    /** Tokens in {@code store}, by the clock of the machine. */
    public static TokenFactory of(TokenStore store) {
        return of(store, Clock.systemUTC());
    }

    /** Tokens in {@code store}, by the clock that the program under test has. */
    public static TokenFactory of(TokenStore store, Clock clock) {
        return new TokenFactory(store, clock);
    }

    /** A token that is valid and does not expire. */
    public NewToken valid(Owner owner, String... abilities) {
        return now.issue(TokenRequest.of(owner, "valid", abilities));
    }

    /** A token that expired almost a day ago. */
    public NewToken expired(Owner owner, String... abilities) {
        return past.issue(TokenRequest.of(owner, "expired", abilities).lifetime(Duration.ofSeconds(1)));
    }

    /** A token that was revoked just now; {@code token()} shows it as it was before. */
    public NewToken revoked(Owner owner, String... abilities) {
        NewToken made = now.issue(TokenRequest.of(owner, "revoked", abilities));
        now.revoke(made.token().id());
        return made;
    }

    /** A valid token of somebody of the same type who is not {@code owner}. */
    public NewToken ofAnother(Owner owner, String... abilities) {
        return valid(Owner.of(owner.type(), owner.id() + "-other"), abilities);
    }
}
