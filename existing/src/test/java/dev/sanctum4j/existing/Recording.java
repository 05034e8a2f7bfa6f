package dev.sanctum4j.existing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Sections by name, in order, as one readable file. */
record Recording(Map<String, String> sections) {

    static Recording read(Path file) throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String block :
                    Files.readString(file).replaceAll("(?m)^#.*\n", "").split("(?m)^= ", -1)) {
                if (!block.isBlank()) {
                    String[] halves = block.stripTrailing().split("\n", 2);
                    sections.put(halves[0], halves.length == 1 ? "" : halves[1]);
                }
            }
        }
        return new Recording(sections);
    }

    void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        sections.forEach((name, lines) ->
                text.append("= ").append(name).append('\n').append(lines).append("\n\n"));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** This recording with the sections of {@code others} in place of its own, and what they add. */
    Recording but(Recording others) {
        Map<String, String> all = new LinkedHashMap<>(sections);
        all.putAll(others.sections);
        return new Recording(all);
    }

    /** The sections of this recording that {@code others} does not have as they are here. */
    Recording without(Recording others) {
        Map<String, String> rest = new LinkedHashMap<>(sections);
        rest.entrySet().removeAll(others.sections.entrySet());
        return new Recording(rest);
    }

    /** What {@code actual} has otherwise, section by section, as lines that are gone and lines that came. */
    Map<String, String> differences(Recording actual) {
        Set<String> names = new LinkedHashSet<>(sections.keySet());
        names.addAll(actual.sections.keySet());
        if (!actual.sections.getOrDefault("start", "started").startsWith("started")) {
            names.retainAll(Set.of("start", "log")); // it says nothing else
        }
        Map<String, String> differences = new LinkedHashMap<>();
        for (String name : names) {
            String before = sections.get(name);
            String now = actual.sections.get(name);
            if (!Objects.equals(before, now)) {
                differences.put(name, difference(before, now));
            }
        }
        return differences;
    }

    private static String difference(String before, String now) {
        if (now == null) {
            return "  - (no such section)\n";
        }
        StringBuilder text = new StringBuilder();
        Set<String> old =
                before == null ? Set.of() : new LinkedHashSet<>(before.lines().toList());
        Set<String> fresh = new LinkedHashSet<>(now.lines().toList());
        old.stream()
                .filter(line -> !fresh.contains(line))
                .forEach(line -> text.append("  - ").append(line).append('\n'));
        fresh.stream()
                .filter(line -> !old.contains(line))
                .forEach(line -> text.append("  + ").append(line).append('\n'));
        return text.isEmpty() ? "  (the same lines in another order or number)\n" : text.toString();
    }
}
