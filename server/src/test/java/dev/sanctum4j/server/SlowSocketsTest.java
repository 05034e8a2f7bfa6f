package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** More sockets than the server has threads, none of which says or takes all: nobody else waits for them, and all of them end. */
class SlowSocketsTest {

    private static final int THREADS = 12;
    private static final int EACH = 100;
    private static final long QUICK = 9_000;

    private static ConfigurableApplicationContext server;
    private static int port;

    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:slow;DB_CLOSE_DELAY=-1",
                        "SANCTUM_ADMIN_PASSWORD=correct horse battery staple",
                        "PORT=0",
                        "MANAGEMENT_PORT=0",
                        "server.tomcat.threads.max=" + THREADS,
                        "spring.threads.virtual.enabled=false")
                .run();
        port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket open(String begin) throws IOException {
        Socket socket = new Socket("localhost", port);
        sockets.add(socket);
        send(socket, begin);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A request as others send it, in less time than the slow ones take. */
    private static void othersAreAnswered() {
        Client client = new Client(port);
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(client.get("/api/user").statusCode()).isEqualTo(401);
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(QUICK);
    }

    private static boolean isOver(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            InputStream in = socket.getInputStream();
            int read = in.read();
            while (read >= 0) {
                read = in.read();
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void headersAndBodiesThatComeSlowlyHoldNoThreadAndEnd() throws Exception {
        othersAreAnswered(); // once, for the compiler
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            slow.add(open("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
            slow.add(open("POST /sanctum/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 900\r\n\r\n{"));
            slow.add(open("POST /sanctum/token HTTP/1.1\r\nHost: localhost\r\n"
                    + "content-type: application/x-www-form-urlencoded\r\ncontent-length:900\r\n\r\nemail="));
            slow.add(open("X"));
            open("");
        }
        int over = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(45);
        while (over < slow.size() && System.nanoTime() < end) {
            othersAreAnswered();
            over = 0;
            for (Socket socket : slow) {
                if (isOver(socket)) {
                    over++;
                } else {
                    try {
                        send(socket, "x");
                    } catch (IOException e) {
                        over++;
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        assertThat(over).as("ended, for they were too long in coming").isEqualTo(slow.size());
    }

    @Test
    void bodiesThatThreadsWaitForEndSoonerWhileThreadsAreFew() throws Exception {
        for (int i = 0; i < 8 * THREADS; i++) { // five seconds of each would be forty
            open("POST /sanctum/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"ema");
        }
        long begun = System.nanoTime();
        assertThat(new Client(port).get("/api/user").statusCode()).isEqualTo(401);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(30);
    }

    @Test
    void whatComesInPiecesIsReadAsItIs() throws Exception {
        String body = "{\"email\":\"nobody@example.test\",\"password\":\"guess\",\"device_name\":\"x\"}";
        String request = "POST /sanctum/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Accept: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        try (Socket socket = open("")) {
            socket.setSoTimeout(10_000);
            for (int round = 0; round < 2; round++) { // and again on the same connection
                for (int i = 0; i < request.length(); i++) {
                    send(socket, request.substring(i, i + 1));
                }
                assertThat(answer(socket)).startsWith("HTTP/1.1 422 ");
            }
            send(socket, request + request + "GET /api/user HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 422 ");
            assertThat(answer(socket)).startsWith("HTTP/1.1 422 ");
            assertThat(answer(socket)).startsWith("HTTP/1.1 401 ");
            String large = "x".repeat(20_000);
            send(
                    socket,
                    request.replace("guess", large)
                            .replace("Length: " + body.length(), "Length: " + (body.length() + large.length() - 5)));
            assertThat(answer(socket)).startsWith("HTTP/1.1 4");
        }
    }

    /** One answer, with its body, which ends with a brace or a chunk of nothing. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (!answer.toString().contains("\r\n\r\n")) {
            answer.append((char) in.read());
        }
        String headers = answer.toString();
        if (headers.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
            while (!answer.toString().endsWith("\r\n0\r\n\r\n")) {
                answer.append((char) in.read());
            }
        } else {
            int length = Integer.parseInt(headers.replaceAll("(?is).*content-length: *(\\d+).*", "$1"));
            answer.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }
        return answer.toString();
    }
}
