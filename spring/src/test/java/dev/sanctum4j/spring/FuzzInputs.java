package dev.sanctum4j.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a fuzzer found worth keeping, and what people thought of: files below {@code CLASSInputs/fuzzerTestOneInput} among the
 * resources. {@code .ci/nightly fuzz} looks for more.
 */
public final class FuzzInputs {

    private FuzzInputs() {}

    /** Gives each of the files of a class to its target. */
    public static void replay(Class<?> test, Consumer<byte[]> target) {
        for (Path file : files(test)) {
            try {
                target.accept(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(file.getFileName() + ": " + e, e);
            }
        }
    }

    private static List<Path> files(Class<?> test) {
        String name = test.getSimpleName() + "Inputs/fuzzerTestOneInput";
        URL folder = Objects.requireNonNull(test.getResource(name), name);
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
