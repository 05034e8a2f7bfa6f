package dev.sanctum4j.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A page of the server's own, with its cookies, or a program with a token. */
final class Client {

    final String base;
    final Map<String, String> cookies = new LinkedHashMap<>();
    private String device = "";
    private final HttpClient http;

    Client(int port) {
        this("http://localhost:" + port, HttpClient.newBuilder());
    }

    /** Of what stands before the server. */
    Client(String base, HttpClient.Builder http) {
        this.base = base;
        this.http = http.version(HttpClient.Version.HTTP_1_1).build();
    }

    /** The same client, of a server that has come back on another port. */
    Client at(int port) {
        Client client = new Client(port);
        client.cookies.putAll(cookies);
        return client;
    }

    /** The same client, under this name of its own. */
    Client from(String device) {
        this.device = device;
        return this;
    }

    HttpResponse<String> page(String method, String path, String json) {
        return page(method, path, json, "application/json");
    }

    HttpResponse<String> page(String method, String path, String body, String type) {
        HttpRequest.Builder request = request(method, path, body, type).header("Origin", base);
        if (!device.isEmpty()) {
            request.header("User-Agent", device);
        }
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        if (cookies.containsKey("XSRF-TOKEN")) {
            request.header("X-XSRF-TOKEN", decoded(cookies.get("XSRF-TOKEN")));
        }
        HttpResponse<String> answer = send(request);
        for (String cookie : answer.headers().allValues("Set-Cookie")) {
            String[] pair = cookie.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair[1]);
        }
        return answer;
    }

    /** As axios does it, for which a plus is a plus. */
    private static String decoded(String cookie) {
        return URLDecoder.decode(cookie.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    HttpResponse<String> bearer(String method, String path, String token, String... headers) {
        return send(request(method, path, "").header("Authorization", "Bearer " + token), headers);
    }

    HttpResponse<String> withBearer(String method, String path, String token, String json) {
        return send(request(method, path, json).header("Authorization", "Bearer " + token));
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request("GET", path, ""), headers);
    }

    /** As somebody else's page, or a program, without cookies. */
    HttpResponse<String> post(String path, String json, String... headers) {
        return send(request("POST", path, json), headers);
    }

    /** The status of signing in as a page does. */
    int signIn(String email, String password) {
        page("GET", "/sanctum/csrf-cookie", "");
        return page("POST", "/login", "{\"email\":\"" + email + "\",\"password\":\"" + password + "\"}")
                .statusCode();
    }

    /** A token for a password, with every ability. */
    String exchange(String email, String password) {
        HttpResponse<String> answer = exchanged(email, password);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    HttpResponse<String> exchanged(String email, String password) {
        return send(request(
                "POST",
                "/sanctum/token",
                "{\"email\":\"" + email + "\",\"password\":\"" + password + "\",\"device_name\":\"test\"}"));
    }

    HttpResponse<String> form(String path, String form, String... headers) {
        return send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form)),
                headers);
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private HttpRequest.Builder request(String method, String path, String json) {
        return request(method, path, json, "application/json");
    }

    private HttpRequest.Builder request(String method, String path, String body, String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(90))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        return body.isEmpty() ? request : request.header("Content-Type", type);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
