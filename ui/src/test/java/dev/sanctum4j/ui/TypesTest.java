package dev.sanctum4j.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.impl.driver.Driver;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the types of our modules with TypeScript's own compiler, from its webjar, on the Node that Playwright brings: nobody
 * has to install either.
 */
class TypesTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void unpackCompiler() throws Exception {
        URL compiler = Objects.requireNonNull(TypesTest.class.getResource("/META-INF/resources/webjars/typescript"));
        URI jar = URI.create(compiler.toURI().toString().replaceFirst("!.*", "!/"));
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> all = Files.walk(files.getPath("/META-INF/resources/webjars/typescript"))) {
            for (Path file : all.filter(TypesTest::isNeeded).toList()) {
                Files.copy(
                        file, folder.resolve(String.valueOf(file.getFileName()).toString()));
            }
        }
    }

    /** The compiler, and what it knows of the language and of browsers. */
    private static boolean isNeeded(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.toString().contains("/lib/")
                && (name.matches("_?tsc\\.js") || name.matches("lib\\..*d\\.ts"))
                && Files.isRegularFile(file);
    }

    @Test
    void typesOfAllModulesAreRight() throws Exception {
        assertThat(compile(modules())).isEmpty();
    }

    @Test
    void wrongTypeIsFound() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.js"), """
                // @ts-check
                /** @param {string} text */
                export const twice = (text) => text * 2
                """);

        assertThat(compile(List.of(wrong))).contains("error TS2362");
    }

    /** Applications that render on a server import what their pages import. */
    @Test
    void elementsCanBeImportedWhereThereIsNoBrowser() throws Exception {
        for (Path bundle : Modules.bundles()) {
            if (bundle.getFileName().toString().startsWith("tokens")) {
                Path module = Files.copy(bundle, folder.resolve(bundle.getFileName() + ".mjs"));
                assertThat(node(List.of(module.toString())))
                        .as(bundle.toString())
                        .isEmpty();
            }
        }
    }

    @Test
    void everyModuleAsksToBeChecked() throws Exception {
        for (Path module : Modules.all()) {
            assertThat(Files.readString(module)).as(module.toString()).startsWith("// @ts-check\n");
        }
    }

    /** All of them, in one folder that holds them as a browser sees them. */
    private static List<Path> modules() throws IOException {
        List<Path> modules = new ArrayList<>();
        for (Path part : Modules.ALL) {
            Path place = Files.createDirectories(
                    folder.resolve(String.valueOf(part.getFileName())).resolve("src"));
            for (Path module : Modules.in(part)) {
                modules.add(Files.copy(module, place.resolve(String.valueOf(module.getFileName()))));
            }
        }
        return modules;
    }

    /** What the compiler says; nothing if all is well. */
    private static String compile(List<Path> modules) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                folder.resolve("tsc.js").toString(),
                "--ignoreConfig",
                "--noEmit",
                "--allowJs",
                "--checkJs",
                "--strict",
                "--exactOptionalPropertyTypes",
                "--noUncheckedIndexedAccess",
                "--noPropertyAccessFromIndexSignature",
                "--noUnusedLocals",
                "--noImplicitReturns",
                "--target",
                "esnext",
                "--module",
                "esnext",
                "--moduleResolution",
                "bundler",
                "--lib",
                "esnext,dom,dom.iterable"));
        modules.forEach(module -> command.add(module.toString()));
        return node(command);
    }

    /** What a program for Node says if it fails. */
    private static String node(List<String> arguments) throws IOException, InterruptedException {
        Path driver = Driver.ensureDriverInstalled(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"), false)
                .driverDir();
        Path node = driver.resolve("node.exe");
        List<String> command =
                new ArrayList<>(List.of((Files.exists(node) ? node : driver.resolve("node")).toString()));
        command.addAll(arguments);
        Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
        program.getOutputStream().close();
        try (InputStream said = program.getInputStream()) {
            String all = new String(said.readAllBytes(), StandardCharsets.UTF_8);
            return program.waitFor() == 0 ? "" : all.isBlank() ? "failed" : all;
        }
    }
}
