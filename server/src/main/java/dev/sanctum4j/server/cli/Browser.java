package dev.sanctum4j.server.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The browser of whoever sits at this machine. */
final class Browser {

    private Browser() {}

    /** Opens a page. Returns whether a browser was asked to; there is none for somebody who came from another machine. */
    static boolean open(String page, Map<String, String> environment, String os) {
        List<String> command = command(page, environment, os.toLowerCase(Locale.ROOT));
        if (command.isEmpty()) {
            return false;
        }
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .getOutputStream()
                    .close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What opens it; empty if nothing does. */
    static List<String> command(String page, Map<String, String> environment, String os) {
        boolean display = has(environment, "DISPLAY", "WAYLAND_DISPLAY");
        if (has(environment, "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY") && !display) {
            return List.of();
        }
        if (os.startsWith("mac")) {
            return List.of("open", page);
        }
        if (os.startsWith("windows")) {
            return List.of("rundll32", "url.dll,FileProtocolHandler", page);
        }
        return display ? List.of("xdg-open", page) : List.of(); // or it opens one in the terminal
    }

    private static boolean has(Map<String, String> environment, String... variables) {
        return Stream.of(variables)
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    }
}
