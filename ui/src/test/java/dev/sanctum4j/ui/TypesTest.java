package dev.sanctum4j.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the types of our modules. */
class TypesTest {

    @TempDir
    private static Path folder;

    private static TypeScript compiler;

    @BeforeAll
    static void unpackCompiler() throws Exception {
        compiler = TypeScript.in(folder);
    }

    @Test
    void typesOfAllModulesAreRight() throws Exception {
        assertThat(compiler.check(Modules.copy(folder))).isEmpty();
    }

    @Test
    void wrongTypeIsFound() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.js"), """
                // @ts-check
                /** @param {string} text */
                export const twice = (text) => text * 2
                """);

        assertThat(compiler.check(List.of(wrong))).contains("error TS2362");
    }

    @Test
    void everyModuleAsksToBeChecked() throws Exception {
        for (Path module : Modules.all()) {
            assertThat(Files.readString(module)).as(module.toString()).startsWith("// @ts-check\n");
        }
    }
}
