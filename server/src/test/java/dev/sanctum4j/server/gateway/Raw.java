package dev.sanctum4j.server.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Sends bytes that well-behaved clients do not. */
final class Raw {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
    private static final Pattern ANSWERED = Pattern.compile("HTTP/1\\.[01] (?!100)\\d{3} ");
    private static final Pattern CLOSES = Pattern.compile("(?im)^connection:.*\\bclose\\b");

    private Raw() {}

    /** What came back. */
    record Reply(int status, List<String> headers, String body) {

        /** All values of a header, a comma between them; empty if there is none. */
        String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return String.join(
                    ",",
                    headers.stream()
                            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                            .map(line -> line.substring(prefix.length()).strip())
                            .toList());
        }
    }

    /** Sends a request with these header lines. */
    static Reply send(String address, int port, String method, String target, String... lines) {
        return send(address, port, method, target, "", lines);
    }

    /** Sends a request with a body and these header lines. */
    static Reply body(int port, String method, String target, String body, String... lines) {
        return send("127.0.0.1", port, method, target, body, lines);
    }

    /** Sends these bytes and tells the status of each answer that comes back, until the other end closes or says no more for a second. */
    static List<Integer> statuses(int port, String bytes) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            boolean closes = CLOSES.matcher(bytes).find();
            byte[] some = new byte[8_192];
            for (int read = 0; read >= 0; read = socket.getInputStream().read(some)) {
                answer.write(some, 0, read);
                if (!closes
                        && ANSWERED.matcher(answer.toString(StandardCharsets.ISO_8859_1))
                                .find()) {
                    socket.setSoTimeout(1_000);
                }
            }
        } catch (SocketTimeoutException | SocketException e) {
            // waiting for more, or gone without a word
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return STATUS.matcher(answer.toString(StandardCharsets.ISO_8859_1))
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
    }

    private static Reply send(String address, int port, String method, String target, String body, String[] lines) {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        request.append("Host: localhost:").append(port).append("\r\nConnection: close\r\n");
        if (!body.isEmpty()) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        for (String line : lines) {
            request.append(line).append("\r\n");
        }
        try (Socket socket = new Socket(address, port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((request + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            int end = answer.indexOf("\r\n\r\n");
            if (end < 0) {
                throw new IOException("no answer to " + method + " " + target + ": " + answer);
            }
            List<String> head = answer.substring(0, end).lines().toList();
            return new Reply(
                    Integer.parseInt(head.get(0).substring(9, 12)),
                    head.subList(1, head.size()),
                    answer.substring(end + 4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
