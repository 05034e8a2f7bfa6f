package dev.sanctum4j.jdbc;

import dev.sanctum4j.TokenStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    private static final List<String> MIGRATIONS = List.of(
            "V1__personal_access_tokens.sql",
            "V2__sanctum4j_columns.sql",
            "V3__last_used_from.sql",
            "V4__owner_index.sql",
            "V5__actor.sql",
            "V8__hint.sql");

    /** Beside the table: what programs ask people for, which an application has that serves it. */
    private static final String REQUESTS = "V6__requests.sql";

    /** Beside the table, too: under which keys tokens were issued. */
    private static final String KEYS = "V7__idempotency_keys.sql";

    private static final int NO_SUCH_KEY = 1091;

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
                .filter(database -> database != Database.H2)
                .map(database -> "classpath:" + database.triggers());
    }

    /**
     * Whether a pooler stands between the driver and PostgreSQL, of whatever kind; always false on other databases.
     *
     * @throws TokenStoreException if the database could not be asked
     */
    public static boolean isBehindPooler(DataSource dataSource) {
        return ask(dataSource, "look for a pooler", Pooler::stands);
    }

    /**
     * Whether one stands there and the driver prepares statements, which fail now and then where the pooler shares sessions out and
     * does not keep track of what is prepared in them: {@code prepareThreshold=0} in the JDBC URL prepares none.
     *
     * @throws TokenStoreException if the database could not be asked
     */
    public static boolean preparesBehindPooler(DataSource dataSource) {
        return ask(dataSource, "look for a pooler", Pooler::hinders);
    }

    /**
     * Whether changes come to a database that takes none: a standby of PostgreSQL, or a MySQL or MariaDB that is read-only.
     *
     * @param work how connections for changes come about, which may be others than those for queries
     * @throws TokenStoreException if the database could not be asked, or is none we know
     */
    public static boolean isStandby(JdbcWork work) {
        return SqlFailure.translate("look at the database", () -> work.write(Replication::isStandby));
    }

    /**
     * Whether queries may miss what was committed on another node of a Galera cluster, a revocation for one: its connections
     * lack {@code wsrep_sync_wait}. On MariaDB a {@link JdbcTokenStore} asks for it in its statements; a cache and its
     * {@link ChangeFeed} must not be used then.
     *
     * @throws TokenStoreException if the database could not be asked, or is none we know
     */
    public static boolean readsLate(DataSource dataSource) {
        return ask(dataSource, "look at the database", Replication::readsLate);
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
                    Script.run(connection, Database.of(connection).migrations() + "/" + migration, table);
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
     * Creates the table {@value JdbcApprovalStore#TABLE} if there is none. Several nodes may do so at once.
     *
     * @return whether this call created it
     * @throws TokenStoreException if it could not be created
     */
    public static boolean createRequests(DataSource dataSource) {
        return createBeside(dataSource, JdbcApprovalStore.TABLE, REQUESTS);
    }

    /**
     * Creates the table {@value JdbcTokenStore#KEYS_TABLE} if there is none. Several nodes may do so at once. Without it a
     * {@link JdbcTokenStore} issues no token under an {@link dev.sanctum4j.IdempotencyKey}, and is as ever otherwise.
     *
     * @return whether this call created it
     * @throws TokenStoreException if it could not be created
     */
    public static boolean createIdempotencyKeys(DataSource dataSource) {
        return createBeside(dataSource, JdbcTokenStore.KEYS_TABLE, KEYS);
    }

    private static boolean createBeside(DataSource dataSource, String name, String migration) {
        return ask(dataSource, "create the table " + name, connection -> {
            if (TokenTable.exists(connection, name)) {
                return false;
            }
            try {
                Script.run(connection, Database.of(connection).migrations() + "/" + migration, TokenTable.of(name));
                return true;
            } catch (SQLException e) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
                if (TokenTable.exists(connection, name)) { // another node was faster
                    return false;
                }
                throw e;
            }
        });
    }

    /**
     * Whether there is the table {@value JdbcApprovalStore#TABLE}.
     *
     * @throws TokenStoreException if the database could not be asked
     */
    public static boolean hasRequests(DataSource dataSource) {
        return ask(
                dataSource,
                "look for the table " + JdbcApprovalStore.TABLE,
                connection -> TokenTable.exists(connection, JdbcApprovalStore.TABLE));
    }

    /**
     * Looks for the table, its columns and their types.
     *
     * @return what is missing, in words like "the table personal_access_tokens is missing", or of another type, like "in the table
     *     personal_access_tokens abilities is jsonb and must be text"; empty if it is complete
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
     * @param session the zone that MySQL converts them in, if anybody said; then a time in the future is a warning in the log, for
     *     rows from before that was said may have one
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
     * Creates the triggers that notify of changes where they are missing, or were made by an earlier version; nothing on H2,
     * which has none. What cannot be completed is taken away again.
     *
     * @return whether this call created them
     * @throws TokenStoreException if the table is not there, or the user of the database may not
     */
    public boolean createTriggers() {
        return change(
                "create the triggers of " + table.name(),
                connection -> Triggers.of(connection, table).create());
    }

    /**
     * Whether a statement of others can never fail by a trigger of ours: always on PostgreSQL. On MySQL, MariaDB and SQLite it
     * can, once the account that created the trigger or the table that it writes to is gone; there this says whether the table
     * is our own.
     *
     * @throws TokenStoreException if the database could not be asked
     */
    public boolean triggersAreInNobodysWay() {
        return ask(
                dataSource,
                "look at the table " + table.name(),
                connection -> !Triggers.of(connection, table).areInTheWay());
    }

    /**
     * Drops triggers that an earlier version made. Those of this version stay.
     *
     * @return whether there were any
     * @throws TokenStoreException if the user of the database may not
     */
    public boolean dropOutdatedTriggers() {
        return change("drop the triggers of " + table.name(), connection -> {
            Triggers triggers = Triggers.of(connection, table);
            if (triggers.state() != Triggers.State.OUTDATED) {
                return false;
            }
            triggers.drop();
            return true;
        });
    }

    /**
     * Takes away what {@link #createTriggers} and the migrations added: triggers, functions, columns, indexes, the table
     * {@value JdbcTokenStore#KEYS_TABLE}, the requests, and the table {@value JdbcApprovalStore#TABLE} unless it has some of another
     * application's. The table of tokens stays, and they do: those that were revoked have expired.
     *
     * @throws TokenStoreException if the user of the database may not
     */
    public void remove() {
        change("take away what is ours from " + table.name(), connection -> {
            boolean there = table.exists(connection);
            boolean asked = TokenTable.exists(connection, JdbcApprovalStore.TABLE);
            Triggers.of(connection, table).drop();
            if (asked) {
                removeRequests(connection);
            }
            dropIfThere(connection, "drop table if exists " + JdbcTokenStore.KEYS_TABLE);
            if (there) {
                removeColumns(connection);
            }
            return table;
        });
    }

    /** Those for tokens of this table; where there are no others, the table of requests as well. */
    private void removeRequests(Connection connection) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from " + JdbcApprovalStore.TABLE + " where realm = ?")) {
            delete.setString(1, table.name());
            delete.executeUpdate();
        }
        boolean empty;
        try (Statement statement = connection.createStatement();
                ResultSet others = statement.executeQuery("select 1 from " + JdbcApprovalStore.TABLE + " limit 1")) {
            empty = !others.next();
        }
        if (empty) {
            dropIfThere(connection, "drop table " + JdbcApprovalStore.TABLE);
        }
    }

    private void removeColumns(Connection connection) throws SQLException {
        Database database = Database.of(connection);
        for (String indexed : List.of("updated_at", "issued_by", "owner")) {
            String index = table.plainName() + "_" + indexed + "_index";
            dropIfThere(
                    connection,
                    switch (database) {
                        case MYSQL -> "alter table " + table.name() + " drop index " + index;
                        case SQLITE -> "drop index if exists " + index;
                        case H2, POSTGRESQL -> "drop index if exists " + table.qualifier() + index;
                    });
        }
        List<String> columns = TableShape.columns(connection, table.name());
        for (String column : TableShape.OUR_COLUMNS) {
            if (columns.contains(column)) {
                dropIfThere(connection, "alter table " + table.name() + " drop column " + column);
            }
        }
    }

    /** MySQL has no {@code if exists} for an index. */
    private static void dropIfThere(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_KEY) {
                throw e;
            }
        }
    }

    /**
     * Tries out what the account may do with the table, whose tokens stay as they are: all statements change no row or are rolled
     * back. A table that is not there is nothing that it may not use.
     *
     * @param wanted what it should be able to do
     * @return what it may not; empty if nothing
     * @throws TokenStoreException if the database could not be asked
     */
    public List<MissingRight> missingRights(Set<Right> wanted) {
        return ask(dataSource, "try out the rights to " + table.name(), connection -> {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                return new Rights(connection, Database.of(connection), table).missing(wanted);
            } finally {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        });
    }

    private <T> T change(String what, JdbcWork.SqlFunction<T> statements) {
        return SqlFailure.translate(what, () -> JdbcWork.on(dataSource).write(statements));
    }

    private static <T> T ask(DataSource dataSource, String what, JdbcWork.SqlFunction<T> question) {
        return SqlFailure.translate(what, () -> JdbcWork.on(dataSource).read(question));
    }
}
