package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page of the samples has all of them, in an order, each with the one command that starts it; and each is started by a test. The
 * commands themselves are run by {@code .ci/nightly samples}, which reads them from the page.
 */
class SamplesPageTest {

    private static final Path SAMPLES = Page.ROOT.resolve("samples");
    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| (\\d+) \\| \\[([\\w-]+)]\\(\\2\\) \\| [^|]{10,} \\| `samples/run ([^` ]+)[^`]*` \\| .*\\|$");
    private static final Pattern MAIN = Pattern.compile("\\bstatic void main\\(");

    /** The name of each row, and the one that its command has. */
    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        for (MatchResult row : matches(ROW, read(SAMPLES.resolve("README.md")))) {
            assertThat(rows.put(row.group(2), row.group(3)))
                    .as("twice: " + row.group())
                    .isNull();
        }
        return rows;
    }

    @Test
    void everySampleStandsThereOnceWithItsCommand() throws IOException {
        Set<String> folders = new TreeSet<>();
        try (Stream<Path> all = Files.list(SAMPLES)) {
            all.filter(folder ->
                            Files.exists(folder.resolve("pom.xml")) || Files.exists(folder.resolve("package.json")))
                    .forEach(folder -> folders.add(folder.getFileName().toString()));
        }
        folders.remove("docs");

        assertThat(new TreeSet<>(rows().keySet())).isEqualTo(folders);
        assertThat(rows()).allSatisfy((sample, started) -> assertThat(started).isEqualTo(sample));
    }

    @Test
    void theyAreCountedInTheOrderToReadThemIn() throws IOException {
        assertThat(matches(ROW, read(SAMPLES.resolve("README.md"))).stream()
                        .map(row -> Integer.parseInt(row.group(1)))
                        .toList())
                .isEqualTo(IntStream.rangeClosed(1, rows().size()).boxed().toList());
    }

    /** What {@code samples/run} starts: a program's one main class, which a test of its module names; or a script of a page, which npm knows. */
    @Test
    void eachIsStartedByATest() throws IOException {
        Set<String> pages = new TreeSet<>();
        for (MatchResult list : matches(
                Pattern.compile("getProperty\\(\"pages\", \"([^\"]+)\"|for sample in ([\\w ]+); do"),
                read(SAMPLES.resolve("orders/src/test/java/dev/sanctum4j/samples/orders/PagesTest.java"))
                        + read(Page.ROOT.resolve(".ci/nightly")))) {
            pages.addAll(List.of((list.group(1) == null ? list.group(2) : list.group(1)).split("[, ]", -1)));
        }
        List<String> wrong = new ArrayList<>();
        for (String sample : rows().keySet()) {
            Path folder = SAMPLES.resolve(sample);
            if (!Files.exists(folder.resolve("pom.xml"))) {
                if (!pages.contains(sample)
                        || !read(folder.resolve("package.json")).contains("\"start\":")) {
                    wrong.add(sample + ": neither PagesTest nor .ci/nightly names it, or npm cannot start it");
                }
                continue;
            }
            List<String> mains = java(folder.resolve("src/main")).entrySet().stream()
                    .filter(file -> MAIN.matcher(file.getValue()).find())
                    .map(Map.Entry::getKey)
                    .toList();
            if (mains.size() != 1) {
                wrong.add(sample + " has not one main class: " + mains);
                continue;
            }
            Pattern started =
                    Pattern.compile("@SpringBootTest\\b|\\b" + mains.get(0) + "(\\.class,|\\.class\\)|\\(|\\.)");
            if (java(folder.resolve("src/test")).values().stream()
                    .noneMatch(test -> started.matcher(test).find())) {
                wrong.add(sample + ": no test of it starts " + mains.get(0));
            }
            if (!read(SAMPLES.resolve("pom.xml")).contains("<module>" + sample + "</module>")) {
                wrong.add(sample + " is no module of the build");
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Names of classes, and their text. */
    private static Map<String, String> java(Path folder) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (Path file : Page.files(".java")) {
            if (file.startsWith(folder)) {
                files.put(file.getFileName().toString().replace(".java", ""), read(file));
            }
        }
        return files;
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }
}
