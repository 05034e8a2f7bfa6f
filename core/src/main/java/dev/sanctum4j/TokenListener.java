package dev.sanctum4j;

import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Is notified of what happens to tokens, never of a secret. Called on the thread that did it, which is a request's for all but
 * {@link TokenEvent.Pruned}, so slow work belongs behind a bounded queue of the listener's own. What a listener throws is
 * logged and goes no further.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface TokenListener {

    /** Something happened. */
    void on(TokenEvent event);

    /**
     * One that notifies all of these, in this order. What one throws is logged, and the next is notified all the same.
     *
     * <p>Thread-safe.
     */
    static TokenListener all(List<TokenListener> listeners) {
        List<TokenListener> all = List.copyOf(listeners);
        return event -> {
            for (TokenListener listener : all) {
                try {
                    listener.on(event);
                } catch (Exception e) { // not only RuntimeException: other languages throw checked ones undeclared
                    System.getLogger(TokenListener.class.getName())
                            .log(Level.WARNING, "A token listener failed; the request goes on", e);
                }
            }
        };
    }
}
