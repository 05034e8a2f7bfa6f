package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/upgrading.md} tells of every step of the schema, and of none that does not exist. */
class UpgradingPageTest {

    private static final Pattern STEP = Pattern.compile("^\\| `(V\\d+__\\w+\\.sql)` \\| .{20,} \\|$");

    @Test
    void everyStepOfTheSchemaIsTold() throws Exception {
        Path migrations = Page.ROOT.resolve("core/src/main/resources");
        Set<String> steps = Page.files(".sql").stream()
                .filter(file -> file.startsWith(migrations))
                .map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith("V")) // what is repeatable has no number
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> told = Page.of("docs/upgrading.md").lines().stream()
                .map(STEP::matcher)
                .filter(line -> line.matches())
                .map(line -> line.group(1))
                .toList();

        assertThat(told).as("the steps in docs/upgrading.md, in order").containsExactlyElementsOf(steps);
    }
}
