package dev.sanctum4j.existing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of the list: {@code = name}, then {@code METHOD /path}, headers, and after a blank line a body.
 *
 * <p>{@code @ada GET /path} sends and keeps the cookies of a browser called ada. {@code keep name regex} keeps the first group
 * that the regex finds in the answer (its headers or its body) as {@code ${name}} for later requests. A path that begins with
 * {@code /} is below the application's servlet or context path; {@code ${sign-in}} and {@code ${sign-out}} are where a shape has
 * them. A line that begins with {@code #} is a comment.
 */
record Request(
        String name,
        String browser,
        String method,
        String path,
        List<String> headers,
        String body,
        Map<String, Pattern> kept) {

    private static final Pattern LINE = Pattern.compile("(?:@(\\S+) )?([A-Z]+) (\\S+)");

    static List<Request> read(Path file) throws IOException {
        List<Request> requests = new ArrayList<>();
        for (String block : Files.readString(file).replaceAll("(?m)^#.*\n", "").split("(?m)^= ", -1)) {
            if (!block.isBlank()) {
                requests.add(parse(block));
            }
        }
        return requests;
    }

    private static Request parse(String block) {
        String[] halves = block.stripTrailing().split("\n\n", 2);
        String[] lines = halves[0].split("\n", -1);
        Map<String, Pattern> kept = new LinkedHashMap<>();
        List<String> headers = new ArrayList<>();
        Matcher line = LINE.matcher(lines[1]);
        if (!line.matches()) {
            throw new IllegalArgumentException("no request: " + lines[1]);
        }
        for (int i = 2; i < lines.length; i++) {
            if (lines[i].startsWith("keep ")) {
                String[] words = lines[i].split(" ", 3);
                kept.put(words[1], Pattern.compile(words[2]));
            } else {
                headers.add(lines[i]);
            }
        }
        return new Request(
                lines[0],
                line.group(1) == null ? "" : line.group(1),
                line.group(2),
                line.group(3),
                headers,
                halves.length == 1 ? "" : halves[1],
                kept);
    }
}
