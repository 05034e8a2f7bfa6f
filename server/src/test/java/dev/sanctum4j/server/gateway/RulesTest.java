package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Which request needs what, and which requests are not read at all (R14). */
class RulesTest {

    private final Rules rules = Rules.of("""
            # orders
            GET,HEAD  /orders/**    orders:read
            *         /orders/**    orders:read orders:write

            GET       /me           -
            DELETE    /users/{id}   users:delete
            """.lines().toList());

    /** What a filter does with the two values of headers. */
    private Optional<List<String>> ask(String method, String target) {
        return new OriginalRequest(method, target)
                .path()
                .flatMap(path -> rules.abilities(method, path, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET      | /orders          | orders:read",
                "HEAD     | /orders/7?page=2 | orders:read",
                "GET      | /orders/a%20b    | orders:read",
                "GET      | /orders/%C3%A4   | orders:read",
                "POST     | /orders          | orders:read orders:write",
                "PROPFIND | /orders/7        | orders:read orders:write",
                "GET      | /me              | ''",
                "DELETE   | /users/7         | users:delete"
            })
    void firstRuleThatFitsDecides(String method, String target, String abilities) {
        assertThat(ask(method, target).map(names -> String.join(" ", names))).contains(abilities);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /",
                "GET    | /ordersx",
                "GET    | /ORDERS",
                "POST   | /me",
                "HEAD   | /me",
                "GET    | /me/",
                "GET    | /users/7",
                "DELETE | /users/7/tokens"
            })
    void whereNoRuleFitsNobodyMay(String method, String target) {
        assertThat(ask(method, target)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders/../admin",
                "/orders/./7",
                "/orders/..",
                "/orders/%2e%2e/admin",
                "/orders/%2E%2e/admin",
                "/orders/.%2e/admin",
                "/orders%2f..%2fadmin",
                "/orders/%2Fadmin",
                "/orders//admin",
                "//orders",
                "/orders/;x=1",
                "/orders;x/../admin",
                "/orders/%3bx",
                "/orders#/../admin",
                "/orders/%23",
                "/orders/%3Fx",
                "/orders\\..\\admin",
                "/orders/%5cadmin",
                "/orders/%00",
                "/orders/%0a",
                "/orders/%7f",
                "/orders/%",
                "/orders/%2",
                "/orders/%zz",
                "/orders/%u002e",
                "/orders/%252e%252e/admin",
                "/%6frders",
                "/orders/ä",
                "/orders/a b",
                "/orders/\u0000",
                "/orders/\r\nX: y",
                "http://elsewhere/orders",
                "orders",
                "*",
                "",
                "?x=/orders"
            })
    void pathThatCanBeReadInTwoWaysIsNotRead(String target) {
        assertThat(new OriginalRequest("GET", target).path()).isEmpty();
        assertThat(ask("GET", target)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/*-*", "/{a}-{b}.pdf", "/{a:.*x.*}", "/v{a}-*/b"})
    void longPathIsNotHeldAgainstSeveralWildcardsInOnePart(String pattern) {
        Rules intricate = Rules.of(List.of("GET " + pattern + " -", "GET /** -"));

        assertThat(intricate.abilities("GET", "/plain", Optional.empty())).isPresent();
        assertThat(intricate.abilities("GET", "/" + "-".repeat(8_000), Optional.empty()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/**", "/a/{b}/*", "/a/{*rest}"})
    void longPathIsHeldAgainstOneWildcardInEachPart(String pattern) {
        assertThat(Rules.of(List.of("GET " + pattern + " -"))
                        .abilities("GET", "/a/b/" + "-".repeat(8_000), Optional.empty()))
                .isPresent();
    }

    @Test
    void longPathAndNoneAreNotRead() {
        assertThat(new OriginalRequest("GET", "/orders/" + "x".repeat(9_000)).path())
                .isEmpty();
        assertThat(OriginalRequest.UNKNOWN.path()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/orders?_method=DELETE,true",
        "/orders?a=b&_method=DELETE,true",
        "/orders?a=b;_method=DELETE,true",
        "/orders?%5Fmethod=DELETE,true",
        "/orders?.method=DELETE,true",
        "/orders?_method[]=DELETE,true",
        "/orders?%zz,true",
        "/orders?payment_method=card,false",
        "/orders?method=DELETE,false",
        "/_method=x,false",
        "/orders,false"
    })
    void queryThatAsksForAnotherMethodIsSeen(String target, boolean overrides) {
        assertThat(new OriginalRequest("POST", target).overridesMethod()).isEqualTo(overrides);
    }

    @Test
    void onlyPlainMethodsAreSafe() {
        assertThat(new OriginalRequest("GET", "/").isSafe()).isTrue();
        assertThat(new OriginalRequest("OPTIONS", "/").isSafe()).isTrue();
        assertThat(new OriginalRequest("get", "/").isSafe()).isFalse();
        assertThat(new OriginalRequest("POST", "/").isSafe()).isFalse();
        assertThat(OriginalRequest.UNKNOWN.isSafe()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /orders                | has 2 of three parts; write it like 'GET,HEAD /orders/** orders:read', with - instead of abilities where being signed in is enough",
                "get /orders orders:read    | has the method 'get'; write methods in capitals, or *",
                "GET, /orders orders:read   | has the method ''; write methods in capitals, or *",
                "GET orders orders:read     | has the path 'orders'; write a path that begins with / and has no //, dot segment, query, ; or #",
                "GET /orders?x orders:read  | has the path '/orders?x'; write a path that begins with / and has no //, dot segment, query, ; or #",
                "GET /a/../b orders:read    | has the path '/a/../b'; write a path that begins with / and has no //, dot segment, query, ; or #",
                "GET /orders *              | asks for *, which is no ability; write - to ask for none",
                "GET /orders - orders:read  | asks for - and for abilities"
            })
    void wrongLineIsToldAtStart(String line, String why) {
        assertThatThrownBy(() -> Rules.of(List.of("# first", line)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sanctum.gateway.rules: line 2 " + why);
    }

    @Test
    void wrongFileIsToldAtStart() {
        assertThatThrownBy(() -> Rules.of(List.of("GET /orders/{ orders:read")))
                .hasMessageStartingWith("sanctum.gateway.rules: line 1 has the path '/orders/{': ");
        assertThatThrownBy(() -> Rules.of(List.of("# nothing", "")))
                .hasMessage("sanctum.gateway.rules: there is no rule, so nobody may do anything");
        assertThatThrownBy(() -> Rules.read(Path.of("no", "such", "file")))
                .hasMessageMatching("sanctum\\.gateway\\.rules: .*file cannot be read");
    }

    // ---- what MCP clients say of their calls

    private final Rules tools = Rules.of("""
            POST   /mcp   mcp:use
            GET    /mcp   mcp:use
            POST   /mcp   Mcp-Method:tools/call  Mcp-Name:orders_refund  orders:refund
            POST   /mcp   mcp-name:b\u00fccher*                          books:read books:write
            POST   /mcp   Mcp-Method:resources/*                         files:read
            POST   /none  Mcp-Method:tools/call                          a
            """.lines().toList());

    private Optional<String> call(String method, String path, String... headers) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        for (String header : headers) {
            request.addHeader(header.split(": ", 2)[0], header.split(": ", 2)[1]);
        }
        return tools.abilities(method, path, McpCall.of(request)).map(names -> String.join(" ", names));
    }

    @Test
    void whatACallSaysAsksForMore() {
        assertThat(call("POST", "/mcp", "Mcp-Method: tools/call", "Mcp-Name: orders_refund"))
                .contains("mcp:use orders:refund");
        assertThat(call("POST", "/mcp", "Mcp-Method: tools/call", "Mcp-Name: orders_list"))
                .contains("mcp:use");
        assertThat(call("POST", "/mcp", "Mcp-Method: prompts/get", "Mcp-Name: orders_refund"))
                .contains("mcp:use");
        assertThat(call("POST", "/mcp", "Mcp-Method: resources/read", "Mcp-Name: file:///a b"))
                .contains("mcp:use files:read");
        assertThat(call("POST", "/mcp", "Mcp-Method: tools/list")).contains("mcp:use");
        assertThat(call("GET", "/mcp")).contains("mcp:use"); // for which there is no such rule
        assertThat(call("POST", "/none", "Mcp-Method: tools/call", "Mcp-Name: a"))
                .isEmpty();
    }

    /** As the revision 2026-07-28 writes what is not ASCII. */
    @Test
    void nameIsDecodedBeforeItIsCompared() {
        assertThat(call("POST", "/mcp", "Mcp-Method: tools/call", "Mcp-Name: =?base64?YsO8Y2hlcg==?="))
                .contains("mcp:use books:read books:write");
        assertThat(call("POST", "/mcp", "Mcp-Method: tools/call", "Mcp-Name: =?base64?b3JkZXJzX3JlZnVuZA==?="))
                .contains("mcp:use orders:refund"); // which would not have to be written so
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Mcp-Method: tools/call",
                "Mcp-Name: orders_list",
                "Mcp-Method: tools/call|Mcp-Method: tools/list|Mcp-Name: a",
                "Mcp-Method: tools/call|Mcp-Name: a|Mcp-Name: b",
                "Mcp-Method: tools/call|Mcp-Name: ",
                "Mcp-Method: |Mcp-Name: a",
                "Mcp-Method: tools/call|Mcp-Name: =?base64?@@?=",
                "Mcp-Method: tools/call|Mcp-Name: =?base64?/w==?=",
                "Mcp-Method: tools/call|Mcp-Name: =?base64?YsO8Y2hlcg==",
                "Mcp-Method: tools/call|Mcp-Name: =?utf-8?q?a?=",
                "Mcp-Method: tools/call|Mcp-Name: b\u00fccher",
                "Mcp-Method: tools/call|Mcp-Name: a\tb",
                "Mcp-Method: resources/read",
                "Mcp-Method: prompts/get",
            })
    void whoeverSaysNothingThatCanBeReadIsRefused(String headers) {
        String[] lines = headers.isEmpty() ? new String[0] : headers.split("\\|");
        assertThat(call("POST", "/mcp", lines)).isEmpty();
        assertThat(call("GET", "/mcp", lines)).contains("mcp:use");
    }

    /** Whatever a client says, nothing is let through that would not be without it. */
    @Test
    void lieAllowsNothing() {
        Rules plain = Rules.of(List.of("POST /mcp mcp:use"));
        for (String name : List.of("orders_list", "*", "mcp:use", "-", "orders_refund")) {
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.addHeader("Mcp-Method", "tools/call");
            request.addHeader("Mcp-Name", name);
            for (String path : List.of("/mcp", "/other", "/none")) {
                Optional<List<String>> without = plain.abilities("POST", path, Optional.empty());
                Optional<List<String>> with = tools.abilities("POST", path, McpCall.of(request));
                assertThat(with.isPresent()).isEqualTo(without.isPresent());
                with.ifPresent(needed -> assertThat(needed).containsAll(without.orElseThrow()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /mcp Mcp-Name:a    | line 2 asks for no ability, and with a condition it can only ask for more",
                "POST /mcp Mcp-Name:a -  | line 2 asks for no ability, and with a condition it can only ask for more",
                "POST /mcp Mcp-Name:a mcp-name:b c | line 2 has two conditions on mcp-name",
            })
    void conditionThatCannotOnlyRefuseIsNoRule(String line, String why) {
        assertThatThrownBy(() -> Rules.of(List.of("POST /mcp -", line))).hasMessage("sanctum.gateway.rules: " + why);
    }

    @Test
    void conditionsAloneLetNobodyIn() {
        assertThatThrownBy(() -> Rules.of(List.of("POST /mcp Mcp-Name:a b")))
                .hasMessage("sanctum.gateway.rules: there is no rule without Mcp-Method and Mcp-Name, so nobody may do"
                        + " anything");
    }
}
