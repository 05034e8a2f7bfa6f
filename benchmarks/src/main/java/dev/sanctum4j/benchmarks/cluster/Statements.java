package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * What requests cost PostgreSQL, told by its own pg_stat_statements: calls and time of execution for each request of a kind,
 * statement by statement. What a server asks by itself once a second counts too, as the few hundredths that it is.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.cluster.Statements SERVER-JAR JDBC-URL [REQUESTS]</pre>
 */
public final class Statements {

    private final Cluster cluster;
    private final int requests;

    private Statements(Cluster cluster, int requests) {
        this.cluster = cluster;
        this.requests = requests;
    }

    private interface Request {
        int send() throws IOException, InterruptedException;
    }

    /** Empties the database, starts one server after the other on it, and prints what requests cost. */
    public static void main(String[] args) throws Exception {
        int requests = args.length > 2 ? Integer.parseInt(args[2]) : 500;
        for (String mode : new String[] {"strict", "on"}) {
            try (Cluster cluster = Cluster.start(Path.of(args[0]), args[1], 1, Map.of("SANCTUM_CACHE_MODE", mode))) {
                cluster.sql("create extension if not exists pg_stat_statements");
                new Statements(cluster, requests).run(mode);
            }
        }
    }

    private void run(String mode) throws IOException, InterruptedException, SQLException {
        Node node = cluster.node(0);
        String token = cluster.issue(1).get(0);
        measure(mode + ", a token", requests, 200, () -> node.get("/api/user", token));
        Session session = Session.signIn(node, Cluster.ADMIN, cluster.password());
        measure(
                mode + ", a session",
                requests,
                200,
                () -> node.page("GET", "/api/user", session.cookies(), "", "").statusCode());
        measure(
                mode + ", a token is created",
                requests / 5,
                201,
                () -> node.page(
                                "POST",
                                "/api/tokens",
                                session.cookies(),
                                session.xsrf(),
                                "name=ci&abilities[]=orders:read")
                        .statusCode());
        measure(mode + ", a sign-in", requests / 20, 204, () -> {
            Session.signIn(node, Cluster.ADMIN, cluster.password());
            return 204;
        });
    }

    private void measure(String what, int count, int expected, Request request)
            throws IOException, InterruptedException, SQLException {
        for (int i = 0; i < 12; i++) { // a driver prepares a statement on the server the fifth time
            send(what, expected, request);
        }
        cluster.sql(
                "select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()), 0)");
        for (int i = 0; i < count; i++) {
            send(what, expected, request);
        }
        String sql = """
                select calls, total_exec_time * 1000, regexp_replace(query, '\\s+', ' ', 'g'), sum(calls) over (),
                    sum(total_exec_time * 1000) over ()
                from pg_stat_statements s join pg_database d on d.oid = s.dbid
                where d.datname = current_database() and toplevel and query not ilike '%pg_stat_statements%'
                order by calls desc, query
                """;
        try (Connection connection = cluster.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            boolean first = true;
            while (row.next()) {
                if (first) {
                    System.out.printf(
                            "%n%s: %.2f statements, %.0f µs a request (%d requests)%n",
                            what, row.getDouble(4) / count, row.getDouble(5) / count, count);
                    first = false;
                }
                String query = row.getString(3);
                System.out.printf(
                        "  %6.2f × %,6.0f µs  %s%n",
                        row.getDouble(1) / count,
                        row.getDouble(2) / row.getDouble(1),
                        query.length() > 110 ? query.substring(0, 110) : query);
            }
            if (first) {
                System.out.printf("%n%s: none%n", what);
            }
        }
    }

    private static void send(String what, int expected, Request request) throws IOException, InterruptedException {
        int status = request.send();
        if (status != expected) {
            throw new IllegalStateException(what + " is answered with " + status);
        }
    }
}
