package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What pages tell people to depend on is what the poms publish, and stands there for Gradle as for Maven. */
class CoordinatesTest {

    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
    private static final Pattern COORDINATES = Pattern.compile("\\bdev\\.sanctum4j:([\\w-]+)(?::([\\w.-]*\\w))?");
    private static final Map<String, String> CONFIGURATIONS =
            Map.of("", "implementation", "runtime", "runtimeOnly", "test", "testImplementation");

    /** A dependency as Maven writes it. */
    private record Dependency(String group, String artifact, String version, String scope) {

        static Dependency of(String xml) {
            return new Dependency(
                    text(xml, "groupId"), text(xml, "artifactId"), text(xml, "version"), text(xml, "scope"));
        }

        boolean isOurs() {
            return group.equals("dev.sanctum4j");
        }

        String inGradle() {
            String version = this.version.isEmpty() ? "" : ":" + this.version;
            return "    " + CONFIGURATIONS.get(scope) + "(\"" + group + ":" + artifact + version + "\")";
        }
    }

    /** Fails if an artifact, a group or the version of a page is another than in the poms, or if one of ours has no version. */
    @Test
    void dependenciesAreThosePublished() throws IOException {
        Set<String> published = published();
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                for (Dependency one : dependencies(block)) {
                    String coordinates = one.group() + ":" + one.artifact() + ":" + one.version();
                    if (one.isOurs() || one.artifact().startsWith("sanctum4j")) {
                        checked++;
                        if (!published.contains(coordinates)) {
                            wrong.add(page.name() + ":" + block.line() + ": nobody publishes " + coordinates);
                        }
                    }
                }
            }
            for (MatchResult found : matches(COORDINATES, String.join("\n", page.lines()))) {
                checked++;
                if (found.group(2) == null || !published.contains(found.group())) {
                    wrong.add(page.name() + ": nobody publishes " + found.group());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(20);
    }

    @Test
    void whatIsShownForMavenIsShownForGradle() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Page page : Page.all()) {
            List<Page.Block> blocks = page.blocks();
            for (int i = 0; i < blocks.size(); i++) {
                List<Dependency> shown = dependencies(blocks.get(i));
                if (shown.stream().anyMatch(Dependency::isOurs)) {
                    List<String> gradle = new ArrayList<>(List.of("dependencies {"));
                    shown.forEach(one -> gradle.add(one.inGradle()));
                    gradle.add("}");
                    if (i + 1 == blocks.size()
                            || !blocks.get(i + 1).info().equals("kotlin gradle")
                            || !blocks.get(i + 1).lines().equals(gradle)) {
                        wrong.add(page.name() + ":" + blocks.get(i).line() + ": show it as ```kotlin gradle as well:\n"
                                + String.join("\n", gradle));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<Dependency> dependencies(Page.Block block) {
        return block.language().equals("xml")
                ? matches(DEPENDENCY, String.join("\n", block.lines())).stream()
                        .map(found -> Dependency.of(found.group(1)))
                        .toList()
                : List.of();
    }

    /** Group, artifact and version of each module that the list of ours names, as its own pom has them, and of that list. */
    private static Set<String> published() throws IOException {
        String bom = Files.readString(Page.ROOT.resolve("bom/pom.xml"));
        String version = text(bom, "version");
        Set<String> listed = new TreeSet<>(Set.of("sanctum4j-bom"));
        for (MatchResult found : matches(DEPENDENCY, bom)) {
            listed.add(text(found.group(1), "artifactId"));
        }
        Set<String> published = new TreeSet<>();
        for (String folder :
                matches(Pattern.compile("<module>([^<]+)"), Files.readString(Page.ROOT.resolve("pom.xml"))).stream()
                        .map(found -> found.group(1))
                        .toList()) {
            String pom = Files.readString(Page.ROOT.resolve(folder).resolve("pom.xml"));
            String own = pom.replaceFirst("(?s)<parent>.*?</parent>", "");
            if (listed.remove(text(own, "artifactId"))) {
                published.add(text(pom, "groupId") + ":" + text(own, "artifactId") + ":" + text(pom, "version"));
            }
        }
        assertThat(listed).as("listed in bom/pom.xml, and no module").isEmpty();
        assertThat(published).isNotEmpty().allMatch(one -> one.endsWith(":" + version));
        return published;
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    /** What the first element of this name holds; nothing if there is none. */
    private static String text(String xml, String element) {
        List<MatchResult> found = matches(Pattern.compile("<" + element + ">([^<]*)<"), xml);
        return found.isEmpty() ? "" : found.get(0).group(1);
    }
}
