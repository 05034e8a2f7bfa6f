package dev.sanctum4j.samples.harness;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// tag::harness
/** What starts agents: it keeps a token that lists tokens:delegate, and each run gets one of its own, which ends with it. */
public final class Harness {

    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    /** What runs. */
    public interface Agent<T> {

        /** Does its work with this token, and has no other. */
        T run(String token) throws IOException, InterruptedException;
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private final String parent;

    public Harness(URI server, String parent) {
        this.server = server;
        this.parent = parent;
    }

    /** Runs an agent. Whoever reads what it did finds {@code actor} beside the owner. */
    public <T> T run(String actor, String ability, Agent<T> agent) throws IOException, InterruptedException {
        HttpResponse<String> made = send(
                parent,
                HttpRequest.newBuilder(server.resolve("/api/tokens"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "name=run&actor=" + encoded(actor) + "&abilities[]=" + encoded(ability))));
        Matcher token = TOKEN.matcher(made.body());
        if (made.statusCode() != 201 || !token.find()) {
            throw new IOException("no token: " + made.statusCode() + " " + made.body());
        }
        try {
            return agent.run(token.group(1));
        } finally { // and after twelve hours, should this program be killed
            send(
                    token.group(1),
                    HttpRequest.newBuilder(server.resolve("/api/tokens/current"))
                            .DELETE());
        }
    }

    private HttpResponse<String> send(String token, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(
                request.header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
// end::harness
