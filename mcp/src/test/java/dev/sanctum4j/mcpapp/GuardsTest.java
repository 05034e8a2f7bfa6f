package dev.sanctum4j.mcpapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.spring.ability.AbilityCatalog;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import tools.jackson.databind.json.JsonMapper;

/** Each guard alone, the catalogue, and what stops a start. */
class GuardsTest extends McpTest {

    private static final List<String> BEHIND = List.of("by_private", "by_final", "by_static", "stock_empty");

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void gateRefusesAlone(String protocol) {
        Server server = server(protocol, "test.front-off=true");
        Mcp client = server.client(ANN, "orders:read");
        server.forget();

        for (String tool : BEHIND) {
            Mcp.Answer answer = client.call(tool);
            assertThat(answer.status()).as(tool).isEqualTo(200);
            assertThat(answer.isError()).as(tool).isTrue();
            assertThat(answer.text())
                    .as(tool)
                    .isEqualTo("The token needs the ability "
                            + (tool.equals("stock_empty") ? "stock:write." : "orders:refund."));
        }
        for (Mcp.Answer answer : List.of(
                client.ask("resources/read", Map.of("uri", "shop://report")),
                client.ask("prompts/get", Map.of("name", "summary")))) {
            assertThat(answer.json().at("/error/message").asString())
                    .isEqualTo("The token needs the ability reports:read.");
        }
        assertThat(server.denied()).hasSize(6);
        assertThat(client.call("orders_read").text()).isEqualTo("order 1 for ann");
        assertThat(client.tools()).containsExactly("orders_read", "orders_undo", "whoami");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void frontRefusesAlone(String protocol) {
        Server server = server(protocol, "test.gate-off=true");
        Mcp client = server.client(ANN, "orders:read");

        for (String tool : BEHIND) {
            assertThat(client.call(tool).status()).as(tool).isEqualTo(403);
        }
        assertThat(client.ask("resources/read", Map.of("uri", "shop://report")).status())
                .isEqualTo(403);
        assertThat(client.ask("prompts/get", Map.of("name", "summary")).status())
                .isEqualTo(403);
        assertThat(client.call("orders_read").text()).isEqualTo("order 1 for ann");
    }

    /** Of objects that are no beans, and whose callbacks Spring AI is given ready-made. */
    @ParameterizedTest
    @ValueSource(strings = {"test.front-off=true", "test.gate-off=true"})
    void methodsOfObjectsThatAreNoBeansAreAsked(String off) {
        Server server = server("STATELESS", "test.loose=true", off);
        Mcp client = server.client(ANN, "orders:read");

        for (String tool : List.of("loose_listed", "loose_fixed", "loose_provided", "unnamed")) {
            assertThat(client.call(tool).body()).as(tool).contains("The token needs the ability stock:write.");
            assertThat(server.client(ANN, "stock:write").call(tool).text())
                    .as(tool)
                    .contains("called");
        }
    }

    /** Besides what is asked of whoever gets the prompt or reads the resource. */
    @ParameterizedTest
    @ValueSource(strings = {"test.front-off=true", "test.gate-off=true"})
    void completionsAreAskedToo(String off) {
        Server server = server("STATELESS", "test.loose=true", off);

        for (String greeting : List.of("greet_private", "greet_final", "greet_static")) {
            assertAsked(server, "completion/complete", completionOf("ref/prompt", "name", greeting));
        }
        assertAsked(server, "completion/complete", completionOf("ref/resource", "uri", "shop://cities/{city}"));
        assertThat(server.client(ANN, "orders:read").names("prompts/list", "prompts", "name"))
                .contains("greet_private");
    }

    /** And by the front what the gate knows. */
    @ParameterizedTest
    @ValueSource(strings = {"test.front-off=true", "test.front-off=false"})
    void whatIsNoToolAndOfNoBeanIsAsked(String front) {
        Server server = server("STATELESS", "test.loose=true", front);

        assertAsked(server, "resources/read", Map.of("uri", "shop://shelves"));
        assertAsked(server, "resources/read", Map.of("uri", "shop://shelves/1"));
        assertAsked(server, "prompts/get", Map.of("name", "tidy"));
        assertAsked(server, "completion/complete", completionOf("ref/prompt", "name", "greet_loose"));
        assertThat(server.client(ANN, "orders:read").names("prompts/list", "prompts", "name"))
                .doesNotContain("tidy");
    }

    /** Neither the class that Spring AI would name, nor what somebody else's exception says. */
    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void whatFailsBehindIsToldInOurWords(String protocol) {
        Mcp client = server(protocol, "test.failing=true").client(ANN, "orders:read");

        Map.of(
                        "refund",
                        "-32600,\"message\":\"The token needs the ability orders:refund.\"",
                        "fault",
                        "-32603,\"message\":\"The server failed.\"")
                .forEach((name, told) -> {
                    for (Mcp.Answer answer : List.of(
                            client.ask("resources/read", Map.of("uri", "shop://" + name)),
                            client.ask("prompts/get", Map.of("name", name, "arguments", Map.of("city", "Bonn"))),
                            client.ask("completion/complete", completionOf("ref/prompt", "name", name)))) {
                        assertThat(answer.json().get("error").toString()).isEqualTo("{\"code\":" + told + "}");
                    }
                });
    }

    private static Map<String, Object> completionOf(String type, String member, String of) {
        return Map.of("ref", Map.of("type", type, member, of), "argument", Map.of("name", "city", "value", ""));
    }

    private static void assertAsked(Server server, String method, Map<String, Object> params) {
        assertThat(server.client(ANN, "orders:read").ask(method, params).body())
                .as("%s", params)
                .contains("The token needs the ability stock:write.");
        assertThat(server.client(ANN, "stock:write").ask(method, params).body())
                .as("%s", params)
                .contains("called");
    }

    /** What the two are for: Spring AI calls what no proxy guards. */
    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void withoutEitherTheAnnotationsOfSuchMethodsMeanNothing(String protocol) {
        Mcp client =
                server(protocol, "test.gate-off=true", "test.front-off=true").client(ANN, "orders:read");

        for (String tool : BEHIND) {
            assertThat(client.call(tool).text()).as(tool).contains("called");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATELESS", "STREAMABLE"})
    void toolThatAsksNothingMayBeMadeToAskForAnAbilityOfItsOwn(String protocol) {
        Server server = server(protocol, "sanctum.mcp.ability-per-tool=true");
        Mcp client = server.client(ANN, "orders:read");

        Mcp.Answer refused = client.call("whoami");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("WWW-Authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"mcp:whoami\"");
        assertThat(client.tools()).containsExactly("orders_read");
        assertThat(server.client(ANN, "mcp:whoami").call("whoami").text()).isEqualTo("ann");
        assertThat(server.client(ANN, "mcp:whoami").tools()).containsExactly("whoami");
        assertThat(catalogue(server)).containsEntry("mcp:whoami", "Tells who calls.");
        assertThat(server(protocol, "sanctum.mcp.ability-per-tool=true", "test.front-off=true")
                        .client(ANN, "orders:read")
                        .call("whoami")
                        .text())
                .isEqualTo("The token needs the ability mcp:whoami.");
    }

    /** The protocol has names of 128 characters, an ability has 100. */
    @Test
    void abilityOfItsOwnThatNoTokenCouldHaveStopsTheStart() {
        String tool = "t".repeat(97);

        assertThatThrownBy(() -> start(List.of(
                        "spring.ai.mcp.server.protocol=STATELESS",
                        "sanctum.mcp.ability-per-tool=true",
                        "test.odd=" + tool)))
                .isInstanceOfSatisfying(
                        InvalidConfigurationPropertyValueException.class,
                        e -> assertThat(e.getReason())
                                .isEqualTo(
                                        "No token can have an ability of the name mcp:" + tool
                                                + ". An ability must have 1 to 100 printable ASCII characters without spaces, quotes and backslashes. Give that tool another name, or its method @RequiresAbility."));
    }

    private static Map<String, String> catalogue(Server server) {
        Map<String, String> all = new LinkedHashMap<>();
        server.context()
                .getBean(AbilityCatalog.class)
                .entries()
                .forEach(entry -> all.put(entry.name(), entry.description()));
        return all;
    }

    @Test
    void catalogueHasTheWordsOfTheTools() {
        assertThat(catalogue(server(
                        "STATELESS",
                        "sanctum.abilities.described[0].name=stock:read",
                        "sanctum.abilities.described[0].description=Look at the stock")))
                .isEqualTo(Map.of(
                        "books:read", "Asks for books.",
                        "orders:read", "orders_read, order",
                        "orders:refund", "by_final, by_private, by_static, Refund",
                        "reports:read", "report, summary",
                        "stock:read", "Look at the stock",
                        "stock:write", "Throws everything away."));
    }

    @Test
    void listThatIsWrittenForNobodyShowsWhatAsksNothing() {
        JsonMapper mapper = server("STATELESS").context().getBean("mcpServerJsonMapper", JsonMapper.class);
        McpSchema.Tool guarded =
                McpSchema.Tool.builder("orders_read", Map.of("type", "object")).build();
        McpSchema.Tool open =
                McpSchema.Tool.builder("whoami", Map.of("type", "object")).build();

        assertThat(mapper.writeValueAsString(McpSchema.ListToolsResult.builder(List.of(guarded, open))
                        .nextCursor("next")
                        .build()))
                .isEqualTo("{\"tools\":[{\"name\":\"whoami\",\"inputSchema\":{\"type\":\"object\"}}],"
                        + "\"nextCursor\":\"next\",\"ttlMs\":0,\"cacheScope\":\"private\"}");
    }

    @Test
    void asynchronousServerDoesNotStart() {
        assertThatThrownBy(() -> start(List.of("spring.ai.mcp.server.type=ASYNC")))
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("spring.ai.mcp.server.type=SYNC");
    }

    @Test
    void nothingIsGuardedWhereItIsSwitchedOff() {
        Server server = server("STATELESS", "sanctum.mcp.enabled=false");

        assertThat(server.context().containsBean("sanctumMcpCalls")).isFalse();
        assertThat(server.context().containsBean("sanctumMcpGate")).isFalse();
    }
}
