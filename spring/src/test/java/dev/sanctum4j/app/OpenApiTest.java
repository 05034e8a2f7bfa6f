package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What springdoc tells about tokens. */
class OpenApiTest extends AppTest {

    @Test
    void documentShowsBearerTokensAndTheAbilitiesOfEachOperation() {
        String basic = Base64.getEncoder()
                .encodeToString(("ada@example.test:" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
        Http.Answer answer = http.get("/v3/api-docs", "Authorization: Basic " + basic);
        assertThat(answer.status()).isEqualTo(200);
        JsonNode api = answer.json();

        assertThat(api.at("/components/securitySchemes/sanctum").toString())
                .isEqualTo("{\"type\":\"http\",\"description\":\"A personal access token.\",\"scheme\":\"bearer\"}");
        assertThat(api.get("security").toString()).isEqualTo("[{\"sanctum\":[]}]");
        JsonNode orders = api.get("paths").get("/api/orders");
        assertThat(orders.at("/get/security").toString()).isEqualTo("[{\"sanctum\":[\"orders:read\"]}]");
        assertThat(orders.at("/get/description").asString()).isEqualTo("Asks for the ability `orders:read`.");
        assertThat(orders.at("/post/security").toString())
                .isEqualTo("[{\"sanctum\":[\"orders:read\",\"orders:write\"]}]");
        JsonNode any = api.get("paths").get("/api/any").get("get");
        assertThat(any.get("security").toString())
                .isEqualTo("[{\"sanctum\":[\"orders:read\"]},{\"sanctum\":[\"orders:write\"]}]");
        assertThat(any.get("description").asString())
                .isEqualTo("Asks for one of the abilities `orders:read`, `orders:write`.");
        assertThat(api.at("/paths/~1api~1whoami/get").has("security")).isFalse();
    }
}
