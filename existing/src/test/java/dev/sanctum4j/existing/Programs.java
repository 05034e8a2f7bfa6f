package dev.sanctum4j.existing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two Java programs of the same classes, one of which has our jars on its class path. */
final class Programs {

    private static final Path MODULE = Path.of("").toAbsolutePath();

    private Programs() {}

    static boolean isOurs(String entry) {
        Path path = Path.of(entry).toAbsolutePath();
        return path.startsWith(MODULE.getParent()) && !path.startsWith(MODULE)
                || path.toString().contains(File.separator + Path.of("dev", "sanctum4j") + File.separator);
    }

    static List<Path> ourJars() {
        return entries()
                .filter(Programs::isOurs)
                .map(Path::of)
                .filter(Files::exists) // a starter has no classes
                .toList();
    }

    static Process start(boolean withOurs, Path folder, Path names, List<String> recipes) throws IOException {
        String classPath = Stream.concat(entries().filter(entry -> withOurs || !isOurs(entry)), Stream.of("" + names))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-Xshare:auto",
                "-Duser.timezone=UTC",
                "-Duser.language=en",
                Recorder.class.getName(),
                folder.toString()));
        command.addAll(recipes);
        Files.createDirectories(folder);
        ProcessBuilder program = new ProcessBuilder(command)
                .directory(MODULE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        program.environment().put("CLASSPATH", classPath);
        return program.start();
    }

    private static Stream<String> entries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isBlank());
    }

    /** The output of a program that ended badly. */
    static String output(Path folder) {
        try {
            return Files.readString(folder.resolve("output.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
