package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** {@code sanctum4j login} and its kin as programs of their own, before a server where somebody answers. */
@DisabledOnOs(OS.WINDOWS)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:login;DB_CLOSE_DELAY=-1",
            "management.server.port=0",
            "sanctum.abilities.described[0].name=orders:read",
            "sanctum.abilities.described[0].description=Read orders",
            "sanctum.abilities.described[1].name=orders:write",
            "sanctum.abilities.described[1].description=Place orders"
        })
class LoginTest {

    private static final String PASSWORD = "correct horse battery";
    private static final Pattern CODE = Pattern.compile("^ {4}([A-Z]{4}-[A-Z]{4})$", Pattern.MULTILINE);

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private JdbcTemplate jdbc;

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private Account ada;
    private Client page;

    @BeforeEach
    void begin() throws IOException {
        ada = accounts.findByEmail("ada@example.test")
                .or(() -> accounts.create("Ada", "ada@example.test", PASSWORD, Account.Role.USER))
                .orElseThrow();
        tokens.revokeAll(ada.owner());
        jdbc.update("delete from sanctum_requests");
        page = new Client(port);
        assertThat(page.signIn("ada@example.test", PASSWORD)).isEqualTo(204);
        Files.createDirectory(folder.resolve("bin"));
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    private record Ended(int code, String out, String err) {}

    private String server() {
        return "http://localhost:" + port;
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sanctum4j.server.SanctumServer"));
        command.addAll(List.of(arguments));
        return command;
    }

    private Process start(List<String> command, Map<String, String> more) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> name.startsWith("SANCTUM_") || name.startsWith("SSH_"));
        variables.remove("DISPLAY");
        variables.remove("WAYLAND_DISPLAY");
        variables.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
        variables.put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        variables.put("SANCTUM_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/nothing"); // nobody asks it
        variables.putAll(more);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Process start(String... arguments) throws IOException {
        return start(command(arguments), Map.of());
    }

