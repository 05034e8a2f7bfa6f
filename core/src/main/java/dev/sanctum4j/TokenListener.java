package dev.sanctum4j;

import dev.sanctum4j.Verdict.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happened to tokens, never a secret. Called on the thread that did it, so slow work belongs behind a bounded
 * queue of the listener's own. What a listener throws is logged and goes no further.
 *
 * <p>Must be thread-safe.
 */
public interface TokenListener {

    /** A token was issued. An open transaction of the application's may still undo it. */
    default void issued(AccessToken token) {}

    /** A token was renamed or narrowed. */
    default void changed(AccessToken token) {}

    /** A token was accepted. Called on every such request. */
    default void accepted(AccessToken token) {}

    /**
     * A token was refused.
     *
     * @param reason why
     * @param id which, if the secret belonged to one; absent for guesses
     */
    default void rejected(Reason reason, @Nullable TokenId id) {}

    /** A token was revoked, by itself or with the token that issued it. */
    default void revoked(TokenId id) {}

    /** A token was given another secret: the old one is revoked, which is told as well. */
    default void rotated(TokenId old, AccessToken token) {}

    /** Some expired tokens were deleted. */
    default void pruned(int count) {}
}
