package dev.sanctum4j.server;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/** A PostgreSQL and its standby, which has every commit before it is answered. */
final class PostgresPair implements AutoCloseable {

    private final Programs programs;
    private final Path bin;
    private final int first = Programs.freePort();
    private final int second = Programs.freePort();

    PostgresPair() throws Exception {
        bin = Programs.find("pg_basebackup", "postgresql").getParent();
        programs = new Programs("postgres");
        try {
            run("initdb", "-D", "one", "-A", "trust", "-U", "postgres", "--no-sync");
            start("one", first);
            run(
                    "pg_basebackup",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    "" + first,
                    "-U",
                    "postgres",
                    "-D",
                    "two",
                    "-R",
                    "-c",
                    "fast");
            start("two", second);
            try (Connection connection = DriverManager.getConnection(url(first), "postgres", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("alter system set synchronous_standby_names = '*'");
                statement.execute("select pg_reload_conf()");
            }
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private void start(String folder, int port) throws Exception {
        run(
                "pg_ctl",
                "-D",
                folder,
                "-w",
                "-l",
                folder + ".log",
                "-o",
                "-p " + port
                        + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=32MB",
                "start");
    }

    private void run(String program, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = bin.resolve(program).toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        programs.run("postgres", command);
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** Whichever of the two is the primary, as the pages tell. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + first + ",127.0.0.1:" + second
                + "/postgres?targetServerType=primary&hostRecheckSeconds=1&connectTimeout=2&socketTimeout=5";
    }

    String standby() {
        return url(second);
    }

    /** The primary is gone from one moment to the next. */
    void crash() throws Exception {
        run("pg_ctl", "-D", "one", "-m", "immediate", "stop");
    }

    void promote() throws Exception {
        run("pg_ctl", "-D", "two", "-w", "promote");
    }

    @Override
    public void close() throws Exception {
        for (String folder : new String[] {"one", "two"}) {
            programs.start("postgres", bin.resolve("pg_ctl").toString(), "-D", folder, "-m", "immediate", "stop")
                    .waitFor(); // or it was not running
        }
        programs.close();
    }
}
