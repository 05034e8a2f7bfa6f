package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines by which agents are connected, which {@code sanctum4j-ui} serves for pages, are those of the guide. */
class ConnectTest {

    private static final Path FILE =
            Page.ROOT.resolve("ui/src/main/resources/META-INF/resources/sanctum4j/connect.json");

    @Test
    void everyLineIsInTheGuide() throws IOException {
        String guide = Files.readString(Page.ROOT.resolve("docs/guides/agents.md"));
        JsonNode lines = JsonMapper.shared().readTree(Files.readString(FILE));

        assertThat(lines).hasSize(5).allSatisfy(one -> {
            assertThat(guide)
                    .contains(one.get("client").asString())
                    .contains(one.get("file").asString())
                    .contains("\n"
                            + one.get("text")
                                    .asString()
                                    .replace("{name}", "shop")
                                    .replace("{NAME}", "SHOP")
                                    .replace("{url}", "https://shop.example.com/mcp")
                                    .replace("{token}", "pat_...")
                            + "\n```");
        });
    }
}
