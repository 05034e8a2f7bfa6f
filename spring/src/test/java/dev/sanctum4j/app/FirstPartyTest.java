package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages that sign in with a cookie, on the routes that tokens use. */
class FirstPartyTest extends AppTest {

    @Test
    void pageSignsInCallsAndSignsOut() {
        Http.Answer cookie = http.page("GET", "/sanctum/csrf-cookie", "");
        assertThat(cookie.status()).isEqualTo(204);
        String anonymous = http.cookies.get("SESSION");
        String before = http.cookies.get("XSRF-TOKEN");
        assertThat(before).matches("[A-Za-z0-9_-]{40}");

        Http.Answer login =
                http.page("POST", "/login", "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}");

        assertThat(login.status()).isEqualTo(204);
        assertThat(http.cookies.get("SESSION")).isNotNull().isNotEqualTo(anonymous);
        assertThat(http.cookies.get("XSRF-TOKEN")).isNotEqualTo(before);
        assertThat(login.cookies().stream().filter(line -> line.startsWith("XSRF-TOKEN=")))
                .hasSize(1);
        assertThat(login.cookies().stream().filter(line -> line.startsWith("SESSION=")))
                .allMatch(line -> line.contains("HttpOnly"));
        Http.Answer whoami = http.page("GET", "/api/whoami", "");
        assertThat(whoami.json().get("name").asString()).isEqualTo("ada@example.test");
        assertThat(whoami.json().get("can_read").asBoolean()).isTrue();
        assertThat(whoami.json().get("authorities").toString()).contains("FACTOR_PASSWORD", "ROLE_ADMIN");
        assertThat(whoami.cookies()).singleElement().asString().startsWith("XSRF-TOKEN=");

        assertThat(http.page("POST", "/logout", "").status()).isEqualTo(204);
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
    }

    @Test
    void postWithoutItsCsrfTokenIs419AndRecovers() {
        http.signIn("ada@example.test");

        Http.Answer refused =
                http.withCookies("POST", "/api/orders", "{}", http.origin(), "Content-Type: application/json");

        assertThat(refused.status()).isEqualTo(419);
        assertThat(refused.json().get("message").asString()).isEqualTo("CSRF token mismatch.");
        assertThat(refused.cookies()).anyMatch(line -> line.startsWith("XSRF-TOKEN="));
        assertThat(http.page("POST", "/api/orders", "{}").status()).isEqualTo(200);
        String token = http.cookies.get("XSRF-TOKEN");
        assertThat(http.withCookies(
                                "POST",
                                "/api/orders",
                                "{}",
                                http.origin(),
                                "X-CSRF-TOKEN: " + token,
                                "Content-Type: application/json")
                        .status())
                .isEqualTo(200);
        assertThat(http.withCookies(
                                "POST",
                                "/api/orders",
                                "{}",
                                http.origin(),
                                "X-CSRF-TOKEN: stale",
                                "X-XSRF-TOKEN: " + token,
                                "Content-Type: application/json")
                        .status())
                .isEqualTo(200);
        assertThat(http.withCookies(
                                "POST",
                                "/api/orders?_token=" + token,
                                "{}",
                                http.origin(),
                                "Content-Type: application/json")
                        .status())
                .isEqualTo(419);
    }

    @Test
    void formFieldCountsAndTheQueryDoesNot() {
        http.signIn("ada@example.test");
        String token = http.cookies.get("XSRF-TOKEN");
        String form = "Content-Type: application/x-www-form-urlencoded";

        for (String name : List.of("_token", "%5Ftoken", "%5f%74oken")) {
            assertThat(http.withCookies("POST", "/logout?" + name + "=" + token, "a=b", http.origin(), form)
                            .status())
                    .as(name)
                    .isEqualTo(419);
        }
        assertThat(http.withCookies("POST", "/logout", "_token=" + token, http.origin(), form)
                        .status())
                .isEqualTo(204);
    }

    @Test
    void passwordChangeEndsTheSessionsOfTheOldOne() {
        people.put("eve@example.test", true, Instant.EPOCH, "ROLE_USER");
        http.signIn("eve@example.test");
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);

