package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.SecretHash;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** R35: everything logs at TRACE, and no secret is in it. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        locations = "classpath:logs-without-secrets.properties",
        properties = {
            "logging.level.root=TRACE",
            "logging.level.org.apache.tomcat.util.net=INFO",
            "spring.datasource.url=jdbc:h2:mem:logs;DB_CLOSE_DELAY=-1"
        })
class LogTest extends AppTest {

    @Test
    void noSecretIsInAnyLog(CapturedOutput output) {
        http.signIn("ada@example.test");
        Http.Answer made = http.page("POST", "/api/tokens", "{\"name\":\"CI\",\"abilities\":[\"orders:read\"]}");
        String text = made.json().get("token").asString();
        NewToken direct = issue(ADA, "*");
        String unknown = "pat_unknownunknownunknownunknown";
        String exchanged = http.post(
                        "/sanctum/token",
                        "{\"email\":\"bob@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"d\"}")
                .body();
        http.post(
                "/sanctum/token",
                "{\"email\":\"bob@example.test\",\"password\":\"hunter2-hunter2\",\"device_name\":\"d\"}");
        http.get("/api/orders", "Authorization: Bearer " + text);
        http.get("/api/whoami", bearer(direct));
        http.get("/api/whoami", "Authorization: Bearer " + unknown);
        http.get("/api/broken", bearer(direct));
        http.post("/api/orders", "broken", bearer(direct));
        tokens.revoke(direct.token().id());
        http.get("/api/whoami", bearer(direct));
        people.down = true;
        http.get("/api/whoami", "Authorization: Bearer " + text);

        assertThat(output.getAll()).contains("TRACE"); // or this test would see nothing
        for (String secret : List.of(
                text,
                direct.plainText().reveal(),
                unknown,
                exchanged,
                App.PASSWORD,
                "hunter2-hunter2",
                String.valueOf(http.cookies.get("XSRF-TOKEN")),
                String.valueOf(http.cookies.get("SESSION")))) {
            assertThat(output.getAll().contains(secret))
                    .as("a secret of " + secret.length() + " characters")
                    .isFalse();
        }
        for (String token : List.of(text, direct.plainText().reveal(), exchanged)) {
            assertThat(output.getAll().contains(SecretHash.of(token).toHex())).isFalse();
        }
    }
}
