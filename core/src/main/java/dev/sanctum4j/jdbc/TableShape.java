package dev.sanctum4j.jdbc;

import dev.sanctum4j.Owner;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the table really looks like: ours, or one that a Laravel made.
 *
 * @param database which database it is in
 * @param ownerKey the type of the owner's id
 * @param skipsLocked whether rows that others have locked can be skipped
 * @param latestExpiry the last expiry its column can hold; absent if that is far away
 * @param laravels whether a Laravel made it
 * @param actors whether it has a column for them
 * @param hints whether it has a column for them
 * @param absolute the columns that know moments and not local times
 * @param holed the columns that MySQL converts in a zone with a summer time, so that an hour of each year cannot stand there
 * @param reading what stands before a query, so that it misses nothing that was committed on another node
 */
record TableShape(
        Database database,
        OwnerKey ownerKey,
        boolean skipsLocked,
        @Nullable Instant latestExpiry,
        boolean laravels,
        boolean actors,
        boolean hints,
        Set<String> absolute,
        Set<String> holed,
        String reading) {

    private static final Instant END_OF_TIMESTAMP = Instant.parse("2038-01-19T03:14:07Z");
    private static final Pattern FIXED = Pattern.compile("[+-][0-9:]+|UTC|GMT|Etc/UTC|Etc/GMT.*");
    private static final String HELD = "(select if(from_unixtime(unix_timestamp(held.at)) = held.at, held.at,"
            + " from_unixtime(unix_timestamp(held.at) - 1)) from (select %s as at) held)";
    /** A table can do without this one, as long as no token has an actor. */
    static final String ACTOR = "actor";

    /** And without this one: tokens that are made meanwhile have no hint. */
    static final String HINT = "hint";

    static final List<String> OUR_COLUMNS =
            List.of("revoked_at", "issued_by", "metadata", "last_used_from", ACTOR, HINT);

    private static final Set<String> DISPENSABLE = Set.of(ACTOR, HINT);

    enum OwnerKey {
        NUMBER,
        UUID,
        TEXT
    }

    static TableShape of(Connection connection, String table) throws SQLException {
        Database database = Database.of(connection);
        Set<String> columns = new HashSet<>();
        OwnerKey ownerKey = OwnerKey.TEXT;
        boolean laravels = false;
        Set<String> absolute = new HashSet<>();
        Set<String> converted = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            ResultSetMetaData meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                String column = meta.getColumnName(i).toLowerCase(Locale.ROOT);
                String type = meta.getColumnTypeName(i).toLowerCase(Locale.ROOT);
                columns.add(column);
                if (column.equals("tokenable_id")) {
                    ownerKey = ownerKey(meta.getColumnType(i), type);
                } else if (database == Database.MYSQL && type.startsWith("timestamp")) {
                    converted.add(column);
                } else if (type.equals("timestamptz") || type.endsWith("with time zone")) {
                    absolute.add(column);
                } else if (database == Database.POSTGRESQL && column.equals("expires_at")) {
                    laravels = meta.getScale(i) == 0; // to the second; ours are finer
                }
            }
        }
        List<String> missing = missing(columns);
        if (!missing.isEmpty()) {
            throw lacking(database, table, missing);
        }
        boolean expiryEnds = converted.contains("expires_at");
        return new TableShape(
                database,
                ownerKey,
                database.skipsLocked(connection),
                expiryEnds ? END_OF_TIMESTAMP : null,
                laravels || expiryEnds || absolute.contains("expires_at") || ownerKey != OwnerKey.TEXT,
                columns.contains(ACTOR),
                columns.contains(HINT),
                Set.copyOf(absolute),
                converted.isEmpty() || isFixed(connection) ? Set.of() : Set.copyOf(converted),
                Replication.before(connection));
    }

    /** What says which columns a table lacks, and how it gets them. */
    static SQLException lacking(Database database, String table, List<String> columns) {
        return new SQLException(
                lacks(table, columns) + ": apply the migrations from the classpath folder " + database.migrations()
                        + ", or start the server again, which does",
                "42000");
    }

    /** Whether the zone of the session is one without summer time; what cannot be told has one. */
    private static boolean isFixed(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select if(@@session.time_zone = 'SYSTEM', @@system_time_zone, @@session.time_zone)")) {
            return row.next() && FIXED.matcher(String.valueOf(row.getString(1))).matches();
        }
    }

    /**
     * What stands for a time in a statement. The hour that is left out in spring is no time to MySQL; the second before it stands
     * there instead, so that a token never ends later.
     */
    String mark(String column) {
        return holed.contains(column) ? HELD.formatted("cast(? as datetime)") : "?";
    }

    /**
     * The time by the clock of the database, as {@code updated_at} has it.
     *
     * @param seconds how far the zone of the table is from UTC
     * @param ago how many seconds before now
     */
    String now(long seconds, long ago) {
        if (absolute.contains("updated_at")) {
            return "date_trunc('second', clock_timestamp()) - interval '" + ago + " seconds'";
        }
        String now = database.now(seconds - ago);
        return holed.contains("updated_at") ? HELD.formatted(now) : now;
    }

    /** What a table that is there lacks, or has as another type than will do, in words; empty if nothing. */
    static Optional<String> missing(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            List<String> missing = missing(columns(none.getMetaData()));
            return missing.isEmpty()
                    ? ColumnTypes.unsuitable(none.getMetaData(), Database.of(connection))
                            .map(what -> "in the table " + table + " " + what)
                    : Optional.of(lacks(table, missing));
        }
    }

    /** The names of a table's columns, in small letters. */
    static List<String> columns(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            return columns(none.getMetaData());
        }
    }

    private static List<String> columns(ResultSetMetaData meta) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(meta.getColumnName(i).toLowerCase(Locale.ROOT));
        }
        return columns;
    }

    private static List<String> missing(Collection<String> columns) {
        return OUR_COLUMNS.stream()
                .filter(column -> !columns.contains(column) && !DISPENSABLE.contains(column))
                .toList();
    }

    private static String lacks(String table, List<String> columns) {
        return "the table " + table + " lacks the columns " + String.join(", ", columns);
    }

    private static OwnerKey ownerKey(int type, String name) {
        if (name.equals("uuid")) {
            return OwnerKey.UUID;
        }
        return switch (type) {
            case Types.BIGINT, Types.INTEGER, Types.SMALLINT, Types.TINYINT, Types.NUMERIC, Types.DECIMAL ->
                OwnerKey.NUMBER;
            default -> name.contains("int") ? OwnerKey.NUMBER : OwnerKey.TEXT;
        };
    }

    /** What ends a query that locks what it finds, and finds what others have committed by then; nothing where a table is locked as a whole. */
    String locking() {
        return database == Database.SQLITE ? "" : " for update";
    }

    /** Whether a statement takes an array of numbers for one value. */
    boolean hasArrays() {
        return database == Database.POSTGRESQL;
    }

    /** The owner's id as its column wants it; empty if it cannot stand there, and so no row can have it. */
    Optional<Object> key(Owner owner) {
        String id = owner.id();
        try {
            Object key = switch (ownerKey) {
                case TEXT -> id;
                case NUMBER -> Long.valueOf(id);
                case UUID -> UUID.fromString(id);
            };
            return Optional.of(key)
                    .filter(found -> found.toString().equals(id))
                    .map(found -> found instanceof UUID && database == Database.MYSQL ? id : found);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
