package dev.sanctum4j.samples.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.samples.api.OrdersApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A harness and the API of the sample {@code spring-api}. */
class HarnessTest {

    private static final Owner ADA = Owner.of("user", "ada@example.test");

    private static ConfigurableApplicationContext api;
    private static URI server;

    @BeforeAll
    static void start() {
        api = SpringApplication.run(OrdersApi.class, "--server.port=0");
        server = URI.create("http://localhost:" + api.getEnvironment().getRequiredProperty("local.server.port"));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private final Tokens tokens = api.getBean(Tokens.class);
    private final NewToken parent = tokens.issue(TokenRequest.of(ADA, "harness", "orders:read", "tokens:delegate"));
    private final Harness harness = new Harness(server, parent.plainText().reveal());

    private static int orders(String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/api/orders"))
                .header("Authorization", "Bearer " + token)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void eachRunHasATokenOfItsOwn() throws Exception {
        List<String> seen = new ArrayList<>();
        for (String run : List.of("8f3c", "8f3d")) {
            int status = harness.run("a robot & co, run " + run, "orders:read", token -> {
                AccessToken now = tokens.find(token).orElseThrow();
                assertThat(now.actor()).isEqualTo("a robot & co, run " + run);
                assertThat(now.issuedBy()).isEqualTo(parent.token().id());
                seen.add(token);
                return orders(token);
            });
            assertThat(status).isEqualTo(200);
        }

        assertThat(seen)
                .doesNotHaveDuplicates()
                .doesNotContain(parent.plainText().reveal());
        for (String token : seen) {
            assertThat(orders(token)).isEqualTo(401);
        }
    }

    @Test
    void itIsTried() throws Exception {
        assertThat(Try.orders(server)).isEqualTo("[\"tea\"]");
    }

    @Test
    void runThatFailsLeavesNoToken() {
        List<String> seen = new ArrayList<>();

        assertThatThrownBy(() -> harness.run("robot", "orders:read", token -> {
                    seen.add(token);
                    throw new IOException("out of memory");
                }))
                .hasMessage("out of memory");

        assertThat(tokens.find(seen.get(0)).orElseThrow().isRevoked()).isTrue();
    }

    @Test
    void runGetsNoMoreThanTheHarnessHas() {
        assertThatThrownBy(() -> harness.run("robot", "orders:write", HarnessTest::orders))
                .hasMessageStartingWith("no token: 422 ");
        assertThatThrownBy(() -> harness.run("robot\nroot", "orders:read", HarnessTest::orders))
                .hasMessageStartingWith("no token: 422 ");
    }
}
