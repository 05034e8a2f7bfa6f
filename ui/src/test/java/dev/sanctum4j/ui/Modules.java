package dev.sanctum4j.ui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where our modules are: those of this jar, and those of the server's pages, which are built and checked here as well. */
final class Modules {

    static final Path UI = Path.of("src/main/resources/META-INF/resources/sanctum4j");
    static final Path SERVER = Path.of("../server/src/main/resources/META-INF/resources/sanctum4j-server");
    static final List<Path> ALL = List.of(UI, SERVER);

    private Modules() {}

    /** The readable modules of a folder. */
    static List<Path> in(Path folder) throws IOException {
        return files(folder.resolve("src"), ".js");
    }

    /** The readable modules of this jar and of the server. */
    static List<Path> all() throws IOException {
        return Stream.concat(in(UI).stream(), in(SERVER).stream()).toList();
    }

    /** All of them, in one folder that holds them as a browser sees them. */
    static List<Path> copy(Path folder) throws IOException {
        List<Path> modules = new ArrayList<>();
        for (Path part : ALL) {
            Path place = Files.createDirectories(
                    folder.resolve(String.valueOf(part.getFileName())).resolve("src"));
            for (Path module : in(part)) {
                modules.add(Files.copy(module, place.resolve(String.valueOf(module.getFileName()))));
            }
        }
        return modules;
    }

    /** What is made of them. */
    static List<Path> bundles() throws IOException {
        return Stream.concat(files(UI, ".js").stream(), files(SERVER, ".js").stream())
                .toList();
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }
}
