package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The account pages in a real browser: every flow, every state, and axe-core on each. */
class AccountPageTest {

    private static final String PASSWORD = "correct horse battery staple";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Browser.NewContextOptions PHONE = new Browser.NewContextOptions()
            .setViewportSize(390, 844)
            .setIsMobile(true)
            .setHasTouch(true)
            .setLocale("de-DE");
    private static final Map<String, Browser.NewContextOptions> LOOKS = Map.of(
            "light", new Browser.NewContextOptions().setViewportSize(1100, 780).setLocale("en-US"),
            "dark",
                    new Browser.NewContextOptions()
                            .setViewportSize(1100, 780)
                            .setLocale("en-US")
                            .setColorScheme(ColorScheme.DARK),
            "phone", PHONE);

    private static Playwright playwright;
    private static Browser browser;
    private static ConfigurableApplicationContext server;
    private static int port;

    private final List<String> console = new ArrayList<>();
    private BrowserContext context;
    private Page page;
    private Account account;
    private String email;

    @BeforeAll
    static void start() {
        String chromium = System.getenv("SANCTUM_TEST_CHROMIUM");
        if (chromium == null) {
            String why = "set SANCTUM_TEST_CHROMIUM to the path of Chromium to test in a browser";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        server = new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:account;DB_CLOSE_DELAY=-1",
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run();
        port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(String.valueOf(chromium)))
                        .setChromiumSandbox(false)
                        .setArgs(List.of("--disable-gpu", "--no-first-run", "--disable-background-networking")));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
            playwright.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void begin() {
        email = "ada" + NUMBER.incrementAndGet() + "@example.test";
        account = server.getBean(Accounts.class)
                .create("Ada Lovelace", email, PASSWORD, Account.Role.USER)
                .orElseThrow();
        open(new Browser.NewContextOptions().setViewportSize(1100, 780).setLocale("en-US"));
    }

    private void open(Browser.NewContextOptions options) {
        end();
        context = browser.newContext(options.setReducedMotion(ReducedMotion.REDUCE));
        page = context.newPage();
        page.onConsoleMessage(message -> console.add(message.text()));
        page.onPageError(error -> console.add("error: " + error));
    }

    @AfterEach
    void end() {
        if (context != null) {
            context.close();
            context = null;
            assertThat(console).allMatch(line -> line.matches("(Failed to load resource|\\[DOM]).*"));
        }
    }

    private static String url(String path) {
        return "http://localhost:" + port + path;
    }

    private void signIn(String path) {
        page.navigate(url(path));
        page.locator("input[type=email]").fill(email);
        page.locator("input[type=password]").fill(PASSWORD);
        page.locator("form button").last().click();
        page.locator("nav").waitFor();
    }

    private void issue(String name, String... abilities) {
        server.getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", account.id()), name, abilities)
                        .lifetime(Duration.ofDays(29)));
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private Locator label(String text) {
        return page.getByLabel(text, new Page.GetByLabelOptions().setExact(true));
    }

    private void see(String text) {
        page.getByText(text).first().waitFor();
    }

    private void fillForm(String name) {
        button("New token").click();
        page.getByLabel("Name").fill(name);
        page.getByLabel("orders:read").check();
    }

