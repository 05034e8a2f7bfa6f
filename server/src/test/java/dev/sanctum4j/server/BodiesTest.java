package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;

/** Fifty megabytes for every route of a server that has 256. {@link EndpointsTest} fails where a route is not listed. */
class BodiesTest {

    private static final String ADMIN = "admin@localhost";
    private static final Pattern REFUSED = Pattern.compile("HTTP/1.1 4(?!29)\\d\\d ");
    private static final long SENT = 50L * 1024 * 1024;

    /** The server in a process of its own, with all its routes. */
    static final class Small {

        private Small() {}

        public static void main(String[] args) {
            SpringApplication.run(new Class<?>[] {SanctumServer.class, EndpointsTest.Channels.class}, args);
        }
    }

    /**
     * What is sent.
     *
     * @param part what is repeated, after the beginning, until it is as much as {@code length}
     * @param told whether the length is told before
     */
    private record Body(String type, String begin, String part, long length, boolean told) {}

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Map<String, Body> BODIES = new LinkedHashMap<>();

    static {
        for (boolean told : List.of(true, false)) {
            String how = told ? "" : ", in chunks";
            BODIES.put("one text" + how, new Body(JSON, "{\"name\":\"", "x".repeat(8_000), SENT, told));
            BODIES.put("lists in lists" + how, new Body(JSON, "{\"name\":", "[".repeat(8_000), SENT, told));
            BODIES.put("a million fields" + how, new Body(JSON, "{\"a\":1", ",\"%d\":1", SENT, told));
            BODIES.put(
                    "a long list" + how, new Body(JSON, "{\"abilities\":[\"a\"", ",\"a\"".repeat(2_000), SENT, told));
            BODIES.put("a form" + how, new Body(FORM, "name=", "x".repeat(8_000), SENT, told));
            BODIES.put("a form of many fields" + how, new Body(FORM, "a=b", "&%d=x", SENT, told));
            BODIES.put(
                    "parts" + how,
                    new Body(
                            "multipart/form-data; boundary=x",
                            "--x\r\nContent-Disposition: form-data; name=\"name\"; filename=\"a\"\r\n\r\n",
                            "x".repeat(8_000),
                            SENT,
                            told));
        }
        BODIES.put("a few lists in lists", new Body(JSON, "{\"name\":", "[".repeat(1_000), 60_000, true));
        BODIES.put("a few thousand fields", new Body(JSON, "{\"a\":1", ",\"%d\":1", 60_000, true));
        BODIES.put("a list of thousands", new Body(JSON, "{\"abilities\":[\"a\"", ",\"a\"", 60_000, true));
    }

    private static Process server;
    private static Path output;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        output = Files.createTempFile("small", ".log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Small.class.getName(),
                "--spring.datasource.url=jdbc:h2:mem:bodies;DB_CLOSE_DELAY=-1",
                "--SANCTUM_ADMIN_PASSWORD=" + EndpointsTest.PASSWORD,
                "--server.port=0",
                "--management.server.port=0",
                "--sanctum.gateway.original-request=x-original",
                "--sanctum.broadcasting.key=key",
                "--sanctum.broadcasting.secret=secret");
        server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Pattern started = Pattern.compile("Tomcat started on port (\\d+)[\\s\\S]*Started Bodies");
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        for (Matcher found = started.matcher(""); !found.find(); found = started.matcher(Files.readString(output))) {
            assertThat(server.isAlive() && System.nanoTime() < end)
                    .as(Files.readString(output))
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        Matcher first = Pattern.compile("Tomcat started on port (\\d+)").matcher(Files.readString(output));
        assertThat(first.find()).isTrue();
        port = Integer.parseInt(first.group(1));
    }

    @AfterAll
    static void stop() throws IOException {
        server.destroyForcibly();
        Files.delete(output);
    }

