package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** What the two cookies look like where sessions are the servlet container's. */
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:cookies;DB_CLOSE_DELAY=-1",
            "sanctum.spa.cookie.domain=example.test",
            "sanctum.spa.cookie.same-site=strict",
            "sanctum.spa.cookie.csrf-name=XSRF-MINE",
            "server.forward-headers-strategy=native"
        })
class CookiesTest extends AppTest {

    private static String line(Http.Answer answer, String name) {
        return answer.cookies().stream()
                .filter(line -> line.startsWith(name + "="))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void bothFollowTheSameProperties() {
        Http.Answer answer = http.page("GET", "/sanctum/csrf-cookie", "");

        assertThat(line(answer, "SESSION"))
                .contains("; Domain=example.test", "; Path=/", "; HttpOnly", "; SameSite=Strict")
                .doesNotContain("Secure", "Max-Age");
        assertThat(line(answer, "XSRF-MINE"))
                .contains("; Domain=example.test", "; Path=/", "; SameSite=Strict", "; Max-Age=7200")
                .doesNotContain("Secure", "HttpOnly");
    }

    @Test
    void secureWhereTheRequestIs() {
        Http.Answer answer =
                http.get("/sanctum/csrf-cookie", "X-Forwarded-Proto: https", "Origin: https://app.example.test");

        assertThat(List.of(line(answer, "SESSION"), line(answer, "XSRF-MINE")))
                .allMatch(line -> line.contains("; Secure"));
    }

    @Test
    void rememberedSessionOutlivesTheBrowser() {
        assertThatARememberedSessionOutlivesTheBrowser();
    }

    private void assertThatARememberedSessionOutlivesTheBrowser() {
        http.page("GET", "/sanctum/csrf-cookie", "");
        http.cookies.put("XSRF-TOKEN", http.cookies.get("XSRF-MINE"));

        Http.Answer remembered = http.page(
                "POST",
                "/login",
                "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"remember\":true}");

        assertThat(remembered.status()).isEqualTo(204);
        assertThat(line(remembered, "SESSION")).contains("; Max-Age=2592000");
        assertThat(remembered.cookies().stream().filter(line -> line.startsWith("SESSION=")))
                .hasSize(1);
    }

    private static final String[] TWO = {
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: app.example.test",
        "Origin: https://app.example.test",
        "Content-Type: application/json",
        "Cookie: SESSION=of-old; XSRF-MINE=of-old; SESSION=of-now; XSRF-MINE=of-now"
    };

    /** As a browser has them by name, domain and path, of which two have one name since the settings were changed. */
    private static void assertThatBothEnd(Http.Answer answer) {
        for (String name : List.of("SESSION", "XSRF-MINE")) {
            List<String> lines = answer.cookies().stream()
                    .filter(line -> line.startsWith(name + "="))
                    .toList();
            assertThat(lines)
                    .allMatch(line -> line.startsWith(name + "=;") && line.contains("; Max-Age=0"))
                    .anyMatch(line -> line.contains("; Path=/;") && !line.contains("Domain="))
                    .anyMatch(line -> line.contains("; Path=/;") && line.contains("; Domain=example.test;"))
                    .anyMatch(line -> line.contains("; Path=/;") && line.contains("; Domain=app.example.test;"));
        }
    }

    @Test
    void twoSessionCookiesEndWhereAPageBegins() {
        Http.Answer answer = http.send("GET", "/sanctum/csrf-cookie", "", TWO);

        assertThat(answer.status()).isEqualTo(204);
        assertThatBothEnd(answer);
        assertThatARememberedSessionOutlivesTheBrowser(); // with a browser that has done so
    }

    @Test
    void twoSessionCookiesAreTheReasonThatIsTold() {
        for (String path : List.of("/login", "/logout", "/user/confirm-password")) {
            Http.Answer answer = http.send(
                    "POST", path, "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}", TWO);

            assertThat(answer.status()).as(path).isEqualTo(419);
            assertThat(answer.json().get("code").asString()).isEqualTo("csrf-mismatch");
            assertThat(answer.json().get("detail").asString())
                    .isEqualTo(
                            "Two session cookies were sent, of which one was planted or is left from before a change."
                                    + " Both have ended with this answer: GET /sanctum/csrf-cookie, and try again.");
            assertThatBothEnd(answer);
            assertThat(answer.cookies())
                    .as("as a sibling host may have planted it")
                    .anyMatch(line -> line.startsWith("SESSION=;")
                            && line.contains("; Path=" + path + ";")
                            && line.contains("; Domain=example.test;"));
        }
    }

    /** And the answer fits into what a container sends, however long the names and the paths are. */
    @Test
    void whatWasPlantedEndsAtEachPathThatLeadsToTheRequest() {
        String[] two = TWO.clone();
        two[1] = "X-Forwarded-Host: " + "a.".repeat(40) + "app.example.test";

        Http.Answer answer = http.send("POST", "/user/confirm-password", "{}", two);

        assertThat(answer.status()).isEqualTo(419);
        assertThat(answer.cookies())
                .filteredOn(line -> line.startsWith("SESSION=;") && line.contains("Domain=" + "a.".repeat(40) + "app"))
                .extracting(line -> line.replaceAll(".*; Path=([^;]*);.*", "$1"))
                .containsExactly("/", "/user/confirm-password", "/user/", "/user");
    }

    /** Nobody else takes cookies away: no foreign page, and no program. */
    @Test
    void twoSessionCookiesOfWhoeverIsNoPageStay() {
        String[] foreign = TWO.clone();
        foreign[2] = "Origin: https://evil.test";
        String[] nobody = TWO.clone();
        nobody[2] = "Accept: */*";
        String[] program = TWO.clone();
        program[3] = "Authorization: Bearer pat_x";
        for (String[] headers : List.of(foreign, nobody, program)) {
            assertThat(http.send("GET", "/sanctum/csrf-cookie", "", headers).cookies())
                    .isEmpty();
            assertThat(http.send("POST", "/logout", "", headers).cookies()).isEmpty();
        }
    }

    /** R42: a sibling host can plant a cookie, but not take the true one away. */
    @Test
    void ofTwoSessionCookiesNoneCounts() {
        Http.Answer first = http.page("GET", "/sanctum/csrf-cookie", "");
        http.cookies.put("XSRF-TOKEN", http.cookies.get("XSRF-MINE"));
        assertThat(http.page("POST", "/login", "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}")
                        .status())
                .isEqualTo(204);
        String own = "SESSION=" + http.cookies.get("SESSION");

        assertThat(first.status()).isEqualTo(204);
        assertThat(http.get("/api/whoami", http.origin(), "Cookie: " + own).status())
                .isEqualTo(200);
        for (String two : List.of(
                "Cookie: " + own + "; SESSION=planted",
                "Cookie: SESSION=planted; " + own,
                "Cookie: " + own + "\r\nCookie: SESSION=planted",
                "Cookie: $Version=1; SESSION=\"planted\"; $Path=/; " + own,
                "Cookie: a=\"; SESSION=planted; b=\"; " + own,
                "Cookie: a=\"; " + own + "; b=\"; SESSION=planted",
                "Cookie: SESSION\t=planted; " + own)) {
            assertThat(http.get("/api/whoami", http.origin(), two).status())
                    .as(two)
                    .isEqualTo(401);
        }
        String odd = "Cookie: caf\u00c3\u00a9=\u00e2\u0080\u0080; " + own; // cookies of others do not get in the way
        assertThat(http.get("/api/whoami", http.origin(), odd).status()).isEqualTo(200);
    }
}
