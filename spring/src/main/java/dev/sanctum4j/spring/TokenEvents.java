package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what it hears as application events. What those throw who listen to them, {@link Listeners} keeps back.
 *
 * <p>Thread-safe.
 */
final class TokenEvents implements TokenListener {

    private final ApplicationEventPublisher publisher;
    private final boolean everyUse;

    TokenEvents(ApplicationEventPublisher publisher, boolean everyUse) {
        this.publisher = publisher;
        this.everyUse = everyUse;
    }

    @Override
    public void issued(AccessToken token) {
        publisher.publishEvent(new SanctumEvent.TokenIssued(token));
    }

    @Override
    public void changed(AccessToken token) {
        publisher.publishEvent(new SanctumEvent.TokenChanged(token));
    }

    @Override
    public void accepted(AccessToken token) {
        if (everyUse) {
            publisher.publishEvent(new SanctumEvent.TokenAccepted(token));
        }
    }

    @Override
    public void rejected(Verdict.Reason reason, @Nullable TokenId id) {
        publisher.publishEvent(new SanctumEvent.TokenRejected(reason, id));
    }

    @Override
    public void expired(TokenId id) {
        publisher.publishEvent(new SanctumEvent.TokenExpired(id));
    }

    @Override
    public void revoked(TokenId id) {
        publisher.publishEvent(new SanctumEvent.TokenRevoked(id));
    }

    @Override
    public void rotated(TokenId old, AccessToken token) {
        publisher.publishEvent(new SanctumEvent.TokenRotated(old, token));
    }

    @Override
    public void pruned(int count) {
        publisher.publishEvent(new SanctumEvent.TokensPruned(count));
    }

    @Override
    public void abilityDenied(AccessToken token, List<String> missing) {
        publisher.publishEvent(new SanctumEvent.AbilityDenied(token.id(), token.owner(), missing));
    }

    @Override
    public void signedIn(@Nullable Owner owner, String name) {
        publisher.publishEvent(new SanctumEvent.SignedIn(owner, name));
    }

    @Override
    public void signedOut(@Nullable Owner owner, String name) {
        publisher.publishEvent(new SanctumEvent.SignedOut(owner, name));
    }

    @Override
    public void signInFailed(String name) {
        publisher.publishEvent(new SanctumEvent.SignInFailed(name));
    }

    @Override
    public void lockedOut(String name) {
        publisher.publishEvent(new SanctumEvent.LockedOut(name));
    }
}
