package dev.sanctum4j.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the server. Its settings come from the environment, see {@code docs/quickstart.md}. */
@SpringBootApplication
public class SanctumServer {

    private static final String DATA = "SANCTUM_DATA";

    /** Starts it and returns once it answers. */
    public static void main(String[] args) throws IOException {
        SpringApplication application = new SpringApplication(SanctumServer.class);
        if (System.getenv("SANCTUM_DATABASE_URL") == null) {
            application.setDefaultProperties(
                    Map.of("sanctum.server.data", dataFolder().toString()));
        }
        if (System.getenv("SANCTUM_REDIS_URL") != null) {
            application.setAdditionalProfiles("redis");
        }
        application.run(args);
    }

    /** The folder of the embedded database, made for its owner's eyes only. */
    private static Path dataFolder() throws IOException {
        String given = System.getenv(DATA);
        Path folder = Path.of(given == null || given.isBlank() ? "data" : given)
                .toAbsolutePath()
                .normalize();
        if (folder.toString().contains(";")) {
            throw new IllegalArgumentException(DATA + " must not contain a semicolon, was '" + folder + "'");
        }
        if (Files.notExists(folder)) {
            Files.createDirectories(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
        return folder;
    }
}
