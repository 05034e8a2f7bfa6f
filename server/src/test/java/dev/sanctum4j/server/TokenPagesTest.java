package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.server.accounts.Account;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.json.JsonMapper;

/** What makes many tokens easy: choosing abilities by what they are about, health, keys, and a page for each. */
class TokenPagesTest extends AccountPages {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String ABILITIES = """
            [{"name":"orders:read","description":"","group":""},{"name":"orders:write","description":"","group":""},
             {"name":"orders:cancel","description":"","group":""},
             {"name":"stats:read","description":"See figures","group":"Reports"},{"name":"stats:export","description":"","group":"Reports"},
             {"name":"tokens:delegate","description":"","group":"Reports"},
             {"name":"lonely","description":"","group":""}]""";
    private static final String POLICY = """
            {"default_lifetime":null,"max_lifetime":null,"abilities":["*","tokens:delegate"],
             "presets":[{"name":"Read only","abilities":["orders:read","stats:read"]},{"name":"Not for all","abilities":["no:such"]}]}""";

    private Account account;
    private String email;

    @BeforeAll
    static void start() {
        start("token-pages");
    }

    @BeforeEach
    void begin() {
        email = "ada" + NUMBER.incrementAndGet() + "@example.test";
        account = account("Ada Lovelace", email, Account.Role.USER);
        open(window(1100, 780));
    }

    private static Browser.NewContextOptions window(int width, int height) {
        return new Browser.NewContextOptions().setViewportSize(width, height).setLocale("en-US");
    }

    private static void fulfil(Route route, String json) {
        route.fulfill(
                new Route.FulfillOptions().setContentType("application/json").setBody(json));
    }

    /** Opens the form, as somebody who may choose among these abilities. */
    private void form(String query) {
        form(query, ABILITIES, POLICY);
    }

    private void form(String query, String abilities, String policy) {
        page.route("**/api/abilities", route -> fulfil(route, abilities));
        page.route("**/api/tokens/policy", route -> fulfil(route, policy));
        signIn(email, "/settings/tokens/new" + query);
        page.locator("dialog .picker").waitFor();
    }

    private void chosen(String... names) {
        List<String> ticked = page.locator("dialog .groups label input:checked").all().stream()
                .map(box -> box.getAttribute("value"))
                .filter(name -> name != null)
                .toList();
        assertThat(ticked).containsExactlyInAnyOrder(names);
    }

    @Test
    void groupGivesNothingReadingOrWritingAndNothingThatIsNotMeant() {
        form("");
        Locator orders = page.getByLabel("Access to orders");
        Locator all = page.getByLabel("All of orders");

        orders.selectOption("Read");
        chosen("orders:read");
        assertThat(all.evaluate("box => box.indeterminate")).isEqualTo(true);
        orders.selectOption("Read and write");
        chosen("orders:read", "orders:write");
        PlaywrightAssertions.assertThat(page.locator("dialog .sum"))
                .containsText("This token can use orders:read and orders:write");
        page.getByLabel("orders:cancel").check();
        PlaywrightAssertions.assertThat(all).isChecked();
        PlaywrightAssertions.assertThat(page.getByLabel("Access to orders").locator("option:checked"))
                .hasText("As ticked");
        all.uncheck();
        chosen();
        PlaywrightAssertions.assertThat(orders.locator("option:checked")).hasText("None");

        page.getByLabel("All of Reports").check();
        chosen("stats:read", "stats:export"); // and not what is given by itself
        PlaywrightAssertions.assertThat(page.getByLabel("Access to Reports")).hasCount(0);
        PlaywrightAssertions.assertThat(page.getByLabel("All of Other")).hasCount(0);
    }

    @Test
    void groupTicksOnlyWhatASearchHasFound() {
        form("");

        page.getByLabel("Search abilities").fill("cancel");
        page.getByLabel("All of orders").check();
        chosen("orders:cancel");
        page.getByLabel("Search abilities").fill("");
        chosen("orders:cancel");
    }

