package dev.sanctum4j.benchmarks.cluster;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** Some servers on one database. */
public final class Cluster implements AutoCloseable {

    static final String ADMIN = "admin@localhost";

    private final String url;
    private final List<Node> nodes = new ArrayList<>();
    private final String password;
    private final Path scratch;
    private final Tokens tokens;

    private Cluster(String url, String password, Path scratch) {
        this.url = url;
        this.password = password;
        this.scratch = scratch;
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        this.tokens = Tokens.builder(JdbcTokenStore.of(dataSource)).build();
    }

    /**
     * Empties the database and starts servers on it.
     *
     * @param url a PostgreSQL whose schema {@code public} is replaced
     * @param settings of the servers, as environment variables
     */
    public static Cluster start(Path jar, String url, int nodes, Map<String, String> settings)
            throws IOException, InterruptedException, SQLException {
        byte[] bytes = new byte[12];
        new SecureRandom().nextBytes(bytes);
        String password = HexFormat.of().formatHex(bytes);
        Cluster cluster = new Cluster(url, password, Files.createTempDirectory("cluster"));
        cluster.sql("drop schema public cascade", "create schema public");
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("SANCTUM_DATABASE_URL", url);
        environment.put("SANCTUM_ADMIN_EMAIL", ADMIN);
        environment.put("SANCTUM_ADMIN_PASSWORD", password);
        ShiftedClock.copyTo(cluster.scratch.resolve("clock"));
        try {
            for (int i = 0; i < nodes; i++) {
                Node node = new Node(jar, environment, cluster.scratch.resolve("node" + i + ".log"));
                cluster.nodes.add(node);
                node.start();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    List<Node> nodes() {
        return nodes;
    }

    Node node(int i) {
        return nodes.get(i);
    }

    String password() {
        return password;
    }

    /** Issues tokens of the administrator, past the servers. */
    List<String> issue(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(tokens.issue(TokenRequest.of(Owner.of("user", 1), "load", "*"))
                    .plainText()
                    .reveal());
        }
        return texts;
    }

    /** The table of tokens, past the servers. */
    Tokens tokens() {
        return tokens;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Runs statements past the servers, each in a transaction of its own. Returns the rows of the last one. */
    int sql(String... statements) throws SQLException {
        int rows = 0;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
                rows = statement.getUpdateCount();
            }
        }
        return rows;
    }

    /** What the servers printed. */
    String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            all.append(Files.readString(scratch.resolve("node" + i + ".log")));
        }
        return all.toString();
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
