package dev.sanctum4j.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.Owner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A command line of an application's own, which {@code docs/guides/approval.md} shows. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class AskTest {

    static final class Cli {

        private final Consumer<String> terminal;

        Cli(Consumer<String> terminal) {
            this.terminal = terminal;
        }

        // tag::ask-and-poll
        String ask(String api, String scope) throws IOException, InterruptedException {
            HttpResponse<String> first =
                    post(api + "/sanctum/device_authorization", "client_id=orders-cli&scope=" + scope);
            if (first.statusCode() != 200) {
                throw new IOException("Nobody can be asked for that: " + first.body());
            }
            String asked = first.body();
            terminal.accept("Open " + value("verification_uri", asked) + " and type " + value("user_code", asked));
            String poll = "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=orders-cli&device_code="
                    + value("device_code", asked);
            for (int interval = Integer.parseInt(value("interval", asked)); ; ) {
                TimeUnit.SECONDS.sleep(interval);
                HttpResponse<String> answer = post(api + "/sanctum/device_token", poll);
                if (answer.statusCode() == 200) {
                    return value("access_token", answer.body());
                }
                String error = answer.statusCode() == 400 ? value("error", answer.body()) : "authorization_pending";
                if (error.equals("slow_down")) {
                    interval += 5;
                } else if (!error.equals("authorization_pending")) {
                    throw new IOException("There is no token: " + error);
                }
            }
        }

        void keep(String token, Path file) throws IOException {
            Files.deleteIfExists(file);
            var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.writeString(Files.createFile(file, mine), token); // nobody else reads it, at no moment
        }
        // end::ask-and-poll

        // tag::ask-and-poll-below
        private static HttpResponse<String> post(String uri, String form) throws IOException, InterruptedException {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(30));
            request.header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form));
            return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        }

        private static String value(String name, String json) throws IOException {
            Matcher found = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
            if (!found.find()) {
                throw new IOException("The answer has no " + name);
            }
            return found.group(1);
        }
        // end::ask-and-poll-below
    }

    private static final Owner ADA = Owner.of("user", "ada@example.test");

    @Autowired
    private Approvals approvals;

    @LocalServerPort
    private int port;

    @TempDir
    private Path folder;

    private String api = "";

    @BeforeEach
    void begin() {
        api = "http://localhost:" + port;
    }

    private ApprovalRequest asked(String said) {
        return approvals.find(said.replaceAll(".* type ", "")).orElseThrow();
    }

    @Test
    void cliAsksAndPollsAndKeeps() throws Exception {
        Cli cli = new Cli(said -> {
            assertThat(said).startsWith("Open " + api + "/connect and type ");
            approvals.allow(asked(said), ADA, Abilities.of(Orders.READ), Duration.ofHours(1), null);
        });

        String token = cli.ask(api, Orders.READ);

        Path file = folder.resolve("token");
        Files.writeString(file, "an older one");
        cli.keep(token, file);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        HttpRequest request = HttpRequest.newBuilder(URI.create(api + "/api/orders"))
                .header("Authorization", "Bearer " + Files.readString(file))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void cliStopsAtANoAndAtWhatCannotBeAsked() {
        Cli cli = new Cli(said -> approvals.deny(asked(said), ADA));

        assertThatThrownBy(() -> cli.ask(api, Orders.READ)).hasMessage("There is no token: access_denied");
        assertThatThrownBy(() -> cli.ask(api, "*")).hasMessageContaining("invalid_scope");
    }
}
