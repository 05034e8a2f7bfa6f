package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A page that asks who is signed in before anything else, as clients of Sanctum do, and lives on the cookies that come with the no. */
class FirstLoadTest extends AppTest {

    private static final String LOGIN = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"}";

    /** nuxt-auth-sanctum's own: "sets CSRF cookie on first load". */
    @Test
    void setsCsrfCookieOnFirstLoad() {
        Http.Answer first = http.page("GET", "/api/whoami", "");

        assertThat(first.status()).isEqualTo(401);
        assertThat(first.header("Cache-Control")).isEqualTo("no-store");
        assertThat(first.json().get("message").asString()).isEqualTo("Unauthenticated.");
        assertThat(http.cookies).containsOnlyKeys("SESSION", "XSRF-TOKEN");
    }

    @Test
    void signsInWithoutAskingForTheCsrfCookie() {
        http.page("GET", "/api/whoami", "");
        Map<String, String> before = Map.copyOf(http.cookies);

        assertThat(http.page("POST", "/login", LOGIN).status()).isEqualTo(204);

        assertThat(http.page("GET", "/api/whoami", "").json().get("name").asString())
                .isEqualTo("ada@example.test");
        assertThat(http.cookies.get("SESSION")).isNotEqualTo(before.get("SESSION")); // or one could be planted
        assertThat(http.cookies.get("XSRF-TOKEN")).isNotEqualTo(before.get("XSRF-TOKEN"));
        Http planted = new Http(port);
        planted.cookies.putAll(before);
        assertThat(planted.page("GET", "/api/whoami", "").status()).isEqualTo(401);
    }

    @Test
    void signsInAgainAfterSigningOut() {
        http.page("GET", "/api/whoami", "");
        for (int time = 0; time < 3; time++) {
            Map<String, String> before = Map.copyOf(http.cookies);
            assertThat(http.page("POST", "/login", LOGIN).status()).isEqualTo(204);
            assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(200);
            assertThat(http.page("POST", "/logout", "").status()).isEqualTo(204);
            assertThat(http.cookies)
                    .containsOnlyKeys("SESSION", "XSRF-TOKEN")
                    .satisfies(now -> assertThat(now.values()).doesNotContainAnyElementsOf(before.values()));
        }
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
    }

    @Test
    void headDoesAsWellAndNothingElse() {
        assertThat(http.page("HEAD", "/api/whoami", "").status()).isEqualTo(401);
        assertThat(http.cookies).containsOnlyKeys("SESSION", "XSRF-TOKEN");
        Http.Answer options = http.send("OPTIONS", "/api/whoami", "", http.origin());
        assertThat(options.status()).isEqualTo(401);
        assertThat(options.cookies()).isEmpty();
    }

    @Test
    void nobodyButAListedPageWithoutATokenGetsThem() {
        String dead = "Cookie: SESSION=ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ";
        for (List<String> headers : List.of(
                List.<String>of(),
                List.of("Origin: https://evil.test"),
                List.of("Origin: null"),
                List.of("Sec-Fetch-Site: cross-site", "Referer: http://localhost:" + port + "/"),
                List.of(http.origin(), "Authorization: Bearer pat_unknown"),
                List.of(http.origin(), "Authorization: Bearer"),
                List.of(http.origin(), dead + "; SESSION=two"),
                List.of("Origin: https://evil.test", dead),
                List.of(http.origin(), "Connection: Upgrade", "Upgrade: websocket"))) {
            Http.Answer answer = http.get("/api/whoami", headers.toArray(String[]::new));
            assertThat(answer.status()).as(headers.toString()).isEqualTo(401);
            assertThat(answer.cookies()).as(headers.toString()).isEmpty();
        }
        assertThat(http.get("/api/whoami", "Referer: http://localhost:" + port + "/page")
                        .cookies())
                .hasSize(2);
        assertThat(http.get("/api/whoami", http.origin(), dead).cookies()).hasSize(2);
    }

    /** Whoever asks again keeps the session, and is told both again. */
    @Test
    void liveSessionIsKept() {
        http.page("GET", "/api/whoami", "");
        Map<String, String> before = Map.copyOf(http.cookies);

        Http.Answer again = http.page("GET", "/api/whoami", "");

        assertThat(again.status()).isEqualTo(401);
        assertThat(again.cookies()).hasSize(2);
        assertThat(http.cookies).isEqualTo(before);
    }

    /** A browser opens six connections: the seventh of ten requests has the pair of one answer, and is answered after another came. */
    @Test
    void lateAnswerSetsNoHalfOfAPair() {
        Http.Answer first = http.get("/api/whoami", http.origin());
        Http.Answer other = http.get("/api/whoami", http.origin());
        Http seventh = new Http(port);
        keep(seventh, first);
        Http.Answer late = seventh.page("GET", "/api/whoami", "");

        for (Http.Answer answer : List.of(first, other, late)) {
            keep(http, answer);
        }

        assertThat(http.page("POST", "/login", LOGIN).status()).isEqualTo(204);
    }

    @Test
    void endedSessionIsReplaced() {
        http.signIn("ada@example.test");
        people.all.remove("ada@example.test");

        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
        people.reset();
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
        assertThat(http.page("POST", "/login", LOGIN).status()).isEqualTo(204);
    }

    /** None of them brings a cookie, so each gets a session: whichever answer the browser reads last, its pair works. */
    @Test
    void tenAtOnceEndInOnePairThatWorks() throws Exception {
        List<Http.Answer> answers = atOnce(10, () -> new Http(port).page("GET", "/api/whoami", ""));

        for (Http.Answer last : answers) {
            assertThat(last.cookies()).hasSize(2);
            Http page = new Http(port);
            answers.forEach(answer -> keep(page, answer));
            keep(page, last);
            assertThat(page.page("POST", "/login", LOGIN).status()).isEqualTo(204);
        }
        assertThat(answers.stream().map(Http.Answer::cookies).distinct()).hasSize(10);
    }

    /** Were two answers ever mixed, the first refusal would tell the token that belongs to the session. */
    @Test
    void mixedPairIsRightAfterOneRefusal() {
        Http.Answer one = http.get("/api/whoami", http.origin());
        Http.Answer other = http.get("/api/whoami", http.origin());
        keep(http, one);
        String session = http.cookies.get("SESSION");
        keep(http, other);
        http.cookies.put("SESSION", session);

        assertThat(http.page("POST", "/login", LOGIN).status()).isEqualTo(419);
        assertThat(http.page("POST", "/login", LOGIN).status()).isEqualTo(204);
    }

    private static void keep(Http page, Http.Answer answer) {
        for (String cookie : answer.cookies()) {
            String[] pair = cookie.split(";", 2)[0].split("=", 2);
            page.cookies.put(pair[0], pair[1]);
        }
    }

    private static <T> List<T> atOnce(int count, Callable<T> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<T>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> one : all) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
