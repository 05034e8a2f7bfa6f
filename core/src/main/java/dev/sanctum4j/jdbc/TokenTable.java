package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The table.
 *
 * @param name its name, with its schema if need be
 * @param zone the zone in which its times stand
 */
record TokenTable(String name, ZoneId zone) {

    /** What Laravel calls it. */
    static final String DEFAULT = "personal_access_tokens";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");

    TokenTable {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "table must be a plain name, with a schema if need be, was '" + name + "'");
        }
    }

    static TokenTable of(String name) {
        return new TokenTable(name, ZoneOffset.UTC);
    }

    TokenTable named(String name) {
        return new TokenTable(name, zone);
    }

    TokenTable in(ZoneId zone) {
        return new TokenTable(name, zone);
    }

    /** The name without its schema: what triggers, and what is theirs, are named after. */
    String plainName() {
        return name.substring(name.indexOf('.') + 1);
    }

    /** Where triggers write down what was deleted. */
    String tombstones() {
        return "sanctum_" + plainName() + "_deleted";
    }

    /** Where triggers on PostgreSQL notify of changes. */
    String channel() {
        return "sanctum_" + plainName().toLowerCase(Locale.ROOT);
    }

    LocalDateTime local(Instant time) {
        return LocalDateTime.ofInstant(time, zone);
    }

    Instant instant(LocalDateTime time) {
        return time.atZone(zone).toInstant();
    }

    /** By how many seconds the times of the table differ from UTC. */
    long offset(Instant now) {
        return zone.getRules().getOffset(now).getTotalSeconds();
    }

    boolean exists(Connection connection) throws SQLException {
        return exists(connection, name);
    }

    static boolean exists(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("select 1 from " + name + " where 1 = 0").close();
            return true;
        } catch (SQLException e) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            if (connection.isValid(1)) {
                return false;
            }
            throw e;
        }
    }
}
