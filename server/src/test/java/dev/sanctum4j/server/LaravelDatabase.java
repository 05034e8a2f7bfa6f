package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.fail;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Databases in which a Laravel application has made its tables, as its own migrations make them. */
enum LaravelDatabase {
    MARIADB("mariadb"),
    POSTGRESQL("postgresql"),
    SQLITE("sqlite");

    private final String schema;

    LaravelDatabase(String schema) {
        this.schema = schema;
    }

    /** An empty one, in which only Laravel has been. */
    String create(Path folder) throws Exception {
        String url = switch (this) {
            case MARIADB -> mariaDb();
            case POSTGRESQL -> postgres();
            case SQLITE -> "jdbc:sqlite:" + folder.resolve("database.sqlite");
        };
        makeTables(url);
        return url;
    }

    /** As Laravel's own migrations make them. */
    void makeTables(String url) throws Exception {
        String tokens = Files.readString(
                        Path.of("..", "test", "src", "test", "resources", "vectors", "schema-" + schema + ".sql"))
                .replace("public.personal", "personal")
                .replaceAll("(?m)^(SET|SELECT) .*$", "");
        run(url, tokens + ";" + users());
    }

    private String users() {
        return switch (this) {
            case MARIADB ->
                "create table `users` (`id` bigint unsigned not null auto_increment primary key, `name`"
                        + " varchar(255) not null, `email` varchar(255) not null, `email_verified_at` timestamp"
                        + " null, `password` varchar(255) not null, `remember_token` varchar(100) null,"
                        + " `created_at` timestamp null, `updated_at` timestamp null, unique"
                        + " `users_email_unique`(`email`)) default character set utf8mb4 collate"
                        + " 'utf8mb4_unicode_ci'";
            case POSTGRESQL ->
                "create table \"users\" (\"id\" bigserial not null primary key, \"name\" varchar(255) not null,"
                        + " \"email\" varchar(255) not null unique, \"email_verified_at\" timestamp(0) without time"
                        + " zone null, \"password\" varchar(255) not null, \"remember_token\" varchar(100) null,"
                        + " \"created_at\" timestamp(0) without time zone null, \"updated_at\" timestamp(0) without"
                        + " time zone null)";
            case SQLITE ->
                "create table \"users\" (\"id\" integer primary key autoincrement not null, \"name\" varchar not"
                        + " null, \"email\" varchar not null unique, \"email_verified_at\" datetime, \"password\""
                        + " varchar not null, \"remember_token\" varchar, \"created_at\" datetime, \"updated_at\""
                        + " datetime)";
        };
    }

    static JdbcTemplate jdbc(String url) {
        return new JdbcTemplate(new DriverManagerDataSource(url));
    }

    private static String mariaDb() throws SQLException {
        String url = TestDatabases.url("SANCTUM_TEST_MARIADB_URL");
        if (url == null) {
            return missing("set SANCTUM_TEST_MARIADB_URL to test MariaDB");
        }
        String name = url.replaceAll("jdbc:mariadb://[^/]*/([^?]*).*", "$1") + "_laravel";
        run(url, "drop database if exists " + name + "; create database " + name + " character set utf8mb4");
        return url.replaceFirst("(jdbc:mariadb://[^/]*/)[^?]*", "$1" + name);
    }

    private static String postgres() throws SQLException {
        String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        try {
            url = url != null ? url : EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
        } catch (IOException | RuntimeException e) {
            return missing(
                    "set SANCTUM_TEST_SERVER_POSTGRES_URL to test PostgreSQL; the embedded one did not start: " + e);
        }
        run(url, "drop schema if exists laravel cascade; create schema laravel");
        return url + (url.contains("?") ? "&" : "?") + "currentSchema=laravel";
    }

    private static String missing(String why) {
        if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
            fail(why);
        }
        Assumptions.abort(why);
        throw new UncheckedIOException(new IOException(why));
    }

    static void run(String url, String script) throws SQLException {
        try (Connection connection = Objects.requireNonNull(DriverManager.getConnection(url));
                Statement statement = connection.createStatement()) {
            for (String sql : script.replaceAll("(?m)^--.*$", "").split(";", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }
}
