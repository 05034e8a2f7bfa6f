package dev.sanctum4j.spring.ability;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Internal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The abilities of an application: those that are described, on constants and in properties, and those that routes and
 * methods ask for.
 *
 * <p>Thread-safe.
 */
public final class AbilityCatalog {

    private final Supplier<Collection<Entry>> described;
    private final Supplier<Set<String>> asked;
    private final Supplier<Collection<Entry>> offered;
    private volatile boolean started;
    private volatile @Nullable Found kept;

    AbilityCatalog(
            Supplier<Collection<Entry>> described, Supplier<Set<String>> asked, Supplier<Collection<Entry>> offered) {
        this.described = described;
        this.asked = asked;
        this.offered = offered;
    }

    /** A feature that asks for abilities by other means than routes and annotations of methods; a bean. */
    @Internal
    public interface Source {

        /** What it asks for, with the words that it has of its own, which count where nobody else describes an ability. */
        Collection<Entry> entries();
    }

    private record Found(Set<String> asked, Map<String, Entry> all) {}

    /** While the application starts, not all of its rules are made yet, so nothing is kept that is found then. */
    private Found found() {
        Found known = kept;
        if (known != null) {
            return known;
        }
        Map<String, Entry> all = new TreeMap<>();
        Set<String> names = new TreeSet<>(asked.get());
        names.forEach(name -> all.put(name, new Entry(name, "", "")));
        offered.get().forEach(entry -> {
            names.add(entry.name());
            all.put(entry.name(), entry);
        });
        described.get().forEach(entry -> all.merge(entry.name(), entry, AbilityCatalog::described));
        all.keySet().removeIf(Abilities.EVERYTHING::cannot); // what begins with "tokens:" and is not ours
        Found now = new Found(names, all);
        if (started) {
            kept = now;
        }
        return now;
    }

    private static Entry described(Entry known, Entry said) {
        return said.description().isEmpty() ? new Entry(said.name(), known.description(), said.group()) : said;
    }

    /** The application has started: what is found from now on is all there is. */
    void keep() {
        started = true;
    }

    /**
     * An ability.
     *
     * @param name its name
     * @param description what it lets a token do; empty if nobody said
     * @param group under which heading it is shown; empty if under none
     */
    public record Entry(String name, String description, String group) {}

    /** All that are known, by name, without {@code *}. */
    public List<Entry> entries() {
        return List.copyOf(found().all().values());
    }

    /** Whether an ability is described or asked for. */
    boolean knows(String ability) {
        return found().all().containsKey(ability);
    }

    /** What routes and methods ask for; known once the application has started. */
    public Set<String> asked() {
        return Set.copyOf(found().asked());
    }

    /** Described abilities that nothing asks for. */
    List<String> unused() {
        Found found = found();
        return found.all().keySet().stream()
                .filter(name -> !found.asked().contains(name) && !Abilities.EVERYTHING.lists(name))
                .toList();
    }
}
