package dev.sanctum4j.jdbc;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the times of a table are what they are taken for, by its newest change. */
final class TableTimes {

    private static final System.Logger LOG = System.getLogger(TableTimes.class.getName());

    /** By how much the clocks of machines may differ; zones do by more. */
    private static final Duration CLOCKS = Duration.ofMinutes(10);

    /** No two zones differ by more than a day and two hours; what is further away is no mistake about zones. */
    private static final Duration ZONES = Duration.ofHours(26);

    /** How new the newest change of a table in use is. */
    private static final Duration JUST_NOW = Duration.ofMinutes(2);

    private static final int UNKNOWN_ZONE = 1298;

    private TableTimes() {}

    /** What cannot be, in words; empty if nothing contradicts. */
    static Optional<String> contradiction(Connection connection, TokenTable table) throws SQLException {
        try {
            return table.work(connection, zoned -> newest(zoned, table));
        } catch (SQLException e) {
            if (e.getErrorCode() == UNKNOWN_ZONE && Database.of(connection) == Database.MYSQL) {
                return Optional.of("the database does not know the zone " + table.session()
                        + ": load its time zone tables, or write it as +02:00");
            }
            throw e;
        }
    }

    private static Optional<String> newest(Connection connection, TokenTable table) throws SQLException {
        Database database = Database.of(connection);
        TableShape shape = TableShape.of(connection, table.name());
        if (shape.absolute().contains("updated_at")) {
            return Optional.empty();
        }
        String session = database == Database.MYSQL ? "timestampdiff(second, utc_timestamp(), now())" : "0";
        try (Statement statement = connection.createStatement()) {
            LocalDateTime now;
            String latest;
            int offset;
            try (ResultSet row = statement.executeQuery(
                    "select " + database.now(0) + ", " + database.now(ZONES.toSeconds()) + ", " + session)) {
                row.next();
                now = time(row.getString(1));
                latest = row.getString(2);
                offset = row.getInt(3);
            }
            LocalDateTime newest;
            // the clock stands still in there, and the last of an index is asked for: not every row
            try (ResultSet row = statement.executeQuery("select updated_at from " + table.name()
                    + " where updated_at < '" + latest + "' order by updated_at desc limit 1")) {
                newest = row.next() ? time(row.getString(1)) : null;
            }
            if (newest == null || now == null) {
                return Optional.empty();
            }
            Instant utc = now.toInstant(ZoneOffset.UTC);
            Duration age = Duration.between(table.instant(newest), utc);
            if (age.compareTo(CLOCKS.negated()) < 0) {
                String what = "the newest change in the table " + table.name() + " is dated " + -age.toMinutes()
                        + " minutes in the future";
                if (table.session() == null) {
                    return Optional.of(what);
                }
                LOG.log(
                        Level.WARNING,
                        "Nobody can tell whether sanctum.jdbc.session-time-zone is right: " + what
                                + ". A row that was written before that was set may be, or another's");
                return Optional.empty();
            }
            Duration otherwise = Duration.between(newest.toInstant(ZoneOffset.ofTotalSeconds(offset)), utc);
            boolean converted = shape.latestExpiry() != null && table.session() == null;
            if (converted && age.compareTo(CLOCKS) > 0 && otherwise.abs().compareTo(JUST_NOW) < 0) {
                LOG.log(
                        Level.WARNING,
                        "The newest change in the table " + table.name() + " is " + age.toMinutes()
                                + " minutes old in the zone " + table.zone()
                                + ", and of now if the connection of the Laravel has that zone for its timezone:"
                                + " if so, set sanctum.jdbc.session-time-zone");
            }
            return Optional.empty();
        }
    }

    private static @Nullable LocalDateTime time(@Nullable String text) {
        try {
            return text == null ? null : LocalDateTime.parse(text.replace(' ', 'T'));
        } catch (DateTimeException e) { // damaged, or MySQL's 0000-00-00
            return null;
        }
    }
}
