package dev.sanctum4j.laravel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.RequiresAnyAbility;
import dev.sanctum4j.spring.Sanctum;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends what was sent to a real Laravel Sanctum 4.2.1, in the same order, and compares status, cookies and JSON. Where ours
 * differs, {@link #DIFFERENCES} says what we answer, and {@code docs/design-decisions.md} why.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:laravel;DB_CLOSE_DELAY=-1",
            "sanctum.paths=/**",
            "sanctum.owner-type=App\\\\Models\\\\User",
            "sanctum.endpoints.tokens=true",
            "sanctum.endpoints.password-token=true",
            "sanctum.spa.stateful=localhost:3000",
            "sanctum.spa.cookie.session-name=laravel_session"
        })
class LaravelResponsesTest {

    private static final String TYPE = "App\\Models\\User";
    private static final JsonNode RESPONSES = read("http-responses.json").get("responses");
    private static final JsonNode TOKENS = read("tokens.json");

    /** What we answer where Laravel answers otherwise. */
    private static final Map<String, Integer> DIFFERENCES = Map.ofEntries(
            Map.entry("401-html-no-login-route", 401),
            Map.entry("401-no-accept-header", 401),
            Map.entry("token-302-wrong-password-no-accept", 422),
            Map.entry("404-json", 401),
            Map.entry("bearer-post-stateful-origin-419", 200),
            Map.entry("session-with-bad-bearer", 401),
            Map.entry("cors-preflight", 200),
            Map.entry("cors-simple", 401),
            Map.entry("500-json", 401));

    /** Where the answer is another by design although its status is the same. */
    private static final Set<String> OTHER_BODIES =
            Set.of("token-ok", "token-ok-form", "token-405", "session-beats-bearer");

    /** Where a bearer header stands beside the session, which then is neither read nor told anything. */
    private static final Set<String> WITHOUT_SESSION =
            Set.of("session-beats-bearer", "session-with-bad-bearer", "bearer-post-stateful-origin-419");

