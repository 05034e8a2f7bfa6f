package dev.sanctum4j.jdbc;

import dev.sanctum4j.Abilities;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The little JSON that the table holds. Rows may come from Laravel, or be damaged: what cannot be read grants nothing and
 * fails nothing.
 */
final class JsonColumn {

    private static final int MAX_LENGTH = 64 * 1024;
    private static final int MAX_DEPTH = 8;

    private final String text;
    private int at;

    private JsonColumn(String text) {
        this.text = text;
    }

    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed() {
            super(null, null, false, false);
        }
    }

    /** An array of names, or an object whose values are names, as PHP writes an associative array. */
    static Abilities abilities(@Nullable String json) {
        Object value = read(json);
        Collection<?> members =
                value instanceof List<?> list ? list : value instanceof Map<?, ?> map ? map.values() : List.of();
        List<String> names = new ArrayList<>();
        for (Object member : members) {
            if (member instanceof String name) {
                names.add(name);
            }
        }
        return Abilities.of(names);
    }

    /** An object; its texts as they are, numbers and truth values as text, nested values left out. */
    static Map<String, String> metadata(@Nullable String json) {
        Map<String, String> notes = new LinkedHashMap<>();
        if (read(json) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (value instanceof String || value instanceof Boolean) {
                    notes.put(String.valueOf(name), value.toString());
                } else if (value instanceof Number number) {
                    notes.put(String.valueOf(name), number.toString());
                }
            });
        }
        return notes;
    }

    static String of(Abilities abilities) {
        StringBuilder json = new StringBuilder("[");
        for (String name : abilities.names()) {
            quote(json.length() > 1 ? json.append(',') : json, name);
        }
        return json.append(']').toString();
    }

    static @Nullable String of(Map<String, String> metadata) {
        if (metadata.isEmpty()) {
            return null;
        }
        StringBuilder json = new StringBuilder("{");
        metadata.forEach((name, value) -> {
            quote(json.length() > 1 ? json.append(',') : json, name);
            quote(json.append(':'), value);
        });
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String value) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || c > 0x7e) {
                json.append(String.format("\\u%04x", (int) c)); // ASCII survives every character set of a connection
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static @Nullable Object read(@Nullable String json) {
        if (json == null || json.length() > MAX_LENGTH) {
            return null;
        }
        try {
            JsonColumn reader = new JsonColumn(json);
            Object value = reader.value(0);
            reader.skipBlank();
            return reader.at == json.length() ? value : null;
        } catch (Malformed e) {
            return null;
        }
    }

    private @Nullable Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw new Malformed();
        }
        skipBlank();
        char c = next();
        return switch (c) {
            case '"' -> string();
            case '[' -> list(depth);
            case '{' -> map(depth);
            default -> word();
        };
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        if (!skips(']')) {
            do {
                list.add(value(depth + 1));
            } while (skips(','));
            expect(']');
        }
        return list;
    }

    private Map<String, @Nullable Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (!skips('}')) {
            do {
                expect('"');
                String name = string();
                expect(':');
                map.put(name, value(depth + 1));
            } while (skips(','));
            expect('}');
        }
        return map;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            if (c != '\\') {
                string.append(c);
                continue;
            }
            char escaped = next();
            switch (escaped) {
                case '"', '\\', '/' -> string.append(escaped);
                case 'b' -> string.append('\b');
                case 'f' -> string.append('\f');
                case 'n' -> string.append('\n');
                case 'r' -> string.append('\r');
                case 't' -> string.append('\t');
                case 'u' -> string.append(unicode());
                default -> throw new Malformed();
            }
        }
        return string.toString();
    }

    private char unicode() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw new Malformed();
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private @Nullable Object word() {
        int from = at - 1;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> number(word);
        };
    }

    private static Number number(String word) {
        if (word.charAt(0) != '-' && !Character.isDigit(word.charAt(0))) {
            throw new Malformed();
        }
        try {
            return new BigDecimal(word);
        } catch (NumberFormatException e) {
            throw new Malformed();
        }
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
            throw new Malformed();
        }
    }

    private void skipBlank() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        if (at >= text.length()) {
            throw new Malformed();
        }
        return text.charAt(at++);
    }
}
