package dev.sanctum4j.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the server. Its settings come from the environment, see {@code docs/quickstart.md}. */
@SpringBootApplication
public class SanctumServer {

    private static final String DATA = "SANCTUM_DATA";

    /** Starts it and returns once it answers. */
    public static void main(String[] args) throws IOException {
        application(System.getenv()).run(args);
    }

    /** The application as the environment wants it. */
    static SpringApplication application(Map<String, String> environment) throws IOException {
        SpringApplication application = new SpringApplication(SanctumServer.class);
        Map<String, Object> defaults = new HashMap<>();
        String url = environment.get("SANCTUM_DATABASE_URL");
        if (url == null) {
            defaults.put("sanctum.server.data", dataFolder(environment).toString());
        } else if (url.startsWith("jdbc:sqlite:")) {
            // Two transactions that read first and then write would both be stuck
            defaults.put("spring.datasource.hikari.data-source-properties.transaction_mode", "IMMEDIATE");
        }
        application.setDefaultProperties(defaults);
        List<String> profiles = new ArrayList<>();
        if (environment.get("SANCTUM_REDIS_URL") != null) {
            profiles.add("redis");
        }
        if (environment.get("SANCTUM_LARAVEL_USERS") != null) {
            profiles.add("laravel");
        }
        application.setAdditionalProfiles(profiles.toArray(String[]::new));
        return application;
    }

    /** The folder of the embedded database, made for its owner's eyes only. */
    private static Path dataFolder(Map<String, String> environment) throws IOException {
        String given = environment.get(DATA);
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
