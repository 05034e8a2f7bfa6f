package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.SanctumServer;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.gateway.GatewayProcess.Kind;
import dev.sanctum4j.server.gateway.Raw.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** nginx before an MCP server, with the file and the rules that {@code docs/gateways/mcp.md} hands out. */
class McpGatewayTest {

    private static final String BODY = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}";

    @TempDir
    private static Path folder;

    private static HttpServer service;
    private static ConfigurableApplicationContext server;
    private static GatewayProcess nginx;
    private static Account ada;

    @BeforeAll
    static void start() throws IOException {
        GatewayProcess.assumeInstalled(Kind.NGINX);
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", GatewaysTest::echo);
        service.start();
        server = new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:mcp" + System.nanoTime(),
                        "sanctum.gateway.original-request=x-original",
                        "sanctum.gateway.rules=../docs/gateways/mcp-rules.txt",
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run();
        ada = server.getBean(Accounts.class)
                .create("Ada", "ada@example.test", "correct horse battery staple", Account.Role.USER)
                .orElseThrow();
        nginx = GatewayProcess.start(
                Kind.NGINX,
                folder.resolve("nginx"),
                "127.0.0.1:" + server.getEnvironment().getProperty("local.server.port"),
                service.getAddress().getPort(),
                Map.of("nginx.conf", "nginx-mcp.conf"));
    }

    @AfterAll
    static void stop() {
        if (nginx != null) {
            nginx.close();
            server.close();
            service.stop(0);
        }
    }

    private static String bearer(String... abilities) {
        return "Authorization: Bearer "
                + server.getBean(Tokens.class)
                        .issue(TokenRequest.of(ada.owner(), "mcp", abilities))
                        .plainText()
                        .reveal();
    }

    private static Reply call(String... headers) {
        return Raw.body(nginx.port(), "POST", "/mcp", BODY, headers);
    }

    @Test
    void toolsAskForWhatTheRulesSay() {
        String reader = bearer("mcp:use", "orders:read");
        String all = bearer("mcp:use", "orders:read", "orders:refund");

        Reply list = call(reader, "Mcp-Method: tools/call", "Mcp-Name: orders_list", "X-Auth-Subject: user:999");
        assertThat(list.status()).as(list.body()).isEqualTo(200);
        assertThat(list.body().toLowerCase(Locale.ROOT))
                .contains("x-auth-subject: user:" + ada.id(), "mcp-name: orders_list", BODY.toLowerCase(Locale.ROOT))
                .doesNotContain("authorization", "user:999");
        Reply refund = call(reader, "Mcp-Method: tools/call", "Mcp-Name: orders_refund");
        assertThat(refund.status()).isEqualTo(403);
        assertThat(refund.header("WWW-Authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"orders:refund\"");
        assertThat(call(all, "Mcp-Method: tools/call", "Mcp-Name: orders_refund")
                        .status())
                .isEqualTo(200);
        assertThat(call(reader, "Mcp-Method: tools/call", "Mcp-Name: =?base64?b3JkZXJzX3JlZnVuZA==?=")
                        .status())
                .isEqualTo(403);
        assertThat(call(reader, "Mcp-Method: initialize").status()).isEqualTo(200);
        assertThat(call(bearer("orders:read", "orders:refund"), "Mcp-Method: tools/call", "Mcp-Name: orders_refund")
                        .status())
                .isEqualTo(403);
        assertThat(Raw.send("127.0.0.1", nginx.port(), "GET", "/mcp", reader).status())
                .isEqualTo(200);
    }

    @Test
    void whoeverSaysNothingIsRefused() {
        String all = bearer("*");
        List<String[]> bad = new ArrayList<>();
        bad.add(new String[] {all});
        bad.add(new String[] {all, "Mcp-Method: tools/call"});
        bad.add(new String[] {all, "Mcp-Name: orders_list"});
        bad.add(new String[] {all, "Mcp_Method: tools/call", "Mcp_Name: orders_list"});
        bad.add(new String[] {all, "Mcp-Method: tools/call", "Mcp-Name: orders_list", "Mcp-Name: orders_refund"});
        bad.add(new String[] {all, "Mcp-Method: tools/call", "Mcp-Name: =?base64?!?="});
        for (String[] headers : bad) {
            assertThat(call(headers).status()).as(List.of(headers).toString()).isEqualTo(403);
        }
        assertThat(call("Mcp-Method: tools/list").status()).isEqualTo(401);
        for (String path : List.of("/", "/mcp/", "/mcp/x", "/.well-known/oauth-authorization-server")) {
            assertThat(Raw.body(nginx.port(), "POST", path, BODY, all, "Mcp-Method: tools/list")
                            .status())
                    .as(path)
                    .isEqualTo(404);
        }
    }
}
