package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The table.
 *
 * @param name its name, with its schema if need be
 * @param zone the zone in which its times stand
 * @param session the zone that MySQL converts them in, if it is not that of our connections
 */
record TokenTable(String name, ZoneId zone, @Nullable ZoneId session) {

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
        return new TokenTable(name, ZoneOffset.UTC, null);
    }

    TokenTable named(String name) {
        return new TokenTable(name, zone, session);
    }

    TokenTable in(ZoneId zone) {
        return new TokenTable(name, zone, session);
    }

    TokenTable within(@Nullable ZoneId session) {
        return new TokenTable(name, zone, session);
    }

    /** Does work in the zone of a Laravel's session, and leaves the connection as it was. */
    <T> T work(Connection connection, JdbcWork.SqlFunction<T> work) throws SQLException {
        if (session == null || Database.of(connection) != Database.MYSQL) {
            return work.apply(connection);
        }
        String wanted = session.getRules().isFixedOffset()
                ? session.getRules().getOffset(Instant.EPOCH).getId().replace("Z", "+00:00")
                : session.getId();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set @sanctum_zone = @@session.time_zone, time_zone = '" + wanted + "'");
            try {
                return work.apply(connection);
            } finally {
                statement.execute("set time_zone = @sanctum_zone");
            }
        }
    }

    /** What stands before the name of whatever is in its schema, too: the schema and a dot, or nothing. */
    String qualifier() {
        return name.substring(0, name.indexOf('.') + 1);
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

    /** The moment; of two that have the same local time, the earlier. */
    Instant instant(LocalDateTime time) {
        return time.atZone(zone).toInstant();
    }

    /** The moment; of two that have the same local time, the later, as PHP reads it. */
    Instant latest(LocalDateTime time) {
        return time.atZone(zone).withLaterOffsetAtOverlap().toInstant();
    }

    /** Whether another moment has the same local time. */
    boolean isTwice(Instant time) {
        return zone.getRules().getValidOffsets(local(time)).size() > 1;
    }

    /** The end of a token, such that nobody takes it for a later one: the local time may come twice, and PHP means the second. */
    LocalDateTime end(Instant time) {
        LocalDateTime local = local(time);
        ZoneOffsetTransition twice = zone.getRules().getTransition(local);
        return twice == null || !twice.isOverlap() || time.compareTo(twice.getInstant()) >= 0
                ? local
                : twice.getDateTimeAfter().minusSeconds(1);
    }

    /** By how many seconds the times of the table differ from UTC. */
    long offset(Instant now) {
        return zone.getRules().getOffset(now).getTotalSeconds();
    }

    /**
     * The same, for the beginning of a span of time that ends now: nothing that was written within it has an earlier local time.
     *
     * @param seconds how long ago it began
     */
    long offset(Instant now, long seconds) {
        return Math.min(offset(now), offset(now.minusSeconds(seconds)));
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
