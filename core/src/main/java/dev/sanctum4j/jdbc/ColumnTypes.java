package dev.sanctum4j.jdbc;

import dev.sanctum4j.TokenRequest;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which columns of a table, whoever made it, cannot hold what stands in them. */
final class ColumnTypes {

    private static final String TEXT = "text";
    private static final String NUMBER = "a whole number";
    private static final String VARYING = "text of varying length";
    private static final int HASH = 64;
    private static final int ADDRESS = 45; // of IPv6 with an IPv4 in it
    private static final int HINT = 4;

    /** Where nothing stands in some rows. */
    private static final Set<String> NULLABLE = Set.of(
            "last_used_at", "expires_at", "revoked_at", "issued_by", "metadata", "last_used_from", "actor", "hint");

    /** Of UUIDs and ULIDs, which fill their columns. */
    private static final Set<Integer> IDS = Set.of(36, 26);

    private static final Set<Integer> TEXTS = Set.of(
            Types.VARCHAR,
            Types.LONGVARCHAR,
            Types.CHAR,
            Types.CLOB,
            Types.NVARCHAR,
            Types.LONGNVARCHAR,
            Types.NCHAR,
            Types.NCLOB);
    private static final Set<Integer> NUMBERS =
            Set.of(Types.BIGINT, Types.INTEGER, Types.SMALLINT, Types.NUMERIC, Types.DECIMAL);
    private static final Set<Integer> TIMES = Set.of(Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE);

    private ColumnTypes() {}

    /** What they are and must be, in words; empty if all will do. SQLite holds anything anywhere, but for nothing. */
    static Optional<String> unsuitable(ResultSetMetaData meta, Database database) throws SQLException {
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            String column = meta.getColumnName(i).toLowerCase(Locale.ROOT);
            String type = meta.getColumnTypeName(i).toLowerCase(Locale.ROOT);
            String wanted = database == Database.SQLITE
                    ? null
                    : wanted(column, meta.getColumnType(i), type, meta.getPrecision(i), database);
            if (wanted != null) {
                all.add(column + " is " + type + " and must be " + wanted);
            } else if (NULLABLE.contains(column) && meta.isNullable(i) == ResultSetMetaData.columnNoNulls) {
                all.add(column + " is not null and must be nullable");
            }
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", all));
    }

    private static @Nullable String wanted(String column, int kind, String type, int length, Database database) {
        boolean json = type.equals("json"); // of MySQL and MariaDB a text, in which there is JSON and nothing else
        boolean either = TEXTS.contains(kind) && !type.startsWith("enum") || type.equals("citext"); // of PostgreSQL
        boolean text = either && !json;
        boolean filled =
                kind == Types.CHAR && database != Database.MYSQL; // with spaces, which are read as a part of it
        return switch (column) {
            case "id", "issued_by" -> NUMBERS.contains(kind) ? null : NUMBER;
            case "tokenable_id" ->
                text && (!filled || IDS.contains(length))
                                || NUMBERS.contains(kind)
                                || kind == Types.TINYINT
                                || type.equals("uuid")
                        ? null
                        : VARYING + ", " + NUMBER + " or a uuid";
            case "tokenable_type", "name" -> text && !filled ? null : VARYING;
            case "abilities", "metadata" -> either ? null : TEXT;
            case "last_used_from" -> text && !filled && holds(length, ADDRESS) ? null : varying(ADDRESS);
            case "actor" ->
                text && !filled && holds(length, TokenRequest.MAX_ACTOR) ? null : varying(TokenRequest.MAX_ACTOR);
            case "hint" -> text && (filled ? length == HINT : holds(length, HINT)) ? null : varying(HINT);
            case "token" ->
                text && (filled ? length == HASH : holds(length, HASH)) ? null : "text of " + HASH + " characters";
            case "updated_at" ->
                kind == Types.TIMESTAMP || TIMES.contains(kind) && database != Database.H2
                        ? null
                        : "a timestamp without time zone";
            case "last_used_at", "expires_at", "created_at", "revoked_at" ->
                TIMES.contains(kind) ? null : "a timestamp";
            default -> null;
        };
    }

    /** Whether there is room; the length of a text that has no limit may be told as none. */
    private static boolean holds(int length, int needed) {
        return length <= 0 || length >= needed;
    }

    private static String varying(int length) {
        return VARYING + ", of " + length + " characters or more";
    }
}
