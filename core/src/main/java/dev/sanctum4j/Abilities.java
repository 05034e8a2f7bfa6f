package dev.sanctum4j;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a token may be used for. Abilities narrow what their owner may do; they never grant anything by themselves.
 *
 * <p>An ability is matched exactly, with case; the list member {@code *} matches every ability (B33) but those whose names
 * begin with {@value #RESERVED}: what may be done with tokens themselves is always listed by name, and such names are ours.
 * Immutable and thread-safe.
 */
public final class Abilities {

    /** Every ability: what a session carries, so that callers ask one question. */
    public static final Abilities ALL = new Abilities(List.of("*"));

    /** The most that a token can have: every ability, managing tokens, and issuing narrower ones. */
    public static final Abilities EVERYTHING = new Abilities(List.of("*", "tokens:manage", "tokens:delegate"));

    /** No ability at all. The token still tells who its owner is. */
    public static final Abilities NONE = new Abilities(List.of());

    /** Managing tokens with a token. Like all of {@value #RESERVED}, {@code *} does not include it. */
    public static final String MANAGE_TOKENS = "tokens:manage";

    /**
     * Issuing tokens that can and last less, each for an actor who is named, and nothing else: see
     * {@link Tokens#issue(TokenRequest, AccessToken)}. Like all of {@value #RESERVED}, {@code *} does not include it.
     */
    public static final String DELEGATE_TOKENS = "tokens:delegate";

    /** How the names begin that {@code *} does not include and no token hands on. */
    static final String RESERVED = "tokens:";

    /** A list, for the few that a token has are found sooner one after the other than through the objects of a set. */
    private final List<String> names;

    private final boolean all;

    private Abilities(List<String> names) {
        this.names = names;
        this.all = names.contains("*");
    }

    /** The given abilities, in their order, each once. Any text is accepted: {@link TokenRequest} decides what is issued. */
    public static Abilities of(String... names) {
        return of(Arrays.asList(names));
    }

    /** The given abilities, in their order, each once. Any text is accepted: {@link TokenRequest} decides what is issued. */
    public static Abilities of(Collection<String> names) {
        if (names.isEmpty()) {
            return NONE;
        }
        return new Abilities(List.copyOf(new LinkedHashSet<>(names)));
    }

    /** Whether {@code ability} is listed, or {@code *} is, which says nothing about names that begin with {@value #RESERVED}. */
    public boolean can(String ability) {
        return all && !isReserved(ability) || names.contains(ability);
    }

    /** The opposite of {@link #can}. */
    public boolean cannot(String ability) {
        return !can(ability);
    }

    /** Whether {@code ability} stands in the list itself; {@code *} does not count. */
    public boolean lists(String ability) {
        return names.contains(ability);
    }

    /** Whether all of {@code others} may be had by someone who has these. */
    public boolean covers(Abilities others) {
        return others.names.stream().allMatch(this::can);
    }

    /** Whether it is one about tokens, which no token hands on. */
    static boolean isReserved(String ability) {
        return ability.startsWith(RESERVED);
    }

    /** As many of these as {@code most} covers. Where these are all and {@code most} is not, {@code most} remains. */
    public Abilities cutTo(Abilities most) {
        return most.covers(this) ? this : (all ? most : this).only(name -> can(name) && most.can(name));
    }

    /** Those of these for which {@code which} holds. */
    Abilities only(Predicate<String> which) {
        return of(names.stream().filter(which).toList());
    }

    /** The names as listed, without duplicates. */
    public List<String> names() {
        return names;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Abilities that && Set.copyOf(names).equals(Set.copyOf(that.names));
    }

    @Override
    public int hashCode() {
        return Set.copyOf(names).hashCode();
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