    private void closeUncopied() {
        button("Done").click();
        button("Close without copying").click();
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    private void accessible(String what) {
        List<Rule> found = new AxeBuilder(page)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
                .analyze()
                .getViolations();
        assertThat(found)
                .as(what)
                .extracting(rule -> rule.getId() + " " + rule.getNodes())
                .isEmpty();
    }

    private void picture(String name) {
        String images = System.getenv("SANCTUM_TEST_IMAGES");
        if (images != null) {
            page.mouse().move(0, 0);
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(images, name + ".png")));
        }
    }

    @Test
    void tokenIsCreatedShownOnceUsedAndRevoked() throws Exception {
        signIn("/settings/tokens");
        see("No tokens yet");
        fillForm("CI");
        button("Create token").click();
        see("Copy your new token");
        String token = page.locator("[part=plain-text]").textContent();
        String command = page.locator("code").last().textContent();

        assertThat(run(command)).contains("\"name\":\"CI\"");

        page.keyboard().press("Escape");
        see("You have not copied the token.");
        page.keyboard().press("Escape");
        page.keyboard().press("Escape");
        button("Back").click();
        context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        button("Copy token").click();
        see("Copied");
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(token);
        button("Done").click();
        see("in 30 days");
        see("just now");
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        assertThat(nowhere(token)).isTrue();

        button("Revoke token CI").click();
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Cancel"); // Enter does no harm
        button("Revoke token").click();
        see("Token revoked");
        see("No tokens yet");
        assertThat(new Client(port).bearer("GET", "/api/tokens/current", token).statusCode())
                .isEqualTo(401);
    }

    private static final String FOCUSED = """
            (() => { let at = document.activeElement
              while (at?.shadowRoot) at = at.shadowRoot.activeElement
              return at?.textContent || at?.name || '' })()
            """;

    private static String run(String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", command + " -s").start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        return said;
    }

    private boolean nowhere(String token) {
        String all = (String) page.evaluate("""
                () => { const html = (root) => [...root.querySelectorAll('*')].map((one) =>
                    one.outerHTML + (one.shadowRoot ? html(one.shadowRoot) : '')).join('')
                  return html(document) + location.href + JSON.stringify(history.state) + JSON.stringify(localStorage)
                    + JSON.stringify(sessionStorage) + document.cookie }
                """);
        return !all.contains(token) && console.stream().noneMatch(line -> line.contains(token));
    }

    @Test
    void tokenIsRenamedNarrowedAndGivenANewSecretAndTheOthersRevoked() {
        issue("CI", "orders:read", "orders:write");
        issue("Phone", "*");
        issue("Laptop", "*");
        signIn("/settings/tokens");

        button("Edit token CI").click();
        page.getByLabel("Name").fill("Build");
        page.getByLabel("orders:write").uncheck();
        button("Save").click();
        button("Edit token Build").waitFor();
        see("Saved");
        assertThat(page.locator("li", new Page.LocatorOptions().setHasText("Build"))
                        .textContent())
                .contains("orders:read")
                .doesNotContain("orders:write");

        button("Edit token Build").click();
        button("Replace secret").click();
        page.locator("dialog button.primary", new Page.LocatorOptions().setHasText("Replace secret"))
                .click();
        see("Copy your new token");
        closeUncopied();

        button("Edit token Build").click();
        button("Revoke all others").click();
        button("Revoke 2 tokens").click();
        see("Type the number 2.");
        page.getByLabel("Type 2 to confirm").fill("2");
        button("Revoke 2 tokens").click();
        see("1–1 of 1");
        assertThat(page.locator("li h3").allTextContents())
                .singleElement()
                .asString()
                .contains("Build");
    }

    @Test
    void linkFillsInTheFormAfterSigningIn() {
        signIn("/settings/tokens/new?name=CI&abilities=orders:read,reports:all&expires=60d");

        see("This form was filled in by a link.");
        assertThat(page.getByLabel("Name").inputValue()).isEqualTo("CI");
        assertThat(page.getByLabel("orders:read").isChecked()).isTrue();
        assertThat(page.getByLabel("reports:all").isChecked()).isTrue();
        assertThat(page.getByLabel("orders:write").isChecked()).isFalse();
        assertThat(page.getByLabel("60 days").isChecked()).isTrue();
        page.keyboard().press("Escape");
        page.waitForURL(url("/settings/tokens"));
    }

    @Test
    void signInGoesToNoOtherSite() {
        signIn("/login?next=//evil.example/x");
        assertThat(page.url()).isEqualTo(url("/settings/tokens"));
        signIn("/login?next=/.//evil.example/x");
        assertThat(page.url()).isEqualTo(url("/settings/tokens"));

        page.navigate(url("/login"));
        for (String to : List.of(
                "//evil.example/x",
                "///evil.example/x",
                "/\\evil.example/x",
                "\\\\evil.example/x",
                "/\t/evil.example/x",
                "\t//evil.example/x",
                "/\r\n/evil.example/x",
                "https:evil.example/x",
                "http:/evil.example/x",
                "https://evil.example/x",
                "javascript:alert(1)",
                "data:text/html,x",
                "blob:" + url("/x"),
                "//user:secret@evil.example/x",
                "//localhost:" + port + "@evil.example/x",
                "/.//evil.example/x",
                "/x/..//evil.example/x",
                "//[",
                "/login?next=/login",
                "")) {
            assertThat(destination(to)).as(to).isEqualTo("/settings/tokens");
        }
        assertThat(destination("//user:secret@localhost:" + port + "/doctor")).isEqualTo("/doctor");
        assertThat(destination("/settings/sessions?a=b")).isEqualTo("/settings/sessions?a=b");
    }

    private Object destination(String next) {
        return page.evaluate(
                "async (next) => (await import(document.querySelector('script').src)).destination(next)", next);
    }

    @Test
    void buttonsOfADialogAreInSightOnALowWindow() {
        for (int height : List.of(780, 600, 420)) {
            open(new Browser.NewContextOptions().setViewportSize(1100, height).setLocale("en-US"));
            signIn("/settings/tokens");
            button("New token").click();
            page.locator("dialog .picker").waitFor();
            inSight("Create token");
            inSight("Cancel");
            page.getByLabel("Never").focus();
            Object room = page.evaluate("""
                    () => { const all = document.querySelector('sanctum-tokens').shadowRoot
                      return all.querySelector('dialog .actions').getBoundingClientRect().top
                        - all.activeElement.parentElement.getBoundingClientRect().bottom }
                    """);
            assertThat(((Number) room).doubleValue())
                    .as("what has the focus is not behind the buttons")
                    .isGreaterThan(-1);
            page.getByLabel("Name").fill("Low");
            page.getByLabel("orders:read").check();
            button("Create token").click();
            see("Copy your new token");
            inSight("Done");
        }
    }

    private void inSight(String name) {
        PlaywrightAssertions.assertThat(button(name))
                .isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
    }

    @Test
    void whatWasTypedSurvivesTheEndOfTheSession() {
        signIn("/settings/tokens");
        fillForm("After");
        context.clearCookies();

        button("Create token").click();
        see("Sign in again");
        accessible("signing in again");
        label("Password").fill("wrong");
        button("Sign in").click();
        see("These credentials do not match our records.");
        label("Password").fill(PASSWORD);
        button("Sign in").click();

        see("Copy your new token");
        closeUncopied();
        see("After");
    }

    @Test
    void pageRecoversByItselfFrom419AndAsksForThePasswordOn423() {
        signIn("/settings/tokens");
        AtomicInteger asked = new AtomicInteger();
        page.route("**/api/tokens", route -> {
            if (route.request().method().equals("POST") && asked.getAndIncrement() == 1) {
                answer(route, 423, "");
            } else {
                route.resume();
            }
        });
        fillForm("Careful"); // every answer brings the right cookie again
        context.addCookies(List.of(new Cookie("XSRF-TOKEN", "wrong").setUrl(url("/"))));

        button("Create token").click();
        see("Is it still you?");
        accessible("password confirmation");
        label("Password").fill(PASSWORD);
        button("Continue").click();

        see("Copy your new token");
    }

    private static void answer(Route route, int status, String wait) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(wait.isEmpty() ? Map.of() : Map.of("Retry-After", wait))
                .setContentType("application/problem+json")
                .setBody("{\"message\":\"no\"}"));
    }

    @Test
    void everyStateOfAListSaysWhatToDo() {
        issue("CI", "*");
        signIn("/settings/tokens");

        page.route("**/api/tokens", route -> answer(route, 503, "1"));
        page.reload();
        see("Not available right now");
        accessible("503");
        page.unroute("**/api/tokens");
        button("Try again").click();
        see("CI");

        page.route("**/api/tokens", route -> answer(route, 429, "2"));
        page.reload();
        see("Try again in 2 s.");
        accessible("429");
        page.unroute("**/api/tokens");
        see("CI");

        context.setOffline(true);
        page.evaluate("document.querySelector('sanctum-tokens').reload()");
        see("You are offline");
        accessible("offline");
        context.setOffline(false);
        see("CI");

        page.route("**/api/tokens", route -> {}); // no answer yet
        page.reload();
        page.locator("sanctum-tokens .skeleton").waitFor();
        accessible("loading");
    }

    @Test
    void wrongFieldIsToldAtTheField() {
        signIn("/settings/tokens");
        fillForm("a\u202eb");
        button("Create token").click();

        see("The name must not contain control characters");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("name");
        assertThat(page.getByLabel("Name").getAttribute("aria-invalid")).isEqualTo("true");
    }

    @Test
    void lockoutTellsTheTimeLeft() {
        page.navigate(url("/login"));
        page.getByLabel("E-mail").fill(email);
        for (int i = 0; i < 6; i++) {
            label("Password").fill("wrong");
            page.waitForResponse("**/login", button("Sign in")::click);
        }

        page.getByText("Too many attempts. Try again in").waitFor();
        assertThat(button("Sign in").isDisabled()).isTrue();
        accessible("lockout");
    }

    @Test
    void hostileNamesAreText() {
        issue("<img src=x onerror=\"document.title='evil'\">", "orders:read");
        issue("plain", "orders:read");
        server.getBean(JdbcTemplate.class)
                .update(
                        "update personal_access_tokens set name = ? where name = 'plain' and tokenable_id = ?",
                        "\u202egnp.exe \ud83d\ude80",
                        String.valueOf(account.id()));
        signIn("/settings/tokens");

        see("<img src=x");
        assertThat(page.locator("sanctum-tokens img").count()).isZero();
        assertThat(page.locator("bdi[part=token-name]").allTextContents()).contains("\u202egnp.exe \ud83d\ude80");
        button("Revoke token <img src=x onerror=\"document.title='evil'\">").click();
        see("Revoke <img src=x");
        assertThat(page.title()).isEqualTo("Tokens · Sanctum4j");
    }

    @Test
    void thousandTokensAreFoundSortedAndPagedAtOnce() {
        for (int i = 1; i <= 1_000; i++) {
            issue("Job " + i, i % 2 == 0 ? "orders:read" : "stats:read");
        }
        signIn("/settings/tokens");

        see("1–25 of 1,000");
        assertThat(page.locator("li[part=token]").count()).isEqualTo(25);
        page.getByLabel("Sort by").selectOption("sortName");
        assertThat(page.locator("li h3 bdi").first().textContent()).isEqualTo("Job 1");
        button("Next page").click();
        see("26–50 of 1,000");
        assertThat(page.locator("li h3 bdi").first().textContent()).isEqualTo("Job 26");
        page.getByLabel("Search tokens").fill("orders job 99");
        see("1–5 of 5"); // 990, 992, … 998
        Object milliseconds = page.evaluate("""
                () => { const root = document.querySelector('sanctum-tokens').shadowRoot
                  const input = root.querySelector('input'), begin = performance.now()
                  for (const text of ['', 'job', 'job 5', 'job 55', '']) {
                    input.value = text
                    input.dispatchEvent(new Event('input'))
                    root.querySelector('ul').getBoundingClientRect()
                  }
                  return (performance.now() - begin) / 5 }
                """);
        assertThat(((Number) milliseconds).doubleValue()).isLessThan(200);
    }

    @Test
    void sessionsAreEndedAndThePasswordChanged() {
        Client elsewhere = new Client(port);
        elsewhere.signIn(email, PASSWORD);
        Client alsoElsewhere = new Client(port);
        alsoElsewhere.signIn(email, PASSWORD);
        signIn("/settings/sessions");

        see("This device");
        assertThat(page.locator("li[part=session]").count()).isEqualTo(3);
        page.locator("li button").first().click();
        see("Signed out there");
        assertThat(page.locator("li[part=session]").count()).isEqualTo(2);
        button("Sign out all other devices").click();
        page.locator("dialog button.danger").click();
        see("You are signed in nowhere else.");
        assertThat(elsewhere.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
        assertThat(alsoElsewhere.page("GET", "/api/user", "").statusCode()).isEqualTo(401);

        page.navigate(url("/settings/password"));
        page.getByLabel("Current password").fill("wrong");
        page.getByLabel("New password", new Page.GetByLabelOptions().setExact(true))
                .fill("another fine password");
        page.getByLabel("New password again").fill("another");
        button("Change password").click();
        see("The two new passwords differ.");
        page.getByLabel("New password again").fill("another fine password");
        button("Change password").click();
        see("The provided password is incorrect.");
        page.getByLabel("Current password").fill(PASSWORD);
        button("Change password").click();
        see("Password changed.");

        page.navigate(url("/settings/activity"));
        see("Signed in");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out"))
                .click();
        page.waitForURL(url("/login"));
        assertThat(elsewhere.signIn(email, "another fine password")).isEqualTo(204);
    }

    @Test
    void administratorManagesPeople() {
        issue("Theirs", "orders:read");
        String person = email;
        email = "admin@localhost";
        signIn("/settings/people");
        page.getByLabel("Search by name or e-mail").fill(person);
        page.getByText("admin@localhost").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        see(person);
        accessible("people");
        picture("people-light");

        button("Manage Ada Lovelace").click();
        see("Theirs");
        accessible("a person");
        button("Revoke token Theirs").click();
        see("No tokens yet");
        button("Set password").click();
        page.getByLabel("New password").fill("another fine password");
        page.locator("dialog button.primary").click();
        see("Saved");
        assertThat(new Client(port).signIn(person, "another fine password")).isEqualTo(204);

        button("Manage Ada Lovelace").click();
        button("Disable").click();
        page.locator("dialog button.danger").click();
        see("Disabled");
        assertThat(new Client(port).signIn(person, "another fine password")).isEqualTo(422);
        button("New person").click();
        page.locator("dialog button.primary").click();
        see("Give a name.");
        accessible("new person");
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("Grace");
        page.getByLabel("E-mail", new Page.GetByLabelOptions().setExact(true)).fill("grace-" + person);
        label("Password").fill("a fine first password");
        page.locator("dialog button.primary").click();
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        assertThat(new Client(port).signIn("grace-" + person, "a fine first password"))
                .isEqualTo(204);
    }

    @Test
    void othersDoNotSeePeople() {
        signIn("/settings/people");

        page.locator("sanctum-tokens").waitFor();
        assertThat(page.getByText("People").count()).isZero();
    }

    @Test
    void axeFindsNothingInLightDarkAndOnAPhone() {
        issue("CI pipeline", "orders:read", "orders:write");
        issue("Phone", "*");
        for (Map.Entry<String, Browser.NewContextOptions> look : LOOKS.entrySet()) {
            String name = look.getKey();
            open(look.getValue());
            page.navigate(url("/login"));
            page.locator("form button").last().click();
            accessible(name + " sign-in");
            signIn("/settings/tokens");
            page.locator("li[part=token]").first().waitFor();
            accessible(name + " list");
            picture("tokens-" + name);
            page.locator(".heading button").click();
            page.locator("dialog .picker").waitFor();
            page.locator("dialog form button").last().click();
            accessible(name + " form with errors");
            page.locator("dialog input[name=name]").fill("Release bot");
            page.locator("dialog input[value='orders:read']").check();
            picture("create-" + name);
            page.keyboard().press("Escape");
            page.locator("li button").first().click();
            page.locator("dialog .picker").waitFor();
            accessible(name + " edit");
            page.keyboard().press("Escape");
            page.locator("li button.bad").first().click();
            accessible(name + " revoke");
            page.keyboard().press("Escape");
            page.locator("input[type=search]").fill("nothing");
            accessible(name + " nothing found");
            for (String other : List.of("sessions", "password", "activity")) {
                page.navigate(url("/settings/" + other));
                page.locator("[part=list], form").first().waitFor();
                accessible(name + " " + other);
                picture(other + "-" + name);
            }
        }
    }

    @Test
    void axeFindsNothingAtTheDoctorInLightDarkAndOnAPhone() {
        email = "admin@localhost";
        for (Map.Entry<String, Browser.NewContextOptions> look : LOOKS.entrySet()) {
            String name = look.getKey();
            open(look.getValue());
            signIn("/doctor");
            page.locator("sanctum-doctor .notice").waitFor();
            accessible(name + " doctor, not explaining");
            page.route(
                    "**/api/doctor",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("application/json")
                            .setBody(REPORT)));
            page.locator("sanctum-doctor .heading button").click();
            see("/api/<b>orders</b>");
            see("Let it be https://app.example.test.");
            assertThat(page.locator("sanctum-doctor b").count()).isZero();
            PlaywrightAssertions.assertThat(page.locator("nav [aria-current]")).isInViewport();
            accessible(name + " doctor");
            picture("doctor-" + name);
        }
    }

    private static final String REPORT = """
            {"explaining": true,
             "settings": {"stateful": ["self", "http://app.example.test"], "csrf": "token", "cookie_domain": null,
               "cookie_same_site": "lax", "session_lifetime": "PT2H"},
             "findings": [{"rule": "A page of https sends no cookie to http.", "change": "Let it be https://app.example.test."}],
             "refusals": [
               {"at": "2026-01-02T03:04:05Z", "status": 419, "method": "POST", "path": "/api/<b>orders</b>",
                "rule": "No CSRF token was sent.", "change": "Ask for /sanctum/csrf-cookie first."},
               {"at": "2026-01-02T03:04:04Z", "status": 401, "method": "GET",
                "path": "/api/%s", "rule": "No such token is stored.", "change": "Look whether it was issued here."}]}
            """.formatted("a".repeat(300));

    @Test
    void othersDoNotSeeTheDoctor() {
        signIn("/doctor");

        page.locator("sanctum-tokens").waitFor();
        assertThat(page.getByText("Doctor").count()).isZero();
    }

    @Test
    void everythingCanBeDoneByKeyboardAlone() {
        signIn("/settings/tokens");
        see("No tokens yet");
        page.locator("#content").focus();
        page.keyboard().press("Tab");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("New token");
        page.keyboard().press("Enter");
        page.locator("dialog .picker").waitFor();
        assertThat(page.evaluate(FOCUSED)).isEqualTo("name");
        page.keyboard().type("Keys");
        page.keyboard().press("Tab");
        page.keyboard().type("orders:read");
        page.keyboard().press("Tab");
        page.keyboard().press("Space");
        page.keyboard().press("Enter");
        see("Copy your new token");
        page.keyboard().press("Escape");
        see("You have not copied");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Back");
        page.keyboard().press("Shift+Tab");
        page.keyboard().press("Enter");
        see("Keys");
        PlaywrightAssertions.assertThat(button("Edit token Keys")).isFocused();
    }
}
