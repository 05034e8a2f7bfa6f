package dev.sanctum4j.samples.phone;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

// tag::phone
/** What an app on a phone does: it keeps a token, and never the password. */
public final class Phone {

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private @Nullable String token; // on a real phone: in its key store

    public Phone(URI server) {
        this.server = server;
    }

    /** Exchanges a password for a token. Returns what to tell the person, which is nothing if it worked. */
    public String signIn(String email, String password, String device) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(server.resolve("/sanctum/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(form(Map.of("email", email, "password", password, "device_name", device))));
        switch (answer.statusCode()) {
            case 200 -> token = answer.body();
            case 422 -> {
                return "This is not your password.";
            }
            case 429 -> {
                return "Too many tries. Wait "
                        + answer.headers().firstValue("Retry-After").orElse("60") + " seconds.";
            }
            default -> {
                return "This does not work at the moment.";
            }
        }
        return "";
    }

    /** Asks the API. Forgets the token if it was revoked, so that the app can ask for the password again. */
    public String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(authorized(path).GET());
        if (answer.statusCode() == 401) {
            token = null;
        }
        return answer.statusCode() == 200 ? answer.body() : "";
    }

    public boolean isSignedIn() {
        return token != null;
    }

    /** Revokes the token at the server, so that a copy of it is worth nothing either. */
    public void signOut() throws IOException, InterruptedException {
        send(authorized("/api/tokens/current").DELETE());
        token = null;
    }

    private HttpRequest.Builder authorized(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.BodyPublisher form(Map<String, String> fields) {
        return HttpRequest.BodyPublishers.ofString(fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")));
    }
}
// end::phone
