package com.example.versions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

/** What the first ten minutes with the starter are, with the versions that are on the class path. */
class VersionsTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private String address = "";

    @Test
    void tokenIsIssuedUsedLimitedAndRevoked() throws Exception {
        try (ConfigurableApplicationContext orders = SpringApplication.run(
                Orders.class,
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--spring.datasource.url=jdbc:h2:mem:orders",
                "--sanctum.endpoints.tokens=true",
                "--sanctum.endpoints.password-token=true",
                "--sanctum.spa.stateful=self")) {
            address = "http://localhost:" + orders.getEnvironment().getRequiredProperty("local.server.port");
            System.out.printf(
                    "ran: Spring Boot %s, Java %s, %s%n",
                    SpringBootVersion.getVersion(),
                    System.getProperty("java.version"),
                    orders.getClass().getClassLoader().getResource("org/eclipse/jetty/server/Server.class") == null
                            ? "Tomcat"
                            : "Jetty");

            assertThat(send("GET", "/api/orders", "").statusCode()).isEqualTo(401);
            String token = send(
                            "POST",
                            "/sanctum/token",
                            "email=ada@example.test&password=secret&device_name=laptop&abilities[]=orders:read")
                    .body();
            HttpResponse<String> read = send("GET", "/api/orders", "", "Authorization", "Bearer " + token);
            assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
            assertThat(read.body()).isEqualTo("[\"tea\"]");
            HttpResponse<String> refused = send("POST", "/api/orders", "", "Authorization", "Bearer " + token);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("\"required\":[\"orders:write\"]");
            HttpResponse<String> shown = send("GET", "/api/tokens/current", "", "Authorization", "Bearer " + token);
            assertThat(shown.body()).contains("\"name\":\"laptop\"", "\"expires_at\":null");
            HttpResponse<String> page =
                    send("GET", "/sanctum/csrf-cookie", "", "Sec-Fetch-Site", "same-origin", "Origin", address);
            assertThat(page.statusCode()).isEqualTo(204);
            assertThat(page.headers().allValues("Set-Cookie")).anyMatch(cookie -> cookie.startsWith("XSRF-TOKEN="));
            assertThat(send("DELETE", "/api/tokens/current", "", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(204);
            assertThat(send("GET", "/api/orders", "", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    private HttpResponse<String> send(String method, String path, String form, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        return client.send(request.method(method, BodyPublishers.ofString(form)).build(), BodyHandlers.ofString());
    }
}
