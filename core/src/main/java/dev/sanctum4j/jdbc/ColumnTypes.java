package dev.sanctum4j.jdbc;

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
    private static final int HASH = 64;

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

    /** What they are and must be, in words; empty if all will do. SQLite holds anything anywhere. */
    static Optional<String> unsuitable(ResultSetMetaData meta, Database database) throws SQLException {
        List<String> all = new ArrayList<>();
        for (int i = 1; database != Database.SQLITE && i <= meta.getColumnCount(); i++) {
            String column = meta.getColumnName(i).toLowerCase(Locale.ROOT);
            String type = meta.getColumnTypeName(i).toLowerCase(Locale.ROOT);
            String wanted = wanted(column, meta.getColumnType(i), type, meta.getPrecision(i), database);
            if (wanted != null) {
                all.add(column + " is " + type + " and must be " + wanted);
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
                        : "text of varying length, " + NUMBER + " or a uuid";
            case "tokenable_type" -> text && !filled ? null : "text of varying length";
            case "abilities", "metadata" -> either ? null : TEXT;
            case "name", "last_used_from", "actor", "hint" -> text ? null : TEXT;
            case "token" -> text && (length <= 0 || length >= HASH) ? null : "text of " + HASH + " characters";
            case "updated_at" ->
                kind == Types.TIMESTAMP || TIMES.contains(kind) && database != Database.H2
                        ? null
                        : "a timestamp without time zone";
            case "last_used_at", "expires_at", "created_at", "revoked_at" ->
                TIMES.contains(kind) ? null : "a timestamp";
            default -> null;
        };
    }
}
