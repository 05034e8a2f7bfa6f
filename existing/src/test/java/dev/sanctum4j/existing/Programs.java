package dev.sanctum4j.existing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two Java programs of the same classes, one of which has our jars on its class path. */
final class Programs {

    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final String ADDED = "existing.added";

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

    /** What only some recipes have on their class path: see {@link Recipe#jars}. */
    private static boolean isAdded(String entry) {
        return entry.matches(".*(sanctum4j-ui|/ui/target/|liquibase).*");
    }

    static Process start(boolean withOurs, Path folder, Path names, List<String> recipes) throws IOException {
        String classPath = Stream.concat(
                        entries().filter(entry -> (withOurs || !isOurs(entry)) && !isAdded(entry)),
                        Stream.of("" + names))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-Xshare:auto",
                "-Duser.timezone=UTC",
                "-Duser.language=en",
                "-D" + ADDED + "="
                        + entries().filter(Programs::isAdded).collect(Collectors.joining(File.pathSeparator)),
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

    /** Within a program: a loader that has those of the added jars whose names match, beside everything else. */
    static ClassLoader loader(String names) {
        URL[] jars = entries(ADDED)
                .filter(entry -> entry.matches(".*(" + names + ").*"))
                .map(Programs::url)
                .toArray(URL[]::new);
        if (jars.length == 0) {
            throw new IllegalArgumentException("no jar is named " + names);
        }
        return new URLClassLoader(jars, Programs.class.getClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> entries() {
        return entries("java.class.path");
    }

    private static Stream<String> entries(String property) {
        return Stream.of(System.getProperty(property).split(File.pathSeparator, -1))
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
