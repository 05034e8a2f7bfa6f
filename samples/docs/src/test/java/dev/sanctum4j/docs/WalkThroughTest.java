package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.example.demo.DemoApplication;
import dev.sanctum4j.samples.api.OrdersApi;
import dev.sanctum4j.samples.shop.Shop;
import dev.sanctum4j.samples.spa.NotesApi;
import dev.sanctum4j.samples.tenants.Tenants;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Types what stands behind {@code $} in the {@code console} blocks of a page, against the running sample, and gets the
 * answers that the page shows. {@code …} stands for what differs each time, and port 8080 for the one that is free.
 */
class WalkThroughTest {

    @ParameterizedTest
    @CsvSource({
        "README.md, first",
        "docs/getting-started.md, spring-api",
        "docs/guides/two-user-types.md, two-user-types",
        "docs/guides/spa.md, spa-api",
        "docs/guides/phone.md, spring-api",
        "docs/guides/run-tokens.md, spring-api",
        "docs/guides/multi-tenant.md, multi-tenant"
    })
    void everyCommandAnswersAsThePageSays(String page, String sample, @TempDir Path folder) throws Exception {
        for (String program : List.of("bash", "curl", "awk", "sed")) {
            assumeTrue(isInstalled(program), "the pages type " + program + ", which is not installed");
        }
        List<String> commands = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (Page.Block block : Page.of(page).blocks()) {
            if (block.info().equals("console")) {
                for (String line : block.lines()) {
                    if (line.startsWith("$ ")) {
                        commands.add(line.substring(2));
                        answers.add("");
                    } else {
                        answers.set(answers.size() - 1, answers.get(answers.size() - 1) + "\n" + line);
                    }
                }
            }
        }
        assertThat(commands).hasSizeGreaterThan(2);

        List<String> outputs;
        try (ConfigurableApplicationContext app = SpringApplication.run(
                main(sample),
                "--server.port=0",
                "--spring.config.location=file:../" + sample + "/src/main/resources/")) {
            outputs = type(commands, app.getEnvironment().getRequiredProperty("local.server.port"), folder);
        }
        for (int i = 0; i < commands.size(); i++) {
            assertThat(outputs.get(i).strip())
                    .as("the answer to: " + commands.get(i))
                    .matches(Pattern.quote(answers.get(i).strip()).replace("…", "\\E.*\\Q"));
        }
    }

    private static Class<?> main(String sample) {
        return switch (sample) {
            case "first" -> DemoApplication.class;
            case "spring-api" -> OrdersApi.class;
            case "two-user-types" -> Shop.class;
            case "spa-api" -> NotesApi.class;
            default -> Tenants.class;
        };
    }

    private static List<String> type(List<String> commands, String port, Path folder) throws Exception {
        StringBuilder script = new StringBuilder();
        for (String command : commands) {
            script.append(command.replace(":8080", ":" + port)).append("\nprintf '\\n@@@\\n'\n");
        }
        Process bash = new ProcessBuilder("bash")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(
                        Files.writeString(folder.resolve("script"), script).toFile())
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return List.of(output.replace("\r", "").split("\n?\n@@@\n", -1));
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
