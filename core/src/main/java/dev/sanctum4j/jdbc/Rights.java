package dev.sanctum4j.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Tries out what the account may do with a table. Nothing is changed by that, but that a sequence may give out a number.
 *
 * @param connection one that is in a transaction, which is rolled back afterwards
 * @param database which database it leads to
 * @param table the table
 */
record Rights(Connection connection, Database database, TokenTable table) {

    private static final int SQLITE_READONLY = 8;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int H2_NOT_ENOUGH_RIGHTS = 90_096;
    private static final Set<Integer> OF_MYSQL = Set.of(1044, 1142, 1143, 1227, 1370);

    /** Laravel's columns and ours; whatever else is in the table of the tokens is nothing that we write. */
    private static final Set<String> TOKENS = Set.of(
            "tokenable_type",
            "tokenable_id",
            "name",
            "token",
            "abilities",
            "last_used_at",
            "expires_at",
            "created_at",
            "updated_at",
            "revoked_at",
            "issued_by",
            "metadata",
            "last_used_from",
            "actor",
            "hint");

    List<MissingRight> missing(Set<Right> wanted) throws SQLException {
        List<MissingRight> missing = new ArrayList<>();
        String none = " from " + table.name() + " where 1 = 0";
        if (!may("select 1" + none)) {
            return wanted.contains(Right.SELECT) ? List.of(denied("select from", "select", "")) : List.of();
        }
        if (wanted.equals(Set.of(Right.SELECT)) || !table.exists(connection)) {
            return List.of();
        }
        if (!may("select *" + none)) {
            return List.of(denied("select all columns of", "select", ""));
        }
        List<String> columns = TableShape.columns(connection, table.name());
        boolean tokens = columns.contains("tokenable_type");
        columns.removeIf(column -> column.equals("id") || tokens && !TOKENS.contains(column));
        String list = String.join(", ", columns);
        if (wanted.contains(Right.INSERT)) {
            if (!may("insert into " + table.name() + " (" + list + ") select " + list + none)) {
                missing.add(denied("insert into", "insert", ""));
            }
            for (String sequence : sequences()) {
                if (!may("select nextval('" + sequence.replace("'", "''") + "')")) {
                    missing.add(denied("use the sequence " + sequence + ", and so insert into", "usage", sequence));
                }
            }
        }
        if (wanted.contains(Right.UPDATE)
                && !may("update " + table.name() + " set "
                        + String.join(
                                ", ",
                                columns.stream()
                                        .map(column -> column + " = " + column)
                                        .toList())
                        + " where 1 = 0")) {
            missing.add(denied("update", "update", ""));
        }
        if (wanted.contains(Right.DELETE) && !may("delete from " + table.name() + " where 1 = 0")) {
            missing.add(denied("delete from", "delete", ""));
        }
        return missing;
    }

    /** Where numbers come from on PostgreSQL, unless they belong to the column itself and need no right. */
    private List<String> sequences() throws SQLException {
        List<String> found = new ArrayList<>();
        if (database == Database.POSTGRESQL) {
            String sql =
                    "select substring(pg_get_expr(adbin, adrelid) from $$nextval\\('(.*)'::regclass\\)$$) from pg_attrdef"
                            + " where adrelid = to_regclass('" + table.name()
                            + "') and pg_get_expr(adbin, adrelid) like 'nextval(%'";
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    /** Whether it is not the account that is refused. */
    private boolean may(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            boolean refused = refuses(e);
            if (!refused && !connection.isValid(1)) {
                throw e;
            }
            connection.rollback();
            return !refused;
        }
    }

    private boolean refuses(SQLException e) {
        return switch (database) {
            case H2 -> e.getErrorCode() == H2_NOT_ENOUGH_RIGHTS;
            case POSTGRESQL -> "42501".equals(e.getSQLState());
            case MYSQL -> OF_MYSQL.contains(e.getErrorCode());
            case SQLITE -> (e.getErrorCode() & 0xff) == SQLITE_READONLY || (e.getErrorCode() & 0xff) == SQLITE_CANTOPEN;
        };
    }

    private MissingRight denied(String what, String right, String sequence) throws SQLException {
        String on = sequence.isEmpty() ? table.name() : "sequence " + sequence;
        String cure = database == Database.SQLITE
                ? "let the account of the system that runs this write the file of the database and its folder"
                : "grant " + right + " on " + on + " to " + account();
        return new MissingRight("may not " + what + " " + table.name(), cure);
    }

    private String account() throws SQLException {
        String sql = database == Database.MYSQL
                ? "select concat('''', replace(current_user(), '@', '''@'''), '''')"
                : database == Database.POSTGRESQL ? "select quote_ident(current_user)" : "select current_user";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
