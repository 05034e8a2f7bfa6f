package dev.sanctum4j.server.accounts;

import dev.sanctum4j.cache.CacheSettings;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * The people of a Laravel application: the rows of its table that it would find itself, so none with {@code deleted_at} where
 * there is such a column, and none that fails the {@link ActiveCondition conditions} of the setting.
 *
 * <p>The table is another's and changes when that one likes: it is looked at when the server starts, every few seconds while
 * people are asked for, and when a statement fails, which is then tried once more. Thread-safe.
 */
final class LaravelUsers {

    /** The table of a Laravel's people, if they are the people here. */
    static final String TABLE = "SANCTUM_LARAVEL_USERS";

    /** What must hold of those who count, besides that they were not deleted. */
    static final String ACTIVE = "SANCTUM_LARAVEL_ACTIVE";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");
    private static final Set<Integer> WHOLE_NUMBERS = Set.of(Types.BIGINT, Types.INTEGER);
    private static final List<String> REQUIRED = List.of("id", "email", "password");
    private static final List<String> DISPENSABLE = List.of("name", "created_at", "updated_at");
    private static final String DELETED = "deleted_at";
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(LaravelUsers.class);

    private final JdbcTemplate jdbc;
    private final String table;
    private final String setting;
    private final List<ActiveCondition> active;
    private volatile String select;
    private volatile long lookedAt;
    private final AtomicLong complainedAt = new AtomicLong(System.nanoTime() - MINUTE);

    /**
     * The people of a table.
     *
     * @param active the conditions, as they were set
     * @throws InvalidConfigurationPropertyValueException if there is no such table, it lacks what people need, or the
     *     conditions cannot be read or are not about its columns
     */
    LaravelUsers(JdbcTemplate jdbc, String table, String active) {
        if (!NAME.matcher(table).matches()) {
            throw new InvalidConfigurationPropertyValueException(TABLE, table, "it must be the name of a table");
        }
        this.jdbc = jdbc;
        this.table = table;
        this.setting = active;
        this.active = ActiveCondition.parse(active).orElseThrow(() -> invalid(ActiveCondition.RULE));
        this.select = look();
        try {
            jdbc.execute(select + " where 1 = 0");
        } catch (InvalidDataAccessResourceUsageException | UncategorizedSQLException e) {
            throw active.isEmpty() ? e : invalid("the database does not compare these");
        }
    }

    private InvalidConfigurationPropertyValueException invalid(String reason) {
        return new InvalidConfigurationPropertyValueException(ACTIVE, setting, reason);
    }

    /**
     * Asks about people.
     *
     * @param question gets the statement that selects them all, to which a condition can be added
     */
    <T> T ask(Function<String, T> question) {
        if (System.nanoTime() - lookedAt > CacheSettings.MAX_STALE_UNNOTIFIED.toNanos()) {
            select = lookAgain();
        }
        try {
            return question.apply(select);
        } catch (NonTransientDataAccessResourceException e) { // nobody is there to be asked
            throw e;
        } catch (NonTransientDataAccessException e) {
            select = lookAgain();
            return question.apply(select);
        }
    }

