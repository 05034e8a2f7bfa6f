package dev.sanctum4j.samples.phone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.samples.api.OrdersApi;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A phone and the API of the sample {@code spring-api}. */
class PhoneTest {

    private static ConfigurableApplicationContext api;

    @BeforeAll
    static void start() {
        api = SpringApplication.run(OrdersApi.class, "--server.port=0");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private final URI server =
            URI.create("http://localhost:" + api.getEnvironment().getRequiredProperty("local.server.port"));
    private final Phone phone = new Phone(server);

    @Test
    void itIsTried() throws Exception {
        assertThat(Try.orders(server)).isEqualTo("[\"tea\"]");
    }

    @Test
    void passwordIsExchangedForATokenOnce() throws Exception {
        assertThat(phone.signIn("ada@example.test", "secret", "Ada's phone")).isEmpty();

        assertThat(phone.get("/api/orders")).isEqualTo("[\"tea\"]");
        assertThat(phone.get("/api/tokens/current")).contains("\"name\":\"Ada's phone\"");
    }

    @Test
    void signedOutMeansRevoked() throws Exception {
        phone.signIn("ada@example.test", "secret", "phone");

        phone.signOut();

        assertThat(phone.isSignedIn()).isFalse();
        assertThat(phone.get("/api/orders")).isEmpty();
    }

    @Test
    void wrongPasswordIsTold() throws Exception {
        assertThat(phone.signIn("ada@example.test", "wrong", "phone")).isEqualTo("This is not your password.");
        assertThat(phone.isSignedIn()).isFalse();
    }
}
