package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table in {@code docs/configuration.md} is what the metadata of the starter says, in the words of
 * {@code SanctumProperties}. {@code ./mvnw -pl samples/docs -am test -Dtest=ConfigurationPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write} writes it anew.
 */
class ConfigurationPageTest {

    private static final String BEGIN =
            "<!-- generated: change SanctumProperties, then run ConfigurationPageTest with -Ddocs.write -->";
    private static final String END = "<!-- end of what is generated -->";

    @Test
    void tableIsWhatTheMetadataSays() throws IOException {
        Page page = Page.of("docs/configuration.md");
        int begin = page.lines().indexOf(BEGIN);
        int end = page.lines().indexOf(END);
        assertThat(begin).as(BEGIN).isNotNegative();
        assertThat(end).as(END).isGreaterThan(begin);

        List<String> lines = new ArrayList<>(page.lines().subList(0, begin + 1));
        lines.addAll(table());
        lines.addAll(page.lines().subList(end, page.lines().size()));
        if (System.getProperty("docs.write") != null) {
            Files.write(page.file(), lines);
            page = Page.of("docs/configuration.md");
        }
        assertThat(page.lines())
                .as("docs/configuration.md is out of date: ./mvnw -pl samples/docs -am test"
                        + " -Dtest=ConfigurationPageTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write")
                .isEqualTo(lines);
    }

    private static List<String> table() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (URL metadata : Collections.list(ConfigurationPageTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = metadata.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(in).get("properties")) {
                    String key = property.get("name").asString();
                    if (key.startsWith("sanctum.") && !property.has("deprecation")) {
                        rows.put(
                                key,
                                "| `%s` | %s | %s | %s |"
                                        .formatted(
                                                key,
                                                kind(property.get("type").asString()),
                                                value(property.get("defaultValue")),
                                                property.get("description")
                                                        .asString()
                                                        .replace("|", "\\|")
                                                        .replaceAll("'([^']+)'", "`$1`")));
                    }
                }
            }
        }
        assertThat(rows).hasSizeGreaterThan(30);
        List<String> table = new ArrayList<>(List.of("| key | value | default | meaning |", "|---|---|---|---|"));
        table.addAll(rows.values());
        return table;
    }

    /** What can be written: an enum's constants as Spring reads them, else the kind of value. */
    private static String kind(String type) {
        if (type.contains("List<")) {
            return type.contains("String") ? "a list" : "a list of groups";
        }
        if (type.startsWith("java.util.Map<")) {
            return "names and values";
        }
        return switch (type) {
            case "java.lang.Boolean" -> "`true`, `false`";
            case "java.lang.Integer", "java.lang.Long" -> "a number";
            case "java.lang.String" -> "text";
            case "java.time.Duration" -> "a duration";
            case "java.time.ZoneId" -> "a zone";
            default -> constants(type);
        };
    }

    private static String constants(String type) {
        try {
            Object[] constants = Class.forName(type).getEnumConstants();
            return constants == null
                    ? "a value"
                    : Arrays.stream(constants)
                            .map(one -> "`"
                                    + one.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                            .collect(Collectors.joining(", "));
        } catch (ClassNotFoundException e) {
            return "a value";
        }
    }

    private static String value(@Nullable JsonNode value) {
        if (value == null || value.isNull() || value.asString("").isEmpty() && value.isString()) {
            return "";
        }
        String text = value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                : value.asString().replaceAll("[\\[\\]]", "");
        return "`" + text + "`";
    }
}
