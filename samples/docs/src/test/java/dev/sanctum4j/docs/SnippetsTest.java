package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every block of Java or Kotlin in a page is code that is compiled and tested. {@code ```java issuing} shows what stands between
 * {@code // tag::issuing} and {@code // end::issuing}, to the letter; a block without a name stands somewhere in a test or a
 * sample, spaces aside; {@code ```java excerpt: why} shows what cannot.
 *
 * <p>{@code ./mvnw -pl samples/docs -am test -Dtest=SnippetsTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write} fills the
 * blocks from the regions.
 */
class SnippetsTest {

    private static final Pattern MARK = Pattern.compile("\\s*// (tag|end)::([a-z0-9-]+)");

    @Test
    void everyBlockOfCodeIsCompiledAndTested() throws IOException {
        Map<String, List<String>> regions = regions();
        String tested = withoutSpaces(tested());
        List<String> wrong = new ArrayList<>();
        for (Page page : Page.all()) {
            if (System.getProperty("docs.write") != null) {
                page = filled(page, regions);
            }
            for (Page.Block block : page.blocks()) {
                String where = page.name() + ":" + block.line() + ": ";
                if (!isCode(block) || block.rest().matches("excerpt: .{10,}")) {
                    continue;
                }
                List<String> region = regions.get(block.rest());
                if (block.rest().isEmpty()) {
                    String shown = withoutSpaces(block.lines());
                    if (shown.length() < 20 || !tested.contains(shown)) {
                        wrong.add(where + "stands in no test and in no sample");
                    }
                } else if (region == null) {
                    wrong.add(where + "there is no region '" + block.rest() + "'");
                } else if (!region.equals(block.lines())) {
                    wrong.add(where + "differs from the region '" + block.rest() + "'");
                }
            }
        }
        assertThat(wrong)
                .as(
                        "write ```java name, put // tag::name and // end::name around tested code, and run with -Ddocs.write")
                .isEmpty();
    }

