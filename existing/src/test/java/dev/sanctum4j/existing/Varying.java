package dev.sanctum4j.existing;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what is another value each time as its name; equal values of a cookie get the same number. */
final class Varying {

    private static final Map<Pattern, String> PATTERNS = new LinkedHashMap<>();

    static {
        put("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)", "<time>");
        put("(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z][a-z] \\d\\d \\d\\d:\\d\\d:\\d\\d UTC \\d{4}", "<time>");
        put("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z][a-z] 20\\d\\d \\d\\d:\\d\\d:\\d\\d GMT", "<date>");
        put("(name=\"_csrf\"[^>]*? value=\")[^\"]+", "$1<csrf>");
        put("(name=\"_csrf\" content=\")[^\"]+", "$1<csrf>");
        put("pat_[A-Za-z0-9]{20,}", "<token>");
        put("(\"hint\" ?: ?\")[A-Za-z0-9]{4}\"", "$1<hint>\"");
        put(";jsessionid=[0-9A-F]{32}", ";jsessionid=<session>");
        put("localhost:\\d+", "localhost:<port>");
        put("[Pp]ort \\d{4,5}", "port <port>");
        put("@[0-9a-f]{5,8}\\b", "@<hash>");
        put("\\$\\$(Lambda|SpringCGLIB)[$/0-9a-fx]*", "\\$\\$$1");
        put("\\$Proxy\\d+", "\\$Proxy");
    }

    private static final Pattern COOKIE = Pattern.compile("(Set-Cookie: )([^=]+)=([^;]{9,})");

    private static final Pattern ALLOW = Pattern.compile("(?m)^(< Allow: )(.*)$"); // from a set without an order

    /** A first use is written within half a second, or not yet. */
    private static final Pattern USED =
            Pattern.compile("\"last_used_at\":(null|\"<time>\"),\"last_used_from\":(null|\"[^\"]*\")");

    private static final Pattern LENGTH = Pattern.compile("Content-Length: \\d+");

    private final Map<String, Map<String, Integer>> numbers = new HashMap<>();

    private static void put(String pattern, String name) {
        PATTERNS.put(Pattern.compile(pattern), name);
    }

    /** The body of {@code /actuator} with its links sorted: endpoints come in no order. */
    static String withSortedLinks(String body) {
        String start = "{\"_links\":{";
        if (!body.startsWith(start)) {
            return body;
        }
        return Stream.of(body.substring(start.length(), body.length() - 2).split("(?<=}),", -1))
                .sorted()
                .collect(Collectors.joining(",", start, "}}"));
    }

    String named(String text) {
        String named = COOKIE.matcher(text).replaceAll(cookie -> {
            Map<String, Integer> known = numbers.computeIfAbsent(cookie.group(2), name -> new HashMap<>());
            int number = known.computeIfAbsent(cookie.group(3), value -> known.size() + 1);
            return Matcher.quoteReplacement(cookie.group(1) + cookie.group(2) + "=<" + number + ">");
        });
        for (Map.Entry<Pattern, String> pattern : PATTERNS.entrySet()) {
            named = pattern.getKey().matcher(named).replaceAll(pattern.getValue());
        }
        if (USED.matcher(named).find()) {
            named = USED.matcher(named).replaceAll("\"last_used_at\":<used>,\"last_used_from\":<used>");
            named = LENGTH.matcher(named).replaceAll("Content-Length: <length>");
        }
        return ALLOW.matcher(named)
                .replaceAll(allow -> allow.group(1)
                        + Stream.of(allow.group(2).split(", ?", -1)).sorted().collect(Collectors.joining(", ")));
    }
}
