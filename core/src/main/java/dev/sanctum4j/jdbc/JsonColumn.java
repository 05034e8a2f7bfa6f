package dev.sanctum4j.jdbc;

import dev.sanctum4j.Abilities;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The little JSON that the table holds. Rows may come from Laravel, or be damaged: what cannot be read grants nothing and
 * fails nothing.
 */
final class JsonColumn {

    private static final int MAX_LENGTH = 64 * 1024;
    private static final Pattern WORD =
            Pattern.compile("true|false|null|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");

    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    private final String text;
    private int at;

    private JsonColumn(String text) {
        this.text = text;
    }

    /** A text, or if it was not quoted a number, a truth value or null. */
    private record Scalar(String text, boolean quoted) {}

    /** An array of names, or an object whose values are names, as PHP writes an associative array. */
    static Abilities abilities(@Nullable String json) {
        return Abilities.of(read(json).values().stream()
                .filter(Scalar::quoted)
                .map(Scalar::text)
                .toList());
    }

    /** An object; its texts as they are, numbers and truth values as text. */
    static Map<String, String> metadata(@Nullable String json) {
        Map<String, String> notes = new LinkedHashMap<>();
        if (json != null && json.stripLeading().startsWith("{")) {
            read(json).forEach((name, value) -> {
                if (value.quoted() || !value.text().equals("null")) {
                    notes.put(name, value.text());
                }
            });
        }
        return notes;
    }

    static String of(Abilities abilities) {
        return abilities.names().stream().map(JsonColumn::quote).collect(Collectors.joining(",", "[", "]"));
    }

    static @Nullable String of(Map<String, String> metadata) {
        return metadata.isEmpty()
                ? null
                : metadata.entrySet().stream()
                        .map(note -> quote(note.getKey()) + ":" + quote(note.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quote(String value) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c > 0x7e) {
                json.append(String.format("\\u%04x", (int) c)); // ASCII survives every character set of a connection
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** The members of an object by name, those of an array by their place; none if it is neither, nested or damaged. */
    private static Map<String, Scalar> read(@Nullable String json) {
        if (json == null || json.length() > MAX_LENGTH) {
            return Map.of();
        }
        try {
            return new JsonColumn(json).members();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Map.of();
        }
    }

    private Map<String, Scalar> members() {
        Map<String, Scalar> members = new LinkedHashMap<>();
        boolean object = skips('{');
        if (!object) {
            expect('[');
        }
        char end = object ? '}' : ']';
        if (!skips(end)) {
            do {
                members.put(object ? name() : String.valueOf(members.size()), scalar());
            } while (skips(','));
            expect(end);
        }
        skipBlank();
        if (at < text.length()) {
            throw new IllegalArgumentException();
        }
        return members;
    }

    private String name() {
        expect('"');
        String name = string();
        expect(':');
        return name;
    }

    private Scalar scalar() {
        if (skips('"')) {
            return new Scalar(string(), true);
        }
        int from = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        if (!WORD.matcher(word).matches()) {
            throw new IllegalArgumentException();
        }
        return new Scalar(word, false);
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            if (c < ' ') {
                throw new IllegalArgumentException();
            }
            if (c != '\\') {
                string.append(c);
                continue;
            }
            char escaped = text.charAt(at++);
            if (escaped == 'u') {
                string.append((char) HexFormat.fromHexDigits(text, at, at + 4));
                at += 4;
            } else {
                string.append(ESCAPED.charAt(ESCAPES.indexOf(escaped)));
            }
        }
        return string.toString();
    }

    private boolean skips(char c) {
        skipBlank();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!skips(c)) {
            throw new IllegalArgumentException();
        }
    }

    private void skipBlank() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