    @Test
    void noRouteReadsMoreThanItsLimits() throws Exception {
        Client page = new Client(port);
        assertThat(page.signIn(ADMIN, EndpointsTest.PASSWORD)).isEqualTo(204);
        page.exchange(ADMIN, EndpointsTest.PASSWORD); // so that there is a token with the number 1
        Map<String, String> wrong = new TreeMap<>();
        for (String route : routes()) {
            for (Map.Entry<String, Body> body : BODIES.entrySet()) {
                String answer = answer(route, body.getValue(), page);
                Pattern good = reads(route) ? REFUSED : Pattern.compile(REFUSED.pattern() + "|HTTP/1.1 (20\\d|302) ");
                if (!answer.isEmpty() && !good.matcher(answer).lookingAt()) {
                    wrong.put(route + " of " + body.getKey(), answer);
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(server.isAlive()).isTrue();
        String token = page.exchange(ADMIN, EndpointsTest.PASSWORD);
        assertThat(page.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        assertThat(Files.readString(output)).doesNotContain("OutOfMemory", "StackOverflow", " ERROR ");
    }

    @Test
    void whatIsTooLargeIsToldByItsLimit() throws Exception {
        Client page = new Client(port);
        assertThat(page.signIn(ADMIN, EndpointsTest.PASSWORD)).isEqualTo(204);
        for (String route : List.of(
                "POST /api/tokens", "POST /api/admin/people", "PUT /user/password", "POST /api/admin/clients")) {
            assertThat(answer(route, BODIES.get("one text"), page)).startsWith("HTTP/1.1 413 ");
            assertThat(answer(route, BODIES.get("one text, in chunks"), page)).startsWith("HTTP/1.1 413 ");
            assertThat(answer(route, BODIES.get("a few lists in lists"), page))
                    .startsWith("HTTP/1.1 422 ")
                    .contains("too-deep");
            assertThat(answer(route, BODIES.get("a few thousand fields"), page))
                    .startsWith("HTTP/1.1 422 ")
                    .contains("too-long")
                    .hasSizeLessThan(2_000);
            assertThat(answer(route, BODIES.get("a list of thousands"), page))
                    .startsWith("HTTP/1.1 422 ")
                    .contains("too-long");
        }
    }

    /** Every route, as its mapping says. */
    private static Set<String> routes() {
        return Stream.concat(
                        Endpoints.ALL.stream().map(Endpoints.Endpoint::mapping),
                        Endpoints.OPEN.values().stream().flatMap(List::stream))
                .map(mapping -> mapping.replaceAll("\\{[^}]*}", "1")
                        .replace("/**", "/a")
                        .replaceFirst("^\\*", "POST"))
                .filter(route -> !route.endsWith("/logout")) // which ends the session, and reads nothing
                .filter(route -> !route.startsWith("DELETE /api/"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean reads(String route) {
        return !route.startsWith("GET") && !route.contains("/verify") && !route.contains("/clients/1/rotate");
    }

    /** The status line and whatever came after it; empty if the server has hung up. */
    private static String answer(String route, Body body, Client page) throws IOException {
        String cookies = page.cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
        String head = route + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nOrigin: " + page.base + "\r\nCookie: "
                + cookies + "\r\nX-XSRF-TOKEN: " + page.cookies.get("XSRF-TOKEN")
                + "\r\nConnection: close\r\nContent-Type: "
                + body.type() + "\r\n"
                + (body.told() ? "Content-Length: " + body.length() : "Transfer-Encoding: chunked") + "\r\n\r\n";
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            InputStream in = socket.getInputStream();
            try {
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                send(body, out, in);
                socket.shutdownOutput(); // or the server waits for the rest before it hangs up
            } catch (IOException e) {
                // it may have answered and hung up
            }
            byte[] answer = new byte[64 * 1024];
            int length = 0;
            try {
                for (int read = 0; read >= 0 && length < answer.length; length += Math.max(read, 0)) {
                    read = in.read(answer, length, answer.length - length);
                }
            } catch (IOException e) {
                // nothing comes any more
            }
            return new String(answer, 0, length, StandardCharsets.UTF_8);
        }
    }

    private static void send(Body body, OutputStream out, InputStream answer) throws IOException {
        long left = body.length();
        int number = 0;
        for (String next = body.begin(); left > 0 && answer.available() == 0; next = "") {
            StringBuilder piece = new StringBuilder(next);
            while (piece.length() < 32_000) {
                piece.append(body.part().contains("%d") ? body.part().formatted(number++) : body.part());
            }
            byte[] bytes = piece.toString().getBytes(StandardCharsets.US_ASCII);
            bytes = Arrays.copyOf(bytes, (int) Math.min(bytes.length, left));
            left -= bytes.length;
            if (!body.told()) {
                out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write(bytes);
            if (!body.told()) {
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        if (!body.told() && left == 0) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
    }
}
