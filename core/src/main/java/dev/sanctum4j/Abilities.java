package dev.sanctum4j;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a token may be used for. Abilities narrow what their owner may do; they never grant anything by themselves.
 *
 * <p>An ability is matched exactly, with case; the list member {@code *} matches every ability (B33). Immutable and
 * thread-safe.
 */
public final class Abilities {

    /** Every ability: what a session carries, so that callers ask one question. */
    public static final Abilities ALL = new Abilities(Set.of("*"));

    /** No ability at all. The token still tells who its owner is. */
    public static final Abilities NONE = new Abilities(Set.of());

    /** The one ability that {@code *} does not include: managing tokens with a token. */
    public static final String MANAGE_TOKENS = "tokens:manage";

    private final Set<String> names;
    private final boolean all;

    private Abilities(Set<String> names) {
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
        return new Abilities(Collections.unmodifiableSet(new LinkedHashSet<>(names)));
    }

    /** Whether {@code ability} is listed, or {@code *} is. */
    public boolean can(String ability) {
        return all || names.contains(ability);
    }

    /** The opposite of {@link #can}. */
    public boolean cannot(String ability) {
        return !can(ability);
    }

    /** Whether {@code ability} stands in the list itself; {@code *} does not count. */
    public boolean lists(String ability) {
        return names.contains(ability);
    }

    /**
     * Whether all of {@code others} may be had by someone who has these. {@value #MANAGE_TOKENS} is covered only where it
     * is listed.
     */
    public boolean covers(Abilities others) {
        for (String name : others.names) {
            if (name.equals(MANAGE_TOKENS) ? !lists(name) : cannot(name)) {
                return false;
            }
        }
        return true;
    }

    /** As many of these as {@code most} covers. Where these are all and {@code most} is not, {@code most} remains. */
    public Abilities cutTo(Abilities most) {
        if (most.covers(this)) {
            return this;
        }
        Set<String> kept = new LinkedHashSet<>(all ? most.names : names);
        kept.removeIf(name -> name.equals(MANAGE_TOKENS) && !lists(name) || !most.covers(of(name)));
        return of(kept);
    }

    /** The names as listed, without duplicates. */
    public List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Abilities that && names.equals(that.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
