package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types everything that {@code docs/command-line.md} types, into the jar, and gets the answers it shows. */
class CommandLineIT {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final List<String> QUICKLY = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    @TempDir
    private Path folder;

    @Test
    void everyCommandAnswersAsThePageSays() throws Exception {
        Transcript page = Transcript.of("command-line.md");
        assertThat(page.steps()).isGreaterThan(15);
        Files.writeString(folder.resolve("password"), "correct horse battery staple\n");
        Path run = folder.resolve("run");
        Files.writeString(
                run,
                "#!/bin/sh\nexec '" + JAVA + "' " + String.join(" ", QUICKLY) + " -jar '"
                        + System.getProperty("sanctum.server.jar") + "' \"$@\"\n");
        assertThat(run.toFile().setExecutable(true)).isTrue();

        page.run(folder, "export SANCTUM_DATA=data PORT=0 MANAGEMENT_PORT=0\n", 15, "bash");
    }

    @Test
    void embeddedDatabaseInUseIsSaid() throws Exception {
        Path data = folder.resolve("db");
        Path log = folder.resolve("log");
        Process server = jar(data, log);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (!Files.readString(log).contains("Started SanctumServer")) {
                assertThat(server.isAlive() && System.nanoTime() < end)
                        .as(Files.readString(log))
                        .isTrue();
                TimeUnit.MILLISECONDS.sleep(50);
            }
            Path answer = folder.resolve("answer");
            Process command = jar(data, answer, "tokens", "list");

            assertThat(command.waitFor(2, TimeUnit.MINUTES)).isTrue();

            assertThat(command.exitValue()).isEqualTo(69);
            assertThat(Files.readString(answer))
                    .startsWith("The embedded database is in use by a running server")
                    .hasLineCount(1);
        } finally {
            server.destroyForcibly();
        }
    }

    private static Process jar(Path data, Path output, String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(JAVA));
        command.addAll(QUICKLY);
        command.addAll(List.of("-jar", System.getProperty("sanctum.server.jar")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("PORT", "0");
        builder.environment().put("MANAGEMENT_PORT", "0");
        builder.environment().put("SANCTUM_DATA", data.toString());
        return builder.start();
    }
}