    private String lookAgain() {
        try {
            return look();
        } catch (InvalidConfigurationPropertyValueException e) { // not any more: nobody can tell who is let in
            complain(e);
            throw new InvalidDataAccessResourceUsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private void complain(InvalidConfigurationPropertyValueException e) {
        long now = System.nanoTime();
        if (now - complainedAt.get() >= MINUTE) {
            complainedAt.set(now);
            LOG.error(
                    "Nobody can be asked for, so people are answered 503. {}={}: {}",
                    e.getName(),
                    e.getValue(),
                    e.getReason());
        }
    }

    /** A column as the table has it. */
    private record Column(String sql, int type, String typeName) {}

    private String look() {
        lookedAt = System.nanoTime();
        Map<String, Column> columns = columns();
        List<String> missing =
                REQUIRED.stream().filter(name -> !columns.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    TABLE,
                    table,
                    "the table lacks what people are known by, the " + (missing.size() == 1 ? "column " : "columns ")
                            + String.join(", ", missing));
        }
        checkNumbered(Objects.requireNonNull(columns.get("id")));
        String shown = Stream.concat(REQUIRED.stream(), DISPENSABLE.stream())
                .map(name -> (columns.containsKey(name) ? sql(columns, name) : "null") + " as " + name)
                .collect(Collectors.joining(", "));
        String who = Stream.concat(
                        Stream.of(DELETED).filter(columns::containsKey).map(name -> sql(columns, name) + " is null"),
                        active.stream().map(condition -> sql(columns, condition)))
                .collect(Collectors.joining(" and "));
        return """
                select * from (select %s, coalesce(ours.role, 'USER') as role, ours.disabled_at as disabled_at,
                    ours.updated_at as judged_at
                    from %s u left join sanctum_laravel_users ours on ours.user_id = u.id%s) people\
                """.formatted(shown, table, who.isEmpty() ? "" : " where " + who);
    }

    private static String sql(Map<String, Column> columns, String name) {
        return Objects.requireNonNull(columns.get(name)).sql();
    }

    private String sql(Map<String, Column> columns, ActiveCondition condition) {
        Column column = columns.get(condition.column());
        if (column == null) {
            throw invalid("the table " + table + " has no column " + condition.column());
        }
        if (!condition.fits(column.type())) { // MySQL compares a number with a text all the same, and finds 'yes' = 0
            throw invalid("the column " + condition.column() + " is of the type " + column.typeName()
                    + ", which does not go with " + condition.value());
        }
        return column.sql() + " " + condition.comparison();
    }

    /** The columns by their names in small letters. */
    private Map<String, Column> columns() {
        try {
            return Objects.requireNonNull(
                    jdbc.query("select * from " + table + " where 1 = 0", (ResultSetExtractor<Map<String, Column>>)
                            LaravelUsers::read));
        } catch (NonTransientDataAccessResourceException e) {
            throw e;
        } catch (NonTransientDataAccessException e) {
            throw new InvalidConfigurationPropertyValueException(
                    TABLE, table, "there is no such table, or it may not be read");
        }
    }

    private static Map<String, Column> read(ResultSet none) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        String quote = none.getStatement().getConnection().getMetaData().getIdentifierQuoteString();
        ResultSetMetaData meta = none.getMetaData();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            String name = meta.getColumnName(i);
            String quoted = "u." + quote + name.replace(quote, quote + quote) + quote;
            Column column = new Column(quoted, meta.getColumnType(i), meta.getColumnTypeName(i));
            String key = ActiveCondition.small(name);
            if (name.equals(key)) { // PostgreSQL may have one in capitals as well
                columns.put(key, column);
            } else {
                columns.putIfAbsent(key, column);
            }
        }
        return columns;
    }

    /** People are numbers here, and a database that compares one with a text may find them equal: 1 and '1b9d6bcd-…'. */
    private void checkNumbered(Column id) {
        if (!WHOLE_NUMBERS.contains(id.type())) {
            throw new InvalidConfigurationPropertyValueException(
                    TABLE,
                    table,
                    "its column id is of the type " + id.typeName()
                            + ", and this server knows people by number. For UUIDs or ULIDs"
                            + " write an application with the starter and an OwnerLoader of its own, see"
                            + " docs/with-laravel.md.");
        }
    }

    /** The people of the settings; absent if they are not Laravel's. */
    static @Nullable LaravelUsers of(JdbcTemplate jdbc, String table, String active) {
        if (!table.isEmpty()) {
            return new LaravelUsers(jdbc, table, active);
        }
        if (!active.isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    ACTIVE, active, "it needs SANCTUM_LARAVEL_USERS, the table of the people whom it is about");
        }
        return null;
    }
}
