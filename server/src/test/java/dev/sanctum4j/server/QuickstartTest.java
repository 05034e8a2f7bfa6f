package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Types everything that {@code docs/quickstart.md} types, and gets the answers it shows. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:quickstart;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=quick start",
            "management.server.port=0"
        })
class QuickstartTest {

    private record Step(String command, List<String> answer) {}

    @LocalServerPort
    private int port;

    @Test
    void everyCommandAnswersAsThePageSays(@TempDir Path folder) throws Exception {
        for (String program : List.of("bash", "curl", "awk", "sed")) {
            assumeTrue(isInstalled(program), "the quickstart types " + program + ", which is not installed");
        }
        List<Step> steps = steps(Files.readAllLines(Path.of("..", "docs", "quickstart.md")));
        assertThat(steps).hasSizeGreaterThan(8);
        StringBuilder script = new StringBuilder("BASE=http://localhost:" + port + "\nPASSWORD='quick start'\n");
        for (Step step : steps) {
            script.append(step.command()).append("\nprintf '\\n@@@\\n'\n");
        }
        Process bash = new ProcessBuilder("bash")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(
                        Files.writeString(folder.resolve("script"), script).toFile())
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();

        String[] answers = output.replace("\r", "").split("\n?\n@@@\n", -1);
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

    private static List<Step> steps(List<String> page) {
        List<Step> steps = new ArrayList<>();
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
        return steps;
    }
}
