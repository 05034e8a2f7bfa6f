package dev.sanctum4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is JSON, and what it grants, against a reader that everybody trusts. */
class JsonColumnTest {

    private static final JsonMapper JACKSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build());

    /** What stands in the place of a value: numbers, words and texts, and what only looks like one. */
    private static final List<String> VALUES =
            texts("json-values.txt", "9".repeat(20_000), "0." + "1".repeat(2_000), "\"" + "a".repeat(5_000) + "\"");

    private static final List<String> DOCUMENTS = texts(
            "json-documents.txt",
            "[".repeat(2_000),
            "[".repeat(400) + "\"a\"" + "]".repeat(400),
            "{\"a\":".repeat(400) + "1" + "}".repeat(400),
            "[\"a\"" + ",\"a\"".repeat(3_000) + "]",
            "[" + " ".repeat(5_000) + "\"a\"]");

    private static final List<String> PLACES = """
            %s
            [%s]
            [%s,"x"]
            ["x",%s]
            ["x",%s,"y"]
             [ %s , "x" ]\s
            {"k":%s}
            {"k":%s,"l":"x"}
            {"l":"x","k":%s}
            {%s:"x"}
            {"l":"x",%s:"y"}
            [%s"x"]
            ["x"%s]
            {"k"%s:"x"}
            ["x"]%s
            %s["x"]
            {"a":"x"}%s
            """.lines().toList();

    /** A file has a text a line, written in JSON. */
    private static List<String> texts(String file, String... more) {
        try (InputStream in = JsonColumnTest.class.getResourceAsStream(file)) {
            List<String> texts = new ArrayList<>(List.of(more));
            new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> texts.add(JACKSON.readValue(line, String.class)));
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void assertAgrees(String json) {
        assertThat(JsonColumn.abilities(json).names())
                .as("abilities of %s", json)
                .isEqualTo(granted(json));
        assertThat(JsonColumn.metadata(json)).as("metadata of %s", json).isEqualTo(notes(json));
    }

    /** What a reader of JSON finds that is a list of scalars, or an object of them; empty if it is none. */
    private static Map<String, JsonNode> members(String json) {
        JsonNode tree;
        try {
            tree = JACKSON.readTree(json);
        } catch (JacksonException e) {
            return Map.of();
        }
        Map<String, JsonNode> members = new LinkedHashMap<>();
        if (tree.isObject()) {
            tree.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        } else if (tree.isArray()) {
            tree.forEach(member -> members.put(String.valueOf(members.size()), member));
        }
        return isNested(json) ? Map.of() : members;
    }

    /** Whether anything is, a member too that another one of its name replaces. */
    private static boolean isNested(String json) {
        int begun = 0;
        try (JsonParser parser = JACKSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                begun += token.isStructStart() ? 1 : 0;
            }
        }
        return begun > 1;
    }

    private static List<String> granted(String json) {
        return members(json).values().stream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .distinct()
                .toList();
    }

    /** Numbers stand as they were written, which the tree no longer knows. */
    private static Map<String, String> notes(String json) {
        Map<String, String> notes = new LinkedHashMap<>();
        if (json.strip().startsWith("{")) {
            Map<String, String> ours = JsonColumn.metadata(json);
            members(json).forEach((name, value) -> {
                if (!value.isNull()) {
                    notes.put(name, value.isNumber() ? ours.get(name) : value.asString());
                }
            });
        }
        return notes;
    }

    @Test
    void thousandsOfTextsAreJsonForUsWhereTheyAreForOthers() {
        List<String> all = new ArrayList<>(DOCUMENTS);
        for (String place : PLACES) {
            VALUES.forEach(value -> all.add(place.replace("%s", value)));
        }

        assertThat(all).hasSizeGreaterThan(4_000);
        all.forEach(JsonColumnTest::assertAgrees);
    }

    @Test
    void soAreTextsThatWereDamaged() {
        Random random = new Random(17);
        String alphabet = "\"\"\"\\\\[]{}:,,0011.-+eEu \n\taftn*/\u0000\u001f\u00e9\ud83d\ude00\ufeff";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder json = new StringBuilder(
                    PLACES.get(random.nextInt(PLACES.size())).replace("%s", VALUES.get(random.nextInt(VALUES.size()))));
            if (json.length() > 200) {
                continue;
            }
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                int at = random.nextInt(json.length() + 1);
                switch (random.nextInt(3)) {
                    case 0 -> json.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> json.delete(at, at + random.nextInt(3));
                    default ->
                        json.replace(
                                at,
                                at + 1,
                                alphabet.substring(random.nextInt(alphabet.length()))
                                        .substring(0, 1));
                }
            }
            assertAgrees(json.toString());
        }
    }

    @Test
    void whatWeWriteEverybodyReads() {
        Random random = new Random(17);
        for (int i = 0; i < 2_000; i++) {
            List<String> names = new ArrayList<>();
            for (int many = random.nextInt(4); many >= 0; many--) {
                names.add(random.ints(random.nextInt(6), 0, 0x10000)
                        .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
                        .toString());
            }
            Abilities abilities = Abilities.of(names);

            assertThat(granted(JsonColumn.of(abilities))).isEqualTo(abilities.names());
            assertThat(JsonColumn.abilities(JsonColumn.of(abilities))).isEqualTo(abilities);
            Map<String, String> metadata = new LinkedHashMap<>();
            names.forEach(name -> metadata.put(name, name));
            assertThat(JsonColumn.metadata(JsonColumn.of(metadata))).isEqualTo(metadata);
        }
    }

    @Test
    void longerThanSixtyFourKibibytesIsNothing() {
        String long64 = "[\"" + "a".repeat(64 * 1024 - 4) + "\"]";

        assertThat(JsonColumn.abilities(long64).names()).hasSize(1);
        assertThat(JsonColumn.abilities(long64 + " ").names()).isEmpty();
        assertThat(JsonColumn.abilities(null).names()).isEmpty();
    }
}
