package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The account pages in a real browser: every flow, every state, and axe-core on each. */
class AccountPageTest extends AccountPages {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Browser.NewContextOptions PHONE = new Browser.NewContextOptions()
            .setViewportSize(320, 640)
            .setIsMobile(true)
            .setLocale("en-US");

    private static final Locator.WaitForOptions GONE =
            new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED);

    private Account account;
    private String email;

    @BeforeAll
    static void start() {
        start("account");
    }

    @BeforeEach
    void begin() {
        email = "ada" + NUMBER.incrementAndGet() + "@example.test";
        account = account("Ada Lovelace", email, Account.Role.USER);
        open(new Browser.NewContextOptions().setViewportSize(1100, 780).setLocale("en-US"));
    }

    private void signIn(String path) {
        signIn(email, path);
    }

    private void issue(String name, String... abilities) {
        server.getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", account.id()), name, abilities)
                        .lifetime(Duration.ofDays(29)));
    }

    private void fillForm(String name) {
        button("New token").click();
        page.getByLabel("Name").fill(name);
        page.getByLabel("orders:read").check();
    }

    private void closeUncopied() {
        button("Done").click();
        button("Close without copying").click();
        page.locator("dialog").waitFor(GONE);
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
        page.locator("dialog").waitFor(GONE);
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
        assertThat(page.getByLabel("reports:all").isChecked())
                .as("unknown: by hand")
                .isFalse();
        assertThat(page.getByLabel("orders:write").isChecked()).isFalse();
        assertThat(page.getByLabel("60 days").isChecked()).isTrue();
        page.keyboard().press("Escape");
        page.waitForURL(url("/settings/tokens"));
    }

    /** R43. */
    @Test
    void signInGoesToNoOtherSite() {
        signIn("/login?next=//evil.example/x");
        assertThat(page.url()).isEqualTo(url("/settings/tokens"));
        context.clearCookies();
        signIn("/login?next=/.//evil.example/x");
        assertThat(page.url()).isEqualTo(url("/settings/tokens"));

        context.clearCookies();
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
        assertThat(destination("//user:secret@localhost:" + port + "/diagnosis"))
                .isEqualTo("/diagnosis");
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
        page.getByText("90 days", new Page.GetByTextOptions().setExact(true)).click();
        page.waitForLoadState(LoadState.NETWORKIDLE); // or the list asks who it is
        Client elsewhere = new Client(port);
        elsewhere.signIn(email, PASSWORD);
        assertThat(elsewhere.page("DELETE", "/api/sessions", "").statusCode()).isEqualTo(204);

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
        see("in 90 days");
    }

    @Test
    void pageRecoversByItselfFrom419() {
        signIn("/settings/tokens");
        List<Integer> statuses = new ArrayList<>();
        page.onResponse(response -> {
            if (response.request().method().equals("POST")) {
                statuses.add(response.status());
            }
        });
        fillForm("Careful");
        page.waitForLoadState(LoadState.NETWORKIDLE); // every answer brings the right cookie again
        context.addCookies(List.of(new Cookie("XSRF-TOKEN", "wrong").setUrl(url("/"))));
        page.waitForResponse("**/api/requests", button("Create token")::click); // the list is read anew
        see("Copy your new token");
        closeUncopied();

        fillForm("Without");
        context.clearCookies(new BrowserContext.ClearCookiesOptions().setName("XSRF-TOKEN"));
        button("Create token").click();
        see("Copy your new token");
        assertThat(statuses).containsExactly(419, 201, 419, 201);
    }

    /** As if the password had been given longer ago than sanctum.spa.confirm-within, which is 15 minutes here. */
    private void ageConfirmation() {
        assertThat(OldProofs.inAllSessions(server.getBean(JdbcTemplate.class))).isPositive();
    }

    private void confirm() {
        see("Is it still you?");
        label("Password").fill(PASSWORD);
        button("Continue").click();
    }

    @Test
    void passwordIsAskedForAgainBeforeATokenIsMade() {
        signIn("/settings/tokens");
        fillForm("Careful");
        page.getByText("7 days", new Page.GetByTextOptions().setExact(true)).click();
        ageConfirmation();

        button("Create token").click();
        see("Is it still you?");
        accessible("password confirmation");
        button("Cancel").last().click(); // of the upper dialog
        see("Confirm it, and try again.");
        assertThat(page.getByLabel("Name").inputValue()).isEqualTo("Careful");

        button("Create token").click();
        see("Is it still you?");
        button("Continue").click();
        see("Type your password.");
        label("Password").fill("wrong");
        button("Continue").click();
        see("The provided password is incorrect.");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("password");
        confirm();
        see("Copy your new token");
        closeUncopied();
        see("Careful");
        see("in 7 days");

        fillForm("Soon after"); // not asked again
        button("Create token").click();
        see("Copy your new token");
        closeUncopied();

        ageConfirmation();
        button("Edit token Careful").click();
        button("Replace secret").click();
        page.locator("dialog button.primary", new Page.LocatorOptions().setHasText("Replace secret"))
                .click();
        confirm();
        see("Copy your new token");
        closeUncopied();
    }

    @Test
    void passwordIsAskedForAgainBeforeSessionsAreEndedButNotTwiceBeforeItIsChanged() {
        List<Client> others = List.of(new Client(port), new Client(port), new Client(port));
        others.forEach(other -> other.signIn(email, PASSWORD));
        signIn("/settings/sessions");
        ageConfirmation();

        page.locator("li button").first().click();
        page.locator("dialog button.danger").click();
        confirm();
        see("Signed out there");
        page.locator("li[part=session]").nth(3).waitFor(GONE);
        PlaywrightAssertions.assertThat(page.locator("li[part=session]")).hasCount(3);
        ageConfirmation();
        button("Sign out all other devices").click();
        page.locator("dialog button.danger").click();
        confirm();
        see("You are signed in nowhere else.");
        assertThat(others).allMatch(other -> other.page("GET", "/api/user", "").statusCode() == 401);

        page.navigate(url("/settings/password"));
        ageConfirmation();
        page.getByLabel("Current password").fill(PASSWORD);
        label("New password").fill("another fine password");
        page.getByLabel("New password again").fill("another fine password");
        button("Change password").click();
        see("Password changed.");
    }

    @Test
    void guessingAtThePasswordConfirmationIsLockedOut() {
        signIn("/settings/tokens");
        fillForm("Careful");
        ageConfirmation();
        button("Create token").click();
        see("Is it still you?");
        for (int i = 0; i < 6; i++) {
            label("Password").fill("wrong");
            page.waitForResponse("**/user/confirm-password", button("Continue")::click);
        }

        page.getByText("Too many attempts. Try again in").waitFor();
        PlaywrightAssertions.assertThat(button("Continue")).isDisabled();
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

        JdbcTemplate database = server.getBean(JdbcTemplate.class);
        database.execute("alter table personal_access_tokens rename to not_there");
        try {
            page.reload();
            see("Not available right now");
            accessible("503");
            page.waitForResponse("**/api/tokens", button("Try again")::click);
            see("Not available right now");
        } finally {
            database.execute("alter table not_there rename to personal_access_tokens");
        }
        button("Try again").click();
        see("CI");

        page.route("**/api/tokens", route -> answer(route, 429, "2"));
        page.reload();
        see("Try again in 2 seconds.");
        PlaywrightAssertions.assertThat(page.locator("[role=alert] > [role=timer]"))
                .containsText("Try again in");
        accessible("429");
        page.unroute("**/api/tokens");
        see("CI");

        context.setOffline(true);
        page.evaluate("document.querySelector('sanctum-tokens').reload()");
        see("You are offline");
        accessible("offline");
        context.setOffline(false);
        see("CI");

        List<Route> waiting = new ArrayList<>();
        page.route("**/api/tokens", waiting::add);
        page.reload();
        page.locator("sanctum-tokens .skeleton").waitFor();
        accessible("loading");
        page.waitForCondition(() -> !waiting.isEmpty());
        waiting.forEach(Route::resume);
        see("CI");
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

    private static Stream<Arguments> languages() {
        Map<String, String> german = Map.ofEntries(
                Map.entry("credentials", "E-Mail oder Passwort ist falsch."),
                Map.entry("characters", "Der Name darf keine Steuerzeichen enthalten"),
                Map.entry("ability", "Diese Rechte dürfen Sie einem Token nicht alle geben."),
                Map.entry("password", "Das Passwort ist falsch."),
                Map.entry("short", "Das ist zu kurz."),
                Map.entry("gone", "Das gibt es nicht mehr"),
                Map.entry("unavailable", "Gerade nicht verfügbar"),
                Map.entry("email", "Das ist keine E-Mail-Adresse."),
                Map.entry("taken", "Das hat schon jemand anders."));
        Map<String, String> english = Map.ofEntries(
                Map.entry("credentials", "These credentials do not match our records."),
                Map.entry("characters", "The name must not contain control characters"),
                Map.entry("ability", "You may not give a token all of these abilities."),
                Map.entry("password", "The provided password is incorrect."),
                Map.entry("short", "This is too short."),
                Map.entry("gone", "It is not there any more"),
                Map.entry("unavailable", "Not available right now"),
                Map.entry("email", "This is not an e-mail address."),
                Map.entry("taken", "Somebody else has this already."));
        return Stream.of(Arguments.of("en-US", english), Arguments.of("de-AT", german));
    }

    /** The server speaks {@link OtherWords}; codes are all that the page has to go by. */
    @ParameterizedTest
    @MethodSource("languages")
    void whatIsWrongIsSaidByItsCodeInTheLanguageOfThePage(String locale, Map<String, String> sentences) {
        issue("Gone", "orders:read");
        open(new Browser.NewContextOptions().setViewportSize(1100, 780).setLocale(locale));
        page.navigate(url("/login"));
        fill("email", email);
        refused("password", "wrong", sentences.get("credentials"));
        signIn("/settings/tokens/new?abilities=orders:read");
        page.route("**/api/tokens", route -> refuse(route, "ability-not-permitted"));
        refused("name", "plain", sentences.get("ability"));
        page.unroute("**/api/tokens");
        page.route("**/api/tokens", route -> refuse(route, "of-an-application"));
        submit();
        see(OtherWords.WORDS); // for nobody else has any
        page.unroute("**/api/tokens");
        refused("name", "a\u202eb", sentences.get("characters"));
        ageConfirmation();
        fill("name", "plain");
        submit();
        page.locator("input[name=password]").waitFor();
        refused("password", "wrong", sentences.get("password"));

        page.navigate(url("/settings/password"));
        fill("password_confirmation", "short");
        fill("password", "short");
        refused("current_password", "wrong", sentences.get("password"));
        refused("current_password", PASSWORD, sentences.get("short"));

        page.navigate(url("/settings/tokens"));
        page.locator("li button.bad").first().click();
        server.getBean(JdbcTemplate.class).update("delete from personal_access_tokens where name = 'Gone'");
        submit();
        see(sentences.get("gone"));
        JdbcTemplate database = server.getBean(JdbcTemplate.class);
        database.execute("alter table personal_access_tokens rename to not_there");
        try {
            page.reload();
            see(sentences.get("unavailable"));
        } finally {
            database.execute("alter table not_there rename to personal_access_tokens");
        }

        page.locator(".who button").last().click();
        page.waitForURL(url("/login"));
        signIn("admin@localhost", "/settings/people");
        page.locator(".heading button").click();
        fill("name", "Grace");
        fill("password", "a fine first password");
        refused("email", "nobody", sentences.get("email"));
        refused("email", email, sentences.get("taken"));
    }

    private static void refuse(Route route, String code) {
        if (!route.request().method().equals("POST")) {
            route.resume();
            return;
        }
        route.fulfill(new Route.FulfillOptions()
                .setStatus(422)
                .setContentType("application/problem+json")
                .setBody(
                        "{\"code\":\"invalid\",\"message\":\"%1$s\",\"errors\":{\"abilities\":[\"%1$s\"]},\"codes\":{\"abilities\":[\"%2$s\"]}}"
                                .formatted(OtherWords.WORDS, code)));
    }

    private void fill(String name, String value) {
        page.locator("input[name=" + name + "]").last().fill(value);
    }

    private void submit() {
        page.locator("form .actions > button").last().click();
    }

    private void refused(String name, String value, @Nullable String sentence) {
        fill(name, value);
        submit();
        see(String.valueOf(sentence));
        assertThat(page.getByText(OtherWords.WORDS).count()).isZero();
    }

    /** What it takes to show the page to sign in on, and another one before it asks the API. */
    @Test
    void coldPageTakesFourRequestsAtMost() {
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url()));
        page.navigate(url("/login"));
        page.locator("form").waitFor();
        assertThat(asked).filteredOn(path -> !path.contains("/api/")).hasSizeLessThanOrEqualTo(4);

        signIn("/settings/tokens");
        open(new Browser.NewContextOptions().setStorageState(context.storageState()));
        asked.clear();
        page.onRequest(request -> asked.add(request.url()));
        page.navigate(url("/settings/tokens"));
        see("No tokens yet");

        assertThat(asked)
                .filteredOn(path -> !path.contains("/api/") && !path.contains("/more.js"))
                .hasSizeLessThanOrEqualTo(4)
                .contains(url("/settings/tokens"));
        page.waitForCondition(() -> asked.stream().anyMatch(path -> path.contains("/more.js?v=")));
        assertThat(asked.stream().filter(path -> path.matches(".*/(more\\.js.*|api/tokens)")))
                .as("what is needed later is loaded after the list")
                .first(InstanceOfAssertFactories.STRING)
                .endsWith("/api/tokens");
    }

    /** The rest of the page may fail to load: that is said where somebody has clicked, and nothing is made that could not be shown. */
    @Test
    void pageWhoseRestDoesNotLoadSaysSoAndTriesAgain() {
        page.route("**/more.js*", Route::abort);
        page.route(
                "**/api/requests",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("[{\"id\":7,\"name\":\"CI\",\"abilities\":[\"orders:read\"],"
                                + "\"asked_at\":\"2026-01-01T00:00:00Z\",\"state\":\"allowed\"}]")));
        signIn("/settings/tokens");
        List<String> sent = new ArrayList<>();
        page.onRequest(request -> sent.add(request.method()));

        button("Get token").click();
        PlaywrightAssertions.assertThat(page.locator(".requests .problem"))
                .containsText("The server cannot be reached");
        button("New token").click();
        page.locator("dialog [part=trouble]")
                .getByText("The server cannot be reached")
                .waitFor();
        accessible("a form that is not there");

        page.unroute("**/more.js*");
        button("Try again").click();
        page.getByLabel("orders:read").check();
        assertThat(sent).containsOnly("GET");
    }

    /** A cache may have the rest of another version under its name. */
    @Test
    void pageWhoseRestIsOfAnotherVersionAsksToBeLoadedAgain() {
        page.route(
                "**/more.js*",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("text/javascript")
                        .setBody("export const version = '000000000000'; export default () => { throw 'asked' }")));
        signIn("/settings/tokens");

        button("New token").click();

        PlaywrightAssertions.assertThat(page.locator("dialog [part=trouble]"))
                .containsText("This page has expiredLoad it again, and go on from there.");
        accessible("a page whose rest is of another version");
        page.keyboard().press("Escape");
        page.locator("main h2").first().focus();
        page.keyboard().press("?");
        PlaywrightAssertions.assertThat(page.locator("[part=toast]").first()).containsText("This page has expired.");
    }

    @Test
    void whoCouldNotBeSignedOutIsToldSo() {
        signIn("/settings/tokens");
        page.route("**/logout", route -> answer(route, 503, ""));

        button("Sign out").click();
        see("Not available right now.");
        assertThat(page.url()).isEqualTo(url("/settings/tokens"));

        page.unroute("**/logout");
        button("Sign out").click();
        page.waitForURL(url("/login"));
        page.navigate(url("/settings/tokens"));
        page.waitForURL(address -> address.contains("/login"));
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
        PlaywrightAssertions.assertThat(button("Sign in")).isDisabled();
        PlaywrightAssertions.assertThat(page.locator("[role=alert] > [role=timer]")) // or each second would be read out
                .containsText("Too many attempts.");
        accessible("lockout");
    }

    private static final String MARKUP = "<img src=x onerror=\"document.title='evil'\">";
    private static final String LONG = "A" + "a".repeat(200);
    private static final String TURNED = "\u202egnp.exe \u200f\ud83d\ude80";

    @Test
    void hostileNamesAreTextOnEveryPageAndNothingIsWiderThanANarrowPhone() {
        JdbcTemplate database = server.getBean(JdbcTemplate.class);
        for (String name : List.of(MARKUP, LONG, TURNED)) {
            issue("plain", "orders:read");
            database.update(
                    "update personal_access_tokens set name = ?, abilities = ? where name = 'plain'",
                    name,
                    "[\"orders:read\",\"" + "a".repeat(120) + "\"]");
            new Client(port).from(name.replaceAll("[^ -~]", "?")).signIn(email, PASSWORD);
            database.update(
                    "insert into sanctum_audit (happened_at, event, owner_type, owner_id, detail)"
                            + " values (localtimestamp, ?, 'user', ?, ?)",
                    "token_changed",
                    String.valueOf(account.id()),
                    name);
            Account hostile = account(
                    "plain", NUMBER.incrementAndGet() + "-" + "e".repeat(150) + "@example.test", Account.Role.USER);
            database.update("update sanctum_accounts set name = ? where id = ?", name, hostile.id()); // an older row
        }
        database.update(
                "update sanctum_accounts set name = ? where id = ?",
                MARKUP + TURNED + LONG.substring(60),
                account.id());
        open(PHONE);

        signIn("/settings/tokens");
        shown("sanctum-tokens bdi[part=token-name]");
        for (String action : List.of("Edit token " + LONG, "Revoke token " + LONG, "Revoke token " + MARKUP)) {
            button(action).click();
            page.locator("dialog .actions").waitFor();
            harmless("dialog: " + action);
            page.keyboard().press("Escape");
            page.locator("dialog").waitFor(GONE);
        }
        fillForm(LONG);
        button("Create token").click();
        see("Copy your new token");
        harmless("shown once");
        closeUncopied();
        page.locator(".foot button.bad").first().click();
        harmless("revoke all");
        page.keyboard().press("Escape");

        page.navigate(url("/settings/sessions"));
        page.locator("li[part=session]").nth(3).waitFor();
        see(MARKUP);
        harmless("sessions");
        page.navigate(url("/settings/password"));
        page.locator("form").waitFor();
        harmless("password");
        page.navigate(url("/settings/activity"));
        shown("li[part=entry] bdi");

        email = "admin@localhost";
        button("Sign out").click();
        page.waitForURL(url("/login"));
        harmless("sign-in");
        signIn("/settings/people");
        page.getByLabel("Search by name or e-mail").fill("e".repeat(20));
        page.getByText("admin@localhost").waitFor(GONE);
        shown("li[part=person] h3 bdi");
        button("Manage " + LONG).click();
        page.locator("dialog .actions").waitFor();
        harmless("a person");
        button("Disable").click();
        harmless("disable");
        page.keyboard().press("Escape");
        page.navigate(url("/diagnosis"));
        page.locator("[part=settings]").waitFor();
        harmless("diagnosis");
    }

    /** All of the hostile names, as they are. */
    private void shown(String selector) {
        page.locator(selector, new Page.LocatorOptions().setHasText(MARKUP))
                .first()
                .waitFor();
        assertThat(page.locator(selector).allTextContents()).contains(MARKUP, LONG, TURNED);
        harmless(selector);
    }

    private void harmless(String what) {
        assertThat(page.locator("img").count()).as(what).isZero();
        assertThat(page.title()).as(what).doesNotContain("evil");
        assertThat(page.evaluate(BEYOND))
                .as(what + ": pixels beyond the edge of the page, and of what scrolls in it")
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsOnly(0);
    }

    private static final String BEYOND = """
            () => { const inner = [...document.querySelectorAll('main *')]
                .flatMap((one) => [...one.shadowRoot?.querySelectorAll('dialog, .groups') ?? []])
              return [document.documentElement, ...inner].map((one) => one.scrollWidth - Math.min(one.clientWidth, 320)) }
            """;

    @Test
    void thousandTokensAreFoundSortedAndPagedAtOnce() {
        for (int i = 1; i <= 1_000; i++) {
            issue("Job " + i, i % 2 == 0 ? "orders:read" : "stats:read");
        }
        signIn("/settings/tokens");

        see("1–25 of 1,000");
        PlaywrightAssertions.assertThat(page.locator("li[part=token]")).hasCount(25);
        page.getByLabel("Sort by").selectOption("sortName");
        PlaywrightAssertions.assertThat(page.locator("li h3 bdi").first()).hasText("Job 1");
        button("Next page").click();
        see("26–50 of 1,000");
        PlaywrightAssertions.assertThat(page.locator("li h3 bdi").first()).hasText("Job 26");
        page.getByLabel("Search tokens").fill("orders job 99");
        see("1–5 of 5"); // 990, 992, … 998
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url()));
        page.getByLabel("Search tokens")
                .fill("job 55"); // at once: the server is not asked, and no more rows are drawn than seen
        see("1–19 of 19"); // 55, 155, … 955, and the rest of 550, 551, … 559
        page.getByLabel("Search tokens").fill("");
        see("1–25 of 1,000");
        PlaywrightAssertions.assertThat(page.locator("li[part=token]")).hasCount(25);
        assertThat(asked).noneMatch(url -> url.contains("/api/")); // the rest of the page may come meanwhile
    }

    @Test
    void veryManyTokensAreNotLoadedUnlessSomebodyAsks() throws Exception {
        server.getBean(JdbcTemplate.class)
                .update(
                        "insert into personal_access_tokens (tokenable_type, tokenable_id, name, token, abilities, created_at)"
                                + " select 'user', ?, 'Robot ' || x, rawtohex(random_uuid()), '[\"*\"]', current_timestamp"
                                + " from system_range(1, 1120)",
                        String.valueOf(account.id()));
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url().replaceFirst(".*/api", "/api")));
        signIn("/settings/tokens");

        see("1–25 of 1,050 so far");
        assertThat(asked)
                .filteredOn(path -> path.matches("/api/tokens(\\?.*)?"))
                .hasSize(11);
        accessible("very many");
        page.getByLabel("Search tokens").fill("robot 42");
        see("1–20 of 20 so far");
        button("Load older tokens").click();
        see("1–21 of 21");
        page.getByLabel("Search tokens").fill("");
        see("1–25 of 1,120");
        PlaywrightAssertions.assertThat(button("Load older tokens")).not().isVisible();
    }

    @Test
    void sessionsAreEndedAndThePasswordChanged() {
        Client elsewhere = new Client(port);
        elsewhere.signIn(email, PASSWORD);
        Client alsoElsewhere = new Client(port);
        alsoElsewhere.signIn(email, PASSWORD);
        signIn("/settings/sessions");

        see("This device");
        PlaywrightAssertions.assertThat(page.locator("li[part=session]")).hasCount(3);
        page.locator("li button").first().click();
        accessible("end a session");
        page.locator("dialog button.danger").click();
        see("Signed out there");
        PlaywrightAssertions.assertThat(page.locator("li[part=session]")).hasCount(2);
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

        page.waitForCondition(() -> server.getBean(JdbcTemplate.class)
                .queryForList("select owner_id from sanctum_audit where event = 'password_changed'", String.class)
                .contains(String.valueOf(account.id()))); // written on a thread of its own
        page.navigate(url("/settings/activity"));
        see("Password changed");
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
        page.getByText("admin@localhost").waitFor(GONE);
        see(person);
        accessible("people");

        button("Manage Ada Lovelace").click();
        see("Theirs");
        accessible("a person");
        button("Revoke token Theirs").click();
        button("Revoke token").click();
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
        page.locator("dialog").waitFor(GONE);
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
    void diagnosisSaysWhetherItExplainsAndShowsPathsAsText() {
        email = "admin@localhost";
        signIn("/doctor"); // as it was called
        page.waitForURL(url("/diagnosis"));
        page.locator("sanctum-diagnosis .notice").waitFor();
        accessible("diagnosis, not explaining");
        page.route(
                "**/api/doctor",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(REPORT)));
        button("Look again").click();
        see("/api/<b>orders</b>");
        see("Let it be https://app.example.test.");
        see("2 hours");
        assertThat(page.locator("sanctum-diagnosis b").count()).isZero();
        accessible("diagnosis");
    }

    private static final String REPORT = """
            {"explaining": true,
             "settings": {"stateful": ["self", "http://app.example.test"], "csrf": "token", "cookie_domain": null,
               "cookie_same_site": "lax", "session_lifetime": 7200},
             "findings": [{"rule": "A page of https sends no cookie to http.", "change": "Let it be https://app.example.test."}],
             "refusals": [
               {"at": "2026-01-02T03:04:05Z", "status": 419, "method": "POST", "path": "/api/<b>orders</b>",
                "rule": "No CSRF token was sent.", "change": "Ask for /sanctum/csrf-cookie first."},
               {"at": "2026-01-02T03:04:04Z", "status": 401, "method": "GET",
                "path": "/api/%s", "rule": "No such token is stored.", "change": "Look whether it was issued here."}]}
            """.formatted("a".repeat(300));

    @Test
    void othersDoNotSeeTheDiagnosis() {
        signIn("/diagnosis");

        page.locator("sanctum-tokens").waitFor();
        assertThat(page.getByText("Diagnosis").count()).isZero();
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
