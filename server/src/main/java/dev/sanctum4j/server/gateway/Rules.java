package dev.sanctum4j.server.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which request needs which abilities, one rule to a line; the first that fits decides, and where none fits nobody may. Rules
 * with conditions on what an MCP client says of its call decide nothing: all of them that fit ask for more.
 *
 * <p>Immutable and thread-safe.
 */
final class Rules {

    private static final String NAME = "sanctum.gateway.rules";
    private static final String ANY = "*";
    private static final String NOTHING = "-";

    private static final Pattern CONDITION =
            Pattern.compile("(" + McpCall.METHOD + "|" + McpCall.NAME + "):(\\S+)", Pattern.CASE_INSENSITIVE);

    /** Characters of a path that is held against such a pattern: the time grows with their square, or worse. */
    private static final int MOST = 512;

    private final List<Rule> rules;
    private final List<Rule> more;
    private final boolean intricate;

    private Rules(List<Rule> all) {
        this.rules = all.stream().filter(rule -> rule.call().isEmpty()).toList();
        this.more = all.stream().filter(rule -> !rule.call().isEmpty()).toList();
        this.intricate = all.stream().anyMatch(rule -> isIntricate(rule.path().getPatternString()));
    }

    /** Whether one part of a path has several wildcards, which try all ways to share out what is sent. */
    private static boolean isIntricate(String path) {
        return Stream.of(path.split("/", -1))
                .filter(part -> !part.equals("**") && !part.startsWith("{*"))
                .anyMatch(part ->
                        part.chars().filter(c -> "*{+".indexOf(c) >= 0).count() > 1);
    }

    /**
     * A line.
     *
     * @param call what the headers of an MCP call must say, by their names in small letters; empty for a rule without conditions
     */
    private record Rule(Set<String> methods, PathPattern path, Map<String, String> call, List<String> abilities) {

        boolean fits(String method, PathContainer asked) {
            return (methods.contains(ANY) || methods.contains(method)) && path.matches(asked);
        }

        boolean fits(McpCall asked) {
            return says(McpCall.METHOD, asked.method()) && says(McpCall.NAME, asked.name());
        }

        private boolean says(String header, String value) {
            String wanted = call.get(header.toLowerCase(Locale.ROOT));
            return wanted == null
                    || (wanted.endsWith(ANY)
                            ? value.startsWith(wanted.substring(0, wanted.length() - 1))
                            : value.equals(wanted));
        }
    }

    /** @throws IllegalArgumentException if the file cannot be read or understood, naming the line */
    static Rules read(Path file) {
        try {
            return of(Files.readAllLines(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(NAME + ": " + file.toAbsolutePath() + " cannot be read", e);
        }
    }

    /** @throws IllegalArgumentException if a line cannot be understood, naming it */
    static Rules of(List<String> lines) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                rules.add(rule(line, i + 1));
            }
        }
        if (rules.stream().allMatch(rule -> !rule.call().isEmpty())) {
            throw new IllegalArgumentException(NAME + ": there is no rule"
                    + (rules.isEmpty() ? "" : " without " + McpCall.METHOD + " and " + McpCall.NAME)
                    + ", so nobody may do anything");
        }
        return new Rules(List.copyOf(rules));
    }

    private static Rule rule(String line, int number) {
        String[] words = line.split("\\s+");
        if (words.length < 3) {
            throw wrong(
                    number,
                    "has " + words.length + " of three parts; write it like 'GET,HEAD /orders/** orders:read', with "
                            + NOTHING + " instead of abilities where being signed in is enough");
        }
        Set<String> methods = Set.copyOf(List.of(words[0].split(",", -1)));
        for (String method : methods) {
            if (!method.equals(ANY) && !method.matches("[A-Z]{1,32}")) {
                throw wrong(number, "has the method '" + method + "'; write methods in capitals, or " + ANY);
            }
        }
        Map<String, String> call = new HashMap<>();
        int first = 2;
        for (; first < words.length; first++) {
            Matcher condition = CONDITION.matcher(words[first]);
            if (!condition.matches()) {
                break;
            }
            if (call.put(condition.group(1).toLowerCase(Locale.ROOT), condition.group(2)) != null) {
                throw wrong(number, "has two conditions on " + condition.group(1));
            }
        }
        List<String> abilities = List.of(words).subList(first, words.length);
        if (!call.isEmpty() && (abilities.isEmpty() || abilities.contains(NOTHING))) {
            throw wrong(number, "asks for no ability, and with a condition it can only ask for more");
        }
        if (abilities.contains(NOTHING)) {
            if (abilities.size() > 1) {
                throw wrong(number, "asks for " + NOTHING + " and for abilities");
            }
            abilities = List.of();
        }
        if (abilities.contains(ANY)) {
            throw wrong(number, "asks for " + ANY + ", which is no ability; write " + NOTHING + " to ask for none");
        }
        return new Rule(methods, pattern(words[1], number), Map.copyOf(call), abilities);
    }

    private static PathPattern pattern(String text, int number) {
        if (!text.startsWith("/") || !new OriginalRequest(null, text).path().equals(Optional.of(text))) {
            throw wrong(
                    number,
                    "has the path '" + text
                            + "'; write a path that begins with / and has no //, dot segment, query, ; or #");
        }
        try {
            return PathPatternParser.defaultInstance.parse(text);
        } catch (IllegalArgumentException e) { // of the pattern, or of an expression in it
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw wrong(number, "has the path '" + text + "': " + why);
        }
    }

    private static IllegalArgumentException wrong(int number, String why) {
        return new IllegalArgumentException(NAME + ": line " + number + " " + why);
    }

    /**
     * What a request needs; an empty list if only somebody who is signed in, nothing if no rule fits, or rules have conditions on
     * what the request does not say.
     *
     * @param call what it says of an MCP call
     */
    Optional<List<String>> abilities(String method, String path, Optional<McpCall> call) {
        if (intricate && path.length() > MOST) {
            return Optional.empty(); // whoever wrote the rules would not want to wait for it
        }
        PathContainer asked = PathContainer.parsePath(path);
        List<Rule> conditional =
                more.stream().filter(rule -> rule.fits(method, asked)).toList();
        if (!conditional.isEmpty() && call.isEmpty()) {
            return Optional.empty();
        }
        return rules.stream()
                .filter(rule -> rule.fits(method, asked))
                .findFirst()
                .map(Rule::abilities)
                .map(needed -> Stream.concat(
                                needed.stream(),
                                conditional.stream()
                                        .filter(rule -> rule.fits(call.orElseThrow()))
                                        .flatMap(rule -> rule.abilities().stream()))
                        .distinct()
                        .toList());
    }
}
