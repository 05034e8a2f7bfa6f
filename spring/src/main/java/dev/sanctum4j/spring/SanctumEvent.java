package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened, published as an application event: {@code @EventListener void on(SanctumEvent.TokenIssued event)}. Never
 * holds a secret. Listeners are called on the thread that did it, which is a request's for all but {@link TokensPruned};
 * what one throws is logged and breaks no request. An event of a change may come before its transaction commits.
 */
public sealed interface SanctumEvent {

    /** A token was issued. */
    record TokenIssued(AccessToken token) implements SanctumEvent {}

    /** A token was renamed or narrowed. */
    record TokenChanged(AccessToken token) implements SanctumEvent {}

    /** A token was accepted; published only with {@code sanctum.events.accepted=true}. */
    record TokenAccepted(AccessToken token) implements SanctumEvent {}

    /**
     * A token was refused.
     *
     * @param reason why
     * @param token which, if the secret belonged to one; absent for guesses
     */
    record TokenRejected(Verdict.Reason reason, @Nullable TokenId token) implements SanctumEvent {}

    /** A token was refused because it has expired; a {@link TokenRejected} is published as well. */
    record TokenExpired(TokenId token) implements SanctumEvent {}

    /** A token was revoked, by itself or with the one that issued it. */
    record TokenRevoked(TokenId token) implements SanctumEvent {}

    /** A token was given another secret; {@code old} is revoked, which is published as well. */
    record TokenRotated(TokenId old, AccessToken token) implements SanctumEvent {}

    /** Tokens that were over were deleted; published by the thread of the scheduler. */
    record TokensPruned(int count) implements SanctumEvent {}

    /**
     * A caller lacked an ability.
     *
     * @param token the caller's token
     * @param owner its owner
     * @param missing what it lacked
     */
    record AbilityDenied(TokenId token, Owner owner, List<String> missing) implements SanctumEvent {

        /** Copies. */
        public AbilityDenied {
            missing = List.copyOf(missing);
        }
    }

    /**
     * Somebody signed in with a session.
     *
     * @param owner who, if a loader knows
     * @param name the name it is known by
     */
    record SignedIn(@Nullable Owner owner, String name) implements SanctumEvent {}

    /** Somebody signed out; the same. */
    record SignedOut(@Nullable Owner owner, String name) implements SanctumEvent {}

    /** A password was wrong. The name is what was typed, cut to 255 characters. */
    record SignInFailed(String name) implements SanctumEvent {}

    /** Too many passwords were tried for a name. The name is what was typed, cut to 255 characters. */
    record LockedOut(String name) implements SanctumEvent {}
}
