package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/troubleshooting.md} has the first words of everything that core, the starter and the server warn of or do not start
 * for, and of every refusal that the header tells; and each code of a refusal.
 */
class TroubleshootingPageTest {

    private static final String TEXT = "\"((?:[^\"\\\\]|\\\\.)*)\"";

    /** Calls that are followed by what somebody reads. */
    private static final List<Pattern> TELLING = Stream.of(
                    "\\b(?:LOG|logger)\\.(?:warn|error)\\(\\s*",
                    "Level\\.WARNING,\\s*",
                    "new Finding\\(\\s*",
                    "new FailureAnalysis\\(\\s*",
                    "new IllegalStateException\\(\\s*")
            .map(call -> Pattern.compile(call + TEXT))
            .toList();

    /** Of these the sentence is a later argument. */
    private static final Pattern LATER =
            Pattern.compile("new (?:InvalidConfigurationPropertyValueException|StartFailure)\\(([^;]*);");

    private static final Pattern LITERAL = Pattern.compile(TEXT);
    private static final int FIRST_WORDS = 5;

    /** What means a fault of the program, or of the JDK, and not of somebody's settings. */
    private static final Set<String> FAULTS = Set.of(
            "every JDK has HmacSHA256",
            "every Java has HMAC with",
            "a body that is read",
            "every JDK has SHA-256",
            "SHA-256 of this JDK cannot",
            "no transaction is open",
            "accounts are those of a");

    /** Pages are at our site by their names. */
    private static final Pattern LINK = Pattern.compile("https://sanctum4j\\.dev/([a-z-]+)#([a-z0-9-]+)");

    private static final Pattern CODE = Pattern.compile("### ([a-z-]+)\n(\\d{3})\\. ");
    private static final Set<String> REFUSALS = Set.of("401", "403", "419", "422", "423", "429", "503");

    @Test
    void everyWarningAndFailureIsTold() throws IOException {
        String page = plain(Files.readString(Page.ROOT.resolve("docs/troubleshooting.md")));
        Map<String, String> missing = new TreeMap<>();
        int checked = 0;
        for (Path file : Page.files(".java")) {
            String where = Page.ROOT.relativize(file).toString();
            if (where.matches("(core|spring|mcp|server)/src/main/.*")) {
                for (String text : told(Files.readString(file))) {
                    checked++;
                    if (!FAULTS.contains(text) && !page.contains(plain(text))) {
                        missing.put(text, where);
                    }
                }
            }
        }
        assertThat(missing)
                .as("add a row with these words to docs/troubleshooting.md: cause and cure")
                .isEmpty();
        assertThat(checked).isGreaterThan(50);
    }

    @Test
    void everyCodeOfARefusalIsTold() throws IOException {
        Matcher code = CODE.matcher(Files.readString(Page.ROOT.resolve("docs/errors.md")));
        Set<String> known = new TreeSet<>();
        while (code.find()) {
            if (REFUSALS.contains(code.group(2))) {
                known.add(code.group(2) + " " + code.group(1));
            }
        }
        Set<String> told = new TreeSet<>();
        for (String line : Page.of("docs/troubleshooting.md").lines()) {
            if (line.matches("### \\d{3}, .*")) {
                Matcher codes = Pattern.compile("`([a-z-]+)`").matcher(line);
                while (codes.find()) {
                    told.add(line.substring(4, 7) + " " + codes.group(1));
                }
            }
        }
        assertThat(told).isEqualTo(known);
    }

    @Test
    void codeLinksToWhatIsThere() throws IOException {
        Set<String> wrong = new TreeSet<>();
        int checked = 0;
        for (Path file : Page.files(".java")) {
            Matcher link = LINK.matcher(Files.readString(file));
            while (link.find()) {
                checked++;
                if (!Page.of("docs/" + link.group(1) + ".md").anchors().contains(link.group(2))) {
                    wrong.add(Page.ROOT.relativize(file) + ": " + link.group());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isPositive();
    }

    private static Set<String> told(String source) {
        Set<String> texts = new TreeSet<>();
        for (Pattern telling : TELLING) {
            telling.matcher(source)
                    .results()
                    .map(found -> firstWords(found.group(1)))
                    .forEach(texts::add);
        }
        LATER.matcher(source)
                .results()
                .flatMap(call -> LITERAL.matcher(call.group(1))
                        .results()
                        .map(literal -> firstWords(literal.group(1)))
                        .filter(words -> !words.isEmpty())
                        .limit(2)) // what is wrong; a remedy may follow
                .forEach(texts::add);
        texts.remove("");
        return texts;
    }

    /** The first words up to what differs from case to case; nothing if that comes first. */
    private static String firstWords(String text) {
        String constant = Stream.of(text.split("\\{}|%s", -1))
                .map(part -> part.replaceAll("^[\\s'.:,;]+|[\\s'.:,;]+$", ""))
                .filter(part -> part.contains(" "))
                .findFirst()
                .orElse("");
        return Stream.of(constant.split(" ", -1))
                .limit(FIRST_WORDS)
                .collect(Collectors.joining(" "))
                .replaceAll("[\\s'.:,;]+$", "");
    }

    private static String plain(String text) {
        return text.replaceAll("[`'…]", "").replaceAll("\\s+", " ");
    }
}
