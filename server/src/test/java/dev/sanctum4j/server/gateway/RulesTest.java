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
        return new OriginalRequest(method, target).path().flatMap(path -> rules.abilities(method, path));
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

        assertThat(intricate.abilities("GET", "/plain")).isPresent();
        assertThat(intricate.abilities("GET", "/" + "-".repeat(8_000))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/**", "/a/{b}/*", "/a/{*rest}"})
    void longPathIsHeldAgainstOneWildcardInEachPart(String pattern) {
        assertThat(Rules.of(List.of("GET " + pattern + " -")).abilities("GET", "/a/b/" + "-".repeat(8_000)))
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
}
