package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a page of the documentation types and what it is answered. {@code …} stands for what differs each time. */
final class Transcript {

    private record Step(String command, List<String> answer) {}

    private final List<Step> steps = new ArrayList<>();

    private Transcript(List<String> page) {
        boolean inside = false;
        for (String line : page) {
            if (line.startsWith("```")) {
                inside = line.equals("```console");
            } else if (inside && line.startsWith("$ ")) {
                steps.add(new Step(line.substring(2), new ArrayList<>()));
            } else if (inside) {
                steps.get(steps.size() - 1).answer().add(line);
            }
        }
    }

    static Transcript of(String page) throws IOException {
        return new Transcript(Files.readAllLines(Path.of("..", "docs", page)));
    }

    int steps() {
        return steps.size();
    }

    /** Types it all into one shell, after something that the page does not show. */
    void run(Path folder, String before, long minutes, String... programs) throws Exception {
        for (String program : programs) {
            assumeTrue(isInstalled(program), "the page types " + program + ", which is not installed");
        }
        StringBuilder script = new StringBuilder(before);
        for (Step step : steps) {
            script.append(step.command()).append("\nprintf '\\n@@@\\n'\n");
        }
        Path output = folder.resolve("output");
        Process bash = new ProcessBuilder("bash", "--noprofile", "--norc")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(
                        Files.writeString(folder.resolve("script"), script).toFile())
                .start();
        try {
            assertThat(bash.waitFor(minutes, TimeUnit.MINUTES)).isTrue();
        } finally {
            bash.destroyForcibly();
        }

        String[] answers = Files.readString(output, StandardCharsets.UTF_8)
                .replace("\r", "")
                .split("\n?\n@@@\n", -1);
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String expected = String.join("\n", step.answer());
            assertThat(answers[i].strip())
                    .as("the answer to: " + step.command())
                    .matches(Pattern.quote(expected).replace("…", "\\E.*\\Q"));
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
