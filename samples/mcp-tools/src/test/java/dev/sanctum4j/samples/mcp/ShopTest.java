package dev.sanctum4j.samples.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The tools, as an agent finds them. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ShopTest {

    @LocalServerPort
    int port;

    @Autowired
    Tokens tokens;

    private HttpResponse<String> post(String method, String params, String... abilities)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/mcp"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}"));
        if (abilities.length > 0) {
            request.header(
                    "Authorization",
                    "Bearer "
                            + tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "agent", abilities))
                                    .plainText()
                                    .reveal());
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void agentDoesWhatItsTokenMay() throws Exception {
        assertThat(post("tools/list", "{}", "orders:read").body())
                .contains("orders_list")
                .doesNotContain("orders_place", "orders_refund");
        assertThat(post("tools/call", "{\"name\":\"orders_list\",\"arguments\":{}}", "orders:read")
                        .body())
                .contains("tea");
        HttpResponse<String> refused =
                post("tools/call", "{\"name\":\"orders_refund\",\"arguments\":{}}", "orders:read");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("The token needs the ability orders:refund.");
    }

    @Test
    void whoComesWithoutATokenIsToldWhereOneIsMade() throws Exception {
        HttpResponse<String> refused = post("tools/list", "{}");

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("http://localhost:" + port + "/tokens.html");
    }
}
