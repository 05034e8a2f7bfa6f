package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrowserCommandTest {

    private static final String PAGE = "https://tokens.example.com/connect";

    private static List<String> on(String os, Map<String, String> environment) {
        return Browser.command(PAGE, environment, os);
    }

    @Test
    void eachPlatformHasItsOwn() {
        assertThat(on("linux", Map.of("DISPLAY", ":0"))).containsExactly("xdg-open", PAGE);
        assertThat(on("linux", Map.of("WAYLAND_DISPLAY", "wayland-0"))).containsExactly("xdg-open", PAGE);
        assertThat(on("mac os x", Map.of())).containsExactly("open", PAGE);
        assertThat(on("windows 11", Map.of())).containsExactly("rundll32", "url.dll,FileProtocolHandler", PAGE);
    }

    @Test
    void whoeverComesFromAnotherMachineHasNoneHere() {
        for (String variable : List.of("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")) {
            assertThat(on("mac os x", Map.of(variable, "x"))).isEmpty();
            assertThat(on("windows 11", Map.of(variable, "x"))).isEmpty();
            assertThat(on("linux", Map.of(variable, "x", "DISPLAY", ""))).isEmpty();
            assertThat(on("linux", Map.of(variable, "x", "DISPLAY", "localhost:10.0")))
                    .containsExactly("xdg-open", PAGE);
        }
        assertThat(on("linux", Map.of())).isEmpty(); // xdg-open would take the terminal for a text browser
    }
}
