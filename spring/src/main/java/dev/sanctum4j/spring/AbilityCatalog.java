package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.springframework.util.function.SingletonSupplier;

/**
 * The abilities of an application: those that are described, on constants and in properties, and those that routes and
 * methods ask for.
 *
 * <p>Thread-safe.
 */
public final class AbilityCatalog {

    private final Supplier<Map<String, Entry>> described;
    private final Supplier<Set<String>> asked;
    private final boolean closed;

    AbilityCatalog(Supplier<Collection<Entry>> described, Supplier<Set<String>> asked, boolean closed) {
        this.asked = SingletonSupplier.of(() -> new TreeSet<>(asked.get()));
        this.described = SingletonSupplier.of(() -> {
            Map<String, Entry> all = new TreeMap<>();
            this.asked.get().forEach(name -> all.put(name, new Entry(name, "", "")));
            described.get().forEach(entry -> all.put(entry.name(), entry));
            return all;
        });
        this.closed = closed;
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
        return List.copyOf(described.get().values());
    }

    /** What routes and methods ask for; known once the application has started. */
    public Set<String> asked() {
        return Set.copyOf(asked.get());
    }

    /** Described abilities that nothing asks for. */
    List<String> unused() {
        return described.get().keySet().stream()
                .filter(name -> !asked.get().contains(name) && !name.equals(Abilities.MANAGE_TOKENS))
                .toList();
    }

    /** Which of these nobody knows, if the catalogue is closed; {@code *} and {@code tokens:manage} are known. */
    List<String> unknown(Abilities wanted) {
        return closed
                ? wanted.names().stream()
                        .filter(name -> !name.equals("*")
                                && !name.equals(Abilities.MANAGE_TOKENS)
                                && !described.get().containsKey(name))
                        .toList()
                : List.of();
    }
}
