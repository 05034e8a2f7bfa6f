package dev.sanctum4j.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code docs/http.md} says of the server's routes. A person writes it: {@link OpenApiTest} takes it for what the controllers
 * cannot tell, {@link HttpPageTest} compares it with what is mapped and who is let in, and {@link AnswersAreTold} with every answer.
 */
final class HttpPage {

    static final Path FILE = Path.of("..", "docs", "http.md");

    private static final Pattern NAMED = Pattern.compile("`((?:GET|POST|PUT|PATCH|DELETE|\\*) /[^`]*)`");
    private static final Pattern FIELD = Pattern.compile("`([\\w-]+)`(\\??)");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)]\\([^)]+\\)");
    private static final Pattern ANSWER = Pattern.compile(
            "(\\d{3})(?: (list of )?\\[(\\w+)]\\(#forms\\)| \\[([a-z-]+)]\\(errors\\.md#[a-z-]+\\))?(?:, |$)");
    private static final Pattern STATUS = Pattern.compile("\\d{3}");
    private static final Pattern CODE = Pattern.compile("\\(errors\\.md#([a-z-]+)\\)");

    /** A field, which may be missing. */
    record Field(String name, boolean optional) {}

    /** One of the answers of a route: with a body of this form, or a list of such; or a problem with this code. */
    record Answer(
            int status,
            boolean list,
            @Nullable String form,
            @Nullable String code) {}

    /** A line of a table. */
    record Route(String mapping, String what, String who, String sends, List<Answer> answers) {

        /** What it sends in the part that is named so: {@code query}, {@code form}, {@code JSON}; or without a name what is either. */
        List<Field> fields(String part) {
            String fields = sends.split("; ", 2)[0];
            int colon = fields.indexOf(": ");
            return fields.substring(0, Math.max(colon, 0)).equals(part) ? HttpPage.fields(fields) : List.of();
        }

        List<Field> headers() {
            return sends.contains("header ") ? HttpPage.fields(sends.substring(sends.indexOf("header "))) : List.of();
        }

        /** The sentence without Markdown. */
        String plain() {
            String text = LINK.matcher(what).replaceAll("$1").replace("`", "");
            return Character.toUpperCase(text.charAt(0)) + text.substring(1);
        }
    }

    /** By their mappings. */
    static final Map<String, Route> ROUTES = new LinkedHashMap<>();

    /** What the forms hold. */
    static final Map<String, List<Field>> FORMS = new LinkedHashMap<>();

    /** All mappings of the server that the page names, pages for people included. */
    static final Set<String> NAMES = new TreeSet<>();

    /** The codes that any route may answer with, and with which statuses. */
    static final Map<String, Set<Integer>> ANYWHERE = new LinkedHashMap<>();

    /** Their statuses. */
    static final Set<Integer> STATUSES = new TreeSet<>();

    static {
        String section = "";
        for (String line : lines()) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| ")) {
                List<String> cells = List.of(line.substring(2).split(" \\|(?: |$)", -1));
                switch (section) {
                    case "What comes back" -> {
                        Set<Integer> statuses = STATUS.matcher(cells.get(0))
                                .results()
                                .map(status -> Integer.valueOf(status.group()))
                                .collect(Collectors.toSet());
                        STATUSES.addAll(statuses);
                        CODE.matcher(line).results().forEach(code -> ANYWHERE.put(code.group(1), statuses));
                    }
                    case "Routes" -> route(cells);
                    case "Forms" -> FORMS.put(cells.get(0).replace("`", ""), fields(cells.get(1)));
                    case "Pages of the server" ->
                        NAMED.matcher(cells.get(0)).results().forEach(name -> NAMES.add(name.group(1)));
                    default -> {}
                }
            }
        }
        FORMS.remove("form"); // the head of the table
    }

    private HttpPage() {}

    private static List<String> lines() {
        try {
            return Files.readAllLines(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void route(List<String> cells) {
        Matcher name = NAMED.matcher(cells.get(0));
        if (name.matches()) {
            NAMES.add(name.group(1));
            ROUTES.put(
                    name.group(1),
                    new Route(
                            name.group(1),
                            cells.get(1),
                            cells.get(2),
                            cells.get(3).strip(),
                            answers(cells.get(4))));
        }
    }

    private static List<Answer> answers(String cell) {
        List<Answer> answers = new ArrayList<>();
        Matcher answer = ANSWER.matcher(cell);
        int end = 0;
        while (answer.find() && answer.start() == end) {
            end = answer.end();
            answers.add(new Answer(
                    Integer.parseInt(answer.group(1)), answer.group(2) != null, answer.group(3), answer.group(4)));
        }
        if (end != cell.length()) {
            throw new IllegalStateException("docs/http.md: this cannot be read: " + cell.substring(end));
        }
        return answers;
    }

    private static List<Field> fields(String cell) {
        return FIELD.matcher(cell)
                .results()
                .map(field -> new Field(field.group(1), !field.group(2).isEmpty()))
                .toList();
    }
}
