package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** CSRF protection without a token. */
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:metadata;DB_CLOSE_DELAY=-1",
            "sanctum.spa.csrf=fetch-metadata",
            "sanctum.diagnosis=true"
        })
class FetchMetadataTest extends AppTest {

    private static final String LOGIN = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}";

    private int order(String... headers) {
        return http.withCookies("POST", "/api/orders", "{}", headers).status();
    }

    @Test
    void whatTheBrowserSaysIsEnough() {
        Http.Answer cookie = http.get("/sanctum/csrf-cookie", http.origin());
        assertThat(cookie.status()).isEqualTo(204);
        assertThat(cookie.cookies()).isEmpty(); // so no anonymous session either

        Http.Answer unknown = http.get("/api/whoami", http.origin(), "Sec-Fetch-Site: same-origin");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.cookies()).isEmpty();

        Http.Answer login = http.withCookies(
                "POST", "/login", LOGIN, "Content-Type: application/json", "Sec-Fetch-Site: same-origin");

        assertThat(login.status()).isEqualTo(204);
        assertThat(login.cookies()).singleElement().asString().startsWith("SESSION=");
        String json = "Content-Type: application/json";
        assertThat(order(json, "Sec-Fetch-Site: same-origin")).isEqualTo(200);
        assertThat(order(json, http.origin())).isEqualTo(200);
        assertThat(order(json, "Origin: https://app.example.test", "Sec-Fetch-Site: same-site"))
                .isEqualTo(200);
    }

    @Test
    void sameSiteAloneOrNothingIsNot() {
        http.withCookies("POST", "/login", LOGIN, "Content-Type: application/json", "Sec-Fetch-Site: same-origin");
        String json = "Content-Type: application/json";
        String referer = "Referer: http://localhost:" + port + "/page";

        Http.Answer refused = http.withCookies("POST", "/api/orders", "{}", json, "Sec-Fetch-Site: same-site", referer);

        assertThat(refused.status()).isEqualTo(419);
        assertThat(refused.json().get("detail").asString()).contains("Sec-Fetch-Site");
        assertThat(refused.header("Sanctum-Diagnosis")).contains("fetch-metadata");
        assertThat(order(json, referer)).isEqualTo(419);
        assertThat(order(json)).isEqualTo(401); // not first-party: the session does not count at all
        assertThat(order(json, "Sec-Fetch-Site: cross-site")).isEqualTo(401);
        assertThat(order(json, "Origin: https://evil.test", "Sec-Fetch-Site: same-origin"))
                .isEqualTo(401);
        assertThat(http.withCookies("GET", "/api/whoami", "", referer).status()).isEqualTo(200);
        assertThat(http.withCookies("POST", "/logout", "", referer).status()).isEqualTo(419);
        assertThat(http.withCookies("POST", "/logout", "", "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(204);
        assertThat(order(json, "Sec-Fetch-Site: same-origin")).isEqualTo(401);
    }
}
