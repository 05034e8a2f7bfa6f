package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.util.function.SingletonSupplier;

/**
 * What programs can ask for: what the catalogue has, so that the page never shows a name that nobody of the application's has
 * chosen. Nobody is asked for {@code *} or for anything about tokens: what comes of a deceived person must not make more tokens.
 *
 * <p>Thread-safe.
 */
final class AskedAbilities {

    private final AbilityCatalog catalog;

    AskedAbilities(AbilityCatalog catalog) {
        this.catalog = catalog;
    }

    boolean knows(String ability) {
        return entries().containsKey(ability);
    }

    /** The same for many, by one look at the catalogue, at the first question. */
    Predicate<String> known() {
        SingletonSupplier<Map<String, AbilityCatalog.Entry>> entries = SingletonSupplier.of(this::entries);
        return ability -> entries.obtain().containsKey(ability);
    }

    /** What somebody may give away alone. */
    static Predicate<String> givable(Tokens tokens, Owner person) {
        Abilities permitted = tokens.permitted(person);
        Abilities held = tokens.onRequest(person);
        return ability -> permitted.can(ability) && !held.lists(ability);
    }

    /** Some abilities in the words of the catalogue, or by the name alone for one that has left it since; and whether they can be given. */
    List<Map<String, Object>> described(List<String> names, Predicate<String> permitted) {
        Map<String, AbilityCatalog.Entry> known = entries();
        return names.stream()
                .map(name -> known.getOrDefault(name, new AbilityCatalog.Entry(name, "", "")))
                .map(entry -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("name", entry.name());
                    json.put("description", entry.description());
                    json.put("group", entry.group());
                    json.put("permitted", permitted.test(entry.name()));
                    return json;
                })
                .toList();
    }

    private Map<String, AbilityCatalog.Entry> entries() {
        return catalog.entries().stream()
                .filter(entry -> !entry.name().startsWith("tokens:"))
                .collect(Collectors.toMap(AbilityCatalog.Entry::name, Function.identity()));
    }
}
