package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void jsonHasNothingThatAScreenObeys() {
        assertThat(Terminal.json(Map.of("name", "é\u009b2J\u001b[2J\u202e\u007f")))
                .isEqualTo("{\"name\":\"é\\u009b2J\\u001B[2J\\u202e\\u007f\"}");
    }
}
