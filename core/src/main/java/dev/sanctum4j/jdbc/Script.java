package dev.sanctum4j.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/** Runs a script of the classpath. */
final class Script {

    /** Statements begin in the first column; what is inside of them does not. */
    private static final Pattern STATEMENT = Pattern.compile(";\\s*(?=^(?:create|alter|drop) |\\z)", Pattern.MULTILINE);

    private Script() {}

    static void run(Connection connection, String path, TokenTable table) throws SQLException {
        String script;
        try (InputStream in = Script.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new SQLException("the migration " + path + " is not on the classpath", "HY000");
            }
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SQLException("the migration " + path + " cannot be read", "HY000", e);
        }
        for (String sql : STATEMENT.split(script.replaceAll("(?m)^--.*$", ""), -1)) {
            if (!sql.isBlank()) {
                try (Statement ddl = connection.createStatement()) {
                    ddl.execute(sql.replace("${table}", table.name()).replace("${name}", table.plainName()));
                }
            }
        }
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
    }
}
