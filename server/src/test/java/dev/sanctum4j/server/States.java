package dev.sanctum4j.server;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What tests have had before axe-core, and which of all that the pages can say was on them then: with {@code SANCTUM_TEST_STATES}
 * a table is written into that file when the tests end, and the sentences that no state showed are under it. The pages' own texts
 * are the measure, so that a state which somebody adds is missing until a test reaches it.
 */
final class States {

    private static final Path TABLE = Path.of(System.getenv().getOrDefault("SANCTUM_TEST_STATES", ""));
    private static final boolean WANTED = !TABLE.toString().isEmpty();

    /** Looks of each state. */
    private static final Map<String, Set<String>> SEEN = new TreeMap<>();

    /** What has been looked through already. */
    private static final Set<String> SAID = new HashSet<>();

    /** The English sentences of the elements and of the server's pages that nobody has seen or heard yet, by key. */
    private static final Map<String, String> UNSEEN = new TreeMap<>();

    private static int sentences;
    private static int looks;

    static {
        if (WANTED) {
            Runtime.getRuntime().addShutdownHook(new Thread(States::write, "states"));
        }
    }

    private States() {}

    @SuppressWarnings("unchecked")
    static void seen(Class<?> test, String state, String look, Page page) {
        if (!WANTED) {
            return;
        }
        looks++;
        SEEN.computeIfAbsent(test.getSimpleName().replace("Test", "") + ": " + state, first -> new LinkedHashSet<>())
                .add(look);
        if (look.equals(PseudoLocale.LOOK)) {
            return; // which says nothing in English
        }
        if (sentences == 0) {
            UNSEEN.putAll((Map<String, String>) page.evaluate(ALL_SENTENCES));
            sentences = UNSEEN.size();
        }
        for (String said : (List<String>) page.evaluate(ALL_TEXT)) {
            if (SAID.add(said)) {
                UNSEEN.values()
                        .removeIf(sentence -> pattern(sentence).matcher(said).find());
            }
        }
    }

    private static Pattern pattern(String sentence) {
        return Pattern.compile(Stream.of(sentence.split("\\{\\w+}", -1))
                .map(Pattern::quote)
                .reduce((one, other) -> one + ".{0,99}?" + other)
                .orElseThrow());
    }

    private static void write() {
        Map<String, List<Set<String>>> tests = new TreeMap<>();
        SEEN.forEach((state, all) -> tests.computeIfAbsent(state.replaceFirst(": .*", ""), first -> new ArrayList<>())
                .add(all));
        StringBuilder table = new StringBuilder();
        table.append("%d states, %d times before axe-core%n%n".formatted(SEEN.size(), looks));
        table.append("| of | states | looks of all of them |\n|---|---|---|\n");
        tests.forEach((test, states) -> table.append("| %s | %d | %d |%n"
                .formatted(
                        test, states.size(), states.stream().mapToInt(Set::size).sum())));
        table.append("%n%d of %d sentences in no state%n%n".formatted(UNSEEN.size(), sentences));
        UNSEEN.forEach((key, sentence) ->
                table.append("- ").append(key).append(": ").append(sentence).append("\n"));
        table.append("\n| state | looks |\n|---|---|\n");
        SEEN.forEach((state, all) -> table.append("| %s | %s |%n".formatted(state, String.join(", ", all))));
        try {
            Files.writeString(TABLE, table);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The whole text of whatever has some of its own beside its elements', if it is seen. */
    private static final String ALL_TEXT = """
            () => {
              const said = new Set()
              const walk = (root) => {
                for (const node of root.querySelectorAll('*')) {
                  if (node.shadowRoot) walk(node.shadowRoot)
                  if (!(node.closest('select') ?? node).checkVisibility()) continue
                  for (const name of ['aria-label', 'title', 'placeholder', 'aria-description']) said.add(node.getAttribute(name))
                  if ([...node.childNodes].some((one) => one.nodeType === Node.TEXT_NODE)) said.add(node.textContent)
                }
              }
              walk(document.body)
              return [...said].filter(Boolean).map((text) => text.replace(/\\s+/g, ' ').trim())
            }
            """;

    private static final String ALL_SENTENCES = """
            async () => {
              const all = {}
              const add = (key, value) => {
                if (typeof value === 'string') all[key] = value
                else for (const [name, part] of Object.entries(value)) add(key + '.' + name, part)
              }
              await import('/sanctum4j-server/src/texts.js') // adds its own to those of the elements
              await import('/sanctum4j/src/more-texts.js')
              add('en', (await import('/sanctum4j/src/texts.js')).texts.en)
              return all
            }
            """;
}
