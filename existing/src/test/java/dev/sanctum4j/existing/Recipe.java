package dev.sanctum4j.existing;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a page of the documentation tells people to do, done to a shape. A folder of {@code recipes}: {@code recipe.properties}
 * names the {@code shape}, the class that goes ({@code without}) and those that come ({@code with}: regions of them are what the
 * page shows), files of {@code requests} to ask more, and a pattern of {@code jars} that come; {@code application.properties} is
 * added to the application's; and {@code differences.txt} has what is another than in the shape's recording then: lines that are
 * gone and lines that came, sections that differ in the same way together.
 *
 * @param jars what of the jars that are on no class path otherwise this one has; none if empty
 */
record Recipe(
        Shape shape, List<Class<?>> sources, Map<String, String> properties, List<Request> requests, String jars) {

    private static final Path FOLDER = Path.of("src/test/resources/recipes");

    static List<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    static Recipe read(String name) throws IOException, ClassNotFoundException {
        Properties recipe = properties(name, "recipe.properties");
        Shape shape = Shape.valueOf(recipe.getProperty("shape"));
        List<Class<?>> sources = new ArrayList<>(shape.sources());
        for (String gone : list(recipe, "without")) {
            if (!sources.removeIf(source -> source.getName().equals(gone))) {
                throw new IllegalArgumentException(shape + " has no " + gone);
            }
        }
        for (String added : list(recipe, "with")) {
            sources.add(Class.forName(added));
        }
        Map<String, String> properties = new TreeMap<>();
        properties(name, "application.properties").forEach((key, value) -> properties.put("" + key, "" + value));
        List<Request> requests = new ArrayList<>();
        for (String file : list(recipe, "requests")) {
            requests.addAll(Request.read(FOLDER.resolve(file)));
        }
        return new Recipe(shape, sources, properties, requests, recipe.getProperty("jars", ""));
    }

    /** Of which shape {@code name} is, without loading what it adds. */
    static Shape shapeOf(String name) throws IOException {
        return Shape.valueOf(properties(name, "recipe.properties").getProperty("shape"));
    }

    static Path differences(String name) {
        return FOLDER.resolve(name).resolve("differences.txt");
    }

    private static List<String> list(Properties recipe, String key) {
        return Stream.of(recipe.getProperty(key, "").split(",\\s*", -1))
                .filter(value -> !value.isBlank())
                .toList();
    }

    private static Properties properties(String name, String file) throws IOException {
        Properties properties = new Properties();
        Path path = FOLDER.resolve(name).resolve(file);
        if (Files.exists(path)) {
            try (Reader reader = Files.newBufferedReader(path)) {
                properties.load(reader);
            }
        }
        return properties;
    }
}
