package dev.sanctum4j;

import dev.sanctum4j.Verdict.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happened to tokens and to those who sign in, never a secret. Called on the thread that did it, which is a
 * request's for all but {@link #pruned}, so slow work belongs behind a bounded queue of the listener's own. What a listener
 * throws is logged and goes no further.
 *
 * <p>{@link Tokens} tells what it does itself. What it cannot see, from {@link #abilityDenied} on, is told by whoever guards
 * the routes and signs people in, as the Spring Boot starter does.
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

    /** A token was refused because it has expired; {@link #rejected} is told as well, before. */
    default void expired(TokenId id) {}

    /** A token was revoked, by itself or with the token that issued it. */
    default void revoked(TokenId id) {}

    /** A token was given another secret: the old one is revoked, which is told as well. */
    default void rotated(TokenId old, AccessToken token) {}

    /** Tokens that were over were deleted. Called by the thread that cleans up. */
    default void pruned(int count) {}

    /**
     * A caller lacked an ability.
     *
     * @param token what it called with
     * @param missing what it lacked
     */
    default void abilityDenied(AccessToken token, List<String> missing) {}

    /**
     * Somebody signed in with a session.
     *
     * @param owner who, if it may own tokens
     * @param name the name it is known by
     */
    default void signedIn(@Nullable Owner owner, String name) {}

    /** Somebody signed out; the same. */
    default void signedOut(@Nullable Owner owner, String name) {}

    /** A password was wrong. The name is what was typed, cut to 255 characters. */
    default void signInFailed(String name) {}

    /** Too many passwords were tried for a name. The name is what was typed, cut to 255 characters. */
    default void lockedOut(String name) {}

    /**
     * One that tells all of these, in this order. What one throws is logged, and the next is told all the same.
     *
     * <p>Thread-safe.
     */
    static TokenListener all(List<TokenListener> listeners) {
        return listeners.size() == 1 && listeners.get(0) instanceof GuardedListener guarded
                ? guarded
                : new GuardedListener(listeners);
    }
}
