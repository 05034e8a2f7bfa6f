package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;

/** The databases we know, and where they differ. */
enum Database {
    H2(false),
    POSTGRESQL(false),
    /** MariaDB too. */
    MYSQL(true),
    SQLITE(true);

    private static final String FOLDER = "dev/sanctum4j/jdbc/";

    /** Whether times are read as text: SQLite has no times, and MySQL has some that Java cannot hold. */
    final boolean textTimes;

    Database(boolean textTimes) {
        this.textTimes = textTimes;
    }

    /** Where its migrations lie on the classpath. */
    String migrations() {
        return FOLDER + name().toLowerCase(Locale.ROOT);
    }

    /** Where its triggers lie on the classpath. */
    String triggers() {
        return FOLDER + "triggers/" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether it has {@code for update skip locked}, in this version. */
    boolean skipsLocked(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        int version = 100 * meta.getDatabaseMajorVersion() + meta.getDatabaseMinorVersion();
        return this == POSTGRESQL
                || this == MYSQL && version >= (meta.getDatabaseProductName().equals("MariaDB") ? 1006 : 800);
    }

    /** Whether triggers write down what was deleted, because they can notify nobody. */
    boolean writesTombstones() {
        return this == MYSQL || this == SQLITE;
    }

    /**
     * What the time is, to the second, by the one clock that all nodes share.
     *
     * @param seconds how far from UTC
     */
    String now(long seconds) {
        return switch (this) {
            case H2 ->
                "dateadd(second, cast(floor(extract(epoch from current_timestamp)) as bigint) + (" + seconds
                        + "), timestamp '1970-01-01 00:00:00')";
            case POSTGRESQL ->
                "date_trunc('second', clock_timestamp() at time zone 'UTC') + interval '" + seconds + " seconds'";
            case MYSQL -> "utc_timestamp() + interval " + seconds + " second";
            case SQLITE -> "datetime('now', '" + seconds + " seconds')";
        };
    }

    static Database of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "H2" -> H2;
            case "PostgreSQL" -> POSTGRESQL;
            case "MySQL", "MariaDB" -> MYSQL;
            case "SQLite" -> SQLITE;
            default ->
                throw new SQLException(
                        "Sanctum4j knows H2, PostgreSQL, MySQL, MariaDB and SQLite, not " + product, "0A000");
        };
    }
}
