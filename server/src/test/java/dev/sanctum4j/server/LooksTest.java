package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/**
 * Every page as people see it, in light, in dark and on a phone: axe-core finds nothing, nothing is wider than the window, and
 * each is photographed for the documentation if {@code SANCTUM_TEST_IMAGES} says into which folder.
 */
class LooksTest extends AccountPages {

    /** How people see pages; every build tries the first three, {@code SANCTUM_TEST_LOOKS} names others, or {@code all}. */
    private static final Map<String, Supplier<Browser.NewContextOptions>> LOOKS = new LinkedHashMap<>();

    static {
        LOOKS.put("light", LooksTest::desktop);
        LOOKS.put("dark", () -> desktop().setColorScheme(ColorScheme.DARK));
        LOOKS.put(
                "phone",
                () -> new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setDeviceScaleFactor(1.5)
                        .setIsMobile(true)
                        .setHasTouch(true)
                        .setLocale("de-DE"));
        LOOKS.put("forced colours", () -> desktop().setForcedColors(ForcedColors.ACTIVE));
        LOOKS.put("360 px", () -> desktop().setViewportSize(360, 740).setColorScheme(ColorScheme.DARK));
        LOOKS.put("320 x 256", () -> desktop().setViewportSize(320, 256));
        LOOKS.put("German", () -> desktop().setLocale("de-DE"));
        LOOKS.put("right to left", LooksTest::desktop);
        LOOKS.put(PseudoLocale.LOOK, () -> desktop().setViewportSize(360, 740));
    }

    static List<String> looks() {
        String wanted = System.getenv("SANCTUM_TEST_LOOKS");
        return wanted == null
                ? List.of("light", "dark", "phone")
                : List.copyOf(wanted.equals("all") ? LOOKS.keySet() : List.of(wanted.split(",")));
    }

    private static final String FIREFOX =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static final String SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
            + " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

    private static JdbcTemplate database;
    private static Account grace;

    private static Browser.NewContextOptions desktop() {
        return new Browser.NewContextOptions().setViewportSize(1100, 820).setLocale("en-US");
    }

    @BeforeAll
    static void start() {
        start("looks", "SANCTUM_ADMIN_EMAIL=ada@example.com", "sanctum.diagnosis=true");
        database = server.getBean(JdbcTemplate.class);
        people();
        tokens();
        Client page = new Client(port);
        page.bearer("GET", "/api/tokens", "pat_long_gone");
        page.page("POST", "/api/tokens", "{\"name\":\"tea\"}");
        page.get("/api/user");
    }

    private static void people() {
        database.update("update sanctum_accounts set name = 'Ada Lovelace'");
        grace = account("Grace Hopper", "grace@example.com", Account.Role.USER);
        account("Margaret Hamilton", "margaret@example.com", Account.Role.ADMIN);
        account("Alan Turing", "alan@example.com", Account.Role.USER);
        account("Katherine Johnson", "katherine@example.com", Account.Role.USER);
        account("Søren Kierkegård-Rasmussen", "soren.kierkegaard-rasmussen@copenhagen.example.com", Account.Role.USER);
        database.update(
                "update sanctum_accounts set disabled_at = ? where name = 'Alan Turing'", ago(Duration.ofDays(2)));
        int[] days = {412, 380, 365, 240, 96, 3};
        for (int i = 0; i < days.length; i++) {
            database.update(
                    "update sanctum_accounts set created_at = ? where id = ?", ago(Duration.ofDays(days[i])), i + 1);
        }
    }

    private static void tokens() {
        Duration day = Duration.ofDays(1);
        token("Old laptop", 104, 12 * -1, day.multipliedBy(40), "192.0.2.14", "*");
        token("Grafana dashboard", 85, 5, Duration.ofMinutes(4), "198.51.100.23", "stats:read");
        token("CI pipeline", 61, 29, Duration.ofHours(2), "203.0.113.7", "orders:read", "orders:write");
        token("Phone", 2, 88, null, null, "orders:read", "tokens:manage");
    }

