package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/design-decisions.md} begins with all its headings by theme. */
class DesignDecisionsPageTest {

    private static final String INDEX = "## By theme";
    private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(#[^)]+\\)");

    /** Where the links lead, {@link LinksTest} knows. */
    @Test
    void everyDecisionStandsInTheIndexOnceAndInItsOwnWords() throws IOException {
        List<String> lines = Page.of("docs/design-decisions.md").lines();
        List<String> decisions = lines.stream()
                .filter(line -> line.startsWith("## ") && !line.equals(INDEX))
                .map(line -> line.substring(3))
                .toList();
        List<String> index = lines.subList(lines.indexOf(INDEX), lines.indexOf("## " + decisions.get(0)));

        assertThat(index.stream()
                        .flatMap(line -> LINK.matcher(line).results())
                        .map(link -> link.group(1))
                        .toList())
                .containsExactlyInAnyOrderElementsOf(decisions);
        assertThat(decisions).hasSizeGreaterThan(100);
    }
}
