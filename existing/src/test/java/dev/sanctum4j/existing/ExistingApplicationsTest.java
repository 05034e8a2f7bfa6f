package dev.sanctum4j.existing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application that exists is the same after the dependency was added: what it answers, says, keeps and runs. Two programs
 * record it in every shape, one without our jars; {@code src/test/resources/recordings} has what the first one must see, and
 * {@code allowed} has, section by section, what may be another with us.
 *
 * <p>{@code -Dexisting.write=recordings} writes the recordings anew, for when the application or the list of requests changes;
 * {@code -Dexisting.write=recipes} writes down what each recipe changes, to be read before it is believed.
 */
class ExistingApplicationsTest {

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final Path WITHOUT = Path.of("target/recorded/without");
    private static final Path WITH = Path.of("target/recorded/with");

    @BeforeAll
    static void record() throws Exception {
        Path names = Path.of("target/names").toAbsolutePath();
        Names.compile(Programs.ourJars(), names);
        Process without = Programs.start(false, WITHOUT, names, List.of());
        Process with = Programs.start(true, WITH, names, Recipe.names());
        finish(without, WITHOUT);
        finish(with, WITH);
        if (isToBeWritten("recordings")) {
            for (String file : files().toList()) {
                Recording.read(WITHOUT.resolve(file))
                        .write(RESOURCES.resolve("recordings").resolve(file));
            }
        }
    }

    private static boolean isToBeWritten(String what) {
        return what.equals(System.getProperty("existing.write"));
    }

    private static void finish(Process program, Path folder) throws InterruptedException {
        if (!program.waitFor(15, TimeUnit.MINUTES)) {
            program.destroyForcibly();
        }
        assertThat(program.waitFor()).as(Programs.output(folder)).isZero();
    }

    static Stream<String> files() {
        return Stream.concat(Stream.of("slices"), Stream.of(Shape.values()).map(Shape::file))
                .map(name -> name + ".txt");
    }

    static Stream<String> recipes() throws IOException {
        return Recipe.names().stream();
    }

    @Test
    void onlyOneOfTheProgramsHasOurJars() {
        assertThat(Programs.output(WITHOUT)).contains("without ours").doesNotContain("dev.sanctum4j.spring");
        assertThat(Programs.output(WITH)).contains("with ours");
    }

    @ParameterizedTest
    @MethodSource("files")
    void recordingIsTrue(String file) throws IOException {
        assertNoDifference(
                recording(file), Recording.read(WITHOUT.resolve(file)), "without-us-" + file.replace(".txt", ""));
    }

    @ParameterizedTest
    @MethodSource("files")
    void dependencyChangesNothing(String file) throws IOException {
        Recording allowed = Recording.read(RESOURCES.resolve("allowed").resolve(file));

        assertNoDifference(
                recording(file).but(allowed),
                Recording.read(WITH.resolve(file)),
                "with-us-" + file.replace(".txt", ""));
    }

    @ParameterizedTest
    @EnumSource
    void beansOfOursBeginWithSanctumAndNoOtherChanges(Shape shape) throws IOException {
        Map<String, String> before = beans(WITHOUT, shape);
        Map<String, String> after = beans(WITH, shape);
        StringBuilder differences = new StringBuilder();
        before.forEach((name, type) -> {
            String now = after.remove(name);
            if (!type.equals(now)) {
                differences
                        .append(name)
                        .append(": ")
                        .append(type)
                        .append(" → ")
                        .append(now)
                        .append('\n');
            }
        });
        after.forEach((name, type) -> {
            if (!name.startsWith("sanctum") && !name.startsWith("dev.sanctum4j.")) {
                differences.append(name).append(": → ").append(type).append('\n');
            }
        });

        assertEmpty(differences.toString(), shape.file() + "-beans");
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void recipeChangesWhatItNames(String recipe) throws IOException {
        Path named = Recipe.differences(recipe);
        String differences = grouped(shapeOf(recipe).differences(recorded(recipe)));
        if (isToBeWritten("recipes")) {
            Files.writeString(named, differences);
        }

        assertThat(differences)
                .as("what recipe %s changes, of which %s tells", recipe, named)
                .isEqualTo(Files.readString(named));
    }

    @Test
    void slicesPassThoughTheirChainTakesTokens() throws IOException {
        assertThat(Recording.read(WITH.resolve("slices-with-tokens.txt")).sections())
                .isNotEmpty()
                .allSatisfy((test, result) -> assertThat(result).isEqualTo("SUCCESSFUL"));
    }

    private static Recording shapeOf(String recipe) throws IOException {
        return recording(Recipe.shapeOf(recipe).file() + ".txt");
    }

    private static Recording recorded(String recipe) throws IOException {
        return Recording.read(WITH.resolve("recipe-" + recipe + ".txt"));
    }

    private static Recording recording(String file) throws IOException {
        return Recording.read(RESOURCES.resolve("recordings").resolve(file));
    }

    private static Map<String, String> beans(Path folder, Shape shape) throws IOException {
        Path file = folder.resolve(shape.file() + ".beans");
        assertThat(file).as(shape + " did not start").exists();
        return Files.readAllLines(file).stream()
                .map(line -> line.split("\t", 2))
                .collect(Collectors.toMap(bean -> bean[0], bean -> bean[1], (one, other) -> one, TreeMap::new));
    }

    private static void assertNoDifference(Recording expected, Recording actual, String what) throws IOException {
        assertEmpty(grouped(expected.differences(actual)), what);
    }

    /** Sections that differ in the same way are listed together. */
    private static String grouped(Map<String, String> differences) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        differences.forEach((section, difference) ->
                sections.computeIfAbsent(difference, same -> new ArrayList<>()).add("= " + section + "\n"));
        return sections.entrySet().stream()
                .map(group -> String.join("", group.getValue()) + group.getKey())
                .collect(Collectors.joining("\n"));
    }

    private static void assertEmpty(String differences, String what) throws IOException {
        Path list = Path.of("target/differences").resolve(what + ".txt");
        Files.createDirectories(list.getParent());
        Files.writeString(list, differences);
        assertThat(differences).as(list.toString()).isEmpty();
    }
}
