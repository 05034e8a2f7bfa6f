package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/security.md} names tests that are there. */
class SecurityPageTest {

    private static final Pattern ITEM = Pattern.compile("\\| \\d+\\.\\d+\\.\\d+[^|]*\\|[^|]*\\|([^|]+)\\|([^|]*)\\|");
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");
    private static final Pattern METHOD =
            Pattern.compile("@(?:Test|ParameterizedTest|RepeatedTest)\\b(?s:.*?)\\bvoid (\\w+)\\(");

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Map<String, Set<String>> tests = tests();
        Set<String> missing = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        Matcher test =
                NAMED.matcher(String.join("\n", Page.of("docs/security.md").lines()));
        while (test.find()) {
            named.add(test.group());
            if (!tests.getOrDefault(test.group(1), Set.of()).contains(test.group(2))) {
                missing.add(test.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).hasSizeGreaterThan(90);
    }

    /** What no test holds is said to be not met or not ours, or is nothing that we do. */
    @Test
    void everyItemHasATestOrAReason() throws IOException {
        List<Matcher> items = Page.of("docs/security.md").lines().stream()
                .map(ITEM::matcher)
                .filter(Matcher::matches)
                .toList();

        assertThat(items).hasSizeGreaterThan(70);
        assertThat(items.stream()
                        .filter(item -> item.group(2).isBlank())
                        .map(item -> item.group(1).strip())
                        .filter(reason -> !reason.matches("(not met|not ours|no|S: there is no)\\b.*")))
                .isEmpty();
    }

    private static Map<String, Set<String>> tests() throws IOException {
        Map<String, Set<String>> tests = new HashMap<>();
        for (Path file : Page.files(".java")) {
            String name = file.getFileName().toString().replace(".java", "");
            if (name.matches(".*(Test|Contract)")) {
                Matcher method = METHOD.matcher(Files.readString(file));
                while (method.find()) {
                    tests.computeIfAbsent(name, any -> new TreeSet<>()).add(method.group(1));
                }
            }
        }
        return tests;
    }
}