    private static JsonNode read(String file) {
        try (InputStream in = LaravelResponsesTest.class.getResourceAsStream("/vectors/" + file)) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The peer's routes and people. */
    @SpringBootApplication
    static class App {

        record Person(long id, String name, String email, String password) {}

        static final Map<String, Person> PEOPLE = new ConcurrentHashMap<>();

        @Bean
        PasswordEncoder passwordEncoder() {
            return new BCryptPasswordEncoder();
        }

        @Bean
        UserDetailsService users() {
            return email -> {
                Person person = PEOPLE.get(email);
                if (person == null) {
                    throw new UsernameNotFoundException("unknown");
                }
                return new User(person.email(), person.password(), AuthorityUtils.NO_AUTHORITIES);
            };
        }

        @Bean
        OwnerLoader owners() {
            return new OwnerLoader() {
                @Override
                public String type() {
                    return TYPE;
                }

                @Override
                public Optional<LoadedOwner> load(String id) {
                    return PEOPLE.values().stream()
                            .filter(person -> Long.toString(person.id()).equals(id))
                            .findFirst()
                            .map(person -> new LoadedOwner(
                                    person,
                                    person.email(),
                                    AuthorityUtils.NO_AUTHORITIES,
                                    true,
                                    null,
                                    LoadedOwner.versionOf(person.password())));
                }

                @Override
                public Optional<String> idOf(Object principal) {
                    if (principal instanceof Person person) {
                        return Optional.of(Long.toString(person.id()));
                    }
                    return principal instanceof User user
                            ? Optional.ofNullable(PEOPLE.get(user.getUsername()))
                                    .map(person -> Long.toString(person.id()))
                            : Optional.empty();
                }
            };
        }

        @RestController
        static class Routes {

            @GetMapping("/api/user")
            Map<String, Object> user(Authentication caller) {
                Person person = (Person) caller.getPrincipal();
                return Map.of("id", person.id(), "name", person.name(), "email", person.email());
            }

            @GetMapping("/api/whoami")
            Map<String, Object> whoami(Authentication caller, Optional<AccessToken> token) {
                return Map.of(
                        "user_id", ((Person) caller.getPrincipal()).id(),
                        "token_class", token.isPresent() ? "PersonalAccessToken" : "TransientToken",
                        "can_check_status", Sanctum.can("check-status"));
            }

            @GetMapping("/api/orders")
            @RequiresAbility({"check-status", "place-orders"})
            Map<String, List<String>> orders() {
                return Map.of("orders", List.of());
            }

            @GetMapping("/api/any")
            @RequiresAnyAbility({"check-status", "place-orders"})
            Map<String, Boolean> any() {
                return Map.of("any", true);
            }

            @PostMapping("/api/echo")
            Map<String, Long> echo(Authentication caller) {
                return Map.of("user_id", ((Person) caller.getPrincipal()).id());
            }
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcTemplate jdbc;

    private final Map<String, String> cookies = new LinkedHashMap<>();

    private void insert(long id, long user, String text, String abilities) {
        jdbc.update(
                "insert into personal_access_tokens (id, tokenable_type, tokenable_id, name, token, abilities, created_at)"
                        + " values (?, ?, ?, 'x', ?, ?, current_timestamp)",
                id,
                TYPE,
                Long.toString(user),
                SecretHash.of(text.substring(text.indexOf('|') + 1)).toHex(),
                abilities);
    }

    @Test
    void everyAnswerIsLaravelsOrTheDifferenceIsNamed() throws Exception {
        for (JsonNode user : TOKENS.get("users")) {
            App.PEOPLE.put(
                    user.get("email").asString(),
                    new App.Person(
                            user.get("id").asLong(),
                            user.get("name").asString(),
                            user.get("email").asString(),
                            user.get("password").asString()));
        }
        for (JsonNode token : TOKENS.get("tokens")) {
            long id = token.get("row").get("id").asLong();
            if (Set.of(1L, 3L, 4L, 18L).contains(id)) {
                insert(
                        id,
                        token.get("row").get("tokenable_id").asLong(),
                        token.get("plain_text_token").asString(),
                        token.get("row").get("abilities").asString());
            }
        }
        insert(50, 1, "50|ja5kzMj1n76W90T9Opg4p3QQSH9txcdiOiETL2j634be406f", "[\"*\"]");
        jdbc.update("alter table personal_access_tokens alter column id restart with 100");

        List<String> seen = new ArrayList<>();
        for (JsonNode recorded : RESPONSES) {
            String name = recorded.get("case").asString();
            if (name.equals("spa-after-password-change-401")) {
                App.PEOPLE.computeIfPresent(
                        "bob@example.test",
                        (email, bob) -> new App.Person(
                                bob.id(), bob.name(), email, new BCryptPasswordEncoder(4).encode("another")));
            }
            if (name.equals("login-204-remember")) {
                send(csrfCookie()); // signing out leaves no session behind, so the page asks for a new one
            }
            compare(name, recorded, send(recorded.get("request")));
            seen.add(name);
        }
        assertThat(seen).hasSize(46);
    }

    private static JsonNode csrfCookie() {
        for (JsonNode recorded : RESPONSES) {
            if (recorded.get("case").asString().equals("csrf-cookie-204")) {
                return recorded.get("request");
            }
        }
        throw new IllegalStateException("the recording has no csrf-cookie-204");
    }

    private HttpResponse<String> send(JsonNode recorded) throws Exception {
        String body = recorded.get("body").asString();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + port + recorded.get("path").asString()))
                .method(
                        recorded.get("method").asString(),
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        boolean jar = false;
        for (JsonNode header : recorded.get("headers")) {
            String name = header.get(0).asString();
            String value = header.get(1).asString();
            if (name.equalsIgnoreCase("Cookie")) {
                jar = true;
                if (!cookies.isEmpty()) {
                    request.header(
                            name,
                            cookies.entrySet().stream()
                                    .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                                    .collect(Collectors.joining("; ")));
                }
            } else if (name.equalsIgnoreCase("X-XSRF-TOKEN")) {
                request.header(name, cookies.getOrDefault("XSRF-TOKEN", "none"));
            } else {
                request.header(name, value);
            }
        }
        HttpResponse<String> answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (jar || recorded.get("path").asString().endsWith("csrf-cookie")) {
            for (String cookie : answer.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";", 2)[0].split("=", 2);
                if (cookie.contains("Max-Age=0")) {
                    cookies.remove(pair[0]);
                } else {
                    cookies.put(pair[0], pair[1]);
                }
            }
        }
        return answer;
    }

    private void compare(String name, JsonNode recorded, HttpResponse<String> ours) {
        JsonNode theirs = recorded.get("response");
        int status = theirs.get("status").asInt();
        assertThat(ours.statusCode()).as(name + " " + ours.body()).isEqualTo(DIFFERENCES.getOrDefault(name, status));
        JsonNode json = json(theirs.get("body").asString());
        if (json != null && !DIFFERENCES.containsKey(name) && !OTHER_BODIES.contains(name)) {
            JsonNode own = Objects.requireNonNull(json(ours.body()), name);
            for (String field :
                    List.of("message", "errors", "id", "name", "email", "user_id", "token_class", "orders")) {
                if (json.has(field)) {
                    assertThat(own.get(field)).as(name + " " + field).isEqualTo(json.get(field));
                }
            }
        }
        List<String> set = ours.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.split("=", 2)[0])
                .toList();
        boolean tellsXsrf = false;
        for (JsonNode cookie : theirs.get("set_cookies")) {
            tellsXsrf |= cookie.toString().contains("XSRF-TOKEN");
        }
        if (tellsXsrf && !WITHOUT_SESSION.contains(name)) {
            assertThat(set).as(name).contains("XSRF-TOKEN");
        }
        if (theirs.get("set_cookies").isEmpty() || WITHOUT_SESSION.contains(name)) {
            assertThat(set).as(name).isEmpty();
        }
    }

    private static @Nullable JsonNode json(String body) {
        return body.startsWith("{") ? JsonMapper.shared().readTree(body) : null;
    }
}
