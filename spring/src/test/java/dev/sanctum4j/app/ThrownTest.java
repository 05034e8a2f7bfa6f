package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.AdmissionRule;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.server.ResponseStatusException;

/** What an application's own code throws in place of an answer, at every door: what it means does not depend on who is asked, nor where. */
@Import({WebSocketTest.Broker.class, ThrownTest.Rule.class})
@TestPropertySource(
        properties = {"spring.datasource.url=jdbc:h2:mem:thrown;DB_CLOSE_DELAY=-1", "sanctum.websocket.path=/ws"})
@ExtendWith(OutputCaptureExtension.class)
class ThrownTest extends AppTest {

    private static final String CREDENTIALS = "\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\"";

    @TestConfiguration(proxyBeanMethods = false)
    static class Rule {
        volatile @Nullable Throwable thrown;

        @Bean
        AdmissionRule throwing() {
            return (token, request) -> {
                Throwable instead = thrown;
                if (instead != null) {
                    throw App.<RuntimeException>sneaky(instead);
                }
                return Optional.empty();
            };
        }
    }

    @Autowired
    Rule rule;

    @AfterEach
    void throwNothing() {
        rule.thrown = null;
    }

    private static Stream<Throwable> refusals() {
        return Stream.of(
                new UsernameNotFoundException("on purpose"),
                new DisabledException("on purpose"),
                new LockedException("on purpose"),
                new AccountExpiredException("on purpose"),
                new CredentialsExpiredException("on purpose"),
                new BadCredentialsException("on purpose"),
                new EmptyResultDataAccessException("on purpose", 1),
                new AuthenticationServiceException("on purpose", new DisabledException("on purpose")),
                new IllegalStateException("on purpose", new DisabledException("on purpose")),
                new UndeclaredThrowableException(new ExecutionException(new BadCredentialsException("on purpose"))));
    }

    private static Stream<Throwable> outages() {
        return Stream.of(
                new DataAccessResourceFailureException("on purpose"),
                new CannotCreateTransactionException("on purpose"),
                new AuthenticationServiceException("on purpose"),
                new TokenStoreException("on purpose", new SQLException("on purpose", "22021")),
                new UsernameNotFoundException("on purpose", new DataAccessResourceFailureException("on purpose")),
                new DisabledException("on purpose", new SQLException("on purpose", "08006")),
                new IllegalStateException("on purpose", new SQLException("on purpose", "57P01")),
                new SQLException("on purpose", "08006"),
                new IOException("on purpose"),
                new UncheckedIOException(new ConnectException("on purpose")),
                new CompletionException(new IOException("on purpose")),
                new ResourceAccessException("on purpose"));
    }

    private static Stream<Throwable> faults() {
        return Stream.of(
                new IllegalStateException("on purpose"),
                new NullPointerException("on purpose"),
                new IllegalStateException("on purpose", new SQLException("on purpose", "42601")),
                new SQLException("on purpose", "42601"),
                new NoSuchBeanDefinitionException("on purpose"),
                new ResponseStatusException(HttpStatus.NOT_FOUND, "on purpose"),
                new UncheckedIOException(new IOException("on purpose")),
                new NoClassDefFoundError("on purpose"),
                new StackOverflowError("on purpose"),
                new AssertionError("on purpose"));
    }