    private Ended ended(Process process) throws Exception {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), out(), err());
    }

    private Ended run(String... arguments) throws Exception {
        return ended(start(arguments));
    }

    private String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    /** Waits for the code that is shown. */
    private String code() throws Exception {
        for (int i = 0; i < 600; i++) {
            Matcher code = CODE.matcher(err());
            if (code.find()) {
                return code.group(1);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError(err());
    }

    private void allow(String code, String abilities) {
        int status = page.page(
                        "POST",
                        "/api/approval/allow",
                        "{\"user_code\":\"" + code + "\",\"account\":\"ada@example.test\",\"abilities\":[" + abilities
                                + "],\"lifetime\":3600}")
                .statusCode();
        assertThat(status).isEqualTo(204);
    }

    private JsonNode asked(String name) {
        return Client.json(page.form(
                "/sanctum/device_authorization", "client_id=order&client_name=" + name + "&scope=orders:read"));
    }

    private int fetch(JsonNode asked) {
        return page.form(
                        "/sanctum/device_token",
                        "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=order&device_code="
                                + asked.get("device_code").asString())
                .statusCode();
    }

    /** Entries of the audit log about a name, in their order. */
    private List<String> entries(String name, int expected) throws Exception {
        String sql = "select event from sanctum_audit where detail like ? order by id";
        Callable<List<String>> found = () -> jdbc.queryForList(sql, String.class, "%" + name + "%");
        Programs.await("the audit log", 60, () -> found.call().size() >= expected);
        return found.call();
    }

    /** Whoever reads it must not find an answer before its question, or a token before the yes. */
    @Test
    void auditLogHasWhatHappenedInItsOrder() throws Exception {
        JsonNode wanted = asked("order-of-a-yes");
        allow(wanted.get("user_code").asString(), "\"orders:read\"");
        assertThat(fetch(wanted)).isEqualTo(200);
        JsonNode refused = asked("order-of-a-no");
        assertThat(page.page(
                                "POST",
                                "/api/approval/deny",
                                "{\"user_code\":\"" + refused.get("user_code").asString() + "\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(fetch(refused)).isEqualTo(400);
        JsonNode takenBack = asked("order-of-another-mind");
        allow(takenBack.get("user_code").asString(), "\"orders:read\"");
        page.page(
                "POST",
                "/api/approval/deny",
                "{\"user_code\":\"" + takenBack.get("user_code").asString() + "\"}");

        assertThat(entries("order-of-a-yes", 4))
                .containsExactly("approval_asked", "approval_allowed", "token_issued", "approval_claimed");
        assertThat(entries("order-of-a-no", 2)).containsExactly("approval_asked", "approval_denied");
        assertThat(entries("order-of-another-mind", 3))
                .containsExactly("approval_asked", "approval_allowed", "approval_denied");
    }

    private Ended login(Map<String, String> more) throws Exception {
        Process process = start(
                command("login", server(), "--ability", "orders:read", "--ability", "orders:write", "--for", "2h"),
                more);
        allow(code(), "\"orders:read\"");
        return ended(process);
    }

    private List<AccessToken> alive() {
        return tokens.list(ada.owner()).stream()
                .filter(token -> !token.isRevoked())
                .toList();
    }

    private String kept() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("config/sanctum4j"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(all.get(0))))
                    .isEqualTo("rw-------");
            return Files.readString(all.get(0));
        }
    }

    private void program(String name, String script) throws IOException {
        Path program = folder.resolve("bin").resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void loginAsksAndKeepsAndLogoutEndsAndForgets() throws Exception {
        Ended in = login(Map.of());

        assertThat(in.code()).as(in.err()).isZero();
        assertThat(in.err())
                .startsWith("Open " + server() + "/connect and type this code:\n\n    ")
                .contains(
                        "You will be asked whether \"sanctum4j on ",
                        "\" may have orders:read, orders:write, for 2 hours.\n",
                        "Allowed: orders:read, for 1 hour. Not allowed: orders:write.\n");
        assertThat(in.out())
                .startsWith("Signed in to " + server() + " as ada@example.test (Ada). The token is kept in "
                        + folder.resolve("config"));
        AccessToken token = alive().get(0);
        Matcher text = Pattern.compile("\"token\":\"(pat_[^\"]+)\"").matcher(kept());
        assertThat(text.find()).isTrue();
        assertThat(tokens.find(text.group(1)).orElseThrow().id()).isEqualTo(token.id());
        assertThat(in.out() + in.err()).doesNotContain("pat_");
        assertThat(folder.resolve("data")).doesNotExist();

        Ended who = run("whoami");
        assertThat(who.code()).as(who.err()).isZero();
        assertThat(who.out())
                .startsWith("server     " + server() + "\naccount    ada@example.test (Ada)\ntoken      " + token.id()
                        + ", sanctum4j on ")
                .contains("\nabilities  orders:read\nexpires    20", "\nkept       in " + folder.resolve("config"))
                .doesNotContain("pat_");
        assertThat(run("whoami", "--json", server().replace("localhost", "LOCALHOST"))
                        .out())
                .startsWith("{\"server\":\"" + server() + "\",\"user\":{\"id\":")
                .contains("\"abilities\":[\"orders:read\"]")
                .doesNotContain("pat_");
        assertThat(run("token").out()).isEqualTo(text.group(1) + "\n");

        Ended again = login(Map.of());
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(alive()).hasSize(1).noneMatch(now -> now.id().equals(token.id()));

        Ended out = run("logout", server());
        assertThat(out.code()).as(out.err()).isZero();
        assertThat(out.out()).isEqualTo("Ended the token on " + server() + ", and forgot it here.\n");
        assertThat(alive()).isEmpty();
        assertThat(folder.resolve("config/sanctum4j")).isEmptyDirectory();
        Ended nobody = run("whoami");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err())
                .isEqualTo("You are signed in nowhere. Say 'sanctum4j login https://… --ability …' first.\n");
        assertThat(run("logout", server()).code()).isEqualTo(1);
    }

    @Test
    void keyringAndBrowserAreUsedWhereTheyAre() throws Exception {
        program("secret-tool", """
                echo "secret-tool $*" >> arguments
                case $1 in
                  store) cat > ring ;;
                  lookup) [ -f ring ] && cat ring ;;
                  clear) rm ring ;;
                esac
                """);
        program("xdg-open", "echo \"xdg-open $*\" >> arguments\n");

        Ended in = login(Map.of("DISPLAY", ":7"));

        assertThat(in.out()).as(in.err()).endsWith("The token is kept in the keyring.\n");
        String token = Files.readString(folder.resolve("ring"));
        assertThat(tokens.find(token)).isPresent();
        assertThat(kept()).doesNotContain("pat_");
        assertThat(run("whoami").out()).contains("kept       in the keyring");
        assertThat(run("token").out()).isEqualTo(token + "\n");
        assertThat(run("logout").out()).isEqualTo("Ended the token on " + server() + ", and forgot it here.\n");
        assertThat(folder.resolve("ring")).doesNotExist();
        assertThat(Files.readString(folder.resolve("arguments")))
                .contains("xdg-open " + server() + "/connect\n")
                .doesNotContain("pat_");

        Files.delete(folder.resolve("arguments"));
        login(Map.of("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"));
        assertThat(Files.readString(folder.resolve("arguments"))).doesNotContain("xdg-open");
    }

    @Test
    void tokenGoesToItsServerAlone() throws Exception {
        assertThat(login(Map.of()).code()).isZero();

        for (String other : List.of("http://127.0.0.1:" + port, "http://localhost:" + (port - 1), server() + "/app")) {
            Ended refused = run("whoami", other);
            assertThat(refused.code()).as(other).isEqualTo(1);
            assertThat(refused.err())
                    .isEqualTo("You are not signed in to " + other + ". Say 'sanctum4j login " + other
                            + " --ability …'.\n");
        }
        for (String none : List.of("http://localhost.:" + port, "http://ada@localhost:" + port)) {
            assertThat(run("token", none).code()).as(none).isEqualTo(2);
        }
        assertThat(run("whoami", "http://tokens.example.com").err())
                .isEqualTo("A token is sent over https only, and over http to this machine.\n");
    }

    /** One in the environment is for the server in the environment. */
    @Test
    void environmentWinsForItsServerAlone() throws Exception {
        assertThat(login(Map.of()).code()).isZero();
        String text = tokens.issue(TokenRequest.of(ada.owner(), "from elsewhere", "orders:write"))
                .plainText()
                .reveal();

        Map<String, String> set = Map.of("SANCTUM_URL", server(), "SANCTUM_TOKEN", text);
        assertThat(ended(start(command("whoami"), set)).out())
                .contains("from elsewhere", "abilities  orders:write", "kept       in SANCTUM_TOKEN");
        set = Map.of("SANCTUM_URL", "http://127.0.0.1:" + port, "SANCTUM_TOKEN", text);
        assertThat(ended(start(command("whoami", server()), set)).out()).contains("abilities  orders:read");
        assertThat(ended(start(command("whoami", server()), Map.of("SANCTUM_TOKEN", text)))
                        .out())
                .contains("abilities  orders:read");
    }

    @Test
    void tokenThatIsOverIsSaidAndForgotten() throws Exception {
        assertThat(login(Map.of()).code()).isZero();
        tokens.revokeAll(ada.owner());

        Ended who = run("whoami");
        assertThat(who.code()).isEqualTo(1);
        assertThat(who.err())
                .startsWith("The token is not valid any more")
                .endsWith("Say 'sanctum4j login " + server() + " --ability …'.\n");
        assertThat(run("logout").out()).isEqualTo("Ended the token on " + server() + ", and forgot it here.\n");
    }

    /** What cannot be ended is forgotten all the same, and said. */
    @Test
    void logoutTellsWhichOfBothCameAbout() throws Exception {
        assertThat(login(Map.of()).code()).isZero();
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("config/sanctum4j"))) {
            file = files.findFirst().orElseThrow();
        }
        Files.writeString(file, Files.readString(file).replace(server(), "http://localhost:1"));
        Files.move(file, file.resolveSibling("http%3A%2F%2Flocalhost%3A1.json"));

        Ended out = run("logout");

        assertThat(out.code()).isEqualTo(1);
        assertThat(out.out()).isEqualTo("Did not end the token on http://localhost:1, and forgot it here.\n");
        assertThat(out.err())
                .startsWith("The server could not be asked (nobody takes the connection): localhost:1\n")
                .endsWith("\nThe token is still on your page of tokens.\n");
        assertThat(folder.resolve("config/sanctum4j")).isEmptyDirectory();
        assertThat(alive()).hasSize(1);
    }

    @Test
    void askWritesTheTokenToAFile() throws Exception {
        Process process = start("ask", server(), "--ability", "orders:read", "--for", "1h", "--name", "Nightly job");
        allow(code(), "\"orders:read\"");

        Ended asked = ended(process);

        assertThat(asked.code()).as(asked.err()).isZero();
        assertThat(asked.out()).matches("pat_\\S+\n");
        AccessToken token = tokens.find(asked.out().strip()).orElseThrow();
        assertThat(token.name()).startsWith("Nightly job, asked for 20");
        assertThat(asked.err()).contains("Allowed: orders:read, for 1 hour.\n").doesNotContain("pat_");
        assertThat(folder.resolve("config")).doesNotExist();
    }

    @Test
    void askSaysNoAndLateByItsExitCode() throws Exception {
        Process denied = start("ask", server(), "--ability", "orders:read");
        page.page("POST", "/api/approval/deny", "{\"user_code\":\"" + code() + "\"}");
        Ended no = ended(denied);
        assertThat(no.code()).isEqualTo(1);
        assertThat(no.err()).endsWith("Denied: Somebody said no.\n");

        Process expired = start("ask", server(), "--ability", "orders:read");
        code();
        jdbc.update("update sanctum_requests set expires_at = created_at");
        Ended late = ended(expired);
        assertThat(late.code()).as(late.err()).isEqualTo(75);
        assertThat(late.err()).endsWith("Nobody answered in time. Ask again.\n");

        Ended away = run("ask", "http://localhost:1", "--ability", "orders:read");
        assertThat(away.code()).isEqualTo(69);
        Ended unknown = run("ask", server(), "--ability", "orders:eat");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err())
                .startsWith("The server answered 400: There is no ability 'orders:eat'. You can ask for ");
        assertThat(run("ask", server()).code()).isEqualTo(2);
        assertThat(run("ask", "--ability", "orders:read").err()).startsWith("Say which server");
        assertThat(run("ask", server(), "--ability", "orders:read", "--for", "soon")
                        .code())
                .isEqualTo(2);
        assertThat(out()).isEmpty();
    }

    /** Nothing is asked of anybody for a token that would stand on a screen. */
    @Test
    void tokenIsNeverShownOnATerminal() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/script")), "makes a terminal with script, which is not installed");
        String typed = "'" + String.join("' '", command("ask", server(), "--ability", "orders:read")) + "'";

        for (String input : List.of("", " </dev/null")) {
            Ended refused = ended(
                    start(List.of("/usr/bin/script", "-qec", typed + input, "/dev/null"), Map.of("SHELL", "/bin/sh")));

            assertThat(refused.code()).as(refused.out()).isEqualTo(2);
            assertThat(refused.out()).contains("never to a terminal");
        }
        assertThat(jdbc.queryForObject("select count(*) from sanctum_requests", Integer.class))
                .isZero();
        Process piped = start(
                List.of("/usr/bin/script", "-qec", typed + " 2>asked | cat >token", "/dev/null"),
                Map.of("SHELL", "/bin/sh"));
        Programs.await(
                "code",
                60,
                () -> CODE.matcher(Files.readString(folder.resolve("asked"))).find());
        Matcher code = CODE.matcher(Files.readString(folder.resolve("asked")));
        assertThat(code.find()).isTrue();
        allow(code.group(1), "\"orders:read\"");
        assertThat(ended(piped).code()).isZero();
        assertThat(Files.readString(folder.resolve("token"))).startsWith("pat_");
        assertThat(out()).doesNotContain("pat_");
    }

    @Test
    void tokenThatNobodyReadsIsEnded() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "{ \"$@\"; echo $? > code; } | true", "sh"));
        command.addAll(command("ask", server(), "--ability", "orders:read"));
        Process process = start(command, Map.of());
        allow(code(), "\"orders:read\"");

        Ended ended = ended(process);

        assertThat(Files.readString(folder.resolve("code"))).isEqualTo("1\n");
        assertThat(ended.err()).endsWith("Nobody took the token.\n");
        assertThat(tokens.list(ada.owner())).noneMatch(token -> !token.isRevoked());
    }

    @Test
    void interruptLeavesNothing() throws Exception {
        for (String verb : List.of("login", "ask")) {
            Process process = start(verb, server(), "--ability", "orders:read");
            code();
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();

            Ended ended = ended(process);

            assertThat(ended.code()).isEqualTo(130);
            assertThat(ended.out()).isEmpty();
            assertThat(folder.resolve("config")).doesNotExist();
            assertThat(alive()).isEmpty();
        }
    }
}
