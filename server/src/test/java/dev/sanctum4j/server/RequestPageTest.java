package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sanctum4j.server.accounts.Account;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Somebody asks for what their policy holds back, and an administrator answers, in a real browser. */
class RequestPageTest extends AccountPages {

    private static final String USER = "ada@example.test";
    private static final String ADMINISTRATOR = "grace@example.test";

    private JdbcTemplate jdbc;

    @BeforeAll
    static void start() {
        start("requests", "sanctum.policy.on-request=orders:write");
        account("Ada Lovelace", USER, Account.Role.USER);
        account("Grace Hopper", ADMINISTRATOR, Account.Role.ADMIN);
    }

    @BeforeEach
    void begin() {
        jdbc = server.getBean(JdbcTemplate.class);
        jdbc.update("delete from sanctum_requests");
        jdbc.update("delete from personal_access_tokens");
    }

    private void as(String email, String path) {
        open(new Browser.NewContextOptions().setViewportSize(1100, 900).setLocale("en-US"));
        signIn(email, path);
    }

    private void onAPhone(String email, String path) {
        open(new Browser.NewContextOptions()
                .setViewportSize(360, 740)
                .setIsMobile(true)
                .setColorScheme(ColorScheme.DARK)
                .setLocale("de-DE"));
        signIn(email, path);
    }

    private void fits(String what) {
        accessible(what);
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as(what)
                .isEqualTo(0);
    }

    private void ask(String name) {
        page.navigate(url("/settings/tokens"));
        button("New token").click();
        page.getByLabel("Name").fill(name);
        page.locator("dialog input[value='orders:read']").check();
        assertThat(page.locator("dialog .actions > .primary").textContent()).isEqualTo("Create token");
        page.locator("dialog input[value='orders:write']").check();
        see("An administrator has to say yes.");
        assertThat(page.locator("dialog input[value='*']").count()).isZero();
        accessible("asking");
        button("Ask an administrator").click();
        see("Asked. Get the token here once an administrator says yes.");
    }

    @Test
    void personAsksAdministratorAllowsAPartAndPersonFetches() throws Exception {
        as(USER, "/settings/tokens");
        ask("Nightly export");
        see("Your requests");
        accessible("asked");
        assertThat(jdbc.queryForObject("select count(*) from personal_access_tokens", Integer.class))
                .isZero();

        onAPhone(ADMINISTRATOR, "/settings/requests");
        see("Ada");
        fits("open requests");
        page.locator("li[part=request] button").click();
        page.locator("dialog select").waitFor();
        see(USER);
        fits("a request");
        page.locator("dialog input[value='orders:read']").uncheck();
        Locator actions = page.locator("dialog .actions button");
        assertThat(actions.first().getAttribute("class"))
                .isEqualTo(actions.last().getAttribute("class"));
        actions.last().click();
        see("Niemand fragt nach etwas");
        fits("no requests");

        onAPhone(USER, "/settings/tokens");
        page.locator("li[part=request]").waitFor();
        fits("allowed");
        as(USER, "/settings/tokens");
        page.evaluate(
                "window.heard = []; for (const what of ['created', 'failed'])"
                        + " document.addEventListener(`sanctum-${what}`, ({ detail }) => heard.push([what, detail.name ?? detail.status, detail.token ?? '']))");
        page.route("**/claim", route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
        button("Get token").click();
        see("Not available right now.");
        page.unroute("**/claim");
        button("Get token").click();
        String token = page.locator("code[part=plain-text]").textContent();
        accessible("fetched");
        String heard = String.valueOf(page.evaluate("JSON.stringify(heard)"));
        assertThat(heard)
                .startsWith("[[\"failed\",503,\"\"],[\"created\",\"Nightly export")
                .doesNotContain(token);
        assertThat(Client.json(new Client(port).bearer("GET", "/api/tokens/current", token))
                        .get("abilities")
                        .toString())
                .isEqualTo("[\"orders:write\"]");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Copy token"))
                .click();
        see("Copied");
        button("Done").click();
        page.locator("li[part=token]").waitFor();
        PlaywrightAssertions.assertThat(page.locator("li[part=request]")).hasCount(0);
        String written = "select count(*) from sanctum_audit where event = 'approval_claimed'";
        Programs.await( // by a thread of its own
                "the audit log",
                60,
                () -> !jdbc.queryForList(written, Integer.class).contains(0));
        page.navigate(url("/settings/activity"));
        see(", person: orders:write, \"Nightly export\""); // after the address, by either protocol
    }

    @Test
    void noIsToldAndAskingCanBeTakenBack() {
        as(USER, "/settings/tokens");
        ask("First");
        as(ADMINISTRATOR, "/settings/requests");
        button("Answer: First").click();
        button("Deny").click();
        see("Nobody is asking for anything");
        as(USER, "/settings/tokens");
        see("Denied");
        accessible("denied");
        PlaywrightAssertions.assertThat(button("Get token")).hasCount(0);

        ask("Second");
        button("Withdraw").click();
        PlaywrightAssertions.assertThat(page.locator("li[part=request]")).hasCount(1);
    }

    /** Administrators ask as anybody does, and do not see their own among those to be answered. */
    @Test
    void nobodyAnswersTheirOwn() {
        as(ADMINISTRATOR, "/settings/tokens");
        ask("Mine");
        page.navigate(url("/settings/requests"));
        see("Nobody is asking for anything");
    }

    @Test
    void usersAreShownNoRequestsOfOthers() {
        as(USER, "/settings/requests");
        page.locator("h2").first().waitFor();
        PlaywrightAssertions.assertThat(page.locator("sanctum-requests")).hasCount(0);
    }
}
