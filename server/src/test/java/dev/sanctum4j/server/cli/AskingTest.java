package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.server.cli.Asking.Question;
import dev.sanctum4j.test.MovableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may say to whoever asks, and how long it is waited for. */
class AskingTest {

    private static final String ASKED = "{\"device_code\":\"secret-code\",\"user_code\":\"BCDF-GHJK\","
            + "\"verification_uri\":\"http://localhost/connect\",\"expires_in\":600,\"interval\":5}";
    private static final String YES =
            "{\"access_token\":\"pat_given\",\"token_type\":\"bearer\",\"expires_in\":3600,\"scope\":\"orders:read\"}";

    private final List<Long> pauses = new ArrayList<>();
    private final List<Given> taken = new ArrayList<>();
    private final MovableClock clock = MovableClock.at(Instant.parse("2026-11-29T08:00:00Z"));
    private FakeServer server;
    private Asking asking;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        asking = new Asking(new Remote(server.url()), clock, time -> {
            pauses.add(time.toSeconds());
            clock.move(time);
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Question ask() throws InterruptedException {
        return asking.ask("sanctum4j on build-7", List.of("orders:read", "orders:write"), Duration.ofHours(1));
    }

    private static String error(String code) {
        return "{\"error\":\"" + code + "\"}";
    }

    private void await(int exitCode, String message) throws InterruptedException {
        Question question = ask();
        assertThatThrownBy(() -> asking.await(question, taken::add))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(exitCode))
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret-code");
        assertThat(taken).isEmpty();
    }

    @Test
    void asksAndPollsAsTheServerWantsIt() throws Exception {
        server.answers(200, ASKED)
                .answers(400, error("authorization_pending"))
                .answers(400, error("slow_down"))
                .answers(400, error("authorization_pending"))
                .answers(400, error("slow_down"))
                .answers(200, YES);

        Question question = ask();
        Given given = asking.await(question, taken::add);

        assertThat(question.userCode()).isEqualTo("BCDF-GHJK");
        assertThat(question.page()).isEqualTo("http://localhost/connect");
        assertThat(given.token()).isEqualTo("pat_given");
        assertThat(given.lifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(taken).containsExactly(given);
        assertThat(pauses).containsExactly(5L, 5L, 10L, 10L, 15L);
        assertThat(server.asked.get(0))
                .isEqualTo("POST /sanctum/device_authorization [] client_id=sanctum4j&client_name=sanctum4j+on+build-7"
                        + "&scope=orders%3Aread+orders%3Awrite&lifetime=3600");
        assertThat(server.asked.get(5))
                .isEqualTo("POST /sanctum/device_token [] grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3A"
                        + "device_code&device_code=secret-code&client_id=sanctum4j");
        assertThat(question + " " + given).doesNotContain("secret-code", "pat_given");
    }

    @Test
    void whoeverGetsNoAnswerAsksLessAndLessOften() throws Exception {
        server.answers(200, ASKED)
                .isAway()
                .answers(503, "Retry-After", "40")
                .answers(429, "Retry-After", "7")
                .isAway()
                .answers(200, YES);

        asking.await(ask(), taken::add);

        assertThat(pauses).containsExactly(5L, 10L, 40L, 60L, 60L);
        assertThat(taken).hasSize(1);
    }

    @Test
    void noIsNoAndLateIsLate() throws Exception {
        server.answers(200, ASKED).answers(400, error("access_denied"));
        await(ExitCode.REFUSED, "Denied: somebody said no.");
        server.answers(200, ASKED).answers(400, error("expired_token"));
        await(ExitCode.EXPIRED, "Nobody answered in time. Ask again.");
        server.answers(200, ASKED)
                .answers(
                        400,
                        "{\"error\":\"invalid_grant\",\"error_description\":\"There is no such\\u001b[2J code.\"}");
        await(ExitCode.REFUSED, "The server answered 400: There is no such?[2J code.");
        assertThat(server.asked).noneMatch(asked -> asked.startsWith("DELETE"));
    }

    /** The server need not be there to say that it is too late. */
    @Test
    void waitingHasAnEnd() throws Exception {
        server.answers(200, ASKED.replace("600", "30").replace(":5}", ":20}")).isAway();

        await(ExitCode.EXPIRED, "Nobody answered in time");

        assertThat(pauses).containsExactly(20L, 40L);
        server.answers(200, ASKED.replace("600", "99999999999").replace(":5}", ":-3}"))
                .answers(200, YES);
        pauses.clear();
        Question question = ask();
        assertThat(question.end()).isEqualTo(clock.instant().plus(Duration.ofMinutes(30)));
        asking.await(question, taken::add);
        assertThat(pauses).containsExactly(1L);
    }

    @Test
    void tokenThatNobodyTakesIsEnded() throws Exception {
        server.answers(200, ASKED).answers(200, YES).answers(204, "");
        Question question = ask();

        assertThatThrownBy(() -> asking.await(question, given -> {
                    throw new RefusedException("The disk is full.");
                }))
                .hasMessage("The disk is full.");

        assertThat(server.asked.get(2)).isEqualTo("DELETE /api/tokens/current [Bearer pat_given] ");
    }

    @Test
    void tokenThatComesAfterASignalIsEnded() throws Exception {
        server.answers(200, ASKED).answers(200, YES).answers(204, "");
        Question question = ask();
        asking.stop();

        assertThatThrownBy(() -> asking.await(question, taken::add)).hasMessage("Stopped.");

        assertThat(taken).isEmpty();
        assertThat(server.asked.get(2)).startsWith("DELETE /api/tokens/current ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "", "<html>", "{\"device_code\":\"x\",\"user_code\":\"\"}"})
    void whatIsNoAnswerIsSaid(String body) {
        server.answers(200, body);

        assertThatThrownBy(this::ask)
                .hasMessage("The server answered 200: that is no answer of Sanctum4j. Is it the right URL?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/passwd", "http://elsewhere.example.com/", "https://a@b.example.com", "calc.exe"})
    void pageThatIsNoneIsNotOpened(String page) {
        server.answers(200, ASKED.replace("http://localhost/connect", page));

        assertThatThrownBy(this::ask).hasMessageContaining("names a page that cannot be opened from here: " + page);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pat_a b", "pat_\\r\\nHost: x", "", "pät"})
    void whatIsNoTokenIsNotKept(String token) throws Exception {
        server.answers(200, ASKED).answers(200, YES.replace("pat_given", token));

        await(ExitCode.REFUSED, "gave nothing that is a token");
    }

    @Test
    void serverThatCannotBeAskedIsToldApart() throws Exception {
        server.answers(404, "{}");
        assertThatThrownBy(this::ask).hasMessageContaining("programs cannot ask there");
        server.answers(429, "Retry-After", "31");
        assertThatThrownBy(this::ask).hasMessage("Too much was asked from here. Try again in 31 seconds.");
        server.answers(503, "{\"detail\":\"The token store could not be asked.\"}");
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                .hasMessage("The server answered 503: The token store could not be asked.");
        server.answers(400, "{\"error\":\"invalid_scope\",\"error_description\":\"There is no ability 'x'.\"}");
        assertThatThrownBy(this::ask)
                .hasMessage(
                        "The server answered 400: There is no ability 'x'. You can ask for what the server's page of"
                                + " tokens lists; sanctum.abilities.described adds to it.");
        server.isAway();
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                .hasMessageStartingWith("The server could not be asked (");
    }
}
