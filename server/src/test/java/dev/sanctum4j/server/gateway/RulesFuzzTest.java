package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.FuzzInputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Any file of rules, asked for a few paths and for its own. */
class RulesFuzzTest {

    private static final List<String> PATHS = List.of("/", "/orders", "/orders/1", "/orders/", "/%C3%A9", "/a/b/c/d");

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        if (text.matches("(?s).*([*{][^/]*){5}.*")) {
            return; // whoever may write the rules may have them take for ever
        }
        List<String> lines = text.lines().toList();
        try {
            Rules rules = Rules.of(lines);
            for (String path : PATHS) {
                rules.abilities("GET", path, Optional.of(new McpCall("tools/call", "orders_refund")))
                        .ifPresent(needed -> assertThat(needed).doesNotContain("*", "-", ""));
            }
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("sanctum.gateway.rules: ");
        }
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), RulesFuzzTest::fuzzerTestOneInput);
    }
}
