package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.spa.Tries;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.test.context.TestPropertySource;

/** A database and people that cannot be asked: 503 at every door, and few words in the log, however many ask. */
@Import(OutageLinesTest.Stoppable.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:outagelines;DB_CLOSE_DELAY=-1",
            "logging.level.root=INFO", // another test may have left it at TRACE
            "sanctum.last-used.flush-interval=200ms"
        })
@ExtendWith(OutputCaptureExtension.class)
class OutageLinesTest extends AppTest {

    private static final int ROUNDS = 30;

    private static volatile boolean stopped;

    @TestConfiguration(proxyBeanMethods = false)
    static class Stoppable {

        @Bean
        static BeanPostProcessor stoppable() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource target
                            ? new DelegatingDataSource(target) {
                                @Override
                                public Connection getConnection() throws SQLException {
                                    if (stopped) {
                                        throw new SQLTransientConnectionException("stopped on purpose");
                                    }
                                    return super.getConnection();
                                }
                            }
                            : bean;
                }
            };
        }
    }

    @AfterEach
    void goOn() {
        stopped = false;
    }

    @Test
    void outageIs503AtEveryDoorAndToldOnceForEachKind(CapturedOutput output) throws InterruptedException {
        String token = bearer(issue(ADA, "*"));
        http.signIn("ada@example.test");
        http.get("/api/whoami", token); // leaves a last use to write
        String credentials = "\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"";
        Http other = new Http(port);
        other.page("GET", "/sanctum/csrf-cookie", "");
        Map<String, Supplier<Http.Answer>> doors = new LinkedHashMap<>();
        doors.put("token", () -> http.get("/api/whoami", token));
        doors.put("tokens", () -> http.page("GET", "/api/tokens", ""));
        doors.put("new token", () -> http.page("POST", "/api/tokens", "{\"name\":\"ci\",\"abilities\":[\"a\"]}"));
        doors.put("exchange", () -> http.post("/sanctum/token", "{" + credentials + ",\"device_name\":\"laptop\"}"));
        stopped = true;
        int before = output.getAll().length();
        long begun = System.nanoTime();
        for (int i = 0; i < ROUNDS; i++) {
            Tries.forget(application);
            doors.forEach((door, ask) -> assertUnavailable(door, ask.get()));
        }
        people.down = true;
        doors.put("session", () -> http.page("GET", "/api/whoami", ""));
        doors.put("sign-in", () -> other.page("POST", "/login", "{" + credentials + "}"));
        doors.put(
                "confirmation",
                () -> http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}"));
        for (int i = 0; i < ROUNDS; i++) {
            Tries.forget(application);
            doors.forEach((door, ask) -> assertUnavailable(door, ask.get()));
        }
        Thread.sleep(2_000); // background tasks fail as well
        String log = output.getAll().substring(before);
        int minutes = 1 + (int) TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - begun);
        assertThat(log.lines().filter(line -> line.matches(".*(WARN|ERROR) .*")))
                .as("each kind once a minute")
                .hasSizeBetween(1, 12 * minutes);
        assertThat(log.lines()).hasSizeLessThan(2_000);
    }

    private static void assertUnavailable(String door, Http.Answer answer) {
        assertThat(answer.status()).as(door + " " + answer.body()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).as(door).isEqualTo("1");
        assertThat(answer.header("Content-Type")).as(door).isEqualTo("application/problem+json");
        assertThat(answer.body()).doesNotContain("on purpose");
    }
}
