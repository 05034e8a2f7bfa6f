package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Commands in pages can be typed: a shell reads them, and the scripts, modules and folders they name are there. What the
 * answers are is tested where the program runs: {@code QuickstartTest} and {@code WalkThroughTest}.
 */
class CommandsTest {

    private static final Pattern SCRIPT =
            Pattern.compile("(?<![\\w$./-])(\\.{1,2}/[\\w./-]+|benchmarks/[\\w./-]+|samples/run)");
    private static final Pattern MODULES = Pattern.compile("-pl ([\\w,/-]+)");
    private static final Pattern SAMPLE = Pattern.compile("samples/run ([\\w-]+)");
    private static final Pattern FOLDER = Pattern.compile("\\bcd ([\\w./-]+)");
    private static final Pattern TEST = Pattern.compile("-Dtest=(\\w+)");

    @Test
    void whatCommandsNameIsThere() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> tests = Page.files(".java").stream()
                .map(file -> file.getFileName().toString())
                .toList();
        int checked = 0;
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                for (String command : commands(block)) {
                    Path here = page.file().resolveSibling("");
                    for (Matcher script = SCRIPT.matcher(command); script.find(); checked++) {
                        if (!script.group(1).contains("/target/") && !isThere(here, script.group(1))) {
                            wrong.add(page.name() + ": there is no " + script.group(1));
                        }
                    }
                    for (Matcher folder = FOLDER.matcher(command); folder.find(); checked++) {
                        if (!isThere(here, folder.group(1))) {
                            wrong.add(page.name() + ": there is no folder " + folder.group(1));
                        }
                    }
                    for (Matcher sample = SAMPLE.matcher(command); sample.find(); checked++) {
                        if (!isThere(Page.ROOT, "samples/" + sample.group(1))) {
                            wrong.add(page.name() + ": there is no sample " + sample.group(1));
                        }
                    }
                    for (Matcher modules = MODULES.matcher(command); modules.find(); checked++) {
                        for (String module : modules.group(1).split(",", -1)) {
                            if (!isThere(Page.ROOT, module + "/pom.xml")) {
                                wrong.add(page.name() + ": there is no module " + module);
                            }
                        }
                    }
                    for (Matcher test = TEST.matcher(command); test.find(); checked++) {
                        if (!tests.contains(test.group(1) + ".java")) {
                            wrong.add(page.name() + ": there is no test " + test.group(1));
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(5);
    }

    @Test
    void aShellReadsEveryCommand() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "reads commands with bash, which is not installed");
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                String script = String.join("\n", commands(block));
                Process bash = new ProcessBuilder("/bin/bash", "-n")
                        .redirectErrorStream(true)
                        .start();
                bash.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
                bash.getOutputStream().close();
                String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(bash.waitFor())
                        .as("%s:%s %s", page.name(), block.line(), said)
                        .isZero();
            }
        }
    }

    private static boolean isThere(Path here, String name) {
        return Files.exists(here.resolve(name)) || Files.exists(Page.ROOT.resolve(name));
    }

    /** What is typed: everything in {@code sh}, and behind the {@code $} in {@code console}. */
    private static List<String> commands(Page.Block block) {
        return switch (block.language()) {
            case "sh" -> block.lines();
            case "console" ->
                block.lines().stream()
                        .filter(line -> line.startsWith("$ "))
                        .map(line -> line.substring(2))
                        .toList();
            default -> List.of();
        };
    }
}
