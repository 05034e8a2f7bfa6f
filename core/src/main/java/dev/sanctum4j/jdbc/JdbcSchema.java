package dev.sanctum4j.jdbc;

import dev.sanctum4j.TokenStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table and its numbered migrations, which lie on the classpath, a folder for each database. An application's Flyway
 * can run them from there, with a history table of its own and the placeholder {@code table}; on a database without the
 * table {@link #createIfMissing} does. They also bring a table that Laravel made up to date.
 *
 * <p>Thread-safe.
 */
public final class JdbcSchema {

    private static final String TRIGGER_FILE = "/R__sanctum_changes.sql";
    private static final List<String> MIGRATIONS =
            List.of("V1__personal_access_tokens.sql", "V2__sanctum4j_columns.sql", "V3__last_used_from.sql");

    /** Statements begin in the first column; what is inside of them does not. */
    private static final Pattern STATEMENT = Pattern.compile(";\\s*(?=^(?:create|alter|drop) |\\z)", Pattern.MULTILINE);

    private final DataSource dataSource;
    private final TokenTable table;

    private JdbcSchema(DataSource dataSource, TokenTable table) {
        this.dataSource = dataSource;
        this.table = table;
    }

    /**
     * The schema of a table.
     *
     * @throws IllegalArgumentException if {@code table} is not a plain identifier
     */
    public static JdbcSchema of(DataSource dataSource, String table) {
        return new JdbcSchema(dataSource, TokenTable.of(table));
    }

    /**
     * Where the migrations for this database lie.
     *
     * @return a location as Flyway has it, {@code classpath:dev/sanctum4j/jdbc/postgresql} for one
     * @throws TokenStoreException if the database could not be asked, or is none we know
     */
    public static String location(DataSource dataSource) {
        return ask(
                dataSource,
                "look at the database",
                connection -> "classpath:" + Database.of(connection).migrations());
    }

    /**
     * Where the triggers lie that notify of changes, as a repeatable migration. Applying them is a choice: without them, what
     * others delete is noticed by a cache a little later.
     *
     * @return a location as Flyway has it; empty if there are none for this database
     * @throws TokenStoreException if the database could not be asked, or is none we know
     */
    public static Optional<String> triggerLocation(DataSource dataSource) {
        return Optional.of(ask(dataSource, "look at the database", Database::of))
                .filter(JdbcSchema::hasTriggers)
                .map(database -> "classpath:" + database.triggers());
    }

    private static boolean hasTriggers(Database database) {
        return database != Database.H2;
    }

    /**
     * Creates the table if there is none. Several nodes may do so at once.
     *
     * @return whether this call created it; {@code false} if it was there and complete
     * @throws TokenStoreException if it could not be created, or is there and lacks our columns
     */
    public boolean createIfMissing() {
        return ask(dataSource, "create the table " + table.name(), connection -> {
            if (isComplete(connection)) {
                return false;
            }
            try {
                for (String migration : MIGRATIONS) {
                    run(connection, Database.of(connection).migrations() + "/" + migration);
                }
                return true;
            } catch (SQLException e) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
                if (isComplete(connection)) { // another node was faster
                    return false;
                }
                throw e;
            }
        });
    }

    /**
     * Looks for the table and its columns.
     *
     * @return what is missing, in words like "the table personal_access_tokens is missing"; empty if it is complete
     * @throws TokenStoreException if the database could not be asked
     */
    public Optional<String> missing() {
        return ask(
                dataSource,
                "look for the table " + table.name(),
                connection -> table.exists(connection)
                        ? TableShape.missing(connection, table.name())
                        : Optional.of("the table " + table.name() + " is missing"));
    }

    /**
     * Looks whether times in the table are what they are taken for.
     *
     * @param timeZone the zone in which they stand
     * @param session the zone that MySQL converts them in, if it is not that of our connections
     * @return what cannot be, in words like "the newest change in the table personal_access_tokens is dated 120 minutes in the
     *     future"; empty if nothing contradicts
     * @throws TokenStoreException if the database could not be asked
     */
    public Optional<String> contradiction(ZoneId timeZone, @Nullable ZoneId session) {
        TokenTable zoned = new TokenTable(table.name(), timeZone, session);
        return ask(
                dataSource,
                "look at the times of " + table.name(),
                connection -> TableTimes.contradiction(connection, zoned));
    }

    /**
     * Whether a Laravel made the table, as far as its columns tell.
     *
     * @throws TokenStoreException if the database could not be asked, or the table lacks our columns
     */
    public boolean isLaravels() {
        return ask(
                dataSource,
                "look at the table " + table.name(),
                connection -> TableShape.of(connection, table.name()).laravels());
    }

    /** Whether the table is there; one that lacks our columns is an error. */
    private boolean isComplete(Connection connection) throws SQLException {
        return table.exists(connection) && TableShape.of(connection, table.name()) != null;
    }

    /**
     * Creates the triggers that notify of changes, or creates them anew; nothing on H2, which has none.
     *
     * @throws TokenStoreException if the table is not there, or the user of the database may not
     */
    public void createTriggers() {
        ask(dataSource, "create the triggers of " + table.name(), connection -> {
            Database database = Database.of(connection);
            if (hasTriggers(database)) {
                run(connection, database.triggers() + TRIGGER_FILE);
            }
            return database;
        });
    }

    private static <T> T ask(DataSource dataSource, String what, JdbcWork.SqlFunction<T> question) {
        return SqlFailure.translate(what, () -> JdbcWork.on(dataSource).read(question));
    }

    private void run(Connection connection, String path) throws SQLException {
        String script;
        try (InputStream in = JdbcSchema.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new SQLException("the migration " + path + " is not on the classpath", "HY000");
            }
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SQLException("the migration " + path + " cannot be read", "HY000", e);
        }
        for (String sql : STATEMENT.split(script.replaceAll("(?m)^--.*$", ""), -1)) {
            if (!sql.isBlank()) {
                try (Statement ddl = connection.createStatement()) {
                    ddl.execute(sql.replace("${table}", table.name()).replace("${name}", table.plainName()));
                }
            }
        }
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
    }
}
