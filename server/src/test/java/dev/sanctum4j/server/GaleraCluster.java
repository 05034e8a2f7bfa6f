package dev.sanctum4j.server;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Nodes of MariaDB that have the same rows. */
final class GaleraCluster implements AutoCloseable {

    private static final String PROVIDER = "/usr/lib/galera/libgalera_smm.so";
    private static final String QUICK =
            ";evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.5S;evs.suspect_timeout=PT2S;"
                    + "evs.inactive_timeout=PT4S";

    private static final class Node {
        private final int sql = Programs.freePort();
        private final int group = Programs.freePort();
        private final int changes = Programs.freePort();
        private final int copy = Programs.freePort();
        private @Nullable Process process;
    }

    private final Programs programs;
    private final Path program;
    private final List<Node> nodes = new ArrayList<>();
    private final boolean failing;

    /** @param failing whether nodes will fail, so that the others and the servers must give them up soon; a busy machine is no failure */
    GaleraCluster(int count, boolean failing) throws Exception {
        this.failing = failing;
        program = Programs.find("mariadbd", "mariadb-server", "/usr/sbin");
        Programs.find("libgalera_smm.so", "galera-4", "/usr/lib/galera");
        Programs.find("rsync", "rsync", "/usr/bin");
        Path install = Programs.find("mariadb-install-db", "mariadb-server", "/usr/bin");
        programs = new Programs("mysql");
        try {
            for (int i = 0; i < count; i++) {
                nodes.add(new Node());
            }
            for (int i = 0; i < count; i++) {
                programs.run(
                        "install",
                        install.toString(),
                        "--no-defaults",
                        "--datadir=" + folder(i),
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db");
                start(i, i == 0);
            }
            sql(0, "create database sanctum character set utf8mb4");
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private Path folder(int i) {
        return programs.folder.resolve("n" + i);
    }

    /** Starts a node, and waits until it has all rows. Returns for how many milliseconds. */
    private long start(int i, boolean first) throws Exception {
        Node node = nodes.get(i);
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + folder(i),
                "--port=" + node.sql,
                "--bind-address=127.0.0.1",
                "--socket=" + folder(i).resolve("s.sock"),
                "--pid-file=" + folder(i).resolve("pid"),
                "--binlog-format=ROW",
                "--innodb-autoinc-lock-mode=2",
                "--innodb-buffer-pool-size=64M",
                "--innodb-flush-log-at-trx-commit=0",
                "--wsrep-on=ON",
                "--wsrep-provider=" + PROVIDER,
                "--wsrep-cluster-name=sanctum",
                "--wsrep-cluster-address=gcomm://"
                        + nodes.stream().map(one -> "127.0.0.1:" + one.group).collect(Collectors.joining(",")),
                "--wsrep-node-name=n" + i,
                "--wsrep-node-address=127.0.0.1:" + node.group,
                "--wsrep-sst-method=rsync",
                "--wsrep-sst-receive-address=127.0.0.1:" + node.copy,
                "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:" + node.group
                        + ";ist.recv_addr=127.0.0.1:" + node.changes + ";gcache.size=16M" + (failing ? QUICK : "")));
        if (first) {
            command.add("--wsrep-new-cluster");
        }
        node.process = programs.start("n" + i, command.toArray(String[]::new));
        return untilSynced(i);
    }

    long untilSynced(int i) throws Exception {
        return Programs.await("node " + i, 60, () -> "Synced".equals(status(i, "wsrep_local_state_comment")));
    }

    private String status(int i, String name) throws SQLException {
        try (Connection connection = DriverManager.getConnection(plain(i, "mysql"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show status like '" + name + "'")) {
            return row.next() ? row.getString(2) : "";
        }
    }

    private String plain(int i, String database) {
        return "jdbc:mariadb://127.0.0.1:" + nodes.get(i).sql + "/" + database + "?user=root&connectTimeout=2000";
    }

    /** A node, and nothing else. */
    String url(int i) {
        return plain(i, "sanctum") + "&socketTimeout=" + (failing ? 5_000 : 30_000);
    }

    void sql(int i, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(plain(i, "mysql"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Process process(int i) {
        return Objects.requireNonNull(nodes.get(i).process);
    }

    void kill(int i) throws InterruptedException {
        process(i).destroyForcibly().waitFor();
    }

    long restart(int i) throws Exception {
        return start(i, false);
    }

    void signal(int i, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process(i).pid()))
                .start()
                .waitFor();
    }

    /** Cuts a node off from the others, or lets it back. */
    void isolate(int i, boolean cut) throws SQLException {
        sql(i, "set global wsrep_provider_options = 'gmcast.isolate=" + (cut ? 1 : 0) + "'");
    }

    @Override
    public void close() throws Exception {
        for (Node node : nodes) {
            if (node.process != null) {
                node.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
        programs.close();
    }
}
