package dev.sanctum4j.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What our modules promise whoever serves them. */
class ModulesTest {

    /** Of the elements in one language; the server's own pages have two, and pages for administrators. */
    private static final int MOST_BYTES = 26 * 1024;

    private static final int MOST_OF_ALL = 40 * 1024;

    /** Of what is loaded once somebody needs it. */
    private static final int MOST_LATER = 12 * 1024;

    @Test
    void whatAPageLoadsIsSmall() throws IOException {
        for (Path bundle : Modules.bundles()) {
            assertThat(packed(bundle))
                    .as(bundle.toString())
                    .isLessThan(
                            bundle.endsWith("tokens.en.js")
                                    ? MOST_BYTES
                                    : bundle.endsWith("more.js") ? MOST_LATER : MOST_OF_ALL);
        }
    }

    private static int packed(Path bundle) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            Files.copy(bundle, gzip);
        }
        return packed.size();
    }

    /** To the kilobyte, or nearly. */
    @Test
    void sizesAreThoseThatTheDocumentationTells() throws IOException {
        String page = Files.readString(Path.of("../docs/account-page.md"));
        String readme = Files.readString(Path.of("src/npm/README.md"));
        for (String name : List.of("tokens.js", "tokens.en.js", "more.js")) {
            assertSize(name, "`/sanctum4j/" + Pattern.quote(name) + "` \\| (\\d+) KB", page);
        }
        assertSize("tokens.en.js", "(\\d+) KB of gzip in English", readme);
        assertSize("more.js", "and (\\d+) KB once forms", readme);
    }

    private static void assertSize(String bundle, String said, String text) throws IOException {
        Matcher size = Pattern.compile(said).matcher(text);
        assertThat(size.find()).as(said).isTrue();
        assertThat(packed(Modules.UI.resolve(bundle)) / 1024.0)
                .as(bundle)
                .isCloseTo(Double.parseDouble(size.group(1)), within(0.75));
    }

    /** Of texts, of the server's clock and of whatever else modules keep, a page has one. */
    @Test
    void whatIsLoadedLaterHasNothingTwice() throws IOException {
        Set<String> later = modules(Modules.UI.resolve("more.js"));

        assertThat(later).contains("token-form.js", "shown-once.js");
        assertThat(modules(Modules.UI.resolve("tokens.js")))
                .contains("later.js", "de.js")
                .doesNotContainAnyElementsOf(later);
        assertThat(modules(Modules.SERVER.resolve("page.js")))
                .contains("later.js")
                .doesNotContainAnyElementsOf(later);
    }

    /** A bundle asks for the rest by the version that it was made with. */
    @Test
    void whatIsLoadedLaterIsAskedForByItsVersion() throws IOException {
        Matcher version = Pattern.compile("(?m)^export const version = '([0-9a-f]{12})';")
                .matcher(Files.readString(Modules.UI.resolve("more.js")));
        assertThat(version.find()).isTrue();
        for (Path bundle : Modules.bundles()) {
            if (!bundle.endsWith("more.js")) {
                assertThat(Files.readString(bundle))
                        .as(bundle.toString())
                        .contains("import(\"./more.js?v=" + version.group(1) + "\")");
            }
        }
    }

    /** A bundle's source map holds the modules that it was made of. */
    @Test
    void bundlesAreMadeOfTheModulesAsTheyAre() throws IOException {
        for (Path bundle : Modules.bundles()) {
            JsonObject map = JsonParser.parseString(Files.readString(Path.of(bundle + ".map")))
                    .getAsJsonObject();
            JsonArray sources = map.getAsJsonArray("sources");
            TreeSet<String> used = new TreeSet<>();
            for (int i = 0; i < sources.size(); i++) {
                String name = sources.get(i).getAsString();
                Path module = name.startsWith("../sanctum4j/")
                        ? Modules.UI.resolveSibling(name.substring(3))
                        : bundle.resolveSibling(name);
                used.add(String.valueOf(module.getFileName()));
                String then = map.getAsJsonArray("sourcesContent").get(i).getAsString();
                assertThat(then.equals(Files.readString(module)))
                        .as(bundle + " was made of another " + name + "; run ./mvnw -Pbundle -pl ui process-sources")
                        .isTrue();
            }
            if (!bundle.endsWith("more.js")) {
                assertThat(used).as(bundle.toString()).contains("tokens.js", "account.js", "texts.js");
                assertThat(used.contains("de.js")).isEqualTo(!bundle.endsWith("tokens.en.js"));
            }
        }
    }

    /** The names of the modules that a bundle was made of. */
    private static Set<String> modules(Path bundle) throws IOException {
        JsonObject map = JsonParser.parseString(Files.readString(Path.of(bundle + ".map")))
                .getAsJsonObject();
        Set<String> names = new TreeSet<>();
        map.getAsJsonArray("sources")
                .forEach(source -> names.add(source.getAsString().replaceFirst(".*/", "")));
        return names;
    }

    /** No HTML from text, which is how names become scripts, and no place where a token would stay behind. */
    @Test
    void nothingIsParsedOrKept() throws IOException {
        Pattern forbidden =
                Pattern.compile("\\b(innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\\.write|eval|"
                        + "new Function|localStorage|sessionStorage|indexedDB|console|style=)\\b");
        for (Path module : Modules.all()) {
            boolean keepsAChoice = module.endsWith("density.js"); // one word, which is its own
            for (String text : Files.readAllLines(module)) {
                String line = keepsAChoice ? text.replaceAll("localStorage\\.\\w+\\(KEPT\\b", "") : text;
                if (!line.startsWith("//")) {
                    assertThat(line).as(module.toString()).doesNotContainPattern(forbidden);
                }
            }
        }
    }

    /** Bare imports would need an import map, which is an inline script. */
    @Test
    void importsAreRelativeAndThere() throws IOException {
        Pattern imported = Pattern.compile("(?:from|import|import\\() ?'([^']+)'");
        for (Path module : Modules.all()) {
            Matcher found = imported.matcher(Files.readString(module));
            while (found.find()) {
                assertThat(found.group(1)).matches("(\\./|\\.\\./\\.\\./sanctum4j/src/)[a-z-]+\\.js");
                assertThat(imported(module, found.group(1))).exists();
            }
        }
    }

    /** The elements know nothing of the server, and no module needs another that needs it. */
    @Test
    void modulesFormNoCircle() throws IOException {
        Map<Path, List<Path>> arrows = new TreeMap<>();
        for (Path module : Modules.all()) {
            List<Path> needed = new ArrayList<>();
            Matcher found =
                    Pattern.compile("(?m)^import (?:.* from )?'([^']+)'").matcher(Files.readString(module));
            while (found.find()) {
                needed.add(imported(module, found.group(1)).normalize());
            }
            arrows.put(module.normalize(), needed);
        }
        assertThat(arrows.entrySet().stream()
                        .filter(each -> each.getKey().startsWith(Modules.UI))
                        .flatMap(each -> each.getValue().stream()))
                .allMatch(needed -> needed.startsWith(Modules.UI));

        while (arrows.values().removeIf(needed -> needed.stream().noneMatch(arrows::containsKey))) {
            // the ones that need nothing any more are gone
        }

        assertThat(arrows).as("in a circle").isEmpty();
    }

    private static Path imported(Path module, String name) {
        return name.startsWith("./")
                ? module.resolveSibling(name)
                : Modules.UI.resolveSibling(name.substring("../../".length()));
    }

    @Test
    void everySentenceIsSaidSomewhere() throws IOException {
        StringBuilder said = new StringBuilder();
        for (Path module : Modules.all()) {
            if (!String.valueOf(module.getFileName()).matches("(more-)?texts\\.js|de\\.js")) {
                said.append(Files.readString(module));
            }
        }
        String ours = Files.readString(Modules.UI.resolve("src/texts.js"));
        String servers = Files.readString(Modules.SERVER.resolve("src/texts.js"));
        String later = Files.readString(Modules.UI.resolve("src/more-texts.js"));
        TreeSet<String> silent = new TreeSet<>();
        for (String key : keys(ours.substring(ours.indexOf("const en = {"), ours.indexOf("\n}\n")) + later + servers)) {
            if (!key.startsWith("event_")
                    && !Pattern.compile("\\b" + key + "\\b").matcher(said).find()) {
                silent.add(key);
            }
        }

        assertThat(silent).isEmpty();
    }

    /** A code that nobody documents is one that nobody sends. */
    @Test
    void everyCodeIsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/errors.md"));
        Set<String> named = new TreeSet<>();
        for (Path folder : Modules.ALL) {
            String texts = Files.readString(folder.resolve("src/texts.js"));
            String codes =
                    texts.replaceFirst("(?s).*\\bcodes(?:: \\{| = \\{)\\n", "").replaceFirst("(?s)\\n(?:  )?\\}.*", "");
            codes.lines()
                    .map(line -> line.strip().replaceFirst("'?:.*", "").replace("'", ""))
                    .forEach(named::add);
        }

        assertThat(named)
                .contains("required", "credentials", "taken")
                .allMatch(code -> page.contains("`" + code + "`"));
    }

    private static Set<String> keys(String texts) {
        return Pattern.compile("(?m)^  (\\w+): ['\\[]")
                .matcher(texts.replaceFirst("(?s)const codes = .*", ""))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    /** What pages may colour and shape is a promise, which is in the documentation. */
    @Test
    void everyPartAndEveryPropertyIsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/account-page.md"));
        TreeSet<String> silent = new TreeSet<>();
        for (Path module : Modules.all()) {
            Matcher named =
                    Pattern.compile("part: '([^']+)'|var\\((--sanctum-[a-z-]+)").matcher(Files.readString(module));
            while (named.find()) {
                for (String name : (named.group(1) == null ? named.group(2) : named.group(1)).split(" ", -1)) {
                    if (!page.contains("`" + name + "`")) {
                        silent.add(name);
                    }
                }
            }
        }

        assertThat(silent).isEmpty();
    }
}
