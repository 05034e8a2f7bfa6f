package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthCheckTest {

    @ParameterizedTest
    @CsvSource({
        "'', 127.0.0.1",
        "0.0.0.0, 127.0.0.1",
        "::, 127.0.0.1",
        "10.0.0.7, 10.0.0.7",
        "fd00::7, [fd00::7]",
        "node.internal, node.internal"
    })
    void asksWhereTheServerListens(String set, String asked) {
        assertThat(HealthCheck.address(Map.of("MANAGEMENT_ADDRESS", set, "MANAGEMENT_PORT", "9191")))
                .isEqualTo("http://" + asked + ":9191/actuator/health");
    }

    @Test
    void withoutVariablesItIsTheServersOwnAddress() {
        assertThat(HealthCheck.address(Map.of())).isEqualTo("http://127.0.0.1:9090/actuator/health");
    }

    @Test
    void onlyAnAnswerThatSaysSoIsWell() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/up") ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            assertThat(HealthCheck.isWell(address + "/up")).isTrue();
            assertThat(HealthCheck.isWell(address + "/down")).isFalse();
        } finally {
            server.stop(0);
        }
        assertThat(HealthCheck.isWell(address + "/up")).isFalse();
        assertThat(HealthCheck.isWell("http://[")).isFalse();
    }
}