        people.put("eve@example.test", true, Instant.EPOCH, "ROLE_USER"); // the same password, hashed anew

        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
        assertThat(http.signIn("eve@example.test").status()).isEqualTo(204);
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
    }

    /** Who signed in by other means, or has lost the password to a single sign-on. */
    @Test
    void ownerWithoutAPasswordIsNoError() {
        people.put("eve@example.test", true, Instant.EPOCH, "ROLE_USER");
        http.signIn("eve@example.test");
        people.all.put("eve@example.test", new App.Person("eve@example.test", "", true, Instant.EPOCH, "ROLE_USER"));

        Http.Answer confirmed = http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}");

        assertThat(confirmed.status()).isIn(401, 422);
        assertThat(http.signIn("eve@example.test").status()).isEqualTo(422);
        assertThat(http.get("/api/whoami", bearer(issue(Owner.of("user", "eve@example.test"))))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void formSignsInWithItsTokenInAField() {
        http.page("GET", "/sanctum/csrf-cookie", "");

        Http.Answer answer = http.withCookies(
                "POST",
                "/login",
                "email=ada%40example.test&password=correct+horse+battery+staple&_token="
                        + http.cookies.get("XSRF-TOKEN"),
                "Content-Type: application/x-www-form-urlencoded",
                http.origin());

        assertThat(answer.status()).isEqualTo(204);
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
    }

    @Test
    void refusalTellsTheCsrfTokenToo() {
        http.page("GET", "/sanctum/csrf-cookie", "");

        Http.Answer answer = http.page("GET", "/api/whoami", "");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.cookies()).anyMatch(line -> line.startsWith("XSRF-TOKEN="));
    }

    @Test
    void csrfTokenOfAnotherSessionIsWorthNothing() {
        http.signIn("ada@example.test");
        Http other = new Http(port);
        other.signIn("bob@example.test");
        http.cookies.put("XSRF-TOKEN", other.cookies.get("XSRF-TOKEN"));

        assertThat(http.page("POST", "/api/orders", "{}").status()).isEqualTo(419);
    }

    @Test
    void foreignRequestDoesNotHaveTheSession() {
        http.signIn("ada@example.test");
        String referer = "Referer: http://localhost:" + port + "/page";

        for (List<String> headers : List.of(
                List.<String>of(),
                List.of("Origin: https://evil.test"),
                List.of("Origin: null"),
                List.of("Origin: null", referer),
                List.of("Origin: https://evil.test", referer, "Sec-Fetch-Site: same-origin"),
                List.of("Sec-Fetch-Site: cross-site", referer),
                List.of("Sec-Fetch-Site: none", referer),
                List.of("Referer: https://evil.test/http://localhost:" + port + "/"),
                List.of("Origin: http://localhost:" + port + ".evil.test"),
                List.of("Origin: http://localhost:" + (port + 1)),
                List.of(http.origin(), http.origin()))) {
            Http.Answer answer = http.withCookies("GET", "/api/whoami", "", headers.toArray(String[]::new));
            assertThat(answer.status()).as(headers.toString()).isEqualTo(401);
            assertThat(answer.cookies()).isEmpty();
        }
        for (List<String> headers : List.of(
                List.of(http.origin()),
                List.of(referer),
                List.of("Sec-Fetch-Site: same-origin"),
                List.of("Sec-Fetch-Site: same-site", referer),
                List.of("Referer: localhost:" + port),
                List.of("Origin: https://app.example.test"))) {
            assertThat(http.withCookies("GET", "/api/whoami", "", headers.toArray(String[]::new))
                            .status())
                    .as(headers.toString())
                    .isEqualTo(200);
        }
    }

    @Test
    void signingInTakesAFirstPartyPageAndItsCsrfToken() {
        String body = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}";

        Http.Answer foreign = http.post("/login", body);
        assertThat(foreign.status()).isEqualTo(419);
        assertThat(foreign.cookies()).isEmpty();
        assertThat(http.post("/login", body, "Origin: https://evil.test").status())
                .isIn(403, 419);
        Http.Answer first = http.page("POST", "/login", body);
        assertThat(first.status()).isEqualTo(419);
        assertThat(http.cookies).containsKeys("SESSION", "XSRF-TOKEN");
        assertThat(http.page("POST", "/login", body).status()).isEqualTo(204);
        assertThat(http.page("POST", "/login", body, bearer(issue(ADA, "*"))).status())
                .isEqualTo(403);
    }

    @Test
    void wrongCredentialsAre422() {
        http.page("GET", "/sanctum/csrf-cookie", "");

        Http.Answer answer = http.page("POST", "/login", "{\"email\":\"ada2@example.test\",\"password\":\"wrong\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("errors").get("email").get(0).asString())
                .isEqualTo("These credentials do not match our records.");
        assertThat(answer.cookies()).anyMatch(line -> line.startsWith("XSRF-TOKEN="));
    }

    @Test
    void sessionOfADisabledDeletedOrChangedOwnerIsCurrentAtOnce() {
        people.put("eve@example.test", true, Instant.EPOCH, "ROLE_USER", "ROLE_ADMIN");
        http.signIn("eve@example.test");
        assertThat(http.page("GET", "/api/whoami", "").json().get("authorities").toString())
                .contains("ROLE_ADMIN");

        people.change("eve@example.test", true, "ROLE_USER");
        assertThat(http.page("GET", "/api/whoami", "").json().get("authorities").toString())
                .doesNotContain("ROLE_ADMIN");
        people.down = true;
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(503);
        people.down = false;
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
        people.change("eve@example.test", false, "ROLE_USER");
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
        people.change("eve@example.test", true, "ROLE_USER");
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401); // that session is over
    }

    @Test
    void serverAdoptsNoSessionIdOfAnothersMaking() {
        http.cookies.put("SESSION", "11111111111111111111111111111111");
        http.signIn("ada@example.test");

        assertThat(http.cookies.get("SESSION")).isNotEqualTo("11111111111111111111111111111111");
    }

    /** The chain of the application, or Boot's, would answer 401: a page on another origin could not even sign in. */
    @Test
    void listedPagesMayAskBeforeTheyCallOurEndpoints() {
        for (String path : List.of("/login", "/logout", "/user/confirm-password", "/sanctum/csrf-cookie")) {
            Http.Answer answer = http.send(
                    "OPTIONS",
                    path,
                    "",
                    "Access-Control-Request-Method: " + (path.endsWith("cookie") ? "GET" : "POST"),
                    "Access-Control-Request-Headers: content-type,x-requested-with",
                    "Origin: https://app.example.test");
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.header("Access-Control-Allow-Origin")).as(path).isEqualTo("https://app.example.test");
        }
    }

    @Test
    void listedPagesMayCallFromTheirOriginAndOthersMayNot() {
        String[] preflight = {"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-xsrf-token"};

        Http.Answer ours =
                http.send("OPTIONS", "/api/orders", "", preflight[0], preflight[1], "Origin: https://app.example.test");
        assertThat(ours.status()).isEqualTo(200);
        assertThat(ours.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.test");
        assertThat(ours.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        Http.Answer theirs =
                http.send("OPTIONS", "/api/orders", "", preflight[0], preflight[1], "Origin: https://evil.test");
        assertThat(theirs.header("Access-Control-Allow-Origin")).isNull();
        Http.Answer refused = http.get("/api/whoami", "Origin: https://app.example.test");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.test");
    }
}
