package dev.sanctum4j;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Limits on what is issued and on how long it may lie unused. Each method answers for one owner; unless overridden there is
 * no limit. {@link Tokens} asks whenever a token comes to be or gets more, so there is no way past.
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
     * The longest lifetime of a token that another issues which lists {@value Abilities#DELEGATE_TOKENS} and not
     * {@value Abilities#MANAGE_TOKENS}: it is for one run of a program, and ends even where that is killed.
     */
    default Duration delegatedLifetime(Owner owner) {
        return Duration.ofHours(12);
    }

    /**
     * After how long without use a token is refused; {@code null} for never. Asked with every presented token, so it should
     * be quick. The last use is written late, so allow for some minutes.
     */
    default @Nullable Duration idleExpiry(Owner owner) {
        return null;
    }

    /**
     * How many valid tokens an owner may have. Of requests at the same moment on several nodes all may be refused; within an
     * open transaction those of others are not seen, and may exceed it by their number.
     */
    default int maxTokens(Owner owner) {
        return Integer.MAX_VALUE;
    }

    /** The most that a token of {@code owner} may have; names that begin with {@value Abilities#RESERVED} have to be listed. */
    default Abilities permitted(Owner owner) {
        return Abilities.EVERYTHING;
    }

    /**
     * Of what is {@link #permitted}, the abilities that a token of {@code owner} gets only after an administrator has said yes:
     * by {@link Tokens#issueApproved}, and by nothing else. Names, without {@code *}.
     */
    default Abilities onRequest(Owner owner) {
        return Abilities.NONE;
    }

    /**
     * Whether there is such an ability. Nobody asks for {@code *}, which there is, and for names that begin with
     * {@value Abilities#RESERVED}, of which there are only ours.
     */
    default boolean knows(String ability) {
        return true;
    }

    /** This policy and another: of each limit the stricter. */
    default TokenPolicy and(TokenPolicy other) {
        TokenPolicy one = this;
        return new TokenPolicy() {

            @Override
            public @Nullable Duration defaultLifetime(Owner owner) {
                return shorter(one.defaultLifetime(owner), other.defaultLifetime(owner));
            }

            @Override
            public @Nullable Duration maxLifetime(Owner owner) {
                return shorter(one.maxLifetime(owner), other.maxLifetime(owner));
            }

            @Override
            public Duration delegatedLifetime(Owner owner) {
                Duration first = one.delegatedLifetime(owner);
                Duration second = other.delegatedLifetime(owner);
                return first.compareTo(second) < 0 ? first : second;
            }

            @Override
            public @Nullable Duration idleExpiry(Owner owner) {
                return shorter(one.idleExpiry(owner), other.idleExpiry(owner));
            }

            @Override
            public int maxTokens(Owner owner) {
                return Math.min(one.maxTokens(owner), other.maxTokens(owner));
            }

            @Override
            public Abilities permitted(Owner owner) {
                return one.permitted(owner).cutTo(other.permitted(owner));
            }

            @Override
            public Abilities onRequest(Owner owner) {
                return Abilities.of(Stream.of(one, other)
                        .flatMap(policy -> policy.onRequest(owner).names().stream())
                        .distinct()
                        .toList());
            }

            @Override
            public boolean knows(String ability) {
                return one.knows(ability) && other.knows(ability);
            }
        };
    }

    private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
        return one == null || other != null && other.compareTo(one) < 0 ? other : one;
    }
}
