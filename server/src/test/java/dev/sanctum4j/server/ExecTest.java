package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** {@code sanctum4j exec} as a program of its own, before a server. */
@DisabledOnOs(OS.WINDOWS)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.datasource.url=jdbc:h2:mem:exec;DB_CLOSE_DELAY=-1", "management.server.port=0"})
class ExecTest {

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @TempDir
    private Path folder;

    private Account ada;
    private NewToken parent;

    @BeforeEach
    void parent() {
        ada = accounts.findByEmail("ada@example.test")
                .or(() -> accounts.create("Ada", "ada@example.test", "correct horse battery", Account.Role.USER))
                .orElseThrow();
        parent = tokens.issue(TokenRequest.of(ada.owner(), "harness", "orders:read", "tokens:delegate"));
    }

    private record Ended(int code, String out, String err) {}

    private Process start(Map<String, String> more, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sanctum4j.server.SanctumServer",
                "exec"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(file("out"))
                .redirectError(file("err"));
        Map<String, String> variables = builder.environment();
        variables.put("SANCTUM_URL", "http://localhost:" + port);
        variables.put("SANCTUM_PARENT_TOKEN", parent.plainText().reveal());
        variables.put("SANCTUM_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/nothing"); // nobody asks it
        variables.putAll(more);
        variables.values().removeIf(String::isEmpty);
        return builder.start();
    }

    private File file(String name) {
        return folder.resolve(name).toFile();
    }

    private Ended ended(Process process) throws Exception {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    private Ended run(Map<String, String> more, String... arguments) throws Exception {
        return ended(start(more, arguments));
    }

    private static String[] running(String script) {
        return new String[] {"--ability", "orders:read", "--actor", "claude-code, run 8f3c", "--", "sh", "-c", script};
    }

    private List<AccessToken> alive() {
        return tokens.list(ada.owner()).stream()
                .filter(token -> parent.token().id().equals(token.issuedBy()))
                .toList();
    }

    /** The login of who starts it may do more than its own token. */
    @Test
    void tokenThatSomebodyIsSignedInByIsNotHandedOn() throws Exception {
        String[] look = {
            "--ability", "orders:read", "--actor", "run", "--variable", "OWN", "--", "sh", "-c", "env > seen"
        };

        Ended ended = run(Map.of("SANCTUM_TOKEN", "that-of-the-login"), look);

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(Files.readString(folder.resolve("seen")))
                .contains("OWN=")
                .doesNotContain("SANCTUM_TOKEN", "that-of-the-login");
    }

    /** Waits for the command to say its token. */
    private String said() throws Exception {
        for (int i = 0; i < 300; i++) {
            String text = Files.readString(folder.resolve("out"), StandardCharsets.UTF_8);
            if (text.endsWith("\n")) {
                return text.strip();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError(Files.readString(folder.resolve("err")));
    }

    @Test
    void commandHasATokenOfItsOwnWhichEndsWithIt() throws Exception {
        String mine = parent.plainText().reveal();

        Ended ended = run(Map.of(), running("echo " + mine));

        assertThat(ended.code()).as(ended.err()).isEqualTo(2); // the token stands in the command, which is refused
        assertThat(ended.err()).contains("The token stands in the command").doesNotContain(mine);

        Files.writeString(folder.resolve("words"), "replaced");
        ended = run(Map.of(), "--ability", "orders:read", "--actor", "run", "--", "echo", "@words", "@@words");
        assertThat(ended.out().strip()).as(ended.err()).isEqualTo("@words @@words");
        ended = run(Map.of(), "--ability", "orders:read", "--actor", "run", "--variable", "A=B", "--", "echo");
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(alive()).isEmpty();

        Files.writeString(folder.resolve("look"), "env > seen; echo \"$SANCTUM_TOKEN\"; exit 7");
        ended = run(Map.of("OTHER", "Bearer " + mine, "KEPT", "kept"), running(". ./look"));

        assertThat(ended.code()).as(ended.err()).isEqualTo(7);
        String child = ended.out().strip();
        assertThat(Files.readString(folder.resolve("seen")))
                .contains("KEPT=kept", "SANCTUM_TOKEN=" + child)
                .doesNotContain("SANCTUM_PARENT_TOKEN", "OTHER=", mine);
        AccessToken token = tokens.find(child).orElseThrow();
        assertThat(token.actor()).isEqualTo("claude-code, run 8f3c");
        assertThat(token.abilities().names()).containsExactly("orders:read");
        assertThat(token.isRevoked()).isTrue();
        assertThat(alive()).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void tokenIsGoodWhileTheCommandRunsAndForAnHourAtMost() throws Exception {
        Process process = start(Map.of(), running("echo \"$SANCTUM_TOKEN\"; exec sleep 20"));
        String child = said();

        AccessToken token = tokens.find(child).orElseThrow();
        assertThat(token.isRevoked()).isFalse();
        assertThat(token.expiresAt())
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(55)),
                        Instant.now().plus(Duration.ofMinutes(61)));
        process.destroyForcibly(); // which nobody can do anything about
        process.waitFor();
        assertThat(tokens.find(child).orElseThrow().isRevoked()).isFalse();
    }

    @Test
    void signalEndsCommandAndToken() throws Exception {
        for (String signal : List.of("TERM", "INT", "HUP")) {
            Process process = start(
                    Map.of(),
                    running("trap 'echo ended > ended-" + signal + "; exit 9' TERM; echo \"$SANCTUM_TOKEN\";"
                            + " while true; do sleep 0.1; done"));
            String child = said();
            assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();

            Ended ended = ended(process);

            assertThat(ended.code()).as(signal + ended.err()).isEqualTo(9);
            assertThat(folder.resolve("ended-" + signal)).exists();
            assertThat(tokens.find(child).orElseThrow().isRevoked()).isTrue();
        }
    }

    @Test
    void codeOfACommandThatIsKilledIsThatOfTheShell() throws Exception {
        assertThat(run(Map.of(), running("kill -9 $$")).code()).isEqualTo(137);
        assertThat(alive()).isEmpty();
    }

    @Test
    void commandThatCannotBeStartedLeavesNoToken() throws Exception {
        Ended ended = run(Map.of(), "--ability", "orders:read", "--actor", "robot", "--", "/no/such/program", "--flag");

        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.err()).contains("The command could not be started: /no/such/program");
        assertThat(alive()).isEmpty();
    }

    @Test
    void optionsBehindTheCommandAreTheCommands() throws Exception {
        Ended ended = run(
                Map.of(),
                "--ability=orders:read",
                "--actor=robot",
                "--lifetime=30m",
                "--variable=TOKEN",
                "--",
                "sh",
                "-c",
                "echo \"$TOKEN $SANCTUM_TOKEN $0 $1\"",
                "--help",
                "--actor=x");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out().strip()).endsWith("  --help --actor=x").startsWith("pat_");
    }

