package dev.sanctum4j.laravel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.core.authority.AuthorityUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every row that a real Laravel wrote and every header that was sent to it, sent to a running application byte by byte. Where
 * the answer differs, the maps say what ours is, and {@code docs/design-decisions.md} why.
 */
@SpringBootTest(
        classes = LaravelResponsesTest.App.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:laravel_tokens;DB_CLOSE_DELAY=-1",
            "sanctum.owner-type=App\\\\Models\\\\User"
        })
@Import(LaravelTokensTest.Moment.class)
class LaravelTokensTest {

    private static final JsonNode VECTORS = vectors();

    /** Abilities that are no list of texts grant nothing; an owner of a type that nobody loads is a 401. */
    private static final Map<String, Map<String, Integer>> ROWS = Map.of(
            "abilities-null", Map.of("/api/whoami", 200, "/api/orders", 403, "/api/any", 403),
            "abilities-true", Map.of("/api/whoami", 200, "/api/orders", 403, "/api/any", 403),
            "abilities-string", Map.of("/api/whoami", 200, "/api/orders", 403, "/api/any", 403),
            "abilities-not-json", Map.of("/api/whoami", 200, "/api/orders", 403, "/api/any", 403),
            "morph-alias-unmapped", Map.of("/api/whoami", 401, "/api/orders", 401, "/api/any", 401));

    /** One spelling per token, one scheme and one token per header, and control bytes in none. */
    private static final Map<String, Integer> HEADERS = Map.of(
            "id-leading-zeros", 401,
            "id-over-bigint", 401,
            "scheme-glued", 401,
            "comma-after", 401,
            "comma-before", 401,
            "secret-with-control-byte", 400);

    /** The moment at which Laravel answered, and the second kind of owner that it knew. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Moment {

        @Bean
        Clock clock() {
            return Clock.fixed(Instant.parse("2026-11-23T22:05:45Z"), ZoneOffset.UTC);
        }

        @Bean
        OwnerLoader admins() {
            return new OwnerLoader() {
                @Override
                public String type() {
                    return "App\\Models\\Admin";
                }

                @Override
                public Optional<LoadedOwner> load(String id) {
                    return Optional.of(new LoadedOwner(
                            new LaravelResponsesTest.App.Person(Long.parseLong(id), "Admin", "admin@example.test", ""),
                            "admin",
                            AuthorityUtils.NO_AUTHORITIES,
                            true,
                            null,
                            null));
                }

                @Override
                public Optional<String> idOf(Object principal) {
                    return Optional.empty();
                }
            };
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcTemplate jdbc;

    private static JsonNode vectors() {
        try (InputStream in = LaravelTokensTest.class.getResourceAsStream("/vectors/tokens.json")) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void insertRows() {
        for (JsonNode user : VECTORS.get("users")) {
            LaravelResponsesTest.App.PEOPLE.put(
                    user.get("email").asString(),
                    new LaravelResponsesTest.App.Person(
                            user.get("id").asLong(),
                            user.get("name").asString(),
                            user.get("email").asString(),
                            user.get("password").asString()));
        }
        jdbc.update("delete from personal_access_tokens");
        for (JsonNode token : VECTORS.get("tokens")) {
            if (token.get("case").asString().equals("revoked")) {
                continue; // there that deletes the row
            }
            JsonNode row = token.get("row");
            jdbc.update(
                    "insert into personal_access_tokens (id, tokenable_type, tokenable_id, name, token, abilities,"
                            + " expires_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
                    row.get("id").asLong(),
                    row.get("tokenable_type").asString(),
                    row.get("tokenable_id").asString(),
                    row.get("name").asString(),
                    row.get("token").asString(),
                    text(row, "abilities"),
                    text(row, "expires_at"),
                    text(row, "created_at"));
        }
    }

    private static @Nullable String text(JsonNode row, String column) {
        return row.get(column).isNull() ? null : row.get(column).asString();
    }

    @TestFactory
    Stream<DynamicTest> rows() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode token : VECTORS.get("tokens")) {
            String name = token.get("case").asString();
            String header =
                    "Authorization: Bearer " + token.get("plain_text_token").asString();
            tests.add(DynamicTest.dynamicTest(name, () -> {
                for (String path : List.of("/api/whoami", "/api/orders", "/api/any")) {
                    int theirs = token.get("answers")
                            .get("GET " + path)
                            .get("status")
                            .asInt();
                    assertThat(status(path, List.of(header), StandardCharsets.UTF_8))
                            .as(path)
                            .isEqualTo(ROWS.getOrDefault(name, Map.of()).getOrDefault(path, theirs));
                }
            }));
        }
        assertThat(tests).hasSize(35);
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> headers() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode sent : VECTORS.get("bearer_values")) {
            String name = sent.get("case").asString();
            List<String> headers = new ArrayList<>();
            for (JsonNode header : sent.get("headers")) {
                headers.add(header.get(0).asString() + ": " + header.get(1).asString());
            }
            tests.add(DynamicTest.dynamicTest(
                    name,
                    () -> assertThat(status(
                                    sent.get("request").asString().substring("GET ".length()),
                                    headers,
                                    sent.has("bytes_are") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8))
                            .isEqualTo(HEADERS.getOrDefault(
                                    name, sent.get("status").asInt()))));
        }
        assertThat(tests).hasSize(50);
        return tests.stream();
    }

    private int status(String path, List<String> headers, Charset charset) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(90_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + headers.stream()
                                            .map(header -> header + "\r\n")
                                            .reduce("", String::concat) + "\r\n")
                            .getBytes(charset));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.split(" ", 3)[1]);
        }
    }
}
