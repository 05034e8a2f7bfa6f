package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** R40, R41 and R44: what pages of others, and people who once had a cookie, try. */
class CsrfAttacksTest extends AppTest {

    private static final String JSON = "Content-Type: application/json";

    private int order(String csrf) {
        return http.withCookies("POST", "/api/orders", "{}", JSON, http.origin(), "X-XSRF-TOKEN: " + csrf)
                .status();
    }

    @Test
    void tokenOfBeforeTheSignInIsWorthNothingAfterIt() {
        http.page("GET", "/sanctum/csrf-cookie", "");
        String before = http.cookies.get("XSRF-TOKEN");
        http.signIn("ada@example.test");

        assertThat(order(String.valueOf(before))).isEqualTo(419);
        assertThat(order(String.valueOf(http.cookies.get("XSRF-TOKEN")))).isEqualTo(200);
    }

    @Test
    void whatWasSignedOutIsWorthNothing() {
        http.signIn("ada@example.test");
        String session = String.valueOf(http.cookies.get("SESSION"));
        String csrf = String.valueOf(http.cookies.get("XSRF-TOKEN"));
        http.page("POST", "/logout", "");

        http.cookies.put("SESSION", session);
        assertThat(http.withCookies("GET", "/api/whoami", "", http.origin()).status())
                .isEqualTo(401);
        http.cookies.put("SESSION", session);
        assertThat(order(csrf)).isEqualTo(419);
    }

    /** A sibling host may plant the cookie and know its value; the session does not know it. */
    @Test
    void cookieAndHeaderThatAgreeProveNothing() {
        http.signIn("ada@example.test");
        http.cookies.put("XSRF-TOKEN", "planted");

        assertThat(order("planted")).isEqualTo(419);
    }

    /** Ids change at sign-in, step-up and sign-out, so that one that was planted or learnt never grows in rights. */
    @Test
    void sessionIdsChangeWithRights() {
        http.page("GET", "/sanctum/csrf-cookie", "");
        String anonymous = http.cookies.get("SESSION");
        http.page("POST", "/login", "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}");
        String signedIn = String.valueOf(http.cookies.get("SESSION"));
        http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}");
        String confirmed = http.cookies.get("SESSION");

        assertThat(List.of(String.valueOf(anonymous), signedIn, String.valueOf(confirmed)))
                .doesNotHaveDuplicates();
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
        http.cookies.put("SESSION", signedIn);
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
    }

    @Test
    void getChangesNothing() {
        http.signIn("ada@example.test");

        for (String path : List.of("/logout", "/login", "/user/confirm-password")) {
            http.page("GET", path, ""); // Boot's own chain answers some of these, with pages
        }
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
    }

    /** A form of another page can send text that reads as JSON, without asking first. */
    @Test
    void jsonThatCallsItselfTextIsRefused() {
        http.page("GET", "/sanctum/csrf-cookie", "");
        String body = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}";

        for (String type : List.of("text/plain", "multipart/form-data; boundary=x", "application/octet-stream")) {
            Http.Answer answer = http.withCookies(
                    "POST",
                    "/login",
                    body,
                    "Content-Type: " + type,
                    http.origin(),
                    "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN"));
            assertThat(answer.status()).as(type).isIn(400, 415, 422);
        }
    }

    @Test
    void methodIsTheOneOfTheRequestLine() {
        http.signIn("ada@example.test");

        assertThat(http.withCookies(
                                "GET",
                                "/api/orders?_method=POST",
                                "",
                                http.origin(),
                                "X-HTTP-Method-Override: POST",
                                "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN"))
                        .status())
                .isNotEqualTo(419);
        Http.Answer safe = http.withCookies(
                "POST", "/api/orders", "_method=GET", "Content-Type: application/x-www-form-urlencoded", http.origin());
        assertThat(safe.status()).isEqualTo(419);
    }

    @Test
    void noAnswerAllowsEverybodyWithCredentials() {
        http.signIn("ada@example.test");

        for (String origin : List.of("https://evil.test", "null", "https://app.example.test.evil.test")) {
            Http.Answer answer = http.withCookies("GET", "/api/whoami", "", "Origin: " + origin);
            assertThat(answer.headers()).as(origin).doesNotContainKey("access-control-allow-origin");
            assertThat(answer.headers().get("vary")).contains("Origin");
        }
    }
}
