package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
        // The page starts the jar more than twenty times: from an extracted one with an archive of its classes that is
        // less than half the work
        Path jar = folder.resolve("extracted").resolve("sanctum4j-server.jar");
        script("extract", "-Djarmode=tools", "-jar", System.getProperty("sanctum.server.jar"));
        script("once", "-XX:ArchiveClassesAtExit=classes.jsa", "-jar", jar.toString());
        script("run", "-XX:SharedArchiveFile=classes.jsa", "-jar", jar.toString());
        String before = """
                ./extract extract --destination extracted >log 2>&1
                SANCTUM_DATA=elsewhere ./once migrate >>log 2>&1
                [ -f classes.jsa ] || cat log
                export SANCTUM_DATA=data PORT=0 MANAGEMENT_PORT=0
                """;

        page.run(folder, before, 15, "bash");
    }

    private void script(String name, String... arguments) throws IOException {
        Path script = folder.resolve(name);
        Files.writeString(
                script,
                "#!/bin/sh\nexec '" + JAVA + "' " + String.join(" ", QUICKLY) + " '" + String.join("' '", arguments)
                        + "' \"$@\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
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
