package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenListener;
import dev.sanctum4j.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens as application events.
 *
 * <p>Thread-safe.
 */
final class TokenEvents implements TokenListener {

    private static final Logger LOG = LoggerFactory.getLogger(TokenEvents.class);

    private final ApplicationEventPublisher publisher;
    private final boolean everyUse;

    TokenEvents(ApplicationEventPublisher publisher, boolean everyUse) {
        this.publisher = publisher;
        this.everyUse = everyUse;
    }

    /** Publishes an event. What a listener throws goes no further. */
    void publish(SanctumEvent event) {
        try {
            publisher.publishEvent(event);
        } catch (Exception e) { // not only RuntimeException: other languages throw checked ones undeclared
            LOG.warn(
                    "A listener of {} failed; the request goes on",
                    event.getClass().getSimpleName(),
                    e);
        }
    }

    @Override
    public void issued(AccessToken token) {
        publish(new SanctumEvent.TokenIssued(token));
    }

    @Override
    public void changed(AccessToken token) {
        publish(new SanctumEvent.TokenChanged(token));
    }

    @Override
    public void accepted(AccessToken token) {
        if (everyUse) {
            publish(new SanctumEvent.TokenAccepted(token));
        }
    }

    @Override
    public void rejected(Verdict.Reason reason, @Nullable TokenId id) {
        publish(new SanctumEvent.TokenRejected(reason, id));
        if (reason == Verdict.Reason.EXPIRED && id != null) {
            publish(new SanctumEvent.TokenExpired(id));
        }
    }

    @Override
    public void revoked(TokenId id) {
        publish(new SanctumEvent.TokenRevoked(id));
    }

    @Override
    public void rotated(TokenId old, AccessToken token) {
        publish(new SanctumEvent.TokenRotated(old, token));
    }

    @Override
    public void pruned(int count) {
        publish(new SanctumEvent.TokensPruned(count));
    }
}
