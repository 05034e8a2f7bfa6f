package dev.sanctum4j.mcpapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of token gets by each method of both protocols, and what nobody gets. */
class CallsTest extends McpTest {

    private static final List<String> ALL = List.of(
            "by_final",
            "by_private",
            "by_static",
            "orders_read",
            "orders_refund",
            "orders_undo",
            "stock_count",
            "stock_empty",
            "whoami");

    /** The messages of the matrix, by what they are called there. */
    private static Map<String, Mcp.Answer> asked(Mcp client) {
        Map<String, Mcp.Answer> answers = new LinkedHashMap<>();
        answers.put("list", client.ask("tools/list", Map.of()));
        answers.put("read", client.call("orders_read"));
        answers.put("refund", client.call("orders_refund"));
        answers.put("open", client.call("whoami"));
        answers.put("report", client.ask("resources/read", Map.of("uri", "shop://report")));
        answers.put("order", client.ask("resources/read", Map.of("uri", "shop://orders/1")));
        answers.put("hours", client.ask("resources/read", Map.of("uri", "shop://hours")));
        answers.put("summary", client.ask("prompts/get", Map.of("name", "summary")));
        answers.put("greeting", client.ask("prompts/get", Map.of("name", "greeting")));
        return answers;
    }

    private static Map<String, Integer> statuses(Mcp client) {
        Map<String, Integer> statuses = new LinkedHashMap<>();
        asked(client).forEach((name, answer) -> statuses.put(name, answer.status()));
        return statuses;
    }