    @Test
    void presetOfTheApplicationTicksItsAbilitiesAndSaysWhetherTheyAreTheOnesThatAreTicked() {
        form("?name=CI&abilities=orders:cancel");
        Locator preset = button("Read only");
        PlaywrightAssertions.assertThat(button("Not for all")).hasCount(0);
        PlaywrightAssertions.assertThat(preset).hasAttribute("aria-pressed", "false");

        preset.click();

        chosen("orders:read", "stats:read");
        PlaywrightAssertions.assertThat(preset).hasAttribute("aria-pressed", "true");
        PlaywrightAssertions.assertThat(page.locator("dialog .sum"))
                .containsText("This token can use orders:read and stats:read");
        page.getByLabel("stats:read").uncheck();
        PlaywrightAssertions.assertThat(preset).hasAttribute("aria-pressed", "false");
    }

    private List<String> lengths() {
        return page.locator("dialog .segments label").allTextContents();
    }

    private String length() {
        return page.locator("dialog .segments label:has(input:checked)").textContent();
    }

    private static String lasting(@Nullable Integer usual, @Nullable Integer most) {
        return "{\"default_lifetime\":" + usual + ",\"max_lifetime\":" + most + ",\"abilities\":[\"*\"]}";
    }

    @Test
    void policyOfHoursIsOfferedInHours() {
        form("?name=CI&abilities=orders:read", ABILITIES, lasting(null, 12 * 3_600));
        assertThat(lengths()).containsExactly("12 hours");
        AtomicReference<String> sent = new AtomicReference<>();
        page.route("**/api/tokens", route -> {
            sent.set(route.request().postData());
            route.fulfill(new Route.FulfillOptions().setStatus(403));
        });
        button("Create token").click();
        see("You may not do this");
        Instant end = Instant.parse(JsonMapper.shared()
                .readTree(String.valueOf(sent.get()))
                .get("expires_at")
                .asString());
        assertThat(Duration.between(Instant.now(), end)).isBetween(Duration.ofHours(11), Duration.ofHours(12));

        open(window(1100, 780));
        form("?name=CI&expires=90d", ABILITIES, lasting(3_600, 36 * 3_600));
        assertThat(lengths()).startsWith("1 hour").doesNotContain("7 days");
        assertThat(length()).isEqualTo("1 hour");

        open(window(1100, 780));
        form("", ABILITIES, lasting(36 * 3_600, null));
        assertThat(length()).isEqualTo("1 day, 12 hours");
        PlaywrightAssertions.assertThat(page.locator("dialog .segments ~ [role=status]"))
                .hasText(Pattern.compile("Stops working on [A-Z][a-z]+ \\d+, 20\\d\\d\\."));

        open(window(1100, 780));
        form("", ABILITIES, lasting(12 * 3_600, null));
        assertThat(lengths()).containsExactly("12 hours", "7 days", "30 days", "90 days", "On a date");
        assertThat(length()).isEqualTo("12 hours");
    }

