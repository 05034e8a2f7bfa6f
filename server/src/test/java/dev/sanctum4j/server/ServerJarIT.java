package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.SecretHash;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as people start it: it is killed, stopped and started again. */
class ServerJarIT {

    private static final String ADMIN = "admin@localhost";

    @TempDir
    private Path data;

    private final List<Process> started = new ArrayList<>();
    private Path output = Path.of("");
    private int port;
    private int managementPort;

    @AfterEach
    void stopAll() {
        started.forEach(Process::destroyForcibly);
    }

    private Process start(String... arguments) throws Exception {
        output = data.resolve("output" + started.size());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("sanctum.server.jar")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("PORT", "0");
        builder.environment().put("MANAGEMENT_PORT", "0");
        builder.environment().put("SANCTUM_DATA", data.resolve("db").toString());
        Process process = builder.start();
        started.add(process);
        waitFor("Started SanctumServer");
        Matcher ports = Pattern.compile("Tomcat started on port (\\d+)").matcher(output());
        assertThat(ports.find()).isTrue();
        port = Integer.parseInt(ports.group(1));
        assertThat(ports.find()).isTrue();
        managementPort = Integer.parseInt(ports.group(1));
        return process;
    }

    private void waitFor(String text) throws Exception {
        Process process = started.get(started.size() - 1);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!output().contains(text)) {
            assertThat(process.isAlive() && System.nanoTime() < end).as(end()).isTrue();
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** What it said last; all of it is too much at TRACE. */
    private String end() throws IOException {
        String output = output();
        return output.substring(Math.max(0, output.length() - 5_000));
    }

    private String output() throws IOException {
        return Files.readString(output);
    }

    private String password() throws IOException {
        Matcher box = Pattern.compile("password {2}(\\S{24})").matcher(output());
        assertThat(box.find()).isTrue();
        return box.group(1);
    }

    @Test
    void revocationSurvivesAKillRightAfterItsAnswer() throws Exception {
        Process server = start();
        String password = password();
        Client client = new Client(port);
        assertThat(client.signIn(ADMIN, password)).isEqualTo(204);
        String kept = client.exchange(ADMIN, password);
        String revoked = client.exchange(ADMIN, password);
        assertThat(client.bearer("GET", "/api/user", revoked).statusCode()).isEqualTo(200);

        assertThat(new Client(managementPort).get("/actuator/prometheus").body())
                .contains("http_server_requests_seconds_count");

        int status = client.bearer("DELETE", "/api/tokens/current", revoked).statusCode();
        server.destroyForcibly().waitFor();

        assertThat(status).isEqualTo(204);
        start();
        assertThat(output()).doesNotContain("password");
        client = client.at(port);
        assertThat(client.bearer("GET", "/api/user", revoked).statusCode()).isEqualTo(401);
        assertThat(client.bearer("GET", "/api/user", kept).statusCode()).isEqualTo(200);
        assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200); // the session is kept too
    }

    @Test
    void terminationFinishesTheRequestInFlight() throws Exception {
        Process server = start("--server.tomcat.connection-timeout=60s"); // for the rest of it
        String body = "{\"email\":\"" + ADMIN + "\",\"password\":\"" + password() + "\",\"device_name\":\"slow\"}";
        try (Socket socket = new Socket("localhost", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /sanctum/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\nConnection: close\r\n"
                            + "Expect: 100-continue\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String goOn = "HTTP/1.1 100 \r\n\r\n"; // a thread has the request, and waits for the rest
            assertThat(new String(socket.getInputStream().readNBytes(goOn.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(goOn);

            server.destroy();
            waitFor("Commencing graceful shutdown");
            out.write(body.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 200").contains("pat_");
        }
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isIn(0, 143);
        assertThat(output()).contains("Graceful shutdown complete");
    }

    @Test
    void noSecretIsWrittenAnywhereAtTrace() throws Exception {
        start("--logging.level.root=TRACE");
        String password = password();
        Client client = new Client(port);
        client.signIn(ADMIN, password);
        String created = Client.json(client.page("POST", "/api/tokens", "{\"name\":\"x\",\"abilities\":[\"*\"]}"))
                .get("token")
                .asString();
        String exchanged = client.exchange(ADMIN, password);
        client.bearer("GET", "/api/user", created);
        client.bearer("GET", "/nowhere", exchanged);
        client.bearer("DELETE", "/api/tokens/current", exchanged);
        client.bearer("GET", "/api/user", exchanged);
        client.exchanged(ADMIN, "wrong-" + created);
        client.form("/sanctum/token", "email=" + ADMIN + "&password=" + password + "&device_name=form");
        String cookie = String.valueOf(client.cookies.get("sanctum_session"));
        client.page("POST", "/logout", "");

        String all = output();
        assertThat(all).contains("TRACE");
        List<String> secrets = List.of(
                created,
                exchanged,
                cookie,
                SecretHash.of(created).toHex(),
                SecretHash.of(exchanged).toHex());
        for (int i = 0; i < secrets.size(); i++) {
            assertThat(all.contains(secrets.get(i)))
                    .as("secret " + i + " in the output")
                    .isFalse();
        }
        assertThat(all.split(Pattern.quote(password), -1)).hasSize(2); // once, in the box
    }
}
