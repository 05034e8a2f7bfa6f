package dev.sanctum4j.samples.spa;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Sends what a browser sends for a page of another subdomain, and keeps its cookies. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class NotesApiTest {

    private static final String PAGE = "http://app.dev.localhost:3000";

    private final Map<String, String> cookies = new LinkedHashMap<>();

    @LocalServerPort
    private int port;

    @Test
    void pageSignsInWritesAndSignsOut() throws Exception {
        assertThat(send("GET", "/api/notes", "", PAGE).statusCode()).isEqualTo(401);

        signIn();
        assertThat(send("POST", "/api/notes", "{\"text\":\"milk\"}", PAGE).body())
                .isEqualTo("[\"milk\"]");

        assertThat(send("POST", "/logout", "", PAGE).statusCode()).isEqualTo(204);
        assertThat(send("GET", "/api/notes", "", PAGE).statusCode()).isEqualTo(401);
    }

    @Test
    void cookiesReachPageAndApi() throws Exception {
        HttpResponse<String> answer = send("GET", "/sanctum/csrf-cookie", "", PAGE);

        assertThat(answer.headers().allValues("Set-Cookie"))
                .hasSize(2)
                .allMatch(cookie -> cookie.contains("Domain=dev.localhost"));
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(PAGE);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("true");
    }

    @Test
    void pageOfSomebodyElseGetsNothing() throws Exception {
        signIn();

        HttpResponse<String> answer = send("GET", "/api/notes", "", "http://evil.example.test");
        assertThat(answer.statusCode()).isIn(401, 403);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        cookies.remove("XSRF-TOKEN");
        assertThat(send("POST", "/api/notes", "{\"text\":\"milk\"}", PAGE).statusCode())
                .isEqualTo(419);
    }

    private void signIn() throws Exception {
        send("GET", "/sanctum/csrf-cookie", "", PAGE);
        assertThat(send("POST", "/login", "{\"email\":\"ada@example.test\",\"password\":\"secret\"}", PAGE)
                        .statusCode())
                .isEqualTo(204);
    }

    private HttpResponse<String> send(String method, String path, String json, String origin) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .header("Content-Type", "application/json")
                .header("Origin", origin);
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        if (cookies.containsKey("XSRF-TOKEN")) {
            request.header("X-XSRF-TOKEN", cookies.get("XSRF-TOKEN"));
        }
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        for (String cookie : answer.headers().allValues("Set-Cookie")) {
            String[] pair = cookie.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair[1]);
        }
        return answer;
    }
}
