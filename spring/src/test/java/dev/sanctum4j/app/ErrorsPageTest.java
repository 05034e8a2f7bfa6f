package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatusCode;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.context.TestPropertySource;

/** {@code docs/errors.md} says what is answered: no code more, none less, and to the letter. */
@TestPropertySource(
        properties = {"spring.datasource.url=jdbc:h2:mem:errors;DB_CLOSE_DELAY=-1", "sanctum.spa.confirm-within=1ms"})
class ErrorsPageTest extends AppTest {

    @Autowired
    JdbcClient jdbc;

    private static final Path ROOT = Path.of("..");
    private static final Pattern SECTION = Pattern.compile("### ([a-z-]+)\n(\\d{3})\\. (?s:.*?)```json\n(\\{.*})\n```");
    private static final Pattern OURS = Pattern.compile("\\bours\\(\\s*\\w+,\\s*\"([a-z-]+)\"");
    private static final Pattern FIELD =
            Pattern.compile("(?:\\berror|\\bwrong|Problem\\.invalid|InvalidTokenRequestException)\\(([^;]*);");
    private static final Pattern KEBAB = Pattern.compile("\"([a-z]+(?:-[a-z]+)*)\"");

    /** One section of the page. */
    private record Section(int status, String example) {}

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/errors.md"));
    }

    private static Map<String, Section> sections() throws IOException {
        Map<String, Section> all = new LinkedHashMap<>();
        Matcher section = SECTION.matcher(page());
        while (section.find()) {
            all.put(section.group(1), new Section(Integer.parseInt(section.group(2)), section.group(3)));
        }
        return all;
    }

    private static String code() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String module : new String[] {"core", "spring", "server"}) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    all.append(Files.readString(file));
                }
            }
        }
        return all.toString();
    }

    private static String answered(Problem problem) throws IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        ProblemWriter.json().write(response, problem);
        return response.getContentAsString();
    }

    @Test
    void everyCodeHasItsSectionAndEverySectionACode() throws IOException {
        Set<String> codes = new TreeSet<>();
        OURS.matcher(code()).results().forEach(found -> codes.add(found.group(1)));
        for (int status = 400; status < 600; status++) {
            codes.add(String.valueOf(Problem.of(HttpStatusCode.valueOf(status))
                    .getBody()
                    .getProperties()
                    .get("code")));
        }
        codes.removeIf(code -> code.startsWith("http-"));

        assertThat(sections().keySet()).containsExactlyInAnyOrderElementsOf(codes);
    }

    @Test
    void everyCodeOfAFieldIsInTheTableAndEveryOneThereIsUsed() throws IOException {
        String page = page();
        Set<String> told = KEBAB.matcher(
                        page.substring(page.indexOf("## Codes of fields"), page.indexOf("## Errors of"))
                                .lines()
                                .filter(line -> line.startsWith("| `"))
                                .map(line -> line.split("\\|", -1)[1].replace('`', '"'))
                                .collect(Collectors.joining()))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        String code = code();
        Set<String> used = new TreeSet<>();
        FIELD.matcher(code).results().forEach(call -> used.addAll(codesIn(call.group(1))));

        assertThat(told).containsAll(used);
        assertThat(told).allSatisfy(one -> assertThat(code).contains('"' + one + '"'));
        assertThat(used).contains("required", "taken", "too-late", "unknown-field", "credentials");
    }

    /** What stands between the first and the second comma that are not inside of something. */
    private static Set<String> codesIn(String arguments) {
        int depth = 0;
        int commas = 0;
        boolean quoted = false;
        StringBuilder second = new StringBuilder();
        for (int i = 0; i < arguments.length(); i++) {
            char c = arguments.charAt(i);
            quoted ^= c == '"';
            depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
            commas += !quoted && depth == 0 && c == ',' ? 1 : 0;
            if (commas == 1) {
                second.append(c);
            }
        }
        return KEBAB.matcher(second)
                .results()
                .map(found -> found.group(1))
                .filter(text -> !text.equals("email") || !second.toString().contains("equals"))
                .collect(Collectors.toSet());
    }

    /** What can be asked for is; what cannot cheaply is what the writer writes. */
    @Test
    void everyExampleIsWhatIsAnswered() throws IOException {
        String all = bearer(issue(ADA, "*"));
        String form = "Content-Type: application/x-www-form-urlencoded";
        Map<String, Supplier<Http.Answer>> asked = new LinkedHashMap<>();
        asked.put("malformed-body", () -> http.post("/sanctum/token", "[1"));
        asked.put("fields-in-url", () -> http.send("POST", "/sanctum/token?email=a", "email=b", form));
        asked.put("several-credentials", () -> http.get("/api/whoami", all, all));
        asked.put("unauthenticated", () -> http.get("/api/whoami"));
        asked.put("ability-missing", () -> http.post("/api/orders", "{}", bearer(issue(ADA, "orders"))));
        asked.put("session-required", () -> http.post("/login", "{}", all));
        asked.put("not-found", () -> http.get("/api/tokens/7", bearer(issue(ADA, "tokens:manage"))));
        asked.put("body-too-large", () -> http.post("/sanctum/token", " ".repeat(70_000)));
        asked.put("unsupported-media-type", () -> http.send("POST", "/sanctum/token", "x", "Content-Type: text/plain"));
        asked.put("csrf-mismatch", () -> new Http(port).withCookies("POST", "/login", "{}", http.origin()));
        asked.put(
                "invalid", () -> http.post("/api/tokens", "{\"abilities\":[1]}", bearer(issue(ADA, "tokens:manage"))));
        String manager = bearer(issue(ADA, "a", "tokens:manage"));
        String key = "Idempotency-Key: k";
        String wanted = "{\"name\":\"x\",\"abilities\":[\"a\"]}";
        asked.put("idempotency-key-reused", () -> {
            http.post("/api/tokens", "{\"name\":\"y\",\"abilities\":[\"a\"]}", manager, key);
            return http.post("/api/tokens", wanted, manager, key);
        });
        asked.put("idempotency-key-ended", () -> {
            Http.Answer made = http.post("/api/tokens", wanted, manager, key + "2");
            http.send("DELETE", "/api/tokens/" + made.json().get("id").asLong(), "", manager);
            return http.post("/api/tokens", wanted, manager, key + "2");
        });
        asked.put("idempotency-key-unsupported", () -> {
            jdbc.sql("drop table sanctum_idempotency_keys").update();
            return http.post("/api/tokens", wanted, manager, key);
        });
        asked.put("token-required", () -> http.page("GET", "/api/current", ""));
        asked.put(
                "confirmation-required",
                () -> http.page("POST", "/api/tokens", "{\"name\":\"x\",\"abilities\":[\"a\"]}"));
        asked.put("unavailable", () -> http.get("/api/outage", all));
        http.signIn("ada@example.test");
        Map<String, Problem> written = Map.of(
                "account-changed", // asked for in ApprovalTest
                        Problem.ours(
                                409,
                                "account-changed",
                                "Conflict.",
                                "Somebody else is signed in by now. Look at the request again."),
                "idempotency-key-running", // asked for in JdbcTokenStoreContract
                        Problem.ours(
                                409,
                                "idempotency-key-running",
                                "A request with this Idempotency-Key is being answered.",
                                "Send it again in a moment."),
                "too-many-attempts", Problem.tooMany(Duration.ofSeconds(42)),
                "forbidden", Problem.forbidden(),
                "could-not-be-stored", Problem.notStored(),
                "request-unknown", // asked for in ApprovalTest
                        Problem.ours(
                                404,
                                "request-unknown",
                                "Not Found.",
                                "No program waits with this code. Compare it with what the program shows, or let it ask again."),
                "request-answered",
                        Problem.ours(409, "request-answered", "Conflict.", "This request was answered already."),
                "request-rejected", // by the server's firewall
                        Problem.ours(
                                400,
                                "request-rejected",
                                "Bad Request.",
                                "The request line or a header is not in its normal form."));

        for (Map.Entry<String, Section> one : sections().entrySet()) {
            String code = one.getKey();
            Section section = one.getValue();
            if (asked.containsKey(code)) {
                Http.Answer answer = asked.get(code).get();
                assertThat(answer.status()).as(code).isEqualTo(section.status());
                assertThat(answer.body()).as(code).isEqualTo(section.example());
                assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            } else {
                Problem problem = written.getOrDefault(code, Problem.of(HttpStatusCode.valueOf(section.status())));
                assertThat(answered(problem)).as(code).isEqualTo(section.example());
            }
        }
    }
}
