package dev.sanctum4j.mcpapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.http.HttpRequest;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SDK's own client. */
class JavaClientTest extends McpTest {

    private static McpSyncClient client(Server server, String token) {
        return McpClient.sync(HttpClientStreamableHttpTransport.builder("http://localhost:" + server.port())
                        .endpoint("/mcp")
                        .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + token))
                        .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void listsCallsAndIsRefused(String protocol) {
        Server server = server(protocol);
        try (McpSyncClient client =
                client(server, server.issue(ANN, "orders:read").plainText().reveal())) {
            client.initialize();

            assertThat(client.listTools().tools())
                    .extracting(McpSchema.Tool::name)
                    .containsExactly("orders_read", "orders_undo", "whoami");
            assertThat(client.callTool(McpSchema.CallToolRequest.builder("orders_read")
                                    .arguments(Map.of("id", "7"))
                                    .build())
                            .content()
                            .toString())
                    .contains("order 7 for ann");
            assertThatThrownBy(() -> client.callTool(McpSchema.CallToolRequest.builder("by_private")
                            .arguments(Map.of())
                            .build()))
                    .isInstanceOf(McpHttpClientTransportAuthorizationException.class);
        }
        try (McpSyncClient client = client(server, "pat_nonsense")) {
            assertThatThrownBy(client::initialize).isInstanceOf(RuntimeException.class);
        }
    }
}
