package dev.sanctum4j.server;

import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.MissingRight;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The schemas of PostgreSQL: what is in one that may not be used is not there, and no statement says why. */
final class Schemas {

    private Schemas() {}

    /** The schemas that may not be used and may have the table. */
    static List<MissingRight> unusable(DataSource dataSource, String table) {
        if (!JdbcSchema.location(dataSource).endsWith("/postgresql")) {
            return List.of();
        }
        int dot = table.indexOf('.');
        String where = dot < 0
                ? "nspname = any(string_to_array(replace(translate(current_setting('search_path'), '\" ', ''), '$user',"
                        + " current_user), ',')) and to_regclass('" + table + "') is null"
                : "nspname = lower('" + table.substring(0, dot) + "')";
        return new JdbcTemplate(dataSource)
                .query(
                        "select quote_ident(nspname), quote_ident(current_user) from pg_namespace where not"
                                + " has_schema_privilege(oid, 'usage') and " + where,
                        (row, number) -> new MissingRight(
                                "may not use the schema " + row.getString(1),
                                "grant usage on schema " + row.getString(1) + " to " + row.getString(2)));
    }
}
