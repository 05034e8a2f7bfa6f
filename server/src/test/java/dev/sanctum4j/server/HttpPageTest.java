package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.Endpoints.Endpoint;
import dev.sanctum4j.server.Endpoints.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/http.md} has every route of the server, and says of each who is let in. */
class HttpPageTest {

    /** {@link EndpointsTest} sees to it that {@link Endpoints} has each that is mapped. */
    @Test
    void everyRouteIsInThePageAndEveryOneThereIsMapped() {
        Set<String> known = new TreeSet<>();
        Endpoints.ALL.stream().map(Endpoint::mapping).forEach(known::add);
        Endpoints.OPEN.values().forEach(known::addAll);
        known.remove("* /error"); // nobody asks for it

        assertThat(HttpPage.NAMES).as("the routes in docs/http.md").containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void whoMayIsWhoIsLetIn() throws Exception {
        JsonNode api =
                JsonMapper.shared().readTree(Files.readString(Path.of("src/main/resources/static/openapi.json")));
        Map<String, String> told = new TreeMap<>();
        HttpPage.ROUTES.forEach((name, route) -> told.put(name, route.who()));
        Map<String, String> right = new TreeMap<>();
        for (String name : HttpPage.ROUTES.keySet()) {
            String[] words = name.split(" ", 2);
            JsonNode security = api.path("paths")
                    .path(words[1])
                    .path(words[0].toLowerCase(Locale.ROOT))
                    .path("security");
            right.put(
                    name,
                    Endpoints.ALL.stream()
                            .filter(one -> one.mapping().equals(name))
                            .findFirst()
                            .map(one -> who(one, security))
                            .orElseGet(() -> security.isEmpty()
                                    ? "anybody"
                                    : security.path(0)
                                            .propertyNames()
                                            .iterator()
                                            .next()));
        }

        assertThat(told).isEqualTo(right);
    }

    private static String who(Endpoint endpoint, JsonNode security) {
        if (endpoint.takesTokens()) {
            return "client"; // who asks about a token of somebody's
        }
        return switch (endpoint.needs()) {
            case SIGNED_IN -> "any token, session";
            case ABILITY -> "the abilities in the path, session";
            case MANAGE -> "`tokens:manage`, session";
            case SESSION -> "session";
            case ADMIN -> "administrator";
            case ADMIN_API ->
                "administrator: "
                        + security.path(0)
                                .path("token")
                                .valueStream()
                                .map(ability -> "`" + ability.asString() + "`")
                                .collect(Collectors.joining(" "));
        };
    }

    @Test
    void tablesAreRead() {
        assertThat(HttpPage.ROUTES).hasSizeGreaterThan(60);
        assertThat(HttpPage.FORMS).hasSizeGreaterThan(25);
        assertThat(HttpPage.ANYWHERE)
                .containsKeys("unauthenticated", "body-too-large")
                .doesNotContainKey("not-found");
        assertThat(Needs.values()).as("each has its word in the page").hasSize(6);
    }
}
