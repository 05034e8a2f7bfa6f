package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** A password that was given too long ago is asked for again. */
@Import(StepUpTest.Time.class)
@TestPropertySource(
        properties = {"spring.datasource.url=jdbc:h2:mem:stepup;DB_CLOSE_DELAY=-1", "sanctum.spa.confirm-within=15m"})
class StepUpTest extends AppTest {

    /** A clock that the test moves. */
    static final class MovedClock extends Clock {
        volatile Instant now = Instant.parse("2026-11-24T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Time {
        @Bean
        MovedClock clock() {
            return new MovedClock();
        }
    }

    @Autowired
    MovedClock clock;

    private static final String TOKEN = "{\"name\":\"x\",\"abilities\":[\"a\"]}";

    private int confirm(String password) {
        return http.page("POST", "/user/confirm-password", "{\"password\":\"" + password + "\"}")
                .status();
    }

    @Test
    void creatingATokenAsksForThePasswordAgain() {
        http.signIn("ada@example.test");
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);
        clock.now = clock.now.plus(Duration.ofMinutes(15));
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);
        clock.now = clock.now.plusSeconds(1);

        Http.Answer refused = http.page("POST", "/api/tokens", TOKEN);

        assertThat(refused.status()).isEqualTo(423);
        assertThat(refused.json().get("message").asString()).isEqualTo("Password confirmation required.");
        assertThat(confirm("wrong")).isEqualTo(422);
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(423);
        assertThat(confirm(App.PASSWORD)).isEqualTo(201);
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);
        assertThat(http.page("GET", "/api/tokens", "").status()).isEqualTo(200); // looking needs no confirmation
    }

    /** What was made under a key is told to nobody who could not have it made. */
    @Test
    void confirmationIsAskedForBeforeAnIdempotencyKey() {
        http.signIn("ada@example.test");
        String key = "Idempotency-Key: k";
        assertThat(http.page("POST", "/api/tokens", TOKEN, key).status()).isEqualTo(201);
        clock.now = clock.now.plus(Duration.ofMinutes(9));
        assertThat(http.page("POST", "/api/tokens", TOKEN, key).status()).isEqualTo(200);
        clock.now = clock.now.plus(Duration.ofMinutes(7));

        assertThat(http.page("POST", "/api/tokens", TOKEN, key).status()).isEqualTo(423);
        assertThat(confirm(App.PASSWORD)).isEqualTo(201);
        assertThat(http.page("POST", "/api/tokens", TOKEN, key).status())
                .as("after more than ten minutes")
                .isEqualTo(201);
        clock.now = clock.now.plus(Duration.ofMinutes(5));
        assertThat(http.page("POST", "/api/tokens", TOKEN, key).status()).isEqualTo(200);
    }

    @Test
    void confirmationByAClockThatWasSetBackCountsNoMore() {
        http.signIn("ada@example.test");
        clock.now = clock.now.plus(Duration.ofDays(365));
        assertThat(confirm(App.PASSWORD)).isEqualTo(201);
        clock.now = clock.now.minus(Duration.ofDays(365));

        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(423);
        assertThat(confirm(App.PASSWORD)).isEqualTo(201);
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);
    }

    @Test
    void tokenNeverConfirmsAndAManagingTokenIsExempt() {
        String manager = bearer(issue(ADA, "a", "tokens:manage"));
        clock.now = clock.now.plus(Duration.ofDays(1));

        assertThat(http.post("/api/tokens", TOKEN, manager).status()).isEqualTo(201);
        assertThat(http.post("/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}", manager)
                        .status())
                .isEqualTo(403);
        assertThat(http.post("/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}")
                        .status())
                .isEqualTo(419);
        assertThat(new Http(port).page("POST", "/user/confirm-password", "{}").status())
                .isEqualTo(419);
    }
}