    @Test
    void whatTheServerRefusesIsNotRun() throws Exception {
        Ended wider = run(Map.of(), "--ability", "orders:write", "--actor", "robot", "--", "touch", "ran");
        assertThat(wider.code()).isEqualTo(1);
        assertThat(wider.err()).contains("The server answered 422: ", "abilities of its own");
        Ended unknown = run(Map.of("SANCTUM_PARENT_TOKEN", "pat_nobody"), running("touch ran"));
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("The server answered 401").doesNotContain("pat_nobody");
        Ended weak = run(
                Map.of(
                        "SANCTUM_PARENT_TOKEN",
                        tokens.issue(TokenRequest.of(ada.owner(), "weak", "*"))
                                .plainText()
                                .reveal()),
                running("touch ran"));
        assertThat(weak.code()).isEqualTo(1);
        assertThat(weak.err()).contains("The server answered 403");
        Ended away = run(Map.of("SANCTUM_URL", "http://127.0.0.1:1"), running("touch ran"));
        assertThat(away.code()).isEqualTo(69);
        for (String url : List.of(
                "http://tokens.example.com",
                "ftp://localhost",
                "https://a:b@localhost",
                "tokens.example.com",
                "https://x/?a=b",
                "http://127.0.0.1.example.com",
                "http://localhost@evil.example")) {
            Ended refused = run(Map.of("SANCTUM_URL", url), running("touch ran"));
            assertThat(refused.code()).as(url + refused.err()).isEqualTo(2);
        }
        assertThat(run(Map.of("SANCTUM_URL", ""), running("touch ran")).err()).contains("Set SANCTUM_URL");
        assertThat(run(Map.of("SANCTUM_PARENT_TOKEN", ""), running("touch ran")).err())
                .contains("Set SANCTUM_PARENT_TOKEN");
        assertThat(run(Map.of(), "--ability", "orders:read", "--", "touch", "ran")
                        .code())
                .isEqualTo(2);
        assertThat(folder.resolve("ran")).doesNotExist();
    }
}
