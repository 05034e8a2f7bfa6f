package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A running server, and a real browser that shows its account pages. */
abstract class AccountPages {

    static final String PASSWORD = "correct horse battery staple";

    static ConfigurableApplicationContext server;
    static int port;

    private static Playwright playwright;
    private static Browser browser;

    final List<String> console = new ArrayList<>();
    BrowserContext context;
    Page page;

    /** @param settings of the server, besides the usual ones */
    static void start(String database, String... settings) {
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        String chromium = System.getenv("SANCTUM_TEST_CHROMIUM");
        if (chromium == null) {
            String why = "set SANCTUM_TEST_CHROMIUM to the path of Chromium to test in a browser";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        Stream<String> usual = Stream.of(
                "SANCTUM_DATABASE_URL=jdbc:h2:mem:" + database + ";DB_CLOSE_DELAY=-1",
                "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                "PORT=0",
                "MANAGEMENT_PORT=0");
        server = new SpringApplicationBuilder(SanctumServer.class)
                .properties(Stream.concat(usual, Stream.of(settings)).toArray(String[]::new))
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

    static Account account(String name, String email, Account.Role role) {
        Optional<Account> made = server.getBean(Accounts.class).create(name, email, PASSWORD, role);
        return made.orElseThrow();
    }

    void open(Browser.NewContextOptions options) {
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

    static String url(String path) {
        return "http://localhost:" + port + path;
    }

    void signIn(String email, String path) {
        page.navigate(url(path));
        page.locator("input[type=email]").fill(email);
        page.locator("input[type=password]").fill(PASSWORD);
        page.locator("form button").last().click();
        page.locator("nav").waitFor();
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
        assertThat(page.evaluate(AXE)).as(what).isEqualTo(List.of());
    }

    private static final String AXE = """
            async () => {
              const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
              const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] })
              return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary} ${node.html}`))
            }
            """;
}
