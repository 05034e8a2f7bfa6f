package dev.sanctum4j.jdbc;

import dev.sanctum4j.Owner;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the table really looks like: ours, or one that a Laravel made.
 *
 * @param database which database it is in
 * @param ownerKey the type of the owner's id
 * @param skipsLocked whether rows that others have locked can be skipped
 * @param latestExpiry the last expiry its column can hold; absent if that is far away
 */
record TableShape(
        Database database,
        OwnerKey ownerKey,
        boolean skipsLocked,
        @Nullable Instant latestExpiry) {

    private static final Instant END_OF_TIMESTAMP = Instant.parse("2038-01-19T03:14:07Z");
    private static final List<String> OUR_COLUMNS = List.of("revoked_at", "issued_by", "metadata", "last_used_from");

    enum OwnerKey {
        NUMBER,
        UUID,
        TEXT
    }

    static TableShape of(Connection connection, String table) throws SQLException {
        Database database = Database.of(connection);
        Set<String> columns = new HashSet<>();
        OwnerKey ownerKey = OwnerKey.TEXT;
        Instant latestExpiry = null;
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            ResultSetMetaData meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                String column = meta.getColumnName(i).toLowerCase(Locale.ROOT);
                String type = meta.getColumnTypeName(i).toLowerCase(Locale.ROOT);
                columns.add(column);
                if (column.equals("tokenable_id")) {
                    ownerKey = ownerKey(meta.getColumnType(i), type);
                } else if (column.equals("expires_at") && database == Database.MYSQL && type.startsWith("timestamp")) {
                    latestExpiry = END_OF_TIMESTAMP;
                }
            }
        }
        List<String> missing = missing(columns);
        if (!missing.isEmpty()) {
            throw new SQLException(
                    lacks(table, missing) + ": apply the migrations from the classpath folder " + database.migrations(),
                    "42000");
        }
        return new TableShape(database, ownerKey, database.skipsLocked(connection), latestExpiry);
    }

    /** What a table that is there lacks, in words; empty if nothing. */
    static Optional<String> missing(Connection connection, String table) throws SQLException {
        Set<String> columns = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
                columns.add(none.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
            }
        }
        List<String> missing = missing(columns);
        return missing.isEmpty() ? Optional.empty() : Optional.of(lacks(table, missing));
    }

    private static List<String> missing(Set<String> columns) {
        return OUR_COLUMNS.stream().filter(column -> !columns.contains(column)).toList();
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
