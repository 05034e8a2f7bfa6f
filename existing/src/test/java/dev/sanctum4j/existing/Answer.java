package dev.sanctum4j.existing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What came back, read from the socket: no client tidies paths, headers or their order. */
record Answer(String status, List<String> headers, String body) {

    static Answer to(int port, String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return of(socket.getInputStream().readAllBytes());
        }
    }

    private static Answer of(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Answer("no answer", List.of(), "");
        }
        List<String> lines =
                new ArrayList<>(Arrays.asList(text.substring(0, end).split("\r\n", -1)));
        String status = lines.remove(0);
        byte[] body = Arrays.copyOfRange(bytes, end + 4, bytes.length);
        if (lines.contains("Transfer-Encoding: chunked")) {
            body = dechunked(body);
        }
        return new Answer(status.replace("HTTP/1.1 ", "").trim(), lines, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] dechunked(byte[] body) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int at = 0;
        while (at < body.length) {
            int line = at;
            while (body[line] != '\r') {
                line++;
            }
            int size = Integer.parseInt(new String(body, at, line - at, StandardCharsets.US_ASCII), 16);
            whole.write(body, line + 2, size);
            at = line + 2 + size + 2;
            if (size == 0) {
                break;
            }
        }
        return whole.toByteArray();
    }
}
