package dev.sanctum4j.samples.harness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** Gets a token for a harness from the sample {@code spring-api}, and has it run an agent that asks for the orders. */
final class Try {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Try() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        System.out.println(orders(URI.create(args[0])));
    }

    static String orders(URI server) throws IOException, InterruptedException {
        String parent = send(HttpRequest.newBuilder(server.resolve("/sanctum/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("email=ada@example.test&password=secret&device_name=harness"
                        + "&abilities[]=orders:read&abilities[]=tokens:delegate")));
        return new Harness(server, parent)
                .run(
                        "an agent, run 1",
                        "orders:read",
                        token -> send(HttpRequest.newBuilder(server.resolve("/api/orders"))
                                .header("Authorization", "Bearer " + token)));
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString()).body();
    }
}
