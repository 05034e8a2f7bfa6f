package dev.sanctum4j.spring.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the fields of a JSON object within {@link Limits}; those that are null are left out. Belongs to one request. */
final class JsonFields {

    /** A number as it was sent: whoever takes it for a text wants that one. */
    record Numeral(String text) {

        double value() {
            return Double.parseDouble(text);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final JsonParser json;
    private String field = "body";

    private JsonFields(JsonParser json) {
        this.json = json;
    }

    /**
     * The fields by name.
     *
     * @return them; null for a JSON null
     * @throws ProblemException with 400 if it is no object, with 422 if it exceeds a limit
     */
    static @Nullable Map<String, Object> read(byte[] body, @Nullable Charset charset) {
        try (JsonParser json = WireJson.parser(charset == null ? body : utf8(body, charset))) {
            JsonToken first = json.nextToken();
            if (first != JsonToken.VALUE_NULL && first != JsonToken.START_OBJECT) {
                throw new ProblemException(Problem.malformedBody());
            }
            Map<String, Object> fields = first == JsonToken.VALUE_NULL ? null : new JsonFields(json).object(1);
            if (json.nextToken() != null) {
                throw new ProblemException(Problem.malformedBody());
            }
            return fields;
        } catch (JacksonException | CharacterCodingException e) { // its message may quote the body
            throw new ProblemException(Problem.malformedBody());
        }
    }

    /** What is no text of its charset is refused, not read as something else. */
    private static byte[] utf8(byte[] body, Charset charset) throws CharacterCodingException {
        return charset.newDecoder().decode(ByteBuffer.wrap(body)).toString().getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int count = 1; json.nextToken() != JsonToken.END_OBJECT; count++) {
            String name = json.currentName();
            Limits.checkEntries(depth == 1 ? "body" : field, count);
            if (depth == 1) {
                field = printable(name);
            }
            json.nextToken();
            Object value = value(depth);
            if (value != null) {
                fields.put(name, value);
            }
        }
        return fields;
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int count = 1; json.nextToken() != JsonToken.END_ARRAY; count++) {
            Limits.checkEntries(field, count);
            list.add(value(depth));
        }
        return list;
    }

    private @Nullable Object value(int depth) {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                Limits.checkDepth(field, depth + 1);
                yield object(depth + 1);
            }
            case START_ARRAY -> {
                Limits.checkDepth(field, depth + 1);
                yield list(depth + 1);
            }
            case VALUE_STRING -> json.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeral(json.getString());
            default -> null;
        };
    }

    /** A name that somebody gave a field, as it may be told. */
    static String printable(String name) {
        String clean = name.replaceAll("[^A-Za-z0-9_.-]", "?");
        return clean.length() > 40 ? clean.substring(0, 40) : clean;
    }
}
