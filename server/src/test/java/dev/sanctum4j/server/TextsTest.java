package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Text that some database refuses is refused at every door, by name and alike whatever the database. */
@ExtendWith(TestDatabases.class)
class TextsTest {

    private static final String PASSWORD = "correct horse battery staple";

    private static final Map<Kind, String> USERS =
            Map.of(Kind.H2, "", Kind.SQLITE, "", Kind.POSTGRESQL, "postgres", Kind.MARIADB, "root");

    @TempDir
    private Path folder;

    enum Kind {
        H2,
        SQLITE,
        POSTGRESQL,
        MARIADB
    }

    private String url(Kind kind) {
        return switch (kind) {
            case H2 -> "jdbc:h2:mem:texts;DB_CLOSE_DELAY=-1";
            case SQLITE -> "jdbc:sqlite:" + folder.resolve("texts.db");
            case POSTGRESQL -> {
                String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
                if (url == null) {
                    try {
                        yield EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
                    } catch (IOException | RuntimeException e) {
                        yield missing();
                    }
                }
                LaravelDatabase.jdbc(url).execute("drop schema if exists texts cascade");
                LaravelDatabase.jdbc(url).execute("create schema texts");
                yield url + "&currentSchema=texts";
            }
            case MARIADB -> {
                String url = TestDatabases.url("SANCTUM_TEST_MARIADB_URL");
                if (url == null) {
                    yield missing();
                }
                LaravelDatabase.jdbc(url).execute("create or replace database sanctum_texts character set utf8mb4");
                yield url.replaceFirst("(jdbc:mariadb://[^/]*/)[^?]*", "$1sanctum_texts");
            }
        };
    }

    private static String missing() {
        Assumptions.abort("there is no such database");
        return "";
    }

    /** As JSON writes them: NUL, and halves of a character in front, behind and the wrong way round. */
    private static final List<String> BAD =
            List.of("\\u0000", "a\\u0000b@c", "\\ud83d", "a\\udcf1@b", "\\udcf1\\ud83d@b", "\\ud83d\\ud83d\\udcf1@b");

    @ParameterizedTest
    @EnumSource(Kind.class)
    void textThatNoDatabaseKeepsIsRefusedByName(Kind kind) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=" + url(kind),
                        "SANCTUM_DATABASE_USERNAME=" + USERS.get(kind),
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0");
        try (ConfigurableApplicationContext server = application.run()) {
            Client client = new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            Account admin = server.getBean(Accounts.class)
                    .findByEmail("admin@localhost")
                    .orElseThrow();
            server.getBean(Accounts.class).create("Ada", "ada@localhost", PASSWORD, Account.Role.USER);
            String token = server.getBean(Tokens.class)
                    .issue(TokenRequest.of(Owner.of("user", admin.id()), "t", "*", "tokens:manage"))
                    .plainText()
                    .reveal();
            Map<String, String> wrong = new LinkedHashMap<>();
            for (String bad : BAD) {
                for (Door door : doors(bad, OF_TOKENS)) {
                    look(bad, door, client.withBearer(door.method(), door.path(), token, door.json()), wrong);
                }
            }
            for (String path : List.of("/api/admin/people?search=", "/api/admin/audit?owner=user:")) {
                HttpResponse<String> answer = client.bearer("GET", path + "a%00b", token);
                assertThat(answer.statusCode()).as(path).isEqualTo(422);
                assertThat(Client.json(answer).get("errors")).hasSize(1);
                assertThat(client.bearer("GET", path + "%ED%A0%80", token).statusCode())
                        .as(path)
                        .isIn(400, 422);
            }
            client.page("GET", "/sanctum/csrf-cookie", "");
            for (String bad : BAD) {
                HttpResponse<String> answer =
                        client.page("POST", "/login", "{\"email\":\"" + bad + "\",\"password\":\"x\"}");
                if (answer.statusCode() != 422) {
                    wrong.put(bad + " at /login", answer.body());
                }
            }
            assertThat(client.form("/sanctum/token", "email=a%00b&password=x&device_name=d")
                            .statusCode())
                    .isEqualTo(422);

            client.signIn("admin@localhost", PASSWORD);
            assertThat(client.page("POST", "/user/confirm-password", "{\"password\":\"" + PASSWORD + "\"}")
                            .statusCode())
                    .isEqualTo(201);
            for (String bad : BAD) {
                for (Door door : doors(bad, OF_SESSIONS)) {
                    look(bad, door, client.page(door.method(), door.path(), door.json()), wrong);
                }
            }
            for (String form : OF_PROGRAMS) {
                for (String bad : List.of("a%00b", "%ED%A0%80")) {
                    String[] words = form.split(" ", -1);
                    HttpResponse<String> answer = client.form(words[0], words[1] + bad);
                    if (answer.statusCode() != 400 || !Client.json(answer).has("error")) {
                        wrong.put(form + bad, answer.statusCode() + answer.body());
                    }
                }
            }
            for (String field : List.of("current_password", "password", "password_confirmation")) {
                HttpResponse<String> answer =
                        client.page("PUT", "/user/password", "{\"" + field + "\":\"" + BAD.get(1) + "\"}");
                if (answer.statusCode() != 422
                        || !Client.json(answer).get("errors").has(field)) {
                    wrong.put(field + " of /user/password", answer.body());
                }
            }
            assertThat(client.page("POST", "/user/confirm-password", "{\"password\":\"" + BAD.get(1) + "\"}")
                            .statusCode())
                    .isEqualTo(422);
            for (String path : List.of(
                    "/api/tokens/a%00b",
                    "/api/tokens/a%00b/issued",
                    "/api/requests/a%00b",
                    "/api/sessions/a%00b",
                    "/api/tokens/%ED%A0%80",
                    "/api/sessions/%ED%A0%80",
                    "/api/admin/clients/%ED%A0%80")) {
                int status = client.bearer("DELETE", path, token).statusCode();
                if (status != 400 && status != 403 && status != 404) {
                    wrong.put(path, String.valueOf(status));
                }
            }
            assertThat(client.form("/oauth2/introspect", "token=a%00b&client_id=a%00b&client_secret=a%00b")
                            .statusCode())
                    .isEqualTo(401);
            Client stranger =
                    new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            for (byte[] id : List.of(
                    new byte[1], new byte[] {'a', 0, 'b'}, new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})) {
                stranger.cookies.put("sanctum_session", Base64.getEncoder().encodeToString(id));
                HttpResponse<String> answer = stranger.page("GET", "/api/user", "");
                if (answer.statusCode() != 401) {
                    wrong.put("session " + Arrays.toString(id), answer.statusCode() + answer.body());
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(server.getBean(Accounts.class).latest(Long.MAX_VALUE, 10))
                    .hasSize(2);
        }
    }

