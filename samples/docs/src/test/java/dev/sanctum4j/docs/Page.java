package dev.sanctum4j.docs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of Markdown in this repository: as much of it as the checks need. */
record Page(Path file, List<String> lines) {

    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", ".nuxt", ".output", "data");
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*]\\(([^)\\s]+)\\)");

    /**
     * What stands between two fences.
     *
     * @param info what follows the opening fence: the language, and what we add to it
     * @param line the number of the opening fence, from 1
     */
    record Block(String info, int line, List<String> lines) {

        String language() {
            return info.split(" ", 2)[0];
        }

        /** What stands behind the language. */
        String rest() {
            return info.contains(" ") ? info.split(" ", 2)[1].strip() : "";
        }
    }

    static Page of(String path) throws IOException {
        return of(ROOT.resolve(path));
    }

    private static Page of(Path file) throws IOException {
        return new Page(file, Files.readAllLines(file));
    }

    /** Markdown by its name, or the list of pages for assistants, which is Markdown under another. */
    static boolean isOne(Path file) {
        return file.toString().endsWith(".md") || file.endsWith("llms.txt");
    }

    /** Every page there is. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (Path file : files("")) {
            if (isOne(file)) {
                pages.add(of(file));
            }
        }
        return pages;
    }

    /** The files of this repository with such a name, but not what was built or fetched. */
    static List<Path> files(String ending) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(ending)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        return found;
    }

    String name() {
        return ROOT.relativize(file).toString();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Block open = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (open != null && line.startsWith("```")) {
                blocks.add(open);
                open = null;
            } else if (open != null) {
                open.lines().add(line);
            } else if (line.startsWith("```")) {
                open = new Block(line.substring(3).strip(), i + 1, new ArrayList<>());
            }
        }
        if (open != null) {
            throw new IllegalStateException(name() + ":" + open.line() + ": the block is not closed");
        }
        return blocks;
    }

    /** The lines that are text, without blocks and without code in a line. */
    private List<String> prose() {
        List<String> prose = new ArrayList<>();
        boolean code = false;
        for (String line : lines) {
            if (line.startsWith("```")) {
                code = !code;
            } else if (!code) {
                prose.add(line.replaceAll("`[^`]*`", "`"));
            }
        }
        return prose;
    }

    /** Where its links lead. */
    List<String> links() {
        List<String> links = new ArrayList<>();
        for (String line : prose()) {
            Matcher link = LINK.matcher(line);
            while (link.find()) {
                links.add(link.group(1));
            }
        }
        return links;
    }

    /** The anchors of its headings, as GitHub names them. */
    Set<String> anchors() {
        Set<String> anchors = new LinkedHashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        boolean code = false;
        for (String line : lines) {
            if (line.startsWith("```")) {
                code = !code;
            } else if (!code && line.matches("#{1,6} .*")) {
                String slug = line.replaceFirst("#+ ", "")
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}\\-_ ]", "")
                        .replace(' ', '-');
                int before = seen.merge(slug, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? slug : slug + "-" + before);
            }
        }
        return anchors;
    }
}
