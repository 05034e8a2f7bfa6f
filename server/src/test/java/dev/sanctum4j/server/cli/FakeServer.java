package dev.sanctum4j.server.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers what it was told to, one answer after the other, and keeps what it was asked. */
final class FakeServer implements AutoCloseable {

    private final HttpServer http;
    private final Queue<Reply> replies = new ArrayDeque<>();
    final List<String> asked = new CopyOnWriteArrayList<>();

    private record Reply(int status, String body, Map<String, String> headers) {}

    FakeServer() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getOrDefault("Authorization", List.of()) + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Reply reply = replies.remove();
            if (reply.status() == 0) {
                exchange.close(); // in the middle of it
                return;
            }
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            reply.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
    }

    FakeServer answers(int status, String body) {
        replies.add(new Reply(status, body, Map.of("Content-Type", "application/json")));
        return this;
    }

    FakeServer answers(int status, String header, String value) {
        replies.add(new Reply(status, "", Map.of(header, value)));
        return this;
    }

    /** The connection is closed in place of an answer. */
    FakeServer isAway() {
        return answers(0, "");
    }

    ServerUrl url() {
        return ServerUrl.parse("http://127.0.0.1:" + http.getAddress().getPort(), false);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
