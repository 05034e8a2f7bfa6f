package dev.sanctum4j.mcpapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, beside whichever chains an application has; and what clients find who did not. */
class WayInTest extends McpTest {

    @ParameterizedTest
    @ValueSource(strings = {"none", "forms", "open"})
    void tokenIsTheOnlyWayInWhateverChainsThereAre(String chain) {
        Server server = server("STATELESS", "test.chain=" + chain);

        Mcp.Answer refused = server.client().call("whoami");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("Set-Cookie")).isNull();
        assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
        if (!chain.equals("open")) { // whose chain takes no tokens, so nobody gets in by one
            assertThat(server.client(ANN, "*").call("whoami").text()).isEqualTo("ann");
            assertThat(server.client(ANN, "orders:read").call("by_private").status())
                    .isEqualTo(403);
        }
    }

    @Test
    void resourceServerKeepsItsCallersAndTakesOurTokensBesides() {
        Server server = server("STATELESS", "test.chain=jwt");

        assertThat(server.client().call("orders_undo").header("WWW-Authenticate"))
                .startsWith("Bearer")
                .doesNotContain("resource_metadata=\"http://localhost:" + server.port()
                        + "/.well-known/oauth-protected-resource/mcp\"");
        assertThat(server.client().as("good.jwt.text").call("orders_undo").text())
                .isEqualTo("refunded 1");
        assertThat(server.client().as("bad.jwt.text").call("orders_undo").status())
                .isEqualTo(401);
        assertThat(server.client(ANN, "*").call("whoami").text()).isEqualTo("ann");
        assertThat(server.client(ANN, "orders:read").call("by_private").status())
                .isEqualTo(403);
    }

    /** A page of the application's own, signed in, with all that it proves itself by. */
    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void cookieIsNoWayIn(String protocol) {
        Server server = server(protocol, "sanctum.spa.stateful=self", "sanctum.endpoints.tokens=true");
        Mcp page = server.client().with("Origin", "http://localhost:" + server.port());
        Mcp.Answer csrf = page.send("GET", "/sanctum/csrf-cookie", (String) null);
        Mcp before = withCookies(page, csrf);
        Mcp.Answer signedIn = before.send("POST", "/login", "{\"email\":\"ann\",\"password\":\"secret\"}");
        assertThat(signedIn.status()).isEqualTo(204);
        Mcp after = withCookies(page, signedIn);
        assertThat(after.send("GET", "/api/tokens", (String) null).status()).isEqualTo(200);

        assertThat(after.call("whoami").status()).isEqualTo(401);
        assertThat(after.with("X-XSRF-TOKEN", null).call("whoami").status()).isIn(401, 419);
        assertThat(after.send("GET", "/mcp", (String) null).status()).isEqualTo(401);
        assertThat(after.with("Authorization", "Basic YW5uOnNlY3JldA==")
                        .call("whoami")
                        .status())
                .isEqualTo(401);
    }

    private static Mcp withCookies(Mcp page, Mcp.Answer answer) {
        StringBuilder cookies = new StringBuilder();
        String proof = null;
        for (String line : answer.http().headers().allValues("Set-Cookie")) {
            String cookie = line.split(";", 2)[0];
            cookies.append(cookies.isEmpty() ? "" : "; ").append(cookie);
            if (cookie.startsWith("XSRF-TOKEN=")) {
                proof = cookie.substring("XSRF-TOKEN=".length());
            }
        }
        return page.with("Cookie", cookies.toString()).with("X-XSRF-TOKEN", proof);
    }

    @Test
    void clientsAreToldWhereATokenIsMade() {
        Server server = server("STATELESS", "sanctum.mcp.token-page=/account/tokens");
        String base = "http://localhost:" + server.port();

        for (String path : List.of("", "/mcp")) {
            Mcp.Answer answer =
                    server.client().send("GET", "/.well-known/oauth-protected-resource" + path, (String) null);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo("{\"resource\":\"" + base
                            + "/mcp\",\"bearer_methods_supported\":[\"header\"],\"resource_documentation\":\"" + base
                            + "/account/tokens\"}");
        }
        assertThat(server.client().call("whoami").json().get("detail").asString())
                .isEqualTo("This needs a token: make one at " + base
                        + "/account/tokens, and send it as Authorization: Bearer <token>.");
    }

    /** A password box, or half a document, would lead a client astray. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "forms"})
    void thereIsNoAuthorizationServer(String chain) {
        Server server = server("STATELESS", "test.chain=" + chain);

        for (String path : List.of(
                "/.well-known/oauth-authorization-server",
                "/.well-known/oauth-authorization-server/mcp",
                "/.well-known/openid-configuration",
                "/.well-known/openid-configuration/mcp",
                "/mcp/.well-known/openid-configuration")) {
            Mcp.Answer answer = server.client().send("GET", path, (String) null);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.header("WWW-Authenticate")).as(path).isNull();
            assertThat(answer.header("Set-Cookie")).as(path).isNull();
        }
    }

    /** Its clients would break on a document that names no page to authorize on. */
    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE", "SSE"})
    void whereMcpIsServedThereIsNoDocumentOfAnIssuer(String protocol) {
        assertThatThrownBy(() -> server(
                        protocol,
                        "sanctum.endpoints.approval=true",
                        "sanctum.approval.issuer=https://shop.example.test"))
                .rootCause()
                .hasMessageContaining("This application serves MCP");
    }

    @Test
    void otherPathsOfTheServerAreGuardedToo() {
        Server server = server("STATELESS", "spring.ai.mcp.server.streamable-http.mcp-endpoint=/agents/tools");
        Mcp client =
                server.client().as(server.issue(ANN, "orders:read").plainText().reveal());
        String call = Mcp.JSON.writeValueAsString(
                Map.of("jsonrpc", "2.0", "id", 1, "method", "tools/call", "params", Map.of("name", "by_final")));

        assertThat(client.send("POST", "/agents/tools", call).status()).isEqualTo(403);
        assertThat(server.client().send("POST", "/agents/tools", call).status()).isEqualTo(401);
        assertThat(server.client()
                        .send("GET", "/.well-known/oauth-protected-resource/agents/tools", (String) null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void messagesOfTheOldProtocolAreGuardedToo() {
        Server server = server("SSE");
        Mcp client =
                server.client().as(server.issue(ANN, "orders:read").plainText().reveal());
        String call = Mcp.JSON.writeValueAsString(
                Map.of("jsonrpc", "2.0", "id", 1, "method", "tools/call", "params", Map.of("name", "by_final")));

        assertThat(client.send("POST", "/mcp/message?sessionId=1", call).status())
                .isEqualTo(403);
        assertThat(server.client()
                        .send("POST", "/mcp/message?sessionId=1", call)
                        .status())
                .isEqualTo(401);
        assertThat(server.client().send("GET", "/sse", (String) null).status()).isEqualTo(401);
    }

    /** Of which clients know where the stream is. */
    @Test
    void clientsOfTheOldProtocolAreToldOfTheStream() {
        Server server = server("SSE");
        String base = "http://localhost:" + server.port();

        for (String path : List.of("", "/sse", "/mcp/message")) {
            Mcp.Answer answer =
                    server.client().send("GET", "/.well-known/oauth-protected-resource" + path, (String) null);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.json().get("resource").asString()).isEqualTo(base + (path.isEmpty() ? "/sse" : path));
        }
        for (String path :
                List.of("/.well-known/oauth-authorization-server/sse", "/sse/.well-known/openid-configuration")) {
            assertThat(server.client().send("GET", path, (String) null).status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(server.client().send("GET", "/sse", (String) null).header("WWW-Authenticate"))
                .isEqualTo("Bearer resource_metadata=\"" + base + "/.well-known/oauth-protected-resource/sse\"");
    }
}
