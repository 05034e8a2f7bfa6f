package dev.sanctum4j.samples.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Accepted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

// tag::http-server
/** The JDK's own HTTP server, and the core of Sanctum4j: no other dependency. */
public final class HelloTokens {

    private interface Route {
        String answer(AccessToken token);
    }

    private final Tokens tokens;

    HelloTokens(Tokens tokens) {
        this.tokens = tokens;
    }

    public static void main(String[] args) throws IOException {
        Tokens tokens = Tokens.of(new InMemoryTokenStore()); // JdbcTokenStore.of(dataSource) where they are to last
        NewToken made = tokens.issue(
                TokenRequest.of(Owner.of("user", "ada"), "laptop", "hello:say").lifetime(Duration.ofDays(30)));
        HttpServer server = new HelloTokens(tokens).start(8080);
        System.out.println("curl -H 'Authorization: Bearer " + made.plainText().reveal() + "' http://localhost:"
                + server.getAddress().getPort() + "/hello");
    }

    HttpServer start(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(
                "/hello",
                exchange -> handle(
                        exchange,
                        "hello:say",
                        token -> "Hello, " + token.owner().id()));
        server.createContext("/bye", exchange -> handle(exchange, "bye:say", token -> "Bye"));
        server.start();
        return server;
    }

    /** 401 for whoever has no valid token, 403 for a token without the ability, 503 where the store cannot be asked. */
    private void handle(HttpExchange exchange, String ability, Route route) throws IOException {
        try (exchange) {
            List<String> headers = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
            if (headers.size() > 1) {
                answer(exchange, 400, "Two credentials.");
                return;
            }
            if (headers.isEmpty() || !headers.get(0).regionMatches(true, 0, "Bearer ", 0, 7)) {
                challenge(exchange, 401, "Bearer");
                return;
            }
            Verdict verdict;
            try {
                verdict = tokens.authenticate(headers.get(0).substring(7));
            } catch (TokenStoreException e) {
                answer(exchange, 503, "Try again in a moment.");
                return;
            }
            if (!(verdict instanceof Accepted accepted)) {
                challenge(exchange, 401, "Bearer error=\"invalid_token\"");
            } else if (accepted.token().cannot(ability)) {
                challenge(exchange, 403, "Bearer error=\"insufficient_scope\", scope=\"" + ability + "\"");
            } else {
                answer(exchange, 200, route.answer(accepted.token()));
            }
        }
    }

    private static void challenge(HttpExchange exchange, int status, String challenge) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
        answer(exchange, status, status == 401 ? "Who are you?" : "This token may not do that.");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
// end::http-server
