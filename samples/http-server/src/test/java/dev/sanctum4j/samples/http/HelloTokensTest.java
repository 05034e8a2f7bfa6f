package dev.sanctum4j.samples.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HelloTokensTest {

    private final Tokens tokens = Tokens.of(new InMemoryTokenStore());
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = new HelloTokens(tokens).start(0);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void tokenIsAskedForAndItsAbilitiesCount() throws Exception {
        NewToken made = tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "laptop", "hello:say"));
        String text = made.plainText().reveal();

        assertThat(get("/hello", "Bearer " + text).body()).isEqualTo("Hello, ada\n");
        assertThat(get("/bye", "Bearer " + text).statusCode()).isEqualTo(403);
        assertThat(get("/hello", "Bearer x" + text).statusCode()).isEqualTo(401);
        assertThat(get("/hello", "Basic YTpi").headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer");

        tokens.revoke(made.token().id());
        assertThat(get("/hello", "Bearer " + text).statusCode()).isEqualTo(401);
    }

    @Test
    void twoCredentialsAreNone() throws Exception {
        String text = tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "laptop", "hello:say"))
                .plainText()
                .reveal();

        assertThat(get("/hello", "Bearer " + text, "Bearer " + text).statusCode())
                .isEqualTo(400);
    }

    private HttpResponse<String> get(String path, String... credentials) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://localhost:" + server.getAddress().getPort() + path));
        for (String one : credentials) {
            request.header("Authorization", one);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
