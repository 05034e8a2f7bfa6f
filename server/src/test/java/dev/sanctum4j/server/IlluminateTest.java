package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.io.BufferedReader;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.crypto.password.PasswordEncoder;

/** The server beside Laravel's own components, not beside what plays them: Eloquent, its hasher, and a page's cookies. */
@ExtendWith(TestDatabases.class)
class IlluminateTest {

    private static final String EMAIL = "ada@example.test";
    private static final String PASSWORD = "correct horse battery staple";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void eloquentsRowsAndHashesAreTheServersAndTheOtherWayRound(LaravelDatabase database) throws Exception {
        Php.assumeInstalled(database);
        Php.assumeIlluminate();
        String url = database.create(folder);
        LaravelDatabase.jdbc(url).execute("alter table users add column deleted_at timestamp null");
        Php eloquent = Php.illuminate(url);
        assertThat(eloquent.ask("register", EMAIL, PASSWORD).asInt()).isEqualTo(1);

        try (ConfigurableApplicationContext server = PhpTest.start(url, "standard")) {
            Client client = new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            String theirs = eloquent.ask("issue", EMAIL, "[\"orders:read\"]").asString();
            String ours = client.exchange(EMAIL, PASSWORD);
            String narrow = server.getBean(Tokens.class)
                    .issue(TokenRequest.of(Owner.of("user", 1), "ci", "a/b"))
                    .plainText()
                    .reveal();

            assertThat(status(client, theirs)).isEqualTo(200);
            assertThat(eloquent.ask("accept", theirs)).hasToString("[\"orders:read\"]");
            assertThat(eloquent.ask("accept", ours)).hasToString("[\"*\"]");
            assertThat(eloquent.ask("accept", narrow)).hasToString("[\"a/b\"]");
            assertThat(eloquent.ask("attempt", EMAIL, PASSWORD).asBoolean()).isTrue();
            String hash = server.getBean(PasswordEncoder.class).encode(PASSWORD).substring("{bcrypt}".length());
            assertThat(eloquent.ask("verify", PASSWORD, hash).asBoolean()).isTrue();

            assertThat(eloquent.ask("soft-delete", EMAIL).asBoolean()).isTrue();
            PhpTest.within(() -> status(client, theirs) == 401 && status(client, ours) == 401);
            assertThat(client.exchanged(EMAIL, PASSWORD).statusCode()).isEqualTo(422);
            assertThat(eloquent.ask("accept", ours).isNull()).isTrue();

            assertThat(eloquent.ask("restore", EMAIL).asBoolean()).isTrue();
            PhpTest.within(() -> status(client, theirs) == 200 && status(client, ours) == 200);
            assertThat(eloquent.ask("logout", theirs).asBoolean()).isTrue();
            PhpTest.within(() -> status(client, theirs) == 401);
            assertThat(client.bearer("DELETE", "/api/tokens/current", ours).statusCode())
                    .isEqualTo(204);
            assertThat(eloquent.ask("accept", ours).isNull()).isTrue();
        }
    }

    private static int status(Client client, String token) {
        return client.bearer("GET", "/api/user", token).statusCode();
    }

    /** Names, flags, the decoding and the refusals: a page that was written for one is answered alike by the other. */
    @Test
    void onePageSpeaksToBoth() throws Exception {
        Php.assumeInstalled(LaravelDatabase.SQLITE);
        Php.assumeIlluminate();
        ProcessBuilder builder = new ProcessBuilder("php", "-S", "127.0.0.1:0", Php.resource("illuminate.php"));
        builder.environment().put("SESSIONS", folder.toString());
        Process laravel = builder.redirectErrorStream(true).start();
        try (ConfigurableApplicationContext server = PhpTest.start(LaravelDatabase.SQLITE.create(folder), "standard");
                BufferedReader started = laravel.inputReader()) {
            String theirs = started.readLine().replaceAll(".*:([0-9]+)\\).*", "$1");
            String ours = server.getEnvironment().getRequiredProperty("local.server.port");

            assertThat(flow(new Client(Integer.parseInt(ours))))
                    .isEqualTo(flow(new Client(Integer.parseInt(theirs))))
                    .hasSize(7);
        } finally {
            laravel.destroy();
            laravel.waitFor();
        }
    }

    private static List<String> flow(Client page) {
        List<String> flow = new ArrayList<>();
        HttpResponse<String> made = page.page("GET", "/sanctum/csrf-cookie", "");
        flow.add(made.statusCode() + made.body());
        made.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie(cookie))
                .sorted()
                .forEach(flow::add);
        flow.add(change(page));
        String token = String.valueOf(page.cookies.put("XSRF-TOKEN", "of-somebody-else"));
        flow.add("foreign token: " + change(page));
        page.cookies.remove("XSRF-TOKEN");
        flow.add("no token: " + change(page));
        page.cookies.put("XSRF-TOKEN", token);
        flow.add(change(page));
        return flow;
    }

    /** Its flags, beside the name of the one that a page reads. */
    private static String cookie(String set) {
        String name = set.startsWith("XSRF-TOKEN=") ? "XSRF-TOKEN" : "session";
        return Arrays.stream(set.toLowerCase(Locale.ROOT).split("; *", -1))
                .skip(1)
                .filter(flag -> !flag.matches("(expires|max-age)=.*"))
                .sorted()
                .collect(Collectors.joining("; ", name + ": ", ""));
    }

    private static String change(Client page) {
        HttpResponse<String> answer = page.page("POST", "/login", "{\"email\":\"a@b.test\",\"password\":\"x\"}");
        return answer.statusCode() == 419
                ? "419 " + Client.json(answer).get("message").asString()
                : "passes";
    }
}
