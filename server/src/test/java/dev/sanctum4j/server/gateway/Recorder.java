package dev.sanctum4j.server.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A web server on loopback that keeps every message as it came, and goes along with every upgrade. */
final class Recorder implements AutoCloseable {

    /** What arrived: the lines of its head, its body, and the trailers behind that. */
    record Message(String start, List<String> headers, String body, List<String> trailers) {

        /** All values of a header, in whatever case its name was sent. */
        List<String> values(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .toList();
        }
    }

    private final ServerSocket socket;
    private final Function<Message, String> answer;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final List<String> tunnelled = new CopyOnWriteArrayList<>();

    private Recorder(ServerSocket socket, Function<Message, String> answer) {
        this.socket = socket;
        this.answer = answer;
    }

    /** @param answer what it answers, to the byte */
    static Recorder start(Function<Message, String> answer) {
        try {
            Recorder recorder = new Recorder(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
            daemon(recorder::accept);
            return recorder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "recorder");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    List<Message> messages() {
        return messages;
    }

    /** What came behind an upgrade, where nobody can say any more what is a request. */
    List<String> tunnelled() {
        return tunnelled;
    }

    void forget() {
        messages.clear();
        tunnelled.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                clients.add(client);
                daemon(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            for (Message message = read(in); message != null; message = read(in)) {
                messages.add(message);
                if (!message.values("Upgrade").isEmpty()) {
                    write(
                            out,
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: "
                                    + message.values("Upgrade").get(0) + accepted(message) + "\r\n\r\n");
                    tunnel(in, out);
                    return;
                }
                write(out, answer.apply(message));
                if (String.join(",", message.values("Connection"))
                        .toLowerCase(Locale.ROOT)
                        .contains("close")) {
                    return;
                }
            }
        } catch (IOException e) {
            // the gateway has gone
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String accepted(Message message) {
        if (message.values("Sec-WebSocket-Key").isEmpty()) {
            return "";
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((message.values("Sec-WebSocket-Key").get(0) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return "\r\nSec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void tunnel(InputStream in, OutputStream out) throws IOException {
        byte[] some = new byte[8_192];
        for (int length = in.read(some); length >= 0; length = in.read(some)) {
            tunnelled.add(new String(some, 0, length, StandardCharsets.ISO_8859_1));
            write(out, "heard");
        }
    }

    private static @Nullable Message read(InputStream in) throws IOException {
        String start = line(in);
        if (start == null) {
            return null;
        }
        Message head = new Message(start, lines(in), "", List.of());
        StringBuilder body = new StringBuilder();
        List<String> trailers = List.of();
        if (String.join(",", head.values("Transfer-Encoding")).contains("chunked")) {
            for (int size = size(in); size > 0; size = size(in)) {
                body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
                line(in);
            }
            trailers = lines(in);
        } else if (!head.values("Content-Length").isEmpty()) {
            int length = Integer.parseInt(head.values("Content-Length").get(0));
            body.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }
        return new Message(start, head.headers(), body.toString(), trailers);
    }

    private static int size(InputStream in) throws IOException {
        String line = line(in);
        return line == null ? 0 : Integer.parseInt(line.split(";", 2)[0].strip(), 16);
    }

    /** Up to an empty line. */
    private static List<String> lines(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            lines.add(line);
        }
        return lines;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int b = in.read();
        for (; b >= 0 && b != '\n'; b = in.read()) {
            bytes.write(b);
        }
        String line = bytes.toString(StandardCharsets.ISO_8859_1);
        return b < 0 && line.isEmpty() ? null : line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket client : clients) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
