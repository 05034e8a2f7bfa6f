package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table in {@code docs/configuration.md} is what the metadata of the starter says, in the words of
 * the classes of properties. {@code ./mvnw -pl samples/docs -am test -Dtest=ConfigurationPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write} writes it anew.
 */
class ConfigurationPageTest {

    private static final String BEGIN =
            "<!-- generated: change the properties' classes, then run ConfigurationPageTest with -Ddocs.write -->";
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

    @Test
    void everyBlockOfYamlNamesKeysThatExist() throws IOException {
        Set<String> known = properties().keySet();
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                if (!block.language().equals("yaml")) {
                    continue;
                }
                String where = page.name() + ":" + block.line() + ": ";
                if (!block.rest().isEmpty()
                        && !Files.readAllLines(Page.ROOT.resolve(block.rest())).equals(block.lines())) {
                    wrong.add(where + "differs from " + block.rest());
                }
                Set<String> keys = keys(block);
                if (keys.isEmpty()) {
                    wrong.add(where + "this is not YAML");
                }
                for (String key : keys) {
                    checked++;
                    if (key.startsWith("sanctum.") && known.stream().noneMatch(one -> isWithin(key, one))) {
                        wrong.add(where + "there is no key " + key);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(10);
    }

    @Test
    void everyVariableOfTheServerIsTold() throws IOException {
        String told = String.join("\n", Page.of("docs/configuration.md").lines());
        List<String> variables = new ArrayList<>();
        for (Path file : Page.files(".properties")) {
            if (file.startsWith(Page.ROOT.resolve("server/src/main/resources"))) {
                Matcher variable = Pattern.compile("\\$\\{([A-Z_]+)").matcher(Files.readString(file));
                while (variable.find()) {
                    variables.add("`" + variable.group(1) + "`");
                }
            }
        }
        assertThat(variables)
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> assertThat(told).contains(name));
    }

    private static Set<String> keys(Page.Block block) {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(String.join("\n", block.lines()).getBytes(StandardCharsets.UTF_8)));
        return Objects.requireNonNull(yaml.getObject()).keySet().stream()
                .map(Object::toString)
                .collect(Collectors.toSet());
    }

    /** Whether a key is this property, or an element or an entry of it. */
    private static boolean isWithin(String key, String property) {
        return key.equals(property) || key.startsWith(property + "[") || key.startsWith(property + ".");
    }

    private static List<String> table() throws IOException {
        List<String> table = new ArrayList<>(List.of("| key | value | default | meaning |", "|---|---|---|---|"));
        properties()
                .forEach((key, property) -> table.add("| `%s` | %s | %s | %s |"
                        .formatted(
                                key,
                                kind(property.get("type").asString()),
                                value(property.get("defaultValue")),
                                property.get("description")
                                        .asString()
                                        .replace("|", "\\|")
                                        .replaceAll("'([^']+)'", "`$1`"))));
        return table;
    }

    /** The properties of the starter, without those that have another name now. */
    private static Map<String, JsonNode> properties() throws IOException {
        Map<String, JsonNode> properties = new TreeMap<>();
        for (URL metadata : Collections.list(ConfigurationPageTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = metadata.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(in).get("properties")) {
                    String key = property.get("name").asString();
                    if (key.startsWith("sanctum.") && !property.has("deprecation")) {
                        properties.put(key, property);
                    }
                }
            }
        }
        assertThat(properties).hasSizeGreaterThan(30);
        return properties;
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
            case "org.springframework.util.unit.DataSize" -> "a size";
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
