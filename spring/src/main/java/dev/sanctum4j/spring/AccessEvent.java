package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Owner;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to those who sign in and to callers, published as an application event beside core's
 * {@link dev.sanctum4j.TokenEvent}s: {@code @EventListener void on(AccessEvent.SignedIn event)}. Never holds a secret.
 * Listeners are called on the request's thread; what one throws is logged and breaks no request.
 */
public sealed interface AccessEvent {

    /**
     * Somebody signed in with a session.
     *
     * @param owner who, if a loader knows
     * @param name the name it is known by
     */
    record SignedIn(@Nullable Owner owner, String name) implements AccessEvent {}

    /** Somebody signed out; the same. */
    record SignedOut(@Nullable Owner owner, String name) implements AccessEvent {}

    /** A password was wrong. The name is what was typed, cut to 255 characters. */
    record SignInFailed(String name) implements AccessEvent {}

    /** Too many passwords were tried for a name. The name is what was typed, cut to 255 characters. */
    record LockedOut(String name) implements AccessEvent {}

    /** A session of Spring Session's could not be read, and its request counted as one without. */
    record SessionUnreadable() implements AccessEvent {}

    /** A program asks for a token, which anybody may, as often as the limits let it; or a person does. */
    record ApprovalAsked(ApprovalRequest request) implements AccessEvent {}

    /** Somebody said yes to some of it. What was said, and by whom, is the request's answer. */
    record ApprovalAllowed(ApprovalRequest request) implements AccessEvent {}

    /** Somebody said no. */
    record ApprovalDenied(ApprovalRequest request) implements AccessEvent {}

    /**
     * A program, or a person, has fetched what was allowed.
     *
     * @param request what was asked and said
     * @param token what it got
     */
    record ApprovalClaimed(ApprovalRequest request, AccessToken token) implements AccessEvent {}

    /**
     * An owner's tokens and sessions are refused since a provider has not signed the owner in for longer than
     * {@code sanctum.owners.seen-within}; told once on each node, by the first that is refused, until the owner comes back.
     *
     * @param owner whose they are
     * @param seenAt when a provider signed the owner in last
     */
    record OwnerAsleep(Owner owner, Instant seenAt) implements AccessEvent {}

    /**
     * A caller lacked an ability.
     *
     * @param token what it called with
     * @param missing what it lacked
     */
    record AbilityDenied(AccessToken token, List<String> missing) implements AccessEvent {

        /** Copies. */
        public AbilityDenied {
            missing = List.copyOf(missing);
        }
    }
}
