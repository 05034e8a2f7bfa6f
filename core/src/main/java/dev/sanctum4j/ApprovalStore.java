package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where requests wait for their answer. All nodes share one: a program may ask on one, somebody answers on another, and the token is fetched on
 * a third.
 *
 * <p>Every method throws {@link TokenStoreException} if the store could not answer. Implementations are thread-safe;
 * {@code ApprovalStoreContract} in the test kit is what they have to do.
 */
public interface ApprovalStore {

    /** By how much the interval grows of a program that polls too soon (RFC 8628 §3.5). */
    Duration SLOWER = Duration.ofSeconds(5);

    /** From where on it grows no more, so that polls which are refused write nothing. */
    Duration SLOWEST = Duration.ofMinutes(1);

    /** Keeps a request. Empty if one of its codes is taken, also by one that is over; nothing is kept then. */
    Optional<ApprovalRequest> insert(ApprovalDraft draft);

    /** The request with this device code, in any state. */
    Optional<ApprovalRequest> findByDeviceCode(SecretHash code);

    /** The request with this user code, in any state. */
    Optional<ApprovalRequest> findByUserCode(SecretHash code);

    /**
     * Notes a poll. The interval counts from the poll that was noted before, or from nothing for the first.
     *
     * @return whether it came late enough; if not, the interval is longer by {@link #SLOWER} from now on, or, if it is as long as
     *     {@link #SLOWEST}, nothing is noted
     */
    boolean poll(long id, Instant now);

    /**
     * Allows a request that was asked, and is not over.
     *
     * @param expiresAt until when its token can be fetched, from now on
     * @return whether this call did; {@code false} in any other state
     */
    boolean allow(long id, ApprovalRequest.Answer answer, Instant expiresAt);

    /**
     * Denies a request that was asked, or allowed and not fetched yet, and is not over; one of a program that was allowed by another owner is left
     * as it is.
     *
     * @return whether this call did; {@code false} in any other state
     */
    boolean deny(long id, ApprovalRequest.Answer answer);

    /**
     * Denies what was allowed and not fetched yet, and whose token would be an owner's. Nothing of it can be claimed once this returns; what was claimed
     * before may have its token issued by then, or not.
     *
     * @return how many
     */
    int takeBack(Owner owner, Instant now);

    /**
     * Takes a request that was allowed and is not over: whoever does may have the token. Of several at the same moment, on whatever nodes, one
     * does.
     *
     * @return whether this call did
     */
    boolean claim(long id, Instant now);

    /** The request of a person with this number, in any state. */
    Optional<ApprovalRequest> findOfPerson(long id);

    /** Those of one person that are not over and not fetched, the oldest first; {@link Approvals#PER_PERSON} at least, if there are so many. */
    List<ApprovalRequest> ofPerson(Owner asker, Instant now);

    /** Those of people that nobody has answered and that are not over, the oldest first. */
    List<ApprovalRequest> openOfPeople(long after, Instant now, int limit);

    /** How many of a network, or of all programs if it is {@code null}, are asked or allowed and not over. */
    int countOpen(@Nullable String network, Instant now);

    /** How many of all networks whose names begin so are asked or allowed and not over. */
    int countOpenAround(String beginning, Instant now);

    /** How many of a network were asked later than a moment, whatever has become of them. */
    int countAsked(String network, Instant after);

    /** Deletes those that were over before a moment. Returns how many. */
    int prune(Instant overBefore);
}
