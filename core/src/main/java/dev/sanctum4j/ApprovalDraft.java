package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that is to be stored, with the hashes of its codes.
 *
 * @param deviceCode the hash of what the program proves itself with
 * @param userCode the hash of what a person types
 * @param clientId see {@link ApprovalRequest}, as all that follow
 * @param clientName what it says people know it by
 * @param asked the abilities it asks for
 * @param lifetime how long the token is to live, in whole seconds
 * @param address where it asked from
 * @param network the part of the address that counts as one asker
 * @param createdAt when it asked, in whole milliseconds
 * @param expiresAt until when it can be answered, in whole milliseconds
 * @param interval how long to wait between two polls, in whole seconds
 * @param asker the person who asks for a token of their own; {@code null} for a program
 */
public record ApprovalDraft(
        SecretHash deviceCode,
        SecretHash userCode,
        String clientId,
        String clientName,
        Abilities asked,
        Duration lifetime,
        String address,
        String network,
        Instant createdAt,
        Instant expiresAt,
        Duration interval,
        @Nullable Owner asker) {

    /** The request that a store makes of it. */
    public ApprovalRequest withId(long id) {
        return new ApprovalRequest(
                id,
                clientId,
                clientName,
                asked,
                lifetime,
                address,
                network,
                createdAt,
                expiresAt,
                interval,
                asker,
                ApprovalRequest.State.ASKED,
                null);
    }
}