    private record Door(String method, String path, String field, String json) {}

    private static void look(String bad, Door door, HttpResponse<String> answer, Map<String, String> wrong) {
        if (answer.statusCode() != 422 || !Client.json(answer).get("errors").has(door.field())) {
            wrong.put(bad + " as " + door.field() + " of " + door.path(), answer.statusCode() + answer.body());
        }
    }

    private static final Map<String, Map<String, String>> OF_TOKENS = Map.of(
            "POST /sanctum/token",
            Map.of("email", "a@b", "password", "long enough", "device_name", "d", "abilities", "[\"a\"]"),
            "POST /api/tokens",
            Map.of("name", "n", "abilities", "[\"a\"]", "expires_at", "2030-01-31T12:00:00Z", "actor", "run 1"),
            "POST /api/admin/people",
            Map.of("name", "n", "email", "a@b", "password", "long enough", "role", "user"),
            "PATCH /api/tokens/1",
            Map.of("name", "n", "abilities", "[\"a\"]"),
            "PATCH /api/admin/people/2",
            Map.of("role", "admin"),
            "PUT /api/admin/people/2/password",
            Map.of("password", "long enough"),
            "POST /api/admin/clients",
            Map.of("client_id", "n", "abilities", "[\"a\"]"));

    private static final Map<String, Map<String, String>> OF_SESSIONS = Map.of(
            "POST /api/tokens/1/rotate",
            Map.of("expires_at", "2030-01-31T12:00:00Z"),
            "POST /api/tokens/identify",
            Map.of("token", "found somewhere"),
            "POST /api/approval",
            Map.of("user_code", "BCDF-GHJK"),
            "POST /api/approval/allow",
            Map.of("user_code", "BCDF-GHJK", "account", "a", "abilities", "[\"a\"]", "lifetime", "60"),
            "POST /api/approval/deny",
            Map.of("user_code", "BCDF-GHJK"),
            "POST /api/requests",
            Map.of("name", "n", "abilities", "[\"a\"]", "lifetime", "60"),
            "POST /api/requests/1/allow",
            Map.of("abilities", "[\"a\"]", "lifetime", "60"));

    /** What programs send that ask, whose errors are OAuth's. */
    private static final List<String> OF_PROGRAMS = List.of(
            "/sanctum/device_authorization client_name=n&scope=a&client_id=",
            "/sanctum/device_authorization client_id=n&scope=a&client_name=",
            "/sanctum/device_authorization client_id=n&client_name=n&scope=",
            "/sanctum/device_authorization client_id=n&client_name=n&scope=a&lifetime=",
            "/sanctum/device_token client_id=n&device_code=n&grant_type=",
            "/sanctum/device_token client_id=n&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=",
            "/sanctum/device_token device_code=n&grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=");

    private static List<Door> doors(String bad, Map<String, Map<String, String>> all) {
        List<Door> doors = new ArrayList<>();
        all.forEach((route, fields) -> fields.keySet().forEach(field -> {
            if (route.endsWith("/sanctum/token") && field.equals("password")) {
                return; // which is compared, and wrong
            }
            Map<String, String> sent = new LinkedHashMap<>(fields);
            sent.replaceAll((name, value) -> {
                String text =
                        name.equals(field) ? "\"" + bad + "\"" : value.startsWith("[") ? value : "\"" + value + "\"";
                return name.equals(field) && value.startsWith("[") ? "[" + text + "]" : text;
            });
            List<String> pairs = new ArrayList<>();
            sent.forEach((name, value) -> pairs.add("\"" + name + "\":" + value));
            String[] words = route.split(" ", 2);
            doors.add(new Door(words[0], words[1], field, "{" + String.join(",", pairs) + "}"));
        }));
        return doors;
    }
}
