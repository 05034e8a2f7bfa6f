package dev.sanctum4j.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What our modules promise whoever serves them. */
class ModulesTest {

    private static final int MOST_BYTES = 50 * 1024;

    @Test
    void allTogetherAreSmall() throws IOException {
        int bytes = 0;
        for (Path file : files("")) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream gzip = new GZIPOutputStream(packed)) {
                Files.copy(file, gzip);
            }
            bytes += packed.size();
        }

        assertThat(bytes).isLessThan(MOST_BYTES);
    }

    /** No HTML from text, which is how names become scripts, and no place where a token would stay behind. */
    @Test
    void nothingIsParsedOrKept() throws IOException {
        Pattern forbidden =
                Pattern.compile("\\b(innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\\.write|eval|"
                        + "new Function|localStorage|sessionStorage|indexedDB|console|style=)\\b");
        for (Path module : files(".js")) {
            for (String line : Files.readAllLines(module)) {
                if (!line.startsWith("//")) {
                    assertThat(line).as(module.toString()).doesNotContainPattern(forbidden);
                }
            }
        }
    }

    /** Bare imports would need an import map, which is an inline script. */
    @Test
    void importsAreRelativeAndThere() throws IOException {
        Pattern imported = Pattern.compile("(?:from|import|import\\() ?'([^']+)'");
        for (Path module : files(".js")) {
            Matcher found = imported.matcher(Files.readString(module));
            while (found.find()) {
                assertThat(found.group(1)).startsWith("./");
                assertThat(module.resolveSibling(found.group(1))).exists();
            }
        }
    }

    @Test
    void everySentenceIsSaidSomewhere() throws IOException {
        StringBuilder rest = new StringBuilder();
        String texts = "";
        for (Path module : files(".js")) {
            if (module.endsWith("texts.js")) {
                texts = Files.readString(module);
            } else {
                rest.append(Files.readString(module));
            }
        }
        String english = texts.substring(texts.indexOf("const en = {"), texts.indexOf("\n}\n"));
        Matcher keys = Pattern.compile("(?m)^  (\\w+): '").matcher(english);
        TreeSet<String> silent = new TreeSet<>();
        while (keys.find()) {
            if (!Pattern.compile("\\b" + keys.group(1) + "\\b").matcher(rest).find()) {
                silent.add(keys.group(1));
            }
        }

        assertThat(silent).isEmpty();
    }

    /** What pages may colour and shape is a promise, which is in the documentation. */
    @Test
    void everyPartAndEveryPropertyIsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/account-page.md"));
        TreeSet<String> silent = new TreeSet<>();
        for (Path module : files(".js")) {
            Matcher named =
                    Pattern.compile("part: '([^']+)'|var\\((--sanctum-[a-z-]+)").matcher(Files.readString(module));
            while (named.find()) {
                for (String name : (named.group(1) == null ? named.group(2) : named.group(1)).split(" ", -1)) {
                    if (!page.contains("`" + name + "`")) {
                        silent.add(name);
                    }
                }
            }
        }

        assertThat(silent).isEmpty();
    }

    private static List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(TypesTest.MODULES)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }
}