    private static void assertAll(Mcp client, int status) {
        assertThat(client.post(Mcp.INITIALIZE).status()).isEqualTo(status);
        assertThat(statuses(client))
                .allSatisfy((name, got) -> assertThat(got).as(name).isEqualTo(status));
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void nobodyWithoutAValidTokenGetsAnything(String protocol) {
        Server server = server(protocol);
        String revoked = server.issue(ANN, "*").plainText().reveal();
        server.tokens().revokeAll(ANN);

        assertAll(server.client(), 401);
        assertAll(server.client().as("pat_nonsense"), 401);
        assertAll(server.client().as(revoked), 401);
        Mcp.Answer answer = server.client().post(Mcp.INITIALIZE);
        assertThat(answer.header("WWW-Authenticate"))
                .isEqualTo("Bearer resource_metadata=\"http://localhost:" + server.port()
                        + "/.well-known/oauth-protected-resource/mcp\"");
        assertThat(answer.json().get("detail").asString())
                .isEqualTo(
                        "This needs a token: make one where your account is, and send it as Authorization: Bearer <token>.");
        assertThat(answer.header("Set-Cookie")).isNull();
        assertThat(server.client().as("pat_nonsense").post(Mcp.INITIALIZE).header("WWW-Authenticate"))
                .startsWith("Bearer error=\"invalid_token\", resource_metadata=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void narrowTokenGetsWhatItMay(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");

        assertThat(statuses(client))
                .isEqualTo(Map.of(
                        "list",
                        200,
                        "read",
                        200,
                        "refund",
                        403,
                        "open",
                        200,
                        "report",
                        403,
                        "order",
                        200,
                        "hours",
                        200,
                        "summary",
                        403,
                        "greeting",
                        200));
        assertThat(client.tools()).containsExactly("orders_read", "orders_undo", "whoami");
        assertThat(client.names("resources/list", "resources", "uri")).containsExactly("shop://hours");
        assertThat(client.names("resources/templates/list", "resourceTemplates", "uriTemplate"))
                .containsExactly("shop://orders/{id}");
        assertThat(client.names("prompts/list", "prompts", "name")).containsExactly("greeting");
        assertThat(server.client(ANN, "stock:read")
                        .names("resources/templates/list", "resourceTemplates", "uriTemplate"))
                .isEmpty();
        assertThat(client.call("orders_read").text()).isEqualTo("order 1 for ann");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void fullTokenGetsAllInTheOrderOfTheServer(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(BOB, "*");

        assertThat(statuses(client))
                .allSatisfy((name, got) -> assertThat(got).as(name).isEqualTo(200));
        assertThat(client.tools()).containsExactlyInAnyOrderElementsOf(ALL).isEqualTo(client.tools());
        assertThat(client.call("orders_refund").text()).isEqualTo("refunded 1");
        assertThat(client.call("stock_count").text()).isEqualTo("3");
        for (String tool : List.of("by_private", "by_final", "by_static", "stock_empty")) {
            assertThat(client.call(tool).text()).as(tool).contains("called");
        }
        assertThat(client.ask("tools/list", Map.of())
                        .json()
                        .at("/result/cacheScope")
                        .asString())
                .isEqualTo("private");
        assertThat(client.ask("tools/list", Map.of()).json().at("/result/ttlMs").asInt())
                .isZero();
        assertThat(client.ask("tools/list", Map.of())
                        .json()
                        .at("/result/tools/0/inputSchema/type")
                        .asString())
                .isEqualTo("object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void refusalNamesWhatIsMissingAndIsHeardOnce(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");
        server.forget();

        for (String tool : List.of("orders_refund", "by_private", "by_final", "by_static")) {
            Mcp.Answer answer = client.call(tool);
            assertThat(answer.status()).as(tool).isEqualTo(403);
            assertThat(answer.header("WWW-Authenticate"))
                    .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"orders:refund\"");
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("detail").asString()).isEqualTo("The token needs the ability orders:refund.");
            assertThat(answer.json().get("required").get(0).asString()).isEqualTo("orders:refund");
        }
        assertThat(client.call("stock_count").json().get("required").get(0).asString())
                .isEqualTo("stock:read");
        assertThat(client.call("stock_empty").json().get("required").get(0).asString())
                .isEqualTo("stock:write");
        assertThat(server.denied())
                .isEqualTo(List.of(
                        List.of("orders:refund"),
                        List.of("orders:refund"),
                        List.of("orders:refund"),
                        List.of("orders:refund"),
                        List.of("stock:read"),
                        List.of("stock:write")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void denialInAServiceBehindAToolReadsWellAndIsHeardOnce(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");
        server.forget();

        Mcp.Answer answer = client.call("orders_undo");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.isError()).isTrue();
        assertThat(answer.text()).startsWith("The token needs the ability orders:refund.");
        assertThat(server.denied()).isEqualTo(List.of(List.of("orders:refund")));
    }

    /** Once where the proxy refuses, and not once more where it is answered. */
    @Test
    void denialInAServiceBehindAControllerIsHeardOnce() {
        Server server = server("STATELESS");
        Mcp client = server.client(ANN, "orders:read");
        server.forget();

        Mcp.Answer answer = client.send("GET", "/api/refund", (String) null);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("detail").asString()).isEqualTo("The token needs the ability orders:refund.");
        assertThat(server.denied()).isEqualTo(List.of(List.of("orders:refund")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void bothNamesMustBeAllowed(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");

        assertThat(client.with("Mcp-Name", "orders_read").call("orders_refund").status())
                .isEqualTo(403);
        assertThat(client.with("Mcp-Name", "orders_refund").call("orders_read").status())
                .isEqualTo(403);
        assertThat(client.with("Mcp-Name", "orders_read").call("orders_read").status())
                .isEqualTo(200);
        String books =
                "=?base64?" + Base64.getEncoder().encodeToString("bücher".getBytes(StandardCharsets.UTF_8)) + "?=";
        Map<String, Object> greeting = Map.of("name", "greeting");
        assertThat(client.with("Mcp-Name", books).ask("prompts/get", greeting).status())
                .isEqualTo(403);
        assertThat(client.with("Mcp-Name", "greeting")
                        .ask("prompts/get", greeting)
                        .status())
                .isEqualTo(200);
        assertThat(client.with("Mcp-Name", "=?base64?!?=").call("orders_read").status())
                .isEqualTo(400);
        assertThat(server.client(ANN, "books:read")
                        .with("Mcp-Name", books)
                        .ask("prompts/get", Map.of("name", "bücher"))
                        .body())
                .contains("Which books?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void whatStandsLastInAMessageCounts(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");
        String read = "{\"name\":\"orders_read\",\"arguments\":{\"id\":\"1\"}}";
        String refund = "{\"name\":\"orders_refund\",\"arguments\":{\"id\":\"1\"}}";
        String message = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":";

        assertThat(client.post(message
                                + "{\"name\":\"orders_read\",\"name\":\"orders_refund\",\"arguments\":{\"id\":\"1\"}}}")
                        .status())
                .isEqualTo(403);
        assertThat(client.post(message
                                + "{\"name\":\"orders_refund\",\"name\":\"orders_read\",\"arguments\":{\"id\":\"1\"}}}")
                        .text())
                .isEqualTo("order 1 for ann");
        assertThat(client.post(message + read + ",\"params\":" + refund + "}").status())
                .isEqualTo(403);
        assertThat(client.post(message + refund + ",\"params\":" + read + "}").text())
                .isEqualTo("order 1 for ann");
        assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"method\":\"tools/call\",\"params\":"
                                + refund + "}")
                        .status())
                .isEqualTo(403);
        assertThat(client.post(message + "{\"n\\u0061me\":\"orders_\\u0072efund\",\"arguments\":{\"id\":\"1\"}}}")
                        .status())
                .isEqualTo(403);
        assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"params\":" + refund + ",\"method\":\"tools/call\"}")
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void frontReadsWhatTheServerReads(String protocol) {
        Server server = server(protocol, "test.gate-off=true");
        Mcp client = server.client(ANN, "orders:read");
        String call = """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"by_private","arguments":{}%s}%s}""";

        for (String body : List.of(
                call.formatted("", ",\"params.name\":\"whoami\""),
                call.formatted(",\"x.name\":\"whoami\"", ",\"params\\u002ename\":\"whoami\""))) {
            assertThat(client.post(body).status()).as(body).isEqualTo(403);
        }
        String escaped = call.formatted(",\"n\\u0061me\":\"whoami\"", "");
        for (String charset : List.of("x-IBM943", "UTF-16", "nonsense")) {
            assertThat(client.with("Content-Type", "application/json;charset=" + charset)
                            .post(escaped)
                            .status())
                    .as(charset)
                    .isEqualTo(415);
        }
        assertThat(client.with("Content-Type", "application/json; charset=\"utf-8\"")
                        .call("orders_read")
                        .status())
                .isEqualTo(200);
        assertThat(client.send("POST", "/mcp", call.formatted("", "").getBytes(StandardCharsets.UTF_16))
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void whatIsNoMessageIsRefusedAndNoErrorTellsOfTheServer(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "*");
        String call =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"whoami\",\"arguments\":{}}}";

        List<Mcp.Answer> answers = new ArrayList<>();
        for (String body : List.of("[" + call + "]", "", "nonsense", "null", "1", "{\"method\":", call + call, "{}")) {
            Mcp.Answer answer = client.post(body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            answers.add(answer);
        }
        answers.add(client.send("PUT", "/mcp", call));
        answers.add(client.with("Mcp-Session-Id", null) // in one the SDK ends its answer never
                .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no/such\",\"params\":{}}"));
        answers.add(client.with("Accept", "text/plain").post(call));
        answers.add(client.with("Mcp-Session-Id", "0-0-0-0-0").post(call));
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.body())
                        .doesNotContain("stackTrace", "java.", "org.springframework", "modelcontextprotocol"));
        assertThat(answers.subList(0, 8))
                .allSatisfy(answer -> assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json"));
        assertThat(client.ask("tools/call", Map.of("name", "no_such", "arguments", Map.of()))
                        .body())
                .contains("-32602");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void messageMayBeLargeAndNotTooLarge(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");
        String padding = "x".repeat(2 << 20);
        Map<String, Object> arguments = Map.of("id", padding);

        assertThat(client.ask("tools/call", Map.of("name", "orders_read", "arguments", arguments))
                        .text())
                .hasSizeGreaterThan(2 << 20);
        assertThat(client.ask("tools/call", Map.of("arguments", arguments, "name", "orders_refund"))
                        .status())
                .isEqualTo(403);
        Mcp.Answer answer =
                client.ask("tools/call", Map.of("name", "orders_read", "arguments", Map.of("id", padding + padding)));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().get("detail").asString()).isEqualTo("A message may have at most 4096 KiB.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void otherSpellingsOfThePathAreNoWayIn(String protocol) {
        Server server = server(protocol);
        Mcp client = server.client(ANN, "orders:read");
        String refund =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"orders_refund\",\"arguments\":{\"id\":\"1\"}}}";

        assertThat(client.send("POST", "/%6dcp", refund).status()).isEqualTo(403);
        for (String path : List.of("/mcp/", "//mcp", "/mcp;x=1", "/MCP", "/x/../mcp", "/mcp%2f", "/./mcp")) {
            Mcp.Answer answer = client.send("POST", path, refund);
            assertThat(answer.status()).as(path).isIn(400, 401, 403, 404);
            assertThat(answer.body()).as(path).doesNotContain("refunded");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void pagesOfOtherHostsMayNotCall(String protocol) {
        Server server = server(protocol, "sanctum.mcp.origins=https://inspector.example.test");
        Mcp client = server.client(ANN, "*");

        assertThat(client.with("Origin", "https://evil.example").call("whoami").status())
                .isEqualTo(403);
        assertThat(client.with("Origin", "null").call("whoami").status()).isEqualTo(403);
        assertThat(client.with("Origin", "http://localhost:" + server.port())
                        .call("whoami")
                        .status())
                .isEqualTo(200);
        assertThat(client.with("Origin", "https://inspector.example.test")
                        .call("whoami")
                        .status())
                .isEqualTo(200);
    }

    /** Fifty at once, twenty times: nobody is answered as somebody else. */
    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void callersAreNotMixedUp(String protocol) throws Exception {
        Server server = server(protocol);
        Mcp ann = server.client(ANN, "orders:read");
        Mcp bob = server.client(BOB, "orders:read", "orders:refund");
        ExecutorService pool = Executors.newFixedThreadPool(16);
        try {
            int calls = 0;
            for (int round = 0; round < 20; round++) {
                List<Callable<Boolean>> requests = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    boolean first = i % 2 == 0;
                    Mcp client = first ? ann : bob;
                    requests.add(
                            i % 5 == 0
                                    ? () -> client.tools().contains("orders_refund") != first
                                    : i % 5 == 1
                                            ? () -> client.call("orders_refund").status() == (first ? 403 : 200)
                                            : () -> client.call("whoami").text().equals(first ? "ann" : "bob"));
                }
                for (Future<Boolean> right : pool.invokeAll(requests)) {
                    assertThat(right.get()).isTrue();
                    calls++;
                }
            }
            assertThat(calls).isEqualTo(1_000);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void sessionIsOfTheTokenThatBeganIt() {
        Server server = server("STREAMABLE");
        Mcp ann = server.client(ANN, "orders:read");
        String session = ann.session();
        Mcp bob = server.client(BOB, "*").with("Mcp-Session-Id", session);
        Mcp otherOfAnn = server.client(ANN, "*").with("Mcp-Session-Id", session);

        for (Mcp stranger : List.of(bob, otherOfAnn)) {
            assertThat(stranger.call("whoami").status()).isEqualTo(404);
            assertThat(stranger.send("DELETE", "/mcp", (String) null).status()).isEqualTo(404);
            assertThat(stranger.send("GET", "/mcp", (String) null).status()).isEqualTo(404);
        }
        assertThat(ann.call("whoami").text()).isEqualTo("ann");
        assertThat(ann.send("DELETE", "/mcp", (String) null).status()).isEqualTo(200);
        assertThat(ann.call("whoami").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void thereIsNoStreamToOutliveAToken(String protocol) {
        Server server = server(protocol);
        var token = server.issue(ANN, "*");
        Mcp client = server.client().as(token.plainText().reveal()).inSession();

        Mcp.Answer stream = client.send("GET", "/mcp", (String) null);
        assertThat(stream.status()).isEqualTo(405);
        assertThat(stream.header("Allow")).isEqualTo("POST, DELETE");
        assertThat(client.call("whoami").status()).isEqualTo(200);

        server.tokens().revoke(token.token().id());

        assertThat(client.call("whoami").status()).isEqualTo(401);
        assertThat(client.send("GET", "/mcp", (String) null).status()).isEqualTo(401);
    }
}
