package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a program asks a person for, or a person an administrator: a token with some abilities, for a time. Everything but the times,
 * the address and the person is what the asker says, and nobody has checked it. Holds neither of its codes.
 *
 * @param id its number in the store
 * @param clientId what kind of program it says it is
 * @param clientName what it says people know it by, in one line; the name of the token that a person asks for
 * @param asked the abilities it asks for, at least one; never {@code *} and none about tokens
 * @param lifetime how long the token is to live
 * @param address where it asked from
 * @param network the part of the address that counts as one asker
 * @param createdAt when it asked
 * @param expiresAt until when it can be answered, and the token fetched
 * @param interval how long the program has to wait between two polls, by now
 * @param asker the person who asks for a token of their own; {@code null} for a program, whose token is that of whoever allows it
 * @param state what has become of it
 * @param answer what somebody said; {@code null} while nobody has
 */
public record ApprovalRequest(
        long id,
        String clientId,
        String clientName,
        Abilities asked,
        Duration lifetime,
        String address,
        String network,
        Instant createdAt,
        Instant expiresAt,
        Duration interval,
        @Nullable Owner asker,
        State state,
        @Nullable Answer answer) {

    /** What has become of a request. Time ends it in any state. */
    public enum State {
        /** Nobody has answered. */
        ASKED,
        /** Somebody said yes, and the token was not fetched yet. */
        ALLOWED,
        /** Somebody said no. */
        DENIED,
        /** The token was fetched; the program asks anew if it has lost it. */
        CLAIMED;

        /** As the table has it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What somebody said.
     *
     * @param owner who, and whose the token is unless a person asked
     * @param abilities what the token may do of what was asked; none if the answer is no
     * @param lifetime how long it lives; zero if the answer is no
     * @param at when
     * @param credentialVersion what changes when the owner's password does, as it was then; {@code null} if unknown
     */
    public record Answer(
            Owner owner,
            Abilities abilities,
            Duration lifetime,
            Instant at,
            @Nullable String credentialVersion) {}

    /** Whether it is too late for anything, in any state. */
    public boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt);
    }

    /** The same with another state. */
    ApprovalRequest with(State state, @Nullable Answer answer) {
        return copy(expiresAt, interval, state, answer);
    }

    /** The same, over at another moment. */
    ApprovalRequest until(Instant end) {
        return copy(end, interval, state, answer);
    }

    /** The same with another interval. */
    ApprovalRequest with(Duration interval) {
        return copy(expiresAt, interval, state, answer);
    }

    private ApprovalRequest copy(Instant end, Duration interval, State state, @Nullable Answer answer) {
        return new ApprovalRequest(
                id,
                clientId,
                clientName,
                asked,
                lifetime,
                address,
                network,
                createdAt,
                end,
                interval,
                asker,
                state,
                answer);
    }
}
