package dev.sanctum4j;

import dev.sanctum4j.Verdict.Reason;
import org.jspecify.annotations.Nullable;

/** What happened to tokens. Never holds a secret. */
public sealed interface TokenEvent {

    /** A token was issued. An open transaction of the application's may still undo it. */
    record Issued(AccessToken token) implements TokenEvent {}

    /** A token was renamed or narrowed, by itself or with the token that issued it. */
    record Changed(AccessToken token) implements TokenEvent {}

    /** A token was accepted; there is one for every such request. */
    record Accepted(AccessToken token) implements TokenEvent {}

    /**
     * A token was refused.
     *
     * @param reason why
     * @param id which, if the secret belonged to one; absent for guesses
     */
    record Rejected(Reason reason, @Nullable TokenId id) implements TokenEvent {}

    /** A token was revoked, by itself or with the token that issued it. */
    record Revoked(TokenId id) implements TokenEvent {}

    /** A token was given another secret: {@code old} is revoked, which is an event of its own. */
    record Rotated(TokenId old, AccessToken token) implements TokenEvent {}

    /** Tokens that were over were deleted; on the thread that cleans up. */
    record Pruned(int count) implements TokenEvent {}
}
