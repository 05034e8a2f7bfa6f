package dev.sanctum4j.spring.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE completes is what there is, and defaults are what is written. */
class MetadataTest {

    @Test
    void keysAreTheseAndEachIsDescribed() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (InputStream file = Thread.currentThread()
                .getContextClassLoader()
                .getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
            // of several jars ours is the first
            for (JsonNode property : JsonMapper.shared().readTree(file).get("properties")) {
                found.put(
                        property.get("name").asString(),
                        property.get("description").asString());
            }
        }

        assertThat(found.keySet())
                .containsExactly(
                        "sanctum.mcp.ability-per-tool",
                        "sanctum.mcp.enabled",
                        "sanctum.mcp.max-body",
                        "sanctum.mcp.origins",
                        "sanctum.mcp.token-page");
        assertThat(found.values())
                .allSatisfy(description -> assertThat(description).endsWith("."));
    }

    @Test
    void defaults() {
        assertThat(new Binder(new MapConfigurationPropertySource(Map.of()))
                        .bindOrCreate("sanctum.mcp", McpProperties.class))
                .isEqualTo(new McpProperties(true, false, DataSize.ofMegabytes(4), List.of(), ""));
    }
}
