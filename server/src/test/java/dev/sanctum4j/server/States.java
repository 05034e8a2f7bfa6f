package dev.sanctum4j.server;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /** All that was said in English, to whoever sees and to whoever hears. */
    private static final Set<String> SAID = new LinkedHashSet<>();

    /** The English sentences of the elements and of the server's pages, by key. */
    private static final Map<String, String> SENTENCES = new TreeMap<>();

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
        SAID.addAll((List<String>) page.evaluate(ALL_TEXT));
        if (SENTENCES.isEmpty()) {
            SENTENCES.putAll((Map<String, String>) page.evaluate(ALL_SENTENCES));
        }
    }

    private static void write() {
        StringBuilder table = new StringBuilder(
                "%d states, %d times before axe-core\n\n| state | looks |\n|---|---|\n".formatted(SEEN.size(), looks));
        SEEN.forEach((state, all) -> table.append("| ")
                .append(state)
                .append(" | ")
                .append(String.join(", ", all))
                .append(" |\n"));
        Set<String> unseen = new TreeSet<>();
        SENTENCES.forEach((key, sentence) -> {
            Pattern pattern = Pattern.compile(Stream.of(sentence.split("\\{\\w+}", -1))
                    .map(Pattern::quote)
                    .reduce((one, other) -> one + ".{0,99}?" + other)
                    .orElseThrow());
            if (SAID.stream().noneMatch(said -> pattern.matcher(said).find())) {
                unseen.add("- " + key + ": " + sentence);
            }
        });
        table.append("\n")
                .append(unseen.size())
                .append(" of ")
                .append(SENTENCES.size())
                .append(" sentences in no state\n\n");
        table.append(String.join("\n", unseen)).append("\n");
        try {
            Files.writeString(TABLE, table);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String ALL_TEXT = """
            () => {
              const said = new Set()
              const walk = (root) => {
                for (const node of root.querySelectorAll('*')) {
                  for (const name of ['aria-label', 'title', 'placeholder', 'aria-description']) said.add(node.getAttribute(name))
                  if (node.textContent.length < 600) said.add(node.textContent)
                  if (node.shadowRoot) walk(node.shadowRoot)
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
