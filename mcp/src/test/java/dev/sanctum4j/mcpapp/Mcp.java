package dev.sanctum4j.mcpapp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that sends what it is told, byte for byte. */
final class Mcp {

    static final JsonMapper JSON = JsonMapper.builder().build();
    static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;
    private final Map<String, String> headers = new LinkedHashMap<>();

    Mcp(int port) {
        this.base = "http://localhost:" + port;
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "application/json, text/event-stream");
    }

    /** The same with another header. */
    Mcp with(String name, @Nullable String value) {
        Mcp other = new Mcp(URI.create(base).getPort());
        other.headers.putAll(headers);
        if (value == null) {
            other.headers.remove(name);
        } else {
            other.headers.put(name, value);
        }
        return other;
    }

    Mcp as(String token) {
        return with("Authorization", "Bearer " + token);
    }

    /** The same in a session, where the server has some. */
    Mcp inSession() {
        Answer answer = send("POST", "/mcp", INITIALIZE);
        Mcp client = with("Mcp-Session-Id", answer.header("Mcp-Session-Id"));
        if (answer.status() == 200) {
            client.send("POST", "/mcp", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        }
        return client;
    }

    String session() {
        return headers.getOrDefault("Mcp-Session-Id", "");
    }

    record Answer(int status, HttpResponse<String> http) {

        @Nullable
        String header(String name) {
            return http.headers().firstValue(name).orElse(null);
        }

        String body() {
            return http.body();
        }

        /** Of a stream the message in it. */
        JsonNode json() {
            String text = body();
            int data = text.indexOf("data:");
            return JSON.readTree(data < 0 ? text : text.substring(data + 5));
        }

        /** What a tool says. */
        String text() {
            return json().at("/result/content/0/text").asString();
        }

        boolean isError() {
            return json().at("/result/isError").asBoolean();
        }
    }

    Answer send(String method, String path, @Nullable String body) {
        return send(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    Answer send(String method, String path, byte @Nullable [] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Answer post(String body) {
        return send("POST", "/mcp", body);
    }

    Answer ask(String method, Map<String, ?> params) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("id", 7);
        message.put("method", method);
        message.put("params", params);
        return post(JSON.writeValueAsString(message));
    }

    Answer call(String tool) {
        Map<String, String> arguments = switch (tool) {
            case "stock_count" -> Map.of("what", "tea");
            case "stock_empty", "loose_listed", "loose_fixed", "loose_provided", "unnamed" -> Map.of();
            default -> Map.of("id", "1");
        };
        return ask("tools/call", Map.of("name", tool, "arguments", arguments));
    }

    List<String> tools() {
        return names("tools/list", "tools", "name");
    }

    List<String> names(String method, String member, String name) {
        return StreamSupport.stream(
                        ask(method, Map.of()).json().at("/result/" + member).spliterator(), false)
                .map(one -> one.get(name).asString())
                .toList();
    }
}