    private static void token(
            String name, int age, int left, @Nullable Duration used, @Nullable String from, String... abilities) {
        long id = server.getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", grace.id()), name, abilities)
                        .lifetime(Duration.ofDays(90)))
                .token()
                .id()
                .value();
        database.update(
                "update personal_access_tokens set created_at = ?, expires_at = ?, last_used_at = ?, last_used_from = ?"
                        + " where id = ?",
                ago(Duration.ofDays(age)),
                ago(Duration.ofDays(-left)),
                used == null ? null : ago(used),
                from,
                id);
    }

    private static void activity() {
        database.update("delete from sanctum_audit");
        event("signed_in", Duration.ofDays(104), null, "192.0.2.14", null);
        event("token_issued", Duration.ofDays(104), 1L, "192.0.2.14", "Old laptop: *");
        event("token_issued", Duration.ofDays(85), 2L, "198.51.100.23", "Grafana dashboard: stats:read");
        event("token_issued", Duration.ofDays(61), 3L, "203.0.113.7", "CI pipeline: orders:read orders:write");
        event("password_changed", Duration.ofDays(30), null, "198.51.100.23", null);
        event("sign_in_failed", Duration.ofDays(9), null, "2001:db8::17", null);
        event("signed_in", Duration.ofDays(2), null, "2001:db8::42", null);
        event("token_issued", Duration.ofDays(2), 4L, "2001:db8::42", "Phone: orders:read tokens:manage");
        event("ability_denied", Duration.ofHours(5), 2L, "198.51.100.23", "orders:read");
        event("token_changed", Duration.ofHours(2), 3L, "203.0.113.7", "CI pipeline: orders:read orders:write");
    }

    private static void event(
            String event, Duration age, @Nullable Long token, @Nullable String address, @Nullable String detail) {
        database.update(
                "insert into sanctum_audit (happened_at, event, owner_type, owner_id, token_id, address, detail)"
                        + " values (?, ?, 'user', ?, ?, ?, ?)",
                ago(age),
                event,
                String.valueOf(grace.id()),
                token,
                address,
                detail);
    }

    /** The sessions of other devices, anew. */
    @SuppressWarnings("unchecked")
    private static void sessions() {
        database.update("delete from sanctum_session");
        SessionRepository<Session> repository = server.getBean(FindByIndexNameSessionRepository.class);
        session(repository, FIREFOX, "198.51.100.23", Duration.ofMinutes(12), Duration.ofHours(1));
        session(repository, SAFARI, "2001:db8::42", Duration.ofMinutes(50), Duration.ofDays(2));
        session(repository, "curl/8.14.1", "203.0.113.7", Duration.ofMinutes(90), Duration.ofMinutes(95));
    }

    private static void session(
            SessionRepository<Session> repository, String device, String address, Duration seen, Duration age) {
        Session made = repository.createSession();
        made.setAttribute("sanctum.device", device);
        made.setAttribute("sanctum.address", address);
        made.setAttribute(
                FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME,
                Owner.of("user", grace.id()).toString());
        Instant last = Instant.now().minus(seen);
        made.setLastAccessedTime(last);
        repository.save(made);
        database.update(
                "update sanctum_session set creation_time = ? where last_access_time = ?",
                Instant.now().minus(age).toEpochMilli(),
                last.toEpochMilli());
    }

    private static LocalDateTime ago(Duration age) {
        return LocalDateTime.ofInstant(Instant.now().minus(age), ZoneOffset.UTC);
    }

    private void looks(String name) {
        accessible(name);
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("what " + name + " has beyond the window")
                .isEqualTo(0);
    }

    /** What is on the page now, for the documentation. */
    private void picture(String name) throws IOException {
        looks(name);
        String images = System.getenv("SANCTUM_TEST_IMAGES");
        if (images != null) {
            page.mouse().move(0, 0);
            Picture.of(page.screenshot()).write(Path.of(images, name + "-" + look + ".png"));
        }
    }

    private void closed() {
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    static Browser.NewContextOptions look(String name) {
        return Objects.requireNonNull(LOOKS.get(name)).get();
    }

    /** What no option of a browser says. */
    static void turn(String look, BrowserContext context) {
        if (look.equals("right to left")) {
            context.addInitScript(
                    "document.addEventListener('DOMContentLoaded', () => document.documentElement.dir = 'rtl')");
        } else if (look.equals(PseudoLocale.LOOK)) {
            PseudoLocale.speak(context);
        }
    }

    private void open(String name) {
        look = name;
        open(look(name));
        turn(name, context);
    }

    @ParameterizedTest
    @MethodSource("looks")
    void accountPagesLookWell(String name) throws IOException {
        open(name);
        sessions();
        page.navigate(url("/login"));
        page.locator("form button").last().click();
        looks("sign-in with errors");
        page.reload();
        page.locator("input[type=email]").fill("grace@example.com");
        picture("sign-in");

        signIn("grace@example.com", "/settings/tokens");
        page.locator("li[part=token]").first().waitFor();
        picture("tokens");
        page.locator("input[type=search]").fill("nothing");
        looks("nothing found");
        page.locator("input[type=search]").fill("");
        page.locator("li button").first().click();
        page.locator("dialog .picker").waitFor();
        looks("edit");
        page.keyboard().press("Escape");
        page.locator("li button.bad").first().click();
        looks("revoke");
        page.keyboard().press("Escape");

        page.locator(".heading button").click();
        page.locator("dialog .picker").waitFor();
        page.locator("dialog form button").last().click();
        looks("form with errors");
        page.locator("dialog input[name=name]").fill("Release bot");
        page.locator("dialog input[value='orders:read']").check();
        assertThat(page.locator("dialog .error").allTextContents()).containsOnly("");
        picture("create");
        page.locator("dialog form button").last().click();
        page.locator("dialog .secret").first().waitFor();
        picture("shown-once");
        page.locator("dialog .actions button").click();
        page.locator("dialog [role=alert]").waitFor();
        looks("uncopied");
        page.locator("dialog .actions button").first().click();
        closed();
        database.update("delete from personal_access_tokens where name = 'Release bot'");

        for (String other : new String[] {"sessions", "password", "activity"}) {
            activity();
            page.navigate(url("/settings/" + other));
            page.locator("[part=list], form").first().waitFor();
            picture(other);
        }
    }

    /** Each thing that somebody sees who answers a program. */
    @ParameterizedTest
    @MethodSource("looks")
    void answeringAProgramLooksWell(String name) throws IOException {
        open(name);
        Map<String, String> who =
                Map.of("light", "grace", "dark", "katherine", "phone", "margaret"); // wrong codes are few
        String email = who.getOrDefault(name, name.replaceAll("\\W", "")) + "@example.com";
        if (!who.containsKey(name)) {
            account("Somebody", email, Account.Role.USER);
        }
        signIn(email, "/connect");
        page.locator("input[name=user_code]").waitFor();
        looks("a code to type");
        page.locator("form button").last().click();
        looks("no code");
        page.locator("input[name=user_code]").fill("BBBB-BBBB");
        page.locator("form button").last().click();
        page.locator("form .problem:not(:empty)").waitFor();
        looks("a wrong code");

        page.navigate(url("/connect?code=" + ask()));
        page.locator(".code").waitFor();
        picture("connect");
        page.locator(".actions button").first().click();
        page.locator("[role=status] h3").waitFor();
        looks("stopped");
        page.reload();
        page.locator(".actions button").last().click();
        page.locator("select").waitFor();
        looks("a request of this network");
        page.locator(".actions button").first().click();
        page.locator("[role=status] h3").waitFor();
        looks("denied");

        String code = ask();
        database.update("update sanctum_requests set network = '203.0.113.7', address = '203.0.113.7'");
        page.navigate(url("/connect?code=" + code));
        page.locator(".actions button").last().click();
        page.locator("select").waitFor();
        picture("approve");
        page.locator("input[type=checkbox]").first().uncheck();
        page.locator("input[type=checkbox]").last().uncheck();
        page.locator(".actions button").last().click();
        looks("nothing chosen");
        page.locator("input[type=checkbox]").first().check();
        database.update("update sanctum_requests set expires_at = 0");
        page.locator(".actions button").last().click();
        page.locator(".problem:not(:empty)").waitFor();
        looks("too late");

        page.navigate(url("/connect?code=" + ask()));
        page.locator(".actions button").last().click();
        page.locator("select").waitFor();
        page.locator(".actions button").last().click();
        page.locator("[role=status] h3").waitFor();
        looks("allowed");
    }

    private static String ask() {
        database.update("delete from sanctum_requests");
        String answer = new Client(port)
                .form(
                        "/sanctum/device_authorization",
                        "client_id=codex&client_name=Codex+on+build-7&scope=orders:read+orders:write&lifetime=172800")
                .body();
        return answer.replaceAll(".*\"user_code\":\"([^\"]*)\".*", "$1");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void administratorsPagesLookWell(String name) throws IOException {
        open(name);
        signIn("ada@example.com", "/settings/people");
        page.locator("li[part=person]").first().waitFor();
        PlaywrightAssertions.assertThat(page.locator("nav [aria-current]")).isInViewport();
        picture("people");
        page.locator("li[part=person] button").nth(1).click();
        page.locator("dialog li").first().waitFor();
        picture("person");
        page.keyboard().press("Escape");
        page.locator(".heading button").click();
        page.locator("dialog form button").last().click();
        looks("new person");

        page.navigate(url("/diagnosis"));
        page.locator("li[part=refusal]").first().waitFor();
        picture("diagnosis");
    }
}
