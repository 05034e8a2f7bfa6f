package dev.sanctum4j.server.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens of a server, over HTTP, by a token that may issue some. No redirect is followed: it would carry the token along.
 *
 * <p>Thread-safe.
 */
final class RemoteTokens {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,18}");

    private final URI server;
    private final String bearer;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /**
     * A token that was issued.
     *
     * @param id its number
     * @param text its text
     */
    record Issued(String id, String text) {

        @Override
        public String toString() {
            return "Issued[id=" + id + "]";
        }
    }

    /** @throws RefusedException if a token must not be sent there */
    RemoteTokens(String server, String bearer) {
        this.server = checked(server);
        this.bearer = bearer;
    }

    private static URI checked(String server) {
        URI uri;
        try {
            uri = URI.create(server.strip().replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw RefusedException.usage("The server must be a URL, like https://tokens.example.com");
        }
        if (uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw RefusedException.usage("The server must be a URL, like https://tokens.example.com");
        }
        boolean safe = "https".equalsIgnoreCase(uri.getScheme())
                || "http".equalsIgnoreCase(uri.getScheme())
                        && LOOPBACK.matcher(uri.getHost()).matches();
        if (!safe) {
            throw RefusedException.usage("A token is sent over https only, and over http to this machine.");
        }
        return uri;
    }

    /**
     * Issues a token.
     *
     * @throws RefusedException if the server refuses it, or cannot be asked
     */
    Issued issue(String name, String actor, List<String> abilities, Instant expiresAt) throws InterruptedException {
        String body = JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "name", name, "actor", actor, "abilities", abilities, "expires_at", expiresAt.toString()));
        HttpResponse<String> answer;
        try {
            answer = send(request("/api/tokens")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
        } catch (IOException e) {
            throw RefusedException.unavailable(
                    "The server could not be asked (" + e.getClass().getSimpleName() + "): " + server.getAuthority());
        }
        JsonNode json = json(answer.body());
        String id = json.path("id").asString("");
        String text = json.path("token").asString("");
        if (answer.statusCode() == 201 && ID.matcher(id).matches() && !text.isEmpty()) {
            return new Issued(id, text);
        }
        String why = "The server answered " + answer.statusCode() + ": "
                + json.path("detail").asString(json.path("message").asString("no token"));
        throw answer.statusCode() >= 500 || answer.statusCode() == 429
                ? RefusedException.unavailable(why)
                : new RefusedException(why);
    }

    /** Ends a token that was issued so. Returns whether it is over. */
    boolean end(Issued token) {
        for (int tries = 0; tries < 3; tries++) {
            try {
                int status = send(request("/api/tokens/" + token.id()).DELETE()).statusCode();
                if (status == 204 || status == 401 || status == 404) { // with its parent, or before
                    return true;
                }
                Thread.sleep(200L << tries);
            } catch (IOException e) {
                // once more
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + bearer)
                .header("Accept", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String body) {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return JsonMapper.shared().createObjectNode();
        }
    }
}
