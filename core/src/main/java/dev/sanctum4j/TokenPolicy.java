package dev.sanctum4j;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits on what is issued and on how long it may lie unused. Each method answers for one owner; unless overridden there is
 * no limit.
 *
 * <p>Must be thread-safe. What a method throws is passed on to whoever issues or presents a token.
 */
public interface TokenPolicy {

    /** No limits. */
    TokenPolicy NONE = new TokenPolicy() {};

    /** How long a token lives for which nothing was asked; {@code null} for as long as {@link #maxLifetime} allows. */
    default @Nullable Duration defaultLifetime(Owner owner) {
        return null;
    }

    /** The longest lifetime that can be asked for; {@code null} for no limit. */
    default @Nullable Duration maxLifetime(Owner owner) {
        return null;
    }

    /**
     * After how long without use a token is refused; {@code null} for never. Asked with every presented token, so it should
     * be quick. The last use is written late, so allow for some minutes.
     */
    default @Nullable Duration idleExpiry(Owner owner) {
        return null;
    }

    /** How many valid tokens an owner may have. Requests at the same moment may exceed it by their number. */
    default int maxTokens(Owner owner) {
        return Integer.MAX_VALUE;
    }
}
