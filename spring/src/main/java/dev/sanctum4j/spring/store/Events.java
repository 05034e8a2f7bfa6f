package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens as application events, and keeps back what those throw who listen to them. An accepted token is no
 * application event: there is one for every request, and publishing costs more than the check.
 *
 * <p>Thread-safe.
 */
@Internal
public final class Events implements TokenListener {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final ApplicationEventPublisher publisher;

    Events(ApplicationEventPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public void on(TokenEvent event) {
        if (!(event instanceof TokenEvent.Accepted)) {
            publish(event);
        }
    }

    /** Something happened, which core may not see. */
    public void publish(Object event) {
        try {
            publisher.publishEvent(event);
        } catch (Exception e) { // not only RuntimeException: other languages throw checked ones undeclared
            LOG.warn("A listener failed; the request goes on", e);
        }
    }
}