    /** {@code ```sql path} shows a file, as does {@code ```properties path}. */
    @Test
    void everyBlockOfAFileIsThatFile() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Page page : Page.all()) {
            if (System.getProperty("docs.write") != null) {
                page = written(page, SnippetsTest::file);
            }
            for (Page.Block block : page.blocks()) {
                List<String> file = file(block);
                if (file != null) {
                    checked++;
                    if (!file.equals(block.lines())) {
                        wrong.add(page.name() + ":" + block.line() + ": differs from " + block.rest());
                    }
                }
            }
        }
        assertThat(wrong).as("run with -Ddocs.write").isEmpty();
        assertThat(checked).isGreaterThan(2);
    }

    private static @Nullable List<String> file(Page.Block block) throws IOException {
        return Set.of("sql", "properties", "xml").contains(block.language())
                        && block.rest().contains("/")
                ? Files.readAllLines(Page.ROOT.resolve(block.rest()))
                : null;
    }

    /** What is done in an application that exists is done by the build as well, and told. */
    @Test
    void everyRecipeIsTold() throws IOException {
        String page = String.join("\n", Page.of("docs/existing-applications.md").lines());
        try (Stream<Path> recipes = Files.list(Page.ROOT.resolve("existing/src/test/resources/recipes"))) {
            assertThat(recipes.filter(Files::isDirectory)
                            .map(folder -> "`" + folder.getFileName() + "`")
                            .toList())
                    .allSatisfy(recipe -> assertThat(page).contains(recipe));
        }
    }

    /** An assistant imports what the table says: each type stands in the package of its row. */
    @Test
    void typesThatTheSkillNamesAreInTheirPackages() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (String row : Page.of("docs/SKILL.md").lines()) {
            if (row.startsWith("| `dev.sanctum4j")) {
                String[] cells = row.split("`", -1);
                for (int i = 3; i < cells.length; i += 2) {
                    String file = (cells[1] + "." + cells[i]).replace('.', '/') + ".java";
                    if (cells[i].matches("[A-Z].*")
                            && ++checked > 0
                            && Page.files("/" + file).isEmpty()) {
                        wrong.add(file);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(10);
    }

    @Test
    void everyRegionIsShownSomewhere() throws IOException {
        Set<String> unused = new LinkedHashSet<>(regions().keySet());
        for (Page page : Page.all()) {
            page.blocks().forEach(block -> unused.remove(block.rest()));
        }
        assertThat(unused).isEmpty();
    }

    @Test
    void regionIsWhatStandsBetweenItsMarksWithoutTheirIndent() {
        Map<String, List<String>> regions = new LinkedHashMap<>();
        read(
                "A.java",
                List.of("  // tag::a", "  int x;", "    // tag::b", "", "    int y;", "  // end::a", "  // end::b"),
                regions);

        assertThat(regions)
                .containsEntry("a", List.of("int x;", "", "  int y;"))
                .containsEntry("b", List.of("int y;"));
    }

    /** Java, or Kotlin that is no line of Gradle's: those {@link CoordinatesTest} checks. */
    private static boolean isCode(Page.Block block) {
        return block.language().equals("java")
                || block.language().equals("kotlin") && !block.rest().equals("gradle");
    }

    /** Code that a test runs: tests themselves, and the samples, which have tests of their own. */
    private static List<String> tested() throws IOException {
        List<String> tested = new ArrayList<>();
        for (Path file : Page.files(".java")) {
            if (file.toString().contains("/src/test/") || file.startsWith(Page.ROOT.resolve("samples"))) {
                tested.addAll(Files.readAllLines(file));
            }
        }
        return tested;
    }

    private static String withoutSpaces(List<String> lines) {
        return String.join("", lines).replaceAll("\\s", "");
    }

    private static Map<String, List<String>> regions() throws IOException {
        Map<String, List<String>> regions = new LinkedHashMap<>();
        for (String language : List.of(".java", ".kt")) {
            for (Path file : Page.files(language)) {
                read(file.toString(), Files.readAllLines(file), regions);
            }
        }
        assertThat(regions).isNotEmpty();
        return regions;
    }

    private static void read(String file, List<String> lines, Map<String, List<String>> regions) {
        Map<String, List<String>> open = new LinkedHashMap<>();
        for (String line : lines) {
            Matcher mark = MARK.matcher(line);
            if (!mark.matches()) {
                open.values().forEach(region -> region.add(line));
            } else if (mark.group(1).equals("tag")) {
                assertThat(regions.keySet()).as(file).doesNotContain(mark.group(2));
                assertThat(open.put(mark.group(2), new ArrayList<>()))
                        .as(file + " opens it twice")
                        .isNull();
            } else {
                List<String> region = open.remove(mark.group(2));
                assertThat(region).as("%s ends %s", file, mark.group(2)).isNotNull();
                regions.put(mark.group(2), tidy(region));
            }
        }
        assertThat(open.keySet()).as(file + " leaves regions open").isEmpty();
    }

    /** Without the common indent, and without blank lines at either end. */
    private static List<String> tidy(List<String> region) {
        return Arrays.asList(String.join("\n", region)
                .stripIndent()
                .replaceAll("\\A\\n+|\\s+\\z", "")
                .split("\n", -1));
    }

    private static Page filled(Page page, Map<String, List<String>> regions) throws IOException {
        return written(page, block -> isCode(block) ? regions.get(block.rest()) : null);
    }

    /** What a block should have; null if that is not known. */
    private interface Content {

        @Nullable
        List<String> of(Page.Block block) throws IOException;
    }

    private static Page written(Page page, Content content) throws IOException {
        List<String> lines = new ArrayList<>(page.lines());
        List<Page.Block> blocks = page.blocks();
        for (int i = blocks.size() - 1; i >= 0; i--) {
            Page.Block block = blocks.get(i);
            List<String> wanted = content.of(block);
            if (wanted != null) {
                lines.subList(block.line(), block.line() + block.lines().size()).clear();
                lines.addAll(block.line(), wanted);
            }
        }
        if (!lines.equals(page.lines())) {
            Files.write(page.file(), lines);
        }
        return new Page(page.file(), lines);
    }
}
