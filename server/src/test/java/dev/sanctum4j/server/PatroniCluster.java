package dev.sanctum4j.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Two of PostgreSQL that Patroni looks after, with one etcd. */
final class PatroniCluster implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private record Member(int rest, int sql, Process patroni) {}

    private final Programs programs;
    private final Path bin;
    private final List<Process> running = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();

    PatroniCluster() throws Exception {
        bin = Programs.find("pg_rewind", "postgresql").getParent();
        Path etcd = Programs.find("etcd", "etcd-server", "/usr/bin");
        Path patroni = Programs.find("patroni", "patroni", "/usr/bin");
        programs = new Programs("postgres");
        try {
            int clients = Programs.freePort();
            int peers = Programs.freePort();
            running.add(programs.start(
                    "etcd",
                    etcd.toString(),
                    "--data-dir=etcd",
                    "--listen-client-urls=http://127.0.0.1:" + clients,
                    "--advertise-client-urls=http://127.0.0.1:" + clients,
                    "--listen-peer-urls=http://127.0.0.1:" + peers,
                    "--initial-advertise-peer-urls=http://127.0.0.1:" + peers,
                    "--initial-cluster=default=http://127.0.0.1:" + peers));
            Programs.await("etcd", 20, () -> answer(clients, "/health") == 200);
            for (String role : new String[] {"primary", "replica"}) {
                Member member = start(patroni, clients, role);
                members.add(member);
                Programs.await("the " + role, 60, () -> answer(member.rest(), "/" + role) == 200);
            }
            Programs.await(
                    "a synchronous standby", 30, () -> answer(members.get(1).rest(), "/synchronous") == 200);
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private Member start(Path patroni, int etcd, String name) throws IOException {
        int rest = Programs.freePort();
        int sql = Programs.freePort();
        Path settings = programs.folder.resolve(name + ".yml");
        Files.writeString(
                settings, """
                scope: sanctum
                name: %1$s
                restapi: {listen: '127.0.0.1:%2$d', connect_address: '127.0.0.1:%2$d'}
                etcd3: {hosts: '127.0.0.1:%3$d'}
                bootstrap:
                  dcs:
                    ttl: 20
                    loop_wait: 2
                    retry_timeout: 3
                    synchronous_mode: true
                    postgresql: {use_pg_rewind: true, use_slots: true}
                  initdb: [{encoding: UTF8}]
                  pg_hba: [host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
                postgresql:
                  listen: 127.0.0.1:%4$d
                  connect_address: 127.0.0.1:%4$d
                  data_dir: %5$s
                  bin_dir: %6$s
                  pgpass: %5$s.pgpass
                  authentication:
                    superuser: {username: postgres}
                    replication: {username: postgres}
                  parameters: {unix_socket_directories: '%7$s', fsync: 'off', shared_buffers: 32MB}
                """.formatted(name, rest, etcd, sql, programs.folder.resolve(name), bin, programs.folder));
        Process process = programs.start(name, patroni.toString(), settings.toString());
        running.add(process);
        return new Member(rest, sql, process);
    }

    private static int answer(int port, String path) throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + members.get(0).sql() + ",127.0.0.1:"
                + members.get(1).sql()
                + "/postgres?targetServerType=primary&hostRecheckSeconds=1&connectTimeout=2&socketTimeout=5";
    }

    /** The primary and who looks after it are gone. Returns after how many milliseconds the other one is the primary. */
    long crash() throws Exception {
        members.get(0).patroni().destroyForcibly().waitFor();
        programs.run("stop", bin.resolve("pg_ctl").toString(), "-D", "primary", "-m", "immediate", "stop");
        return Programs.await("another primary", 60, () -> answer(members.get(1).rest(), "/primary") == 200);
    }

    @Override
    public void close() throws Exception {
        for (Process one : running) {
            one.destroyForcibly().waitFor();
        }
        for (String folder : new String[] {"primary", "replica"}) {
            programs.start("stop", bin.resolve("pg_ctl").toString(), "-D", folder, "-m", "immediate", "stop")
                    .waitFor();
        }
        programs.close();
    }
}
