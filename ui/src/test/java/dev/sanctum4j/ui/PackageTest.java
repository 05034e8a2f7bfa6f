package dev.sanctum4j.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package for npm, as it is packed: where it can be imported, and whether it tells the truth about the elements. */
class PackageTest {

    private static final int BLOCK = 512;

    @TempDir
    private static Path folder;

    private static Path unpacked;
    private static String sources;
    private static TypeScript compiler;

    @BeforeAll
    static void unpack() throws Exception {
        compiler = TypeScript.in(folder);
        Modules.copy(folder);
        unpacked = unpack(Path.of("target", "sanctum4j-ui-npm.tgz"), folder.resolve("node_modules"));
        StringBuilder all = new StringBuilder();
        for (Path module : Modules.in(Modules.UI)) {
            all.append(Files.readString(module));
        }
        sources = all.toString();
    }

    /** What npm does: a folder {@code package}, under the name of what is in it. */
    private static Path unpack(Path archive, Path into) throws IOException {
        Path place = into.resolve("sanctum4j-ui");
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(archive)))) {
            for (byte[] head = in.readNBytes(BLOCK); head[0] != 0; head = in.readNBytes(BLOCK)) {
                String name = text(head, 0, 100);
                int size = Integer.parseInt(text(head, 124, 12).strip(), 8);
                byte[] content = in.readNBytes(size);
                in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                assertThat(name).startsWith("package/");
                Path file = place.resolve(name.substring("package/".length()));
                if (head[156] == '0') {
                    Files.createDirectories(file.getParent());
                    Files.write(file, content);
                }
            }
        }
        return place;
    }

    private static String text(byte[] block, int from, int length) {
        return new String(block, from, length, StandardCharsets.US_ASCII).replaceFirst("(?s)\0.*", "");
    }

    @Test
    void isWhatItsManifestNames() throws IOException {
        JsonObject manifest = json("package.json");
        List<String> named = new ArrayList<>(List.of(
                manifest.get("types").getAsString(),
                manifest.get("customElements").getAsString()));
        manifest.getAsJsonObject("exports").asMap().values().stream()
                .flatMap(each ->
                        each.isJsonObject() ? each.getAsJsonObject().asMap().values().stream() : Stream.of(each))
                .map(JsonElement::getAsString)
                .forEach(named::add);

        assertThat(named)
                .contains("./tokens.en.js", "./react.d.ts")
                .allSatisfy(name -> assertThat(unpacked.resolve(name)).exists());
        assertThat(manifest.get("version").getAsString()).matches("\\d+\\.\\d+\\.\\d+(-[\\w.]+)?");
        for (String name : List.of("README.md", "LICENSE", "tokens.js.map")) {
            assertThat(unpacked.resolve(name)).exists();
        }
    }

    /** But for the version of what is loaded later, which a bundler takes for a part of the file's name; every column is where it was. */
    @Test
    void bundlesAreThoseOfThePagesAndAskForAFileThatIsThere() throws IOException {
        for (Path bundle : Modules.bundles()) {
            if (bundle.startsWith(Modules.UI)) {
                String served = Files.readString(bundle);
                String packed = Files.readString(unpacked.resolve(String.valueOf(bundle.getFileName())));
                assertThat(packed)
                        .as(bundle.toString())
                        .isEqualTo(served.replaceFirst("\\./more\\.js\\?v=.{12}\"", "./more.js\"" + " ".repeat(15)))
                        .doesNotContain("?v=");
                assertThat(unpacked.resolve("more.js")).exists();
            }
        }
    }

    /** Applications that render on a server import what their pages import; a type that says there is more would be a lie. */
    @Test
    void canBeImportedWhereThereIsNoBrowserAndExportsWhatItsTypesSay() throws Exception {
        Set<String> said =
                all("(?m)^export (?:const|function|class) (\\w+)", Files.readString(unpacked.resolve("tokens.d.ts")));
        for (String name : List.of("sanctum4j-ui", "sanctum4j-ui/tokens.js", "sanctum4j-ui/tokens.en.js")) {
            Path program =
                    Files.writeString(folder.resolve("program.mjs"), """
                    const exported = Object.keys(await import('%s')).sort().join(', ')
                    if (exported !== '%s') throw exported
                    """.formatted(name, String.join(", ", said)));
            assertThat(TypeScript.node(List.of(program.toString()))).as(name).isEmpty();
        }
    }

    /** What the modules really export, is what the package says that they do. */
    @Test
    void typesAreThoseOfTheModules() throws Exception {
        Path truth = Files.writeString(folder.resolve("truth.ts"), """
                import * as account from './sanctum4j/src/account.js'
                import * as approve from './sanctum4j/src/approve.js'
                import * as requests from './sanctum4j/src/requests.js'
                import * as texts from './sanctum4j/src/texts.js'
                import * as tokens from './sanctum4j/src/tokens.js'
                import * as said from 'sanctum4j-ui'

                export const truth: typeof said = { ...account, ...approve, ...requests, ...texts, ...tokens }

                const element = document.createElement('sanctum-tokens')
                element.texts = { create: 'New key' }
                element.create(said.prefill(new URLSearchParams()))
                element.addEventListener('sanctum-created', ({ detail }) => detail.abilities.includes('*'))
                document.addEventListener('sanctum-signed-out', ({ detail }) => detail.until(Promise.resolve()))
                """);
        Path wrong = Files.writeString(folder.resolve("wrong.ts"), """
                import 'sanctum4j-ui'
                document.createElement('sanctum-tokens').creat()
                document.addEventListener('sanctum-copied', ({ detail }) => detail.token)
                """);

        assertThat(compiler.check(List.of(truth))).isEmpty();
        assertThat(compiler.check(List.of(wrong)).lines().filter(line -> line.contains("error TS")))
                .hasSize(2);
    }

    @Test
    void tellsEveryAttribute() throws IOException {
        Set<String> heard = all(
                "(?:this|host)\\.(?:get|has)Attribute\\('([a-z-]+)'\\)|\\['([a-z]+-path)',|KEPT = '([a-z-]+)'|:host\\(\\[([a-z]+)=|(lang)",
                sources);
        String types = Files.readString(unpacked.resolve("tokens.d.ts"))
                .replaceFirst("(?s).*?(?=export interface SanctumAttributes)", "")
                .replaceFirst("(?s)/\\*\\* Asks the page.*", "");

        assertThat(names("attributes")).isEqualTo(heard);
        assertThat(all("(?m)^  '?([a-z-]+)'?\\?:", types)).isEqualTo(heard);
        assertDocumented(heard);
    }

    @Test
    void tellsEveryEvent() throws IOException {
        Set<String> told = sorted(
                all("(?:tell|#told)\\('([a-z-]+)'|(?:rescue|CustomEvent)\\('sanctum-([a-z-]+)'", sources).stream()
                        .map(name -> "sanctum-" + name));

        assertThat(names("events")).isEqualTo(told);
        assertThat(all("(?m)^  '(sanctum-[a-z-]+)': CustomEvent", Files.readString(unpacked.resolve("tokens.d.ts"))))
                .isEqualTo(told);
        assertDocumented(told);
    }

    @Test
    void tellsEveryElementAndWhatCanBeFilledColouredAndShaped() throws IOException {
        Set<String> elements = all("'(sanctum-[a-z]+)': Sanctum", sources);
        Set<String> told = sorted(declarations().map(each -> each.get("tagName").getAsString()));
        Set<String> parts =
                sorted(all("part: '([^']+)'", sources).stream().flatMap(names -> Stream.of(names.split(" ", -1))));

        assertThat(told).isEqualTo(elements);
        for (String types : List.of("tokens.d.ts", "react.d.ts", "vue.d.ts")) {
            assertThat(all("'(sanctum-[a-z]+)': (?:Sanctum|Of)", Files.readString(unpacked.resolve(types))))
                    .as(types)
                    .isEqualTo(elements);
        }
        assertThat(names("slots")).isEqualTo(all("h\\('slot', \\{ name: '([a-z-]+)'", sources));
        assertDocumented(names("slots"));
        assertThat(names("cssParts")).isEqualTo(parts);
        assertThat(names("cssProperties")).isEqualTo(all("var\\((--sanctum-[a-z-]+)", sources));
    }

    private static void assertDocumented(Set<String> names) throws IOException {
        String page = Files.readString(Path.of("../docs/account-page.md"));
        assertThat(names).allMatch(name -> page.contains(name));
    }

    /** What the manifest of custom elements names. */
    private static Set<String> names(String kind) throws IOException {
        return sorted(declarations()
                .flatMap(each -> each.getAsJsonArray(kind).asList().stream())
                .map(each -> each.getAsJsonObject().get("name").getAsString()));
    }

    private static Stream<JsonObject> declarations() throws IOException {
        return json("custom-elements.json")
                .getAsJsonArray("modules")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("declarations")
                .asList()
                .stream()
                .map(JsonElement::getAsJsonObject);
    }

    private static JsonObject json(String name) throws IOException {
        return JsonParser.parseString(Files.readString(unpacked.resolve(name))).getAsJsonObject();
    }

    /** The first group that is there of each place that a pattern finds. */
    private static Set<String> all(String pattern, String text) {
        return sorted(Pattern.compile(pattern).matcher(text).results().map(PackageTest::group));
    }

    private static Set<String> sorted(Stream<String> names) {
        return names.collect(Collectors.toCollection(TreeSet::new));
    }

    private static String group(MatchResult found) {
        for (int i = 1; i < found.groupCount(); i++) {
            if (found.group(i) != null) {
                return found.group(i);
            }
        }
        return found.group(found.groupCount());
    }
}
