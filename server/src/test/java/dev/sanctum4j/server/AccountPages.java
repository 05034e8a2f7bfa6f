package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A running server, which says what is wrong in {@link OtherWords}, and a real browser that shows its account pages. */
abstract class AccountPages {

    static final String PASSWORD = "correct horse battery staple";

    static ConfigurableApplicationContext server;
    static int port;

    private static Chromium chromium;

    /** How the page is seen: one of {@link LooksTest}'s. */
    String look = "light";

    final List<String> console = new ArrayList<>();
    BrowserContext context;
    Page page;

    /** @param settings of the server, besides the usual ones */
    static void start(String database, String... settings) {
        start(Chromium.start(), database, settings);
    }

    static void start(Chromium browser, String database, String... settings) {
        chromium = browser;
        Stream<String> usual = Stream.of(
                "SANCTUM_DATABASE_URL=jdbc:h2:mem:" + database + ";DB_CLOSE_DELAY=-1",
                "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                "PORT=0",
                "MANAGEMENT_PORT=0");
        server = new SpringApplicationBuilder(SanctumServer.class, OtherWords.class)
                .properties(Stream.concat(usual, Stream.of(settings)).toArray(String[]::new))
                .run();
        port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (server != null) {
            server.close();
        }
    }

    static Account account(String name, String email, Account.Role role) {
        Optional<Account> made = server.getBean(Accounts.class).create(name, email, PASSWORD, role);
        return made.orElseThrow();
    }

    void open(Browser.NewContextOptions options) {
        Tries.forget(server); // every test signs somebody in, all from one address
        end();
        context = chromium.browser().newContext(options.setReducedMotion(ReducedMotion.REDUCE));
        page = context.newPage();
        page.onConsoleMessage(message -> console.add(message.text()));
        page.onPageError(error -> console.add("error: " + error));
    }

    @AfterEach
    void end() {
        if (context != null) {
            context.pages().forEach(Page::unrouteAll); // or what a page still asks for comes while it is closed
            context.unrouteAll();
            context.close();
            context = null;
            assertThat(console).allMatch(line -> line.matches("(Failed to load resource|\\[DOM]).*"));
        }
    }

    static String url(String path) {
        return "http://localhost:" + port + path;
    }

    void signIn(String email, String path) {
        page.navigate(url(path));
        page.locator("input[type=email]").fill(email);
        page.locator("input[type=password]").fill(PASSWORD);
        page.locator("form button").last().click();
        page.locator(".who button").last().waitFor();
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator label(String text) {
        return page.getByLabel(text, new Page.GetByLabelOptions().setExact(true));
    }

    void see(String text) {
        page.getByText(text).first().waitFor();
    }

    /** axe-core finds nothing. Asked for what is wrong alone, for to tell all that is right takes longer than to find it. */
    void accessible(String what) {
        if (page.evaluate("window.axe === undefined").equals(true)) {
            page.evaluate(AxeBuilder.getAxeScript());
        }
        assertThat(page.evaluate(AXE)).as(look + " " + what).isEqualTo(List.of());
        if (look.equals(PseudoLocale.LOOK)) {
            assertThat(PseudoLocale.faults(page)).as(what).isEmpty();
        }
        States.seen(getClass(), what, look, page);
    }

    private static final String AXE = """
            async () => {
              const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
              const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] })
              return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary} ${node.html}`))
            }
            """;
}
