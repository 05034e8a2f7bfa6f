package dev.sanctum4j.samples.thymeleaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** In Chromium, below a context path: somebody signs in by the application's form, and makes, copies and ends a token. */
class TokensPageTest {

    private static String chromium() {
        String path = System.getenv("SANCTUM_TEST_CHROMIUM");
        if (path == null) {
            String why = "set SANCTUM_TEST_CHROMIUM to the path of Chromium to test in a browser";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        return String.valueOf(path);
    }

    private static int orders(String home, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(home + "/api/orders"))
                .header("Authorization", "Bearer " + token)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    @Test
    void tokenIsMadeCopiedAndEndedOnAPageOfTheApplication() throws Exception {
        String executable = chromium();
        try (var shop = new SpringApplicationBuilder(Shop.class)
                        .properties("PORT=0", "server.servlet.context-path=/shop")
                        .run();
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(Path.of(executable))
                                .setChromiumSandbox(false)
                                .setArgs(List.of("--disable-gpu")))) {
            String home =
                    "http://localhost:" + shop.getEnvironment().getRequiredProperty("local.server.port") + "/shop";
            Page page = browser.newPage(new Browser.NewPageOptions()
                    .setLocale("en-US")
                    .setPermissions(List.of("clipboard-read", "clipboard-write")));
            List<String> said = new ArrayList<>();
            page.onPageError(said::add);
            page.onConsoleMessage(message -> {
                if (message.type().matches("warning|error")
                        && !message.location().contains("/favicon.ico")) { // which Spring's form asks for
                    said.add(message.text());
                }
            });
            page.navigate(home + "/settings/tokens");
            page.locator("#username").fill("ada@example.test");
            page.locator("#password").fill("correct horse battery staple");
            page.locator("button[type=submit]").click();

            button(page, "New token").click();
            page.getByLabel("Name").fill("laptop");
            page.getByLabel(Shop.READ).check();
            button(page, "Create token").click();
            page.getByLabel("Copy token").click();
            page.getByText("Copied").first().waitFor();
            String token = page.locator("[part=plain-text]").textContent();
            assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(token);
            assertThat(orders(home, token)).isEqualTo(200);
            button(page, "Done").click();
            button(page, "Revoke token laptop").click();
            page.locator("dialog button.danger").click();
            page.getByText("No tokens yet").waitFor();

            assertThat(orders(home, token)).isEqualTo(401);
            page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            assertThat(said).isEmpty();
        }
    }
}
