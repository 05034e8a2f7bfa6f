package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The triggers of a table that tell of changes, and what is theirs: a function on PostgreSQL, elsewhere a table in which they
 * write down what was deleted.
 *
 * @param connection to its database
 * @param database which one that is
 * @param table the table
 */
record Triggers(Connection connection, Database database, TokenTable table) {

    /** Stands in the body of each, and nothing of the kind in those of older versions. */
    private static final String MARK = "Sanctum4j triggers 2";

    private static final List<String> ON_POSTGRES =
            List.of("sanctum_changed", "sanctum_deleted", "sanctum_truncated", "sanctum_probe");
    private static final String FILE = "/R__sanctum_changes.sql";

    static Triggers of(Connection connection, TokenTable table) throws SQLException {
        return new Triggers(connection, Database.of(connection), table);
    }

    /** What is there of them. */
    enum State {
        NONE,
        /** Made by an earlier version, for another name of the table, or not all of them. */
        OUTDATED,
        CURRENT
    }

    State state() throws SQLException {
        String sql = switch (database) {
            case H2 -> null;
            case POSTGRESQL -> """
                select count(*), count(*) filter (where t.tgenabled in ('O', 'A')
                        and strpos(f.prosrc, '%s') > 0 and encode(t.tgargs, 'escape') = 'sanctum_%s\\000')
                from pg_trigger t join pg_proc f on f.oid = t.tgfoid
                where t.tgrelid = to_regclass('%s') and t.tgname in ('%s')
                """.formatted(MARK, table.plainName(), table.name(), String.join("', '", ON_POSTGRES));
            case MYSQL -> """
                select count(*), 4 * sum(instr(action_statement, '%s') > 0) from information_schema.triggers
                where trigger_schema = %s and trigger_name = '%s_deleted'
                """.formatted(MARK, schema(), table.plainName());
            case SQLITE -> """
                select count(*), 4 * sum(instr(sql, '%s') > 0) from sqlite_master
                where type = 'trigger' and name = '%s_deleted' collate nocase
                """.formatted(MARK, table.plainName());
        };
        if (sql == null) {
            return State.NONE;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1) == 0
                    ? State.NONE
                    : row.getInt(2) == ON_POSTGRES.size() ? State.CURRENT : State.OUTDATED;
        }
    }

    private String schema() {
        String qualifier = table.qualifier();
        return qualifier.isEmpty() ? "database()" : "'" + qualifier.replace(".", "") + "'";
    }

    /** Whether the table is one that somebody else made: where a trigger that fails would be in their way. */
    boolean areInTheWay() throws SQLException {
        String marks = switch (database) {
            case H2, POSTGRESQL -> null;
            case MYSQL -> """
                select count(*) from information_schema.columns
                where table_schema = %s and table_name = '%s' and (column_name = 'created_at' and data_type = 'datetime'
                    and datetime_precision = 6 or column_name = 'token' and character_set_name = 'ascii')
                having count(*) = 2
                """.formatted(schema(), table.plainName());
            case SQLITE -> // Laravel quotes its columns
                """
                select 1 from sqlite_master where type = 'table' and name = '%s' collate nocase
                    and instr(sql, ' tokenable_id varchar not null') > 0
                """.formatted(table.plainName());
        };
        if (marks == null) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(marks)) {
            return !row.next();
        }
    }

    /**
     * Creates them where they are missing or outdated. What cannot be completed is taken away again.
     *
     * @return whether anything had to be done
     */
    boolean create() throws SQLException {
        if (database == Database.H2 || state() == State.CURRENT) {
            return false;
        }
        boolean hadTombstones = database.writesTombstones() && TokenTable.exists(connection, table.tombstones());
        try {
            Script.run(connection, database.triggers() + FILE, table);
            return true;
        } catch (SQLException e) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            if (state() == State.CURRENT || tell()) { // made by another node, or by an account that may see them
                return false;
            }
            if (database.writesTombstones() && !hadTombstones) {
                run("drop table if exists " + table.tombstones());
            }
            throw e;
        }
    }

    /** Takes them away, and then what is theirs: so that nowhere a trigger is left without its table. */
    void drop() throws SQLException {
        if (database == Database.H2) {
            return;
        }
        if (database.writesTombstones()) {
            if (state() != State.NONE || tell()) { // MySQL may refuse to drop what is not there
                run("drop trigger if exists " + trigger());
            }
            run("drop table if exists " + table.tombstones());
            return;
        }
        List<String> functions = functions();
        if (table.exists(connection)) {
            for (String trigger : ON_POSTGRES) {
                run("drop trigger if exists " + trigger + " on " + table.name());
            }
        }
        for (String function : functions) {
            if (ask("select 1 from pg_trigger where tgfoid = '" + function + "'::regprocedure")
                    .isEmpty()) {
                run("drop function if exists " + function);
            }
        }
    }

    /** The trigger on MySQL and SQLite, the latter of which has no schemas. */
    private String trigger() {
        return (database == Database.MYSQL ? table.name() : table.plainName()) + "_deleted";
    }

    /** Those of the table, and those that an earlier life of it has left. */
    private List<String> functions() throws SQLException {
        return ask("""
                select oid::regprocedure::text from pg_proc where proname = 'sanctum_changed' and pronargs = 0
                and (pronamespace = any (current_schemas(false)::regnamespace[])
                    or oid in (select tgfoid from pg_trigger where tgrelid = to_regclass('%s')))
                """.formatted(table.name()));
    }

    /**
     * Tries out whether a deletion would be written down, on a row that nobody gets to see. On PostgreSQL a feed tries that out
     * by listening.
     */
    boolean tell() throws SQLException {
        if (!database.writesTombstones() || !TokenTable.exists(connection, table.tombstones())) {
            return false;
        }
        String text = "trial-" + UUID.randomUUID();
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            run("insert into " + table.name()
                    + " (tokenable_type, tokenable_id, name, token) values ('trial', '0', 'trial', '" + text + "')");
            String id = ask("select id from " + table.name() + " where token = '" + text + "'")
                    .get(0);
            run("delete from " + table.name() + " where token = '" + text + "'");
            return !ask("select token_id from " + table.tombstones() + " where token_id = " + id)
                    .isEmpty();
        } catch (SQLException e) {
            if (!connection.isValid(1)) {
                throw e;
            }
            return false;
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private List<String> ask(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
