package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.spring.http.Diagnosis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** Whoever is refused while an application is made is told by which rule and what to change. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {"spring.datasource.url=jdbc:h2:mem:diagnosis;DB_CLOSE_DELAY=-1", "sanctum.diagnosis=true"})
class DiagnosisTest extends AppTest {

    @Autowired
    Diagnosis diagnosis;

    private @Nullable String told(Http.Answer answer) {
        return answer.header(Diagnosis.HEADER);
    }

    @Test
    void refusedTokenSaysWhy(CapturedOutput output) {
        NewToken revoked = issue(ADA, "a");
        TokenId id = revoked.token().id();
        tokens.revoke(id);
        NewToken narrow = issue(ADA, "a");

        assertThat(told(http.get("/api/whoami", bearer(revoked)))).contains("revoked");
        assertThat(told(http.get("/api/whoami", "Authorization: Bearer pat_x"))).contains("No such token");
        assertThat(told(http.get("/api/whoami", "Authorization: Bearer"))).contains("one space and one token");
        assertThat(told(http.get("/api/whoami", "Authorization: Bearer a", "Authorization: Bearer b")))
                .contains("Two Authorization headers");
        assertThat(told(http.post("/api/orders", "{}", bearer(narrow))))
                .contains("The token needs the abilities orders:read");
        people.change("ada@example.test", false);
        assertThat(told(http.get("/api/whoami", bearer(narrow)))).contains("disabled");

        assertThat(output).contains("GET /api/whoami -> 401: The token was revoked. Issue another one.");
        assertThat(output.toString())
                .doesNotContain(revoked.plainText().reveal())
                .doesNotContain(narrow.plainText().reveal());
        assertThat(diagnosis.refusals().get(0).finding().rule()).contains("disabled");
    }

    @Test
    void refusedPageSaysWhy() {
        assertThat(told(http.get("/api/whoami"))).contains("none of Origin, Sec-Fetch-Site and Referer");
        assertThat(told(http.get("/api/whoami", "Origin: https://other.test:8443")))
                .contains("'https://other.test:8443' is not listed", "self, https://app.example.test");
        assertThat(told(http.get("/api/whoami", "Sec-Fetch-Site: none"))).contains("Sec-Fetch-Site is 'none'");
        assertThat(told(http.get("/api/whoami", http.origin()))).contains("no cookie 'SESSION'", "with credentials");
        assertThat(told(http.get("/api/whoami", http.origin(), "Cookie: SESSION=gone")))
                .contains("has ended");
        assertThat(told(http.get("/api/whoami", http.origin(), "Cookie: SESSION=a; SESSION=b")))
                .contains("Two cookies");
        assertThat(told(http.get("/api/whoami", "Origin: https://localhost:" + port, "X-Forwarded-Proto: https")))
                .contains("server.forward-headers-strategy");
        http.page("GET", "/sanctum/csrf-cookie", "");
        assertThat(told(http.page("GET", "/api/whoami", ""))).contains("Nobody is signed in");
        assertThat(told(http.post("/login", "{}"))).contains("none of Origin");
    }

    @Test
    void mismatchOfCsrfTokensSaysWhy() {
        String json = "Content-Type: application/json";
        assertThat(told(http.post("/api/orders", "{}", http.origin()))).contains("No session cookie 'SESSION'");
        assertThat(told(http.post("/api/orders", "{}", http.origin(), "Cookie: SESSION=gone")))
                .contains("The session has ended");
        http.signIn("ada@example.test");
        assertThat(told(http.withCookies("POST", "/api/orders", "{}", json, http.origin())))
                .contains("No CSRF token was sent", "X-XSRF-TOKEN");
        assertThat(told(http.withCookies("POST", "/api/orders", "{}", json, http.origin(), "X-XSRF-TOKEN: stale")))
                .contains("of another session");
    }

    @Test
    void whatStrangersSendCannotSplitTheHeader() {
        Http.Answer answer = http.get("/api/whoami", "Origin: https://\u00e4\tevil");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(told(answer)).matches("[\\x20-\\x7e]{1,500}");
        for (int i = 0; i < 150; i++) {
            http.get("/api/whoami?secret=" + i);
        }
        assertThat(diagnosis.refusals())
                .hasSize(100)
                .allMatch(refusal -> refusal.path().equals("/api/whoami"));
    }
}
