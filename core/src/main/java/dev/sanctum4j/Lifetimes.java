package dev.sanctum4j;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When tokens come to an end: by their own expiry, by their age, and by lying unused.
 *
 * @param policy what limits lifetimes
 * @param maxAge the age at which a token is refused whatever its own expiry; absent if age does not matter
 */
record Lifetimes(TokenPolicy policy, @Nullable Duration maxAge) {

    private static final Instant LATEST_EXPIRY = Instant.parse("9999-12-31T23:59:59Z");

    static Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + " must be positive, was " + value);
        }
        return value;
    }

    @Nullable
    Duration byDefault(Owner owner) {
        return lesser(policy.defaultLifetime(owner), longest(owner));
    }

    @Nullable
    Duration longest(Owner owner) {
        return lesser(policy.maxLifetime(owner), maxAge);
    }

    static <T extends Comparable<T>> @Nullable T lesser(@Nullable T one, @Nullable T other) {
        return one == null || other != null && other.compareTo(one) < 0 ? other : one;
    }

    /** The latest expiry that can be asked for now, to the second; {@code null} if there is no limit. */
    @Nullable
    Instant latestExpiry(Owner owner, Instant now) {
        return after(longest(owner), now);
    }

    private static @Nullable Instant after(@Nullable Duration lifetime, Instant now) {
        return lifetime == null ? null : now.plus(lifetime).truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * The expiry that is asked for, or the usual one.
     *
     * @throws InvalidTokenRequestException if it is not in the future, or too late
     */
    @Nullable
    Instant expiry(TokenRequest request, Instant now) {
        Instant wanted = request.expiry(now);
        if (wanted == null) {
            return after(byDefault(request.owner()), now);
        }
        if (wanted.isAfter(LATEST_EXPIRY)) {
            throw tooLate("The expiry must be before the year 10000.");
        }
        Instant expiry = wanted.truncatedTo(ChronoUnit.SECONDS);
        if (!expiry.isAfter(now)) {
            throw notInFuture();
        }
        Instant latest = latestExpiry(request.owner(), now);
        if (latest != null && expiry.isAfter(latest)) {
            throw tooLate("The expiry must not be later than " + latest + ".");
        }
        return expiry;
    }

    /**
     * The same for a token that another one issues, which lives no longer than its issuer.
     *
     * @throws InvalidTokenRequestException if it is not in the future, or too late
     */
    @Nullable
    Instant expiry(TokenRequest request, Instant now, AccessToken issuer) {
        Instant expiry = expiry(request, now);
        Instant end = endOf(issuer);
        if (request.expiry(now) != null && expiry != null && end != null && expiry.isAfter(end)) {
            throw tooLate("A token can only issue tokens that expire no later than itself.");
        }
        return lesser(expiry, end);
    }

    /**
     * The same for a token that is issued for an actor: what is asked beyond the issuer's end, the policy and the lifetime of such
     * tokens is cut.
     *
     * @throws InvalidTokenRequestException if it is not in the future
     */
    Instant delegatedExpiry(TokenRequest request, Instant now, AccessToken issuer) {
        Owner owner = request.owner();
        Instant latest = now.plus(policy.delegatedLifetime(owner)).truncatedTo(ChronoUnit.SECONDS);
        Instant wanted = request.expiry(now);
        for (Instant end : new @Nullable Instant[] {
            wanted == null ? after(byDefault(owner), now) : wanted.truncatedTo(ChronoUnit.SECONDS),
            endOf(issuer),
            latestExpiry(owner, now)
        }) {
            latest = end == null || latest.isBefore(end) ? latest : end;
        }
        if (!latest.isAfter(now)) {
            throw notInFuture();
        }
        return latest;
    }

    private static InvalidTokenRequestException notInFuture() {
        return new InvalidTokenRequestException("expires_at", "not-in-future", "The expiry must be in the future.");
    }

    private static InvalidTokenRequestException tooLate(String message) {
        return new InvalidTokenRequestException("expires_at", "too-late", message);
    }

    /** Whether a token has come to its end by any of the ages: its own, the maximum, or that without use. */
    boolean isOver(AccessToken token, Instant now) {
        return !valid(token.owner(), now).holdsFor(token);
    }

    /** The same, but for the age without use. */
    boolean isOverUnlessUsed(AccessToken token, Instant now) {
        return !new Validity(now, before(now, maxAge), null).holdsFor(token);
    }

    /** What is valid of an owner's tokens. Exactly the maximum age is too old (B24). */
    Validity valid(Owner owner, Instant now) {
        return new Validity(now, before(now, maxAge), before(now, policy.idleExpiry(owner)));
    }

    private static @Nullable Instant before(Instant now, @Nullable Duration age) {
        return age == null ? null : now.minus(age);
    }

    /** The last moment at which a token can be valid; {@code null} if it does not come to an end by itself. */
    @Nullable
    Instant endOf(AccessToken token) {
        return maxAge == null || token.createdAt() == null
                ? token.expiresAt()
                : lesser(token.expiresAt(), token.createdAt().plus(maxAge).minusSeconds(1));
    }
}
