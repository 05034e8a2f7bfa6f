package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.fail;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;

/**
 * The databases that tests run on. PostgreSQL and MariaDB are named by environment variables; without, PostgreSQL is
 * started from a jar where the machine allows it. A database that is not there skips its tests, or fails them where
 * {@code SANCTUM_TEST_STRICT} is set.
 */
public enum Databases {
    H2("h2"),
    SQLITE("sqlite"),
    POSTGRESQL("postgresql"),
    MARIADB("mysql");

    private static final Map<Databases, DataSource> OPEN = new EnumMap<>(Databases.class);

    final String folder;

    Databases(String folder) {
        this.folder = folder;
    }

    /** The folder of its migrations. */
    public String folder() {
        return folder;
    }

    /** As Flyway and Liquibase call it, which tell MariaDB and MySQL apart. */
    public String vendor() {
        return this == MARIADB ? "mariadb" : folder;
    }

    DataSource dataSource() {
        synchronized (OPEN) {
            return OPEN.computeIfAbsent(this, Databases::open);
        }
    }

    private DataSource open() {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(10);
        config.setJdbcUrl(url());
        return new HikariDataSource(config);
    }

    /** A schema by itself, which is empty. */
    public DataSource schema(String name) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(2);
        config.setJdbcUrl(((HikariDataSource) dataSource()).getJdbcUrl());
        switch (this) {
            case H2 -> config.setJdbcUrl("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
            case SQLITE -> config.setJdbcUrl(url());
            case POSTGRESQL -> {
                run("drop schema if exists " + name + " cascade; create schema " + name);
                config.setSchema(name);
            }
            case MARIADB -> {
                run("drop database if exists " + name + "; create database " + name);
                config.setCatalog(name);
            }
        }
        return new HikariDataSource(config);
    }

    private String url() {
        return switch (this) {
            case H2 -> "jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1";
            case SQLITE ->
                "jdbc:sqlite:" + temporary() + "?journal_mode=WAL&busy_timeout=10000&transaction_mode=IMMEDIATE";
            case POSTGRESQL -> postgres();
            case MARIADB -> {
                String url = System.getenv("SANCTUM_TEST_MARIADB_URL");
                yield url != null ? url : missing("set SANCTUM_TEST_MARIADB_URL to test MariaDB");
            }
        };
    }

    private static Path temporary() {
        try {
            Path folder = Files.createTempDirectory("sanctum");
            folder.toFile().deleteOnExit();
            return folder.resolve("tokens.db");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String postgres() {
        String url = System.getenv("SANCTUM_TEST_POSTGRES_URL");
        if (url != null) {
            return url;
        }
        try {
            return EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
        } catch (IOException | RuntimeException e) {
            return missing("set SANCTUM_TEST_POSTGRES_URL to test PostgreSQL; the embedded one did not start: " + e);
        }
    }

    private static String missing(String why) {
        if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
            fail(why);
        }
        Assumptions.abort(why);
        throw new AssertionError("not reached");
    }

    /** Runs a migration of the core as Flyway would. */
    void migrate(String file, String table) throws SQLException {
        run(resource("/dev/sanctum4j/jdbc/" + folder + "/" + file)
                .replace("${table}", table)
                .replace("${name}", table));
    }

    /** Creates a table as Laravel's own migration does. */
    void createAsLaravel(String table) throws SQLException {
        String name = this == MARIADB ? "mariadb" : folder;
        run(resource("/vectors/schema-" + name + ".sql")
                .replace("public.personal", "personal")
                .replaceAll("(?m)^(SET|SELECT) .*$", "")
                .replace("personal_access_tokens", table));
    }

    void run(String script) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : script.replaceAll("(?m)^--.*$", "").split(";", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }

    static String resource(String path) {
        try (InputStream in = Databases.class.getResourceAsStream(path)) {
            return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
