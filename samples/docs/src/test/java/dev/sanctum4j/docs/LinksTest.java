package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links between pages lead somewhere: the file is there, and so is the heading. */
class LinksTest {

    @Test
    void everyRelativeLinkLeadsSomewhere() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Page page : Page.all()) {
            for (String link : page.links()) {
                if (link.matches("[a-z]+:.*")) {
                    continue; // another host: no test of ours asks the network
                }
                checked++;
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? page.file()
                        : page.file().resolveSibling(parts[0]).normalize();
                if (!Files.exists(target)) {
                    wrong.add(page.name() + ": there is no " + link);
                } else if (parts.length == 2
                        && !new Page(target, Files.readAllLines(target))
                                .anchors()
                                .contains(parts[1])) {
                    wrong.add(page.name() + ": there is no heading for " + link);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(30);
    }

    @Test
    void everyPageIsReachedFromTheReadme() throws IOException {
        List<Path> reached = new ArrayList<>(List.of(Page.ROOT.resolve("README.md")));
        for (int i = 0; i < reached.size(); i++) {
            Path file = reached.get(i);
            for (String link : new Page(file, Files.readAllLines(file)).links()) {
                Path target = file.resolveSibling(link.split("#", 2)[0]).normalize();
                if (Files.isDirectory(target)) {
                    target = target.resolve("README.md");
                }
                if (Page.isOne(target) && Files.exists(target) && !reached.contains(target)) {
                    reached.add(target);
                }
            }
        }
        assertThat(Page.all().stream().map(Page::file).toList())
                .as("pages that nobody finds")
                .allMatch(reached::contains);
    }

    /** By one click: what people want to do stands in the one, what an assistant may need to read in the other. */
    @ParameterizedTest
    @ValueSource(strings = {"docs/README.md", "docs/llms.txt"})
    void everyPageOfTheDocumentationIsNamed(String list) throws IOException {
        Page first = Page.of(list);
        List<Path> named = first.links().stream()
                .map(link -> first.file().resolveSibling(link.split("#", 2)[0]).normalize())
                .toList();
        List<String> missing = Page.all().stream()
                .filter(page -> page.name().startsWith("docs/") && !page.name().equals(list))
                .filter(page -> !named.contains(page.file()))
                .map(Page::name)
                .toList();
        assertThat(named).hasSizeGreaterThan(30);
        assertThat(missing).isEmpty();
    }

    @Test
    void anchorsAreNamedAsGitHubNamesThem() {
        Page page = new Page(
                Page.ROOT.resolve("x.md"),
                List.of("# What's `can(…)`, really?", "```", "# no heading", "```", "## Two", "## Two"));

        assertThat(page.anchors()).containsExactly("whats-can-really", "two", "two-1");
    }
}
