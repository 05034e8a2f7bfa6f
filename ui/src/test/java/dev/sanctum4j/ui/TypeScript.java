package dev.sanctum4j.ui;

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

/**
 * TypeScript's own compiler, from its webjar, on the Node that Playwright brings: nobody has to install either. Both say
 * nothing where all is well.
 */
record TypeScript(Path folder) {

    /** Unpacks the compiler into a folder. */
    static TypeScript in(Path folder) throws Exception {
        URL compiler = Objects.requireNonNull(TypeScript.class.getResource("/META-INF/resources/webjars/typescript"));
        URI jar = URI.create(compiler.toURI().toString().replaceFirst("!.*", "!/"));
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> all = Files.walk(files.getPath("/META-INF/resources/webjars/typescript"))) {
            for (Path file : all.filter(TypeScript::isNeeded).toList()) {
                Files.copy(
                        file, folder.resolve(String.valueOf(file.getFileName()).toString()));
            }
        }
        return new TypeScript(folder);
    }

    /** The compiler, and what it knows of the language and of browsers. */
    private static boolean isNeeded(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.toString().contains("/lib/")
                && (name.matches("_?tsc\\.js") || name.matches("lib\\..*d\\.ts"))
                && Files.isRegularFile(file);
    }

    /** What the compiler says of these modules. */
    String check(List<Path> modules) throws IOException, InterruptedException {
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
    static String node(List<String> arguments) throws IOException, InterruptedException {
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