    @Test
    void dateBeyondThePolicyIsNotTakenFromALinkAndIsCalledTooLate() {
        form("?name=CI&abilities=orders:read&expires=2099-01-01", ABILITIES, lasting(null, 60 * 86_400));
        assertThat(lengths()).containsExactly("7 days", "30 days", "On a date");
        assertThat(length()).isEqualTo("30 days");

        page.route(
                "**/api/tokens",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(422)
                        .setContentType("application/problem+json")
                        .setBody(
                                "{\"errors\":{\"expires_at\":[\"late\"]},\"codes\":{\"expires_at\":[\"too-late\"]}}")));
        page.locator("dialog .segments label").last().click();
        page.locator("dialog input[type=date]").fill("2099-01-01");
        button("Create token").click();
        see("Choose an earlier date.");
        page.locator("dialog input[type=date]").fill("2020-01-01");
        button("Create token").click();
        see("Choose a date after today.");
    }

    @Test
    void strongAbilitiesAreNamedHoweverManyAreChosen() {
        String many = IntStream.range(10, 40)
                .mapToObj(i -> "{\"name\":\"a" + i + ":read\",\"description\":\"\",\"group\":\"All\"}")
                .collect(Collectors.joining(","));
        form(
                "?name=CI",
                "[" + many + ",{\"name\":\"z:erase\",\"description\":\"\",\"group\":\"All\",\"strong\":true}]",
                POLICY);

        page.getByLabel("All of All").check();

        PlaywrightAssertions.assertThat(page.locator("dialog .sum"))
                .containsText("This token can use z:erase, a10:read");
        PlaywrightAssertions.assertThat(
                        page.locator("dialog .picker > .chips .chip").first())
                .hasText("z:erase");
    }

    @Test
    void whoMayNotSeeTokensIsNotOfferedToMakeOne() {
        page.route("**/api/tokens", route -> route.fulfill(new Route.FulfillOptions().setStatus(403)));
        signIn(email, "/settings/tokens");
        see("You may not do this");
        PlaywrightAssertions.assertThat(button("New token")).isHidden();
        page.locator("h2").first().focus();
        page.keyboard().press("n");
        assertThat(dialogs()).isZero();

        page.unroute("**/api/tokens");
        button("Try again").click();
        PlaywrightAssertions.assertThat(button("New token").first()).isVisible();
    }

    @Test
    void answerOfAnotherShapeIsNoEmptyList() {
        for (String place : List.of("activity", "sessions", "requests")) {
            page.route("**/api/" + place + "**", route -> fulfil(route, "{}"));
            if (page.url().equals("about:blank")) {
                signIn(email, "/settings/activity");
            } else {
                page.navigate(url("/settings/" + (place.equals("requests") ? "tokens" : place)));
            }
            see("This is no answer of the server");
        }
    }

    @Test
    void pagesTurnTheOtherWayWhereOneReadsTheOther() {
        for (int i = 1; i <= 30; i++) {
            token("Job " + i, "orders:read", -1, -1, 60);
        }
        signIn(email, "/settings/tokens");
        page.locator("li[part=token]").first().waitFor();
        assertThat(turned("Previous page")).isEqualTo("none");
        assertThat(turned("Next page")).isEqualTo("-1 1");
        page.evaluate("document.documentElement.dir = 'rtl'");
        assertThat(turned("Previous page")).isEqualTo("-1 1");
        assertThat(turned("Next page")).isIn("1", "none");
    }

    private Object turned(String name) {
        return button(name).locator("svg").evaluate("(arrow) => getComputedStyle(arrow).scale");
    }

    @Test
    void pickerIsAccessibleInEveryWindow() {
        for (Browser.NewContextOptions options : List.of(
                window(1100, 780),
                window(360, 740).setLocale("de-DE"),
                window(320, 256),
                window(1100, 780).setForcedColors(ForcedColors.ACTIVE))) {
            open(options);
            form("");
            page.locator("dialog .pills button").first().click();
            accessible("picker");
            assertThat(page.locator("dialog .groups").evaluate(BEYOND)).isEqualTo(0);
            assertThat(page.locator("dialog").evaluate(BEYOND)).isEqualTo(0);
        }
    }

    /** A token of {@code account} in days from now, negative ones ago; 0 is never. */
    private void token(String name, String abilities, int created, int used, int expires) {
        server.getBean(JdbcTemplate.class)
                .update(
                        "insert into personal_access_tokens (tokenable_type, tokenable_id, name, token, abilities, created_at,"
                                + " last_used_at, expires_at) values ('user', ?, ?, rawtohex(random_uuid()), ?, ?, ?, ?)",
                        String.valueOf(account.id()),
                        name,
                        "[\"" + abilities + "\"]",
                        in(created),
                        in(used),
                        in(expires));
    }

    private static @Nullable LocalDateTime in(int days) {
        return days == 0 ? null : LocalDateTime.now(ZoneOffset.UTC).plusDays(days);
    }

    private void tokens() {
        token("fresh", "orders:read", -300, -1, 60);
        token("soon", "orders:read", -300, -1, 3);
        token("idle", "orders:read", -300, -100, 60);
        token("never", "orders:read", -300, 0, 60);
        token("young", "orders:read", -10, 0, 60);
        token("over", "orders:read", -300, -2, -1);
        token("mighty", "*", -300, -1, 0);
    }

    private List<String> rows() {
        return page.locator("li[part=token] h3 bdi").allTextContents();
    }

    private List<String> left() {
        return server.getBean(JdbcTemplate.class)
                .queryForList(
                        "select name from personal_access_tokens where tokenable_id = ? and revoked_at is null order by id",
                        String.class,
                        String.valueOf(account.id()));
    }

    private static final String FOCUSED = """
            (() => { let at = document.activeElement
              while (at?.shadowRoot) at = at.shadowRoot.activeElement
              return at?.textContent || at?.getAttribute('aria-label') || at?.name || '' })()
            """;

    @Test
    void healthIsToldAndEachPartOfItIsAFilter() {
        tokens();
        signIn(email, "/settings/tokens");
        PlaywrightAssertions.assertThat(page.locator("[part=health] button")).hasText(new String[] {
            "1 expires this week", "2 unused for 90 days", "1 may do everything", "1 never ends", "Tidy up 3"
        });
        accessible("health");

        button("2 unused for 90 days").click();
        assertThat(rows()).containsExactly("never", "idle");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("2 unused for 90 days");
        PlaywrightAssertions.assertThat(page.getByLabel("Show")).hasValue("showIdle");
        page.getByLabel("Show").selectOption("Expiring soon");
        PlaywrightAssertions.assertThat(button("1 expires this week")).hasAttribute("aria-pressed", "true");
        PlaywrightAssertions.assertThat(button("2 unused for 90 days")).hasAttribute("aria-pressed", "false");
        button("1 expires this week").click();
        assertThat(rows()).hasSize(7);
    }

    /** A time of last use that nobody writes says nothing. */
    @Test
    void nothingIsCalledUnusedWhereNobodyWritesDownWhatIsUsed() {
        tokens();
        page.route(
                "**/api/tokens/policy",
                route -> fulfil(
                        route,
                        "{\"abilities\":[],\"default_lifetime\":null,\"max_lifetime\":null,\"last_used\":false}"));
        signIn(email, "/settings/tokens");

        PlaywrightAssertions.assertThat(page.locator("[part=health] button"))
                .hasText(new String[] {"1 expires this week", "1 may do everything", "1 never ends", "Tidy up 1"});
    }

    @Test
    void tidyingNamesWhatEndsAndStopsWhereTheServerDoes() {
        tokens();
        signIn(email, "/settings/tokens");
        button("Tidy up 3").click();
        assertThat(rows()).containsExactly("over", "never", "idle");
        accessible("choosing");
        page.getByLabel("Choose token never").uncheck();
        button("Revoke 2 tokens").click();
        Locator named = page.locator("dialog li h3");
        PlaywrightAssertions.assertThat(named).hasText(new String[] {"over", "idle"});
        accessible("what ends");
        button("Cancel").last().click();
        assertThat(left()).hasSize(7);

        button("Revoke 2 tokens").click();
        AtomicInteger sent = new AtomicInteger();
        page.route("**/api/tokens/*", route -> {
            if (route.request().method().equals("DELETE") && sent.incrementAndGet() == 2) {
                route.fulfill(new Route.FulfillOptions().setStatus(503));
            } else {
                route.fallback();
            }
        });
        button("Revoke 2 tokens").last().click();
        PlaywrightAssertions.assertThat(page.locator("dialog .problem")).containsText("Not available right now");
        PlaywrightAssertions.assertThat(named).hasText("idle");
        assertThat(left()).containsExactly("fresh", "soon", "idle", "never", "young", "mighty");

        page.locator("dialog .actions .danger").click();
        see("Tokens revoked");
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        assertThat(left()).containsExactly("fresh", "soon", "never", "young", "mighty");
        assertThat(rows()).hasSize(5);
        page.waitForFunction("() => " + FOCUSED + " === 'Access tokens'");
    }

    /** What is left over is shown whatever was shown before, and whoever searches for nothing can turn back. */
    @Test
    void tidyingShowsWhatItIsAboutWhateverIsShown() {
        tokens();
        signIn(email, "/settings/tokens");
        page.getByLabel("Search tokens").fill("mighty");
        button("1 may do everything").click();
        assertThat(rows()).containsExactly("mighty");

        button("Tidy up 3").click();

        assertThat(rows()).containsExactly("over", "never", "idle");
        PlaywrightAssertions.assertThat(page.getByLabel("Search tokens")).hasValue("");
        page.getByLabel("Search tokens").fill("nothing");
        see("No token matches");
        PlaywrightAssertions.assertThat(button("Revoke 3 tokens")).isEnabled();
        accessible("choosing among nothing");
        button("Cancel").click();
        PlaywrightAssertions.assertThat(button("Cancel")).hasCount(0);
    }

    @Test
    void severalAreChosenOverPagesAndSearches() {
        for (int i = 1; i <= 30; i++) {
            token("Job " + i, "orders:read", -1, -1, 60);
        }
        signIn(email, "/settings/tokens");
        button("Choose several").click();
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Choose token Job 30");
        page.keyboard().press("Space");
        page.getByLabel("Search tokens").fill("job 1");
        button("Choose all 12").click();
        see("13 chosen");
        page.getByLabel("Search tokens").fill("");
        button("Next page").click();
        assertThat(page.getByLabel("Choose token Job 1", new Page.GetByLabelOptions().setExact(true))
                        .isChecked())
                .isTrue();
        button("Revoke 13 tokens").click();
        PlaywrightAssertions.assertThat(page.locator("dialog li")).hasCount(13);
        page.locator("dialog .actions .danger").click();
        see("Tokens revoked");
        assertThat(left()).hasSize(17).doesNotContain("Job 30", "Job 1", "Job 10", "Job 19", "Job 21");
        PlaywrightAssertions.assertThat(page.locator("li[part=token] input")).hasCount(0);
    }

    private int dialogs() {
        return page.locator("dialog").count();
    }

    @Test
    void keysWorkUnlessSomebodyTypesOrHasTurnedThemOff() {
        token("CI", "orders:read", -1, -1, 60);
        signIn(email, "/settings/tokens");
        page.locator("li[part=token]").waitFor();
        page.keyboard().press("/");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Search tokens");
        page.keyboard().type("n?/");
        assertThat(page.getByLabel("Search tokens").inputValue()).isEqualTo("n?/");
        assertThat(dialogs()).isZero();
        page.getByLabel("Search tokens").fill("");

        page.locator("h2").first().focus();
        for (String other : List.of("Control+n", "Alt+n", "Meta+n", "x")) {
            page.keyboard().press(other);
            assertThat(dialogs()).as(other).isZero();
        }
        page.keyboard().press("n");
        page.locator("dialog .picker").waitFor();
        page.keyboard().press("Escape");

        page.keyboard().press("?");
        page.locator("dialog kbd").first().waitFor();
        accessible("keys");
        page.keyboard().press("n");
        assertThat(dialogs()).isEqualTo(1);
        page.getByLabel("Single keys work on this page").uncheck();
        page.keyboard().press("Escape");
        page.keyboard().press("n");
        page.keyboard().press("?");
        assertThat(dialogs()).isZero();

        page.reload();
        page.locator("li[part=token]").waitFor();
        page.locator("sanctum-tokens").evaluate("one => one.setAttribute('no-keys', '')");
        page.keyboard().press("n");
        assertThat(dialogs()).isZero();
    }

    /** As a browser tells it, some time later. */
    private void comeBack(int seconds) {
        page.evaluate("seconds => { const now = Date.now; Date.now = () => now() + seconds * 1000 }", seconds);
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    }

    @Test
    void listIsReadAgainForSomebodyWhoComesBackAndKeepsItsPlace() {
        for (int i = 1; i <= 30; i++) {
            token("Job " + i, "orders:read", -1, -1, 60);
        }
        signIn(email, "/settings/tokens");
        button("Next page").click();
        see("26–30 of 30");
        page.locator("li[part=token]").last().locator("button").last().focus();
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Revoke");
        page.waitForResponse("**/api/requests", () -> comeBack(60)); // so that it is fresh
        AtomicInteger asked = new AtomicInteger();
        page.onRequest(request -> {
            if (request.url().endsWith("/api/tokens")) {
                asked.incrementAndGet();
            }
        });

        comeBack(0);
        assertThat(asked).hasValue(0);

        token("new", "orders:read", -1, -1, 60);
        comeBack(60);
        see("26–31 of 31");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Revoke");
        assertThat(page.evaluate(FOCUSED.replace("at?.textContent", "at?.getAttribute('aria-label')")))
                .isEqualTo("Revoke token Job 1");
        assertThat(asked).hasValue(1);

        Locator row = page.locator("li[part=token]").last();
        row.evaluate("one => { window.row = one }");
        page.waitForResponse("**/api/requests", () -> comeBack(60));
        assertThat(page.evaluate("row.isConnected")).isEqualTo(true); // nothing has changed, and nothing is drawn anew
        context.clearCookies();
        page.waitForResponse("**/api/tokens", () -> comeBack(60));
        page.waitForTimeout(100);
        assertThat(dialogs()).isZero(); // nobody has asked for anything yet
        PlaywrightAssertions.assertThat(page.locator("li[part=token]")).hasCount(6);
    }

    @Test
    void tokenByItselfIsReadOnceForSomebodyWhoComesBackAndKeepsTheKeyboard() {
        token("CI", "orders:read", -300, -1, 60);
        signIn(email, "/settings/tokens");
        page.locator("li[part=token] a").click();
        Locator shown = page.locator("[part=token-page]");
        shown.waitFor();
        page.locator("sanctum-activity[slot=token] [part=list], sanctum-activity[slot=token] .empty")
                .waitFor();
        button("Extend").focus();
        page.waitForResponse("**/api/tokens/*", () -> comeBack(60)); // so that it is fresh
        page.waitForLoadState(LoadState.NETWORKIDLE);
        shown.evaluate("one => { window.shown = one }");
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url().replace(url(""), "")));

        comeBack(0);
        page.waitForResponse("**/api/tokens/*", () -> comeBack(60));
        page.waitForTimeout(100);
        assertThat(page.evaluate("shown.isConnected")).isEqualTo(true);
        assertThat(asked)
                .filteredOn(path -> path.startsWith("/api/"))
                .singleElement()
                .asString()
                .matches("/api/tokens/[0-9]+");

        JdbcTemplate table = server.getBean(JdbcTemplate.class);
        table.update("update personal_access_tokens set name = 'Build' where name = 'CI'");
        asked.clear();
        comeBack(60);
        PlaywrightAssertions.assertThat(shown).containsText("Build");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Extend");
        page.locator("sanctum-activity[slot=token]").waitFor();
        assertThat(asked).filteredOn(path -> path.startsWith("/api/tokens")).hasSize(1);

        button("Back to all tokens").click();
        page.locator("li[part=token]").getByText("Build").waitFor(); // the list was of before

        page.goBack();
        shown.waitFor();
        page.locator("[part=token-page] h3").focus();
        table.update("update personal_access_tokens set revoked_at = current_timestamp where name = 'Build'");
        comeBack(60);
        see("It is not there any more");
        assertThat(page.evaluate(FOCUSED)).isEqualTo("Access tokens");
    }

    @Test
    void tokenHasAPageWithItsOwnAddress() {
        token("CI <b>", "orders:read", -300, -1, 60);
        token("other", "orders:read", -300, -1, 60);
        server.getBean(JdbcTemplate.class)
                .update("update personal_access_tokens set last_used_from = '203.0.113.7' where name = 'CI <b>'");
        signIn(email, "/settings/tokens");
        page.locator("li[part=token] a").last().click();
        Locator shown = page.locator("[part=token-page]");
        PlaywrightAssertions.assertThat(shown).containsText("203.0.113.7");
        PlaywrightAssertions.assertThat(shown.locator("b")).hasCount(0);
        page.waitForFunction("() => " + FOCUSED + " === 'CI <b>'");
        assertThat(page.url()).matches(".*/settings/tokens\\?token=[0-9]+");
        PlaywrightAssertions.assertThat(page.locator("sanctum-activity[slot=token]"))
                .isVisible();
        accessible("a token by itself");

        page.goBack();
        PlaywrightAssertions.assertThat(page.locator("li[part=token]")).hasCount(2);
        PlaywrightAssertions.assertThat(page.locator("sanctum-activity")).hasCount(0);
        page.goForward();
        shown.waitFor();
        page.reload();
        shown.waitFor();
        String address = page.url();

        button("Another like it").click();
        PlaywrightAssertions.assertThat(page.locator("dialog .sum")).containsText("can use orders:read");
        PlaywrightAssertions.assertThat(page.locator("dialog .notice")).hasCount(0); // no link has asked
        page.keyboard().press("Escape");

        button("Extend").click();
        page.locator("dialog .segments").waitFor();
        assertThat(page.locator("dialog .segments label").allTextContents())
                .as("a token that never ends is made, and not extended to")
                .containsExactly("7 days", "30 days", "90 days", "On a date");
        accessible("more time");
        page.locator("dialog .segments label")
                .filter(new Locator.FilterOptions().setHasText("90 days"))
                .click();
        button("Extend").last().click();
        see("Copy your new token");
        button("Done").click();
        button("Close without copying").click();
        shown.waitFor();
        Integer days = server.getBean(JdbcTemplate.class)
                .queryForObject(
                        "select datediff('DAY', current_timestamp, expires_at) from personal_access_tokens"
                                + " where name = 'CI <b>' and revoked_at is null",
                        Integer.class);
        assertThat(days).isBetween(89, 91);

        button("Replace secret").click();
        button("Replace secret").last().click();
        see("Copy your new token");
        button("Done").click();
        button("Close without copying").click();
        shown.waitFor();
        assertThat(page.url()).isNotEqualTo(address).contains("?token=");

        button("Revoke token").click();
        page.locator("dialog .danger").click();
        see("Token revoked");
        PlaywrightAssertions.assertThat(page.locator("li[part=token]")).hasCount(1);
        assertThat(page.url()).doesNotContain("token=");
        assertThat(left()).containsExactly("other");

        page.navigate(address);
        see("It is not there any more");
        accessible("a token that is gone");
        button("Back to all tokens").click();
        page.locator("li[part=token]").waitFor();
    }

    @Test
    void tokenByItselfIsAccessibleInEveryWindow() {
        token("CI", "orders:read", -300, -1, 60);
        for (Browser.NewContextOptions options : List.of(
                window(360, 740).setLocale("de-DE"),
                window(320, 256),
                window(1100, 780).setForcedColors(ForcedColors.ACTIVE))) {
            open(options);
            signIn(email, "/settings/tokens");
            accessible("health");
            page.locator("li[part=token] a").click();
            page.locator("[part=token-page]").waitFor();
            accessible("a token by itself");
            assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                    .isEqualTo(0);
        }
    }

    /** What the page has no words for is read in the language in which it was written. */
    @Test
    void sentenceOfTheServerIsEnglishOnAGermanPage() {
        open(window(1100, 780).setLocale("de-DE"));
        page.route("**/api/abilities", route -> fulfil(route, ABILITIES));
        signIn(email, "/settings/tokens/new?name=CI&abilities=lonely");
        page.locator("dialog .picker").waitFor();
        page.route(
                "**/api/tokens",
                route -> route.fulfill(
                        new Route.FulfillOptions()
                                .setStatus(422)
                                .setContentType("application/json")
                                .setBody(
                                        "{\"message\":\"x\",\"errors\":{\"name\":[\"Names are odd.\",\"Short.\"]},\"codes\":{\"name\":[\"odd\",\"too-long\"]}}")));
        page.locator("dialog form .primary").click();
        Locator error = page.locator("dialog .error").filter(new Locator.FilterOptions().setHasText("odd"));
        PlaywrightAssertions.assertThat(error.locator("[lang=en]")).hasText("Names are odd.");
        PlaywrightAssertions.assertThat(error).containsText("zu lang");
    }

    @Test
    void administratorPagesAndSearchesThroughSomebodysTokens() {
        for (int i = 1; i <= 60; i++) {
            token("Job " + i, "orders:read", -1, -1, 60);
        }
        String admin = "root" + NUMBER.incrementAndGet() + "@example.test";
        account("Root", admin, Account.Role.ADMIN);
        signIn(admin, "/settings/people");
        page.locator("li")
                .filter(new Locator.FilterOptions().setHasText(email))
                .locator("button")
                .click();
        Locator rows = page.locator("dialog li:not([hidden])");
        PlaywrightAssertions.assertThat(rows).hasCount(50);
        page.locator("dialog input[type=search]").fill("job 7");
        PlaywrightAssertions.assertThat(rows).hasCount(5); // 17, 27, … 57, of those that are here
        Locator told = page.locator("dialog [role=status].soft");
        PlaywrightAssertions.assertThat(told).hasText("5 of the newest 50");
        accessible("tokens of somebody, searched");
        button("Show more").click();
        PlaywrightAssertions.assertThat(rows).hasCount(6); // and 7
        PlaywrightAssertions.assertThat(page.locator("dialog li")).hasCount(60);
        PlaywrightAssertions.assertThat(button("Show more")).hasCount(0);
        PlaywrightAssertions.assertThat(told).isEmpty();
        page.locator("dialog input[type=search]").fill("nothing");
        PlaywrightAssertions.assertThat(rows).hasCount(0);
        PlaywrightAssertions.assertThat(told).hasText("No token matches");
    }

    private static final String BEYOND = "one => one.scrollWidth - one.clientWidth";
}
