package dev.sanctum4j.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that sends exactly the bytes it is told, and keeps cookies as a browser does. */
final class Http {

    private static final String CHUNKED = "Transfer-Encoding: chunked";

    private final int port;
    final Map<String, String> cookies = new LinkedHashMap<>();

    Http(int port) {
        this.port = port;
    }

    /** An answer. Header names are in lower case, several lines of one name stay apart. */
    record Answer(int status, Map<String, List<String>> headers, String body) {

        @Nullable
        String header(String name) {
            List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
            return values == null ? null : values.get(0);
        }

        List<String> cookies() {
            return headers.getOrDefault("set-cookie", List.of());
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer post(String path, String json, String... headers) {
        return send("POST", path, json, with(headers, "Content-Type: application/json"));
    }

    /** The origin of this server's own pages. */
    String origin() {
        return "Origin: http://localhost:" + port;
    }

    /** A first-party request with the cookies kept so far, and the CSRF token among them. */
    Answer page(String method, String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add(origin());
        if (!body.isEmpty()) {
            all.add("Content-Type: application/json");
        }
        if (cookies.containsKey("XSRF-TOKEN")) {
            all.add("X-XSRF-TOKEN: " + cookies.get("XSRF-TOKEN"));
        }
        return withCookies(method, path, body, all.toArray(String[]::new));
    }

    Answer withCookies(String method, String path, String body, String... headers) {
        StringBuilder line = new StringBuilder();
        cookies.forEach((name, value) ->
                line.append(line.isEmpty() ? "" : "; ").append(name).append('=').append(value));
        Answer answer = send(method, path, body, line.isEmpty() ? headers : with(headers, "Cookie: " + line));
        for (String cookie : answer.cookies()) {
            String pair = cookie.split(";", 2)[0];
            String name = pair.split("=", 2)[0];
            if (cookie.contains("Max-Age=0")) {
                cookies.remove(name);
            } else {
                cookies.put(name, pair.split("=", 2)[1]);
            }
        }
        return answer;
    }

    /** Signs in as a first-party page does. */
    Answer signIn(String email) {
        page("GET", "/sanctum/csrf-cookie", "");
        return page("POST", "/login", "{\"email\":\"" + email + "\",\"password\":\"" + App.PASSWORD + "\"}");
    }

    /** Sends one piece, and no end unless it is told to. */
    Answer chunked(String method, String path, String body, boolean ended, String... headers) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return send(
                method,
                path,
                Integer.toHexString(length) + "\r\n" + body + (ended ? "\r\n0\r\n\r\n" : ""),
                with(headers, CHUNKED));
    }

    Answer send(String method, String path, String body, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        request.append("Host: localhost:").append(port).append("\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean told = !List.of(headers).contains(CHUNKED);
        if (told && bytes.length > 0 || told && (method.equals("POST") || method.equals("PATCH"))) {
            request.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        request.append("\r\n");
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(90_000);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes);
            try {
                socket.getOutputStream().write(out.toByteArray());
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // the server may have answered and closed before it read everything
            }
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                all.write(buffer, 0, n);
            }
        } catch (IOException e) {
            if (all.size() == 0) {
                throw e;
            }
        }
        String text = all.toString(StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        String[] lines = text.substring(0, end).split("\r\n", -1);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] pair = lines[i].split(": ?", 2);
            headers.computeIfAbsent(pair[0].toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(pair[1]);
        }
        String body = text.substring(end + 4);
        if (headers.containsKey("transfer-encoding")) {
            StringBuilder joined = new StringBuilder();
            byte[] raw = body.getBytes(StandardCharsets.UTF_8);
            int at = 0;
            while (at < raw.length) {
                int eol = new String(raw, at, raw.length - at, StandardCharsets.ISO_8859_1).indexOf("\r\n") + at;
                int size = Integer.parseInt(new String(raw, at, eol - at, StandardCharsets.ISO_8859_1), 16);
                if (size == 0) {
                    break;
                }
                joined.append(new String(raw, eol + 2, size, StandardCharsets.UTF_8));
                at = eol + 2 + size + 2;
            }
            body = joined.toString();
        }
        return new Answer(Integer.parseInt(lines[0].split(" ", -1)[1]), headers, body);
    }

    private static String[] with(String[] headers, String more) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add(more);
        return all.toArray(String[]::new);
    }
}
