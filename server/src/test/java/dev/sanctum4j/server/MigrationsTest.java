package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MigrationsTest {

    @Test
    void everyDatabaseHasEveryMigration() throws IOException {
        Set<String> postgresql = names("postgresql");
        assertThat(postgresql).isNotEmpty();
        for (String other : List.of("h2", "mysql", "sqlite")) {
            assertThat(names(other)).as(other).isEqualTo(postgresql);
        }
    }

    private static Set<String> names(String database) throws IOException {
        Set<String> names = new TreeSet<>();
        try (var files = Files.list(Path.of("src/main/resources/db/server", database))) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("V")) // what repeats is about one database
                    .forEach(names::add);
        }
        return names;
    }
}
