package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Our JSON is the same to the byte, whatever an application has chosen for its own. */
@Import({WireFormatTest.OwnRoutes.class, WireFormatTest.Envelope.class})
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:wire;DB_CLOSE_DELAY=-1",
            "sanctum.abilities.described[0].name=orders:read",
            "sanctum.abilities.described[0].description=See orders, für alle",
            "spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE",
            "spring.jackson.default-property-inclusion=non_null",
            "spring.jackson.date-format=yyyy",
            "spring.jackson.time-zone=Asia/Tokyo",
            "spring.jackson.serialization.indent-output=true",
            "spring.jackson.serialization.wrap-root-value=true",
            "spring.jackson.deserialization.unwrap-root-value=true",
            "spring.jackson.json.write.escape-non-ascii=true"
        })
class WireFormatTest extends AppTest {

    /** Routes of the application's own. */
    @TestConfiguration(proxyBeanMethods = false)
    @RestController
    static class OwnRoutes {

        /** What the application answers. */
        record Tea(String kind, @Nullable String milk) {}

        @GetMapping("/api/tea")
        Tea tea() {
            return new Tea("green", null);
        }

        @GetMapping("/api/coffee")
        @RequiresAbility("orders:read")
        Tea coffee() {
            throw new OutOfCoffee("café crème");
        }
    }

    /** An error of the application's own. */
    static final class OutOfCoffee extends ProblemException {
        private static final long serialVersionUID = 1L;

        OutOfCoffee(String kind) {
            super(Problem.of(409, "out-of-coffee", "Out of coffee.")
                    .type(URI.create("https://shop.example.test/errors/out-of-coffee"))
                    .detail("There is tea.")
                    .header("X-Kind", "tea")
                    .with("kind", kind));
        }
    }

    /** What many applications do to all of their answers. */
    @RestControllerAdvice
    static class Envelope implements ResponseBodyAdvice<Object> {

        @Override
        public boolean supports(MethodParameter type, Class<? extends HttpMessageConverter<?>> converter) {
            return true;
        }

        @Override
        public @Nullable Object beforeBodyWrite(
                @Nullable Object body,
                MethodParameter type,
                MediaType media,
                Class<? extends HttpMessageConverter<?>> converter,
                ServerHttpRequest request,
                ServerHttpResponse response) {
            return body == null ? null : Map.of("data", body);
        }
    }

    @Test
    void applicationsOwnAnswersAreInItsForm() {
        assertThat(http.get("/api/tea", bearer(issue(ADA, "*"))).body()).contains("data", "Kind", "\n");
    }

    @Test
    void tokensAreInOurs() {
        NewToken token = issue(ADA, "orders:read", "tokens:manage");
        String shown = http.get("/api/tokens/current", bearer(token)).body();

        assertThat(shown)
                .matches("\\{\"id\":\\d+,\"name\":\"ci\",\"abilities\":\\[\"orders:read\",\"tokens:manage\"],"
                        + "\"last_used_at\":[^,]+,\"last_used_from\":[^,]+,\"expires_at\":null,"
                        + "\"created_at\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000000Z\"}");
        assertThat(http.get("/api/tokens", bearer(token)).body()).startsWith("[{\"id\":");
        Http.Answer made = http.post(
                "/api/tokens",
                "{\"name\":\"für\",\"abilities\":[\"orders:read\"],\"expires_at\":\"2030-01-31T12:00:00+02:00\"}",
                bearer(issue(ADA, "orders:read", "tokens:manage")));
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Content-Type")).isEqualTo("application/json");
        assertThat(made.header("Content-Language")).isNull();
        assertThat(made.body()).contains("\"name\":\"für\"", "\"expires_at\":\"2030-01-31T10:00:00.000000Z\"");
    }

    @Test
    void listsAndPoliciesAreInOurs() {
        String token = bearer(issue(ADA, "*"));

        assertThat(http.get("/api/abilities", token).body())
                .contains("{\"name\":\"orders:read\",\"description\":\"See orders, für alle\",\"group\":\"\"}");
        assertThat(http.get("/api/tokens/policy", token).body()).startsWith("{\"default_lifetime\":");
    }

    @Test
    void passwordTokenIsInOurs() {
        Http.Answer answer = http.post(
                "/sanctum/token",
                "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"für\"}",
                "Accept: application/json");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"name\":\"für\",\"abilities\":[");
    }

    /** An application's own error has our form, members and headers of its own, and Spring's type. */
    @Test
    void errorsAreInOurs() {
        assertThat(http.get("/api/tea").body())
                .startsWith("{\"type\":\"https://sanctum4j.dev/errors#unauthenticated\",\"title\":\"Unauthorized\","
                        + "\"status\":401,");
        Http.Answer own = http.get("/api/coffee", bearer(issue(ADA, "orders:read")));
        assertThat(own.status()).isEqualTo(409);
        assertThat(own.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(own.header("X-Kind")).isEqualTo("tea");
        assertThat(own.body())
                .isEqualTo("{\"type\":\"https://shop.example.test/errors/out-of-coffee\",\"title\":\"Conflict\","
                        + "\"status\":409,\"detail\":\"There is tea.\",\"code\":\"out-of-coffee\","
                        + "\"message\":\"Out of coffee.\",\"kind\":\"café crème\"}");
    }
}