    /** What is thrown, also as Spring's provider wraps it, and what that means. */
    static Stream<Arguments> thrown() {
        List<Arguments> all = new ArrayList<>();
        Map.of(401, refusals(), 503, outages(), 500, faults())
                .forEach((status, kinds) -> kinds.forEach(thrown -> {
                    all.add(Arguments.of(thrown, status));
                    all.add(Arguments.of(new InternalAuthenticationServiceException("on purpose", thrown), status));
                }));
        ProblemException chosen = new ProblemException(Problem.tooMany(Duration.ofSeconds(7)));
        all.add(Arguments.of(chosen, 429));
        all.add(Arguments.of(new InternalAuthenticationServiceException("on purpose", chosen), 429));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void meansTheSameAtEveryDoor(Throwable thrown, int status, CapturedOutput output) {
        NewToken token = issue(ADA, "*");
        String shown = bearer(token);
        Map<String, Integer> answers = new LinkedHashMap<>();

        rule.thrown = thrown;
        answers.put("token, by a rule", answer(http.get("/api/whoami", shown)));
        answers.put("handshake, by a rule", connected(shown, ""));
        answers.put("frame, by a rule", connected("", shown));
        rule.thrown = null;

        people.thrown = thrown;
        int before = output.getAll().length();
        answers.put("token", answer(http.get("/api/whoami", shown)));
        assertTold(output.getAll().substring(before), status);
        answers.put("handshake", connected(shown, ""));
        answers.put("frame", connected("", shown));
        answers.put("session", answer(signedIn(thrown).page("GET", "/api/whoami", "")));
        answers.put(
                "confirmation",
                answer(signedIn(thrown)
                        .page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}")));
        answers.put("handshake of a session", connected(signedIn(thrown).origin(), ""));
        assertThat(answers)
                .allSatisfy((door, answer) -> assertThat(answer).as(door).isEqualTo(status));

        Http other = new Http(port);
        other.page("GET", "/sanctum/csrf-cookie", "");
        int byPassword = status == 401 ? 422 : status;
        assertThat(answer(other.page("POST", "/login", "{" + CREDENTIALS + "}")))
                .isEqualTo(byPassword);
        assertThat(answer(http.post("/sanctum/token", "{" + CREDENTIALS + ",\"device_name\":\"laptop\"}")))
                .isEqualTo(byPassword);
    }

    /** One line for a no, one trace for a fault, and an outage is told once a minute. */
    private static void assertTold(String log, int status) {
        List<String> lines = log.lines()
                .filter(line -> line.matches(".*(INFO|WARN|ERROR).*Owners .*"))
                .toList();
        if (status == 401) {
            assertThat(lines).singleElement().asString().contains("INFO", "Not let in: the owner");
        } else if (status == 500) {
            assertThat(lines).singleElement().asString().contains("ERROR", "Not answered: the owner");
            assertThat(log).contains("\n\tat ");
        } else {
            assertThat(lines).isEmpty();
        }
    }

    private Http signedIn(Throwable thrown) {
        people.thrown = null;
        Http page = new Http(port);
        assertThat(page.signIn("ada@example.test").status()).isEqualTo(204);
        people.thrown = thrown;
        cookie = "Cookie: SESSION=" + page.cookies.get("SESSION");
        return page;
    }

    private String cookie = "";

    private static int answer(Http.Answer answer) {
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        String challenge = answer.header("WWW-Authenticate");
        assertThat(challenge == null || challenge.startsWith("Bearer")).isTrue();
        assertThat(answer.body()).doesNotContain("on purpose");
        if (answer.status() == 503) {
            assertThat(answer.header("Retry-After")).isNotNull();
        }
        return answer.status();
    }

    /** What comes of a handshake with this header, and of a CONNECT with that one. */
    private int connected(String handshake, String connect) {
        CompletableFuture<String> first = new CompletableFuture<>();
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (!handshake.isEmpty()) {
            builder.header(handshake.split(": ", 2)[0], handshake.split(": ", 2)[1]);
        }
        if (handshake.startsWith("Origin")) {
            builder.header("Cookie", cookie.split(": ", 2)[1]);
        }
        WebSocket socket;
        try {
            socket = builder.buildAsync(URI.create("ws://localhost:" + port + "/ws"), new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onText(WebSocket one, CharSequence text, boolean last) {
                            first.complete(text.toString());
                            return null;
                        }
                    })
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
        try {
            socket.sendText(
                            "CONNECT\naccept-version:1.2\n"
                                    + (connect.isEmpty() ? "" : connect.replace(": ", ":") + "\n") + "\n\0",
                            true)
                    .join();
            String frame = first.get(30, TimeUnit.SECONDS);
            assertThat(frame).doesNotContain("on purpose");
            return frame.startsWith("CONNECTED")
                    ? 200
                    : frame.contains("message:Unauthenticated.")
                            ? 401
                            : frame.contains("message:Service Unavailable.")
                                    ? 503
                                    : frame.contains("message:Too Many Requests.")
                                            ? 429
                                            : frame.contains("message:Internal Server Error.") ? 500 : 0;
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            socket.abort();
        }
    }
}
