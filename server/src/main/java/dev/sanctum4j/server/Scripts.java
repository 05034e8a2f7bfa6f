package dev.sanctum4j.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/**
 * A series of migrations, on a database where somebody may have dropped something behind its back: {@code migrate:fresh} leaves
 * functions without tables, {@code migrate:refresh} and a hand leave histories of what is gone. A script that was published is
 * never changed, so it is read here and run a statement at a time, past whatever is there, where it has to be run again.
 *
 * @param flyway the series
 */
record Scripts(Flyway flyway) {

    /** Statements begin in the first column; what is inside of them does not. */
    private static final Pattern STATEMENT =
            Pattern.compile(";\\s*(?=^(?:create|alter|insert|drop) |\\z)", Pattern.MULTILINE);

    private static final Pattern TABLE = Pattern.compile("(?m)^create table (if not exists )?([\\w.]+)");
    private static final Pattern FUNCTION = Pattern.compile("(?m)^create function (\\w+\\(\\))");
    private static final Pattern ALTER = Pattern.compile("(?ms)^alter table ([\\w.]+)\\s+(.*?)(?:;|\\z)");
    private static final Pattern COLUMN = Pattern.compile("\\badd column (\\w+)");

    /** What they say of something that is there already: PostgreSQL and H2, MySQL, and SQLite in words. */
    private static final Set<String> THERE =
            Set.of("42P07", "42701", "42710", "42723", "42S01", "42S11", "42S21", "90041");

    private static final Set<Integer> THERE_ON_MYSQL = Set.of(1050, 1060, 1061, 1359);
    private static final Pattern THERE_ON_SQLITE = Pattern.compile("already exists|duplicate column name");

    /** What is there and may not be read is there. */
    private static final Set<Object> DENIED = Set.of("42501", 1142);

    /** Brings the tables up to date. */
    void migrate() {
        List<MigrationInfo> all = all();
        if (all.stream().anyMatch(Scripts::isFailed)) {
            flyway.repair(); // forgets it; what it has made already is met below
            all = all();
        }
        List<MigrationInfo> applied = in(all, MigrationState.SUCCESS);
        if (!gone(applied).isEmpty()) {
            applied.forEach(this::run);
        }
        List<MigrationInfo> pending = in(all, MigrationState.PENDING);
        if (pending.stream().anyMatch(this::isPartlyThere)) {
            pending.forEach(this::run);
            Flyway.configure()
                    .configuration(flyway.getConfiguration())
                    .skipExecutingMigrations(true)
                    .load()
                    .migrate();
        } else {
            flyway.migrate();
        }
    }

    /** The migrations that are to be applied, by their versions, and what others made that is gone. */
    List<String> pending() {
        List<MigrationInfo> all = all();
        return Stream.of(
                        in(all, MigrationState.PENDING).stream().map(one -> String.valueOf(one.getVersion())),
                        all.stream().filter(Scripts::isFailed).map(one -> one.getDescription() + " (failed)"),
                        gone(in(all, MigrationState.SUCCESS)).stream().map(one -> one + " (gone)"))
                .flatMap(names -> names)
                .toList();
    }

    /** The tables that are created, the first first. */
    List<String> tables() {
        return all().stream()
                .flatMap(one -> found(TABLE, text(one)).map(table -> table.group(2)))
                .toList();
    }

    /** The functions that are created. */
    List<String> functions() {
        return all().stream()
                .flatMap(one -> found(FUNCTION, text(one)).map(function -> function.group(1)))
                .toList();
    }

    private List<MigrationInfo> all() {
        return List.of(flyway.info().all());
    }

    private static boolean isFailed(MigrationInfo migration) {
        return migration.getState().isFailed();
    }

    /** Those with a version; others were triggers. */
    private static List<MigrationInfo> in(List<MigrationInfo> all, MigrationState state) {
        return all.stream()
                .filter(one -> one.getState() == state && one.getVersion() != null)
                .toList();
    }

    private List<String> gone(List<MigrationInfo> applied) {
        return applied.stream()
                .flatMap(one -> made(text(one)).stream())
                .filter(one -> !isThere(one))
                .map(one -> one.column().equals("1") ? one.table() : one.table() + "." + one.column())
                .toList();
    }

    /** Whether something is there that this would make, and would not leave as it is. */
    private boolean isPartlyThere(MigrationInfo migration) {
        String text = text(migration);
        return made(text).stream().filter(one -> !one.leaves()).anyMatch(this::isThere)
                || found(FUNCTION, text).anyMatch(one -> succeeds("select '" + one.group(1) + "'::regprocedure"));
    }

    /**
     * Something that a script makes.
     *
     * @param column a column of the table, or 1 for the table itself
     * @param leaves whether the script leaves it as it is, if it is there
     */
    private record Made(String table, String column, boolean leaves) {}

    private static List<Made> made(String text) {
        List<Made> made = new ArrayList<>();
        found(TABLE, text).forEach(table -> made.add(new Made(table.group(2), "1", table.group(1) != null)));
        found(ALTER, text)
                .forEach(alter -> found(COLUMN, alter.group(2))
                        .forEach(column -> made.add(new Made(alter.group(1), column.group(1), false))));
        return made;
    }

    private static Stream<MatchResult> found(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private String text(MigrationInfo migration) {
        String text = "";
        for (var location : flyway.getConfiguration().getLocations()) {
            String path = location.getRootPath() + "/" + migration.getScript();
            try (InputStream in = Scripts.class.getClassLoader().getResourceAsStream(path)) {
                text = in == null ? text : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        for (Map.Entry<String, String> one :
                flyway.getConfiguration().getPlaceholders().entrySet()) {
            text = text.replace("${" + one.getKey() + "}", one.getValue());
        }
        return text.replaceAll("(?m)^--.*$", "");
    }

    private void run(MigrationInfo migration) {
        for (String statement : STATEMENT.split(text(migration), -1)) {
            Matcher alter = ALTER.matcher(statement.strip());
            if (alter.matches()) {
                for (String clause : alter.group(2).split(",\\s*(?=add )", -1)) {
                    runUnlessThere("alter table " + alter.group(1) + " " + clause);
                }
            } else if (!statement.isBlank()) {
                runUnlessThere(statement.replace("create function", "create or replace function"));
            }
        }
    }

    private void runUnlessThere(String sql) {
        try {
            execute(sql);
        } catch (SQLException e) {
            boolean there = THERE.contains(String.valueOf(e.getSQLState()))
                    || THERE_ON_MYSQL.contains(e.getErrorCode())
                    || THERE_ON_SQLITE.matcher(String.valueOf(e.getMessage())).find();
            if (!there) {
                throw new IllegalStateException("a migration could not be run again: " + e.getMessage(), e);
            }
        }
    }

    /** Whether there is a table, also one that may not be read. */
    boolean isThere(String table) {
        return isThere(new Made(table, "1", false));
    }

    /** The table in which it is written down what was applied. */
    String history() {
        return flyway.getConfiguration().getTable();
    }

    private boolean isThere(Made made) {
        return succeeds("select " + made.column() + " from " + made.table() + " where 1 = 0");
    }

    private boolean succeeds(String sql) {
        try {
            execute(sql);
            return true;
        } catch (SQLException e) {
            return DENIED.contains(String.valueOf(e.getSQLState())) || DENIED.contains(e.getErrorCode());
        }
    }

    private void execute(String sql) throws SQLException {
        DataSource dataSource = flyway.getConfiguration().getDataSource();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
