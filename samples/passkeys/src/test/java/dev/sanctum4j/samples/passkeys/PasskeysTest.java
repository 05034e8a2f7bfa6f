package dev.sanctum4j.samples.passkeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** In Chromium, with an authenticator that it only pretends to have. */
class PasskeysTest {

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

    /** One that no client is given meanwhile: those begin at 32768. */
    private static int freePort() throws IOException {
        for (int port = ThreadLocalRandom.current().nextInt(20_000, 30_000); ; port++) {
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException e) {
                // somebody has it
            }
        }
    }

    /** One that has a person in front of it who always agrees. */
    private static void giveAuthenticator(BrowserContext context, Page page) {
        CDPSession devtools = context.newCDPSession(page);
        devtools.send("WebAuthn.enable");
        JsonObject options = new JsonObject();
        options.addProperty("protocol", "ctap2");
        options.addProperty("transport", "internal");
        for (String yes :
                List.of("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")) {
            options.addProperty(yes, true);
        }
        JsonObject parameters = new JsonObject();
        parameters.add("options", options);
        devtools.send("WebAuthn.addVirtualAuthenticator", parameters);
    }

    @Test
    void passkeySignsInAndConfirmsBeforeATokenIsMade() throws IOException {
        String executable = chromium();
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        int port = freePort();
        try (var application = new SpringApplicationBuilder(Passkeys.class)
                        .run("--server.port=" + port, "--sanctum.spa.confirm-within=30s");
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(Path.of(executable))
                                .setChromiumSandbox(false)
                                .setArgs(List.of("--disable-gpu")));
                BrowserContext context = browser.newContext()) {
            assertThat(application.isActive()).isTrue();
            Page page = context.newPage();
            giveAuthenticator(context, page);
            String home = "http://localhost:" + port;
            page.navigate(home + "/login");
            page.locator("#username").fill("ada@example.test");
            page.locator("#password").fill("correct horse battery staple");
            page.locator("button[type=submit]").first().click();
            page.navigate(home + "/webauthn/register");
            page.locator("#label").fill("this machine");
            page.locator("#register").click();
            assertThat(page.getByText("this machine")).isVisible();
            context.clearCookies();

            page.navigate(home + "/");
            page.locator("#passkey-signin").click();
            page.waitForURL(url -> !url.contains("/login"));
            page.navigate(home + "/");
            List<Integer> answers = new ArrayList<>();
            page.onResponse(response -> {
                if (response.request().method().equals("POST") && response.url().endsWith("/api/tokens")) {
                    answers.add(response.status());
                }
            });
            button(page, "New token");
            page.getByLabel("Name").fill("by passkey");
            page.getByLabel("orders:read").check();
            page.waitForTimeout(31_000); // the sign-in grows older than is allowed
            button(page, "Create token");
            assertThat(page.getByText("Is it still you?")).isVisible();
            assertThat(page.getByLabel("Password", new Page.GetByLabelOptions().setExact(true)))
                    .hasCount(0);
            button(page, "Confirm with a passkey");
            assertThat(page.getByText("Confirmed. Try again.")).isVisible();
            assertThat(answers).containsExactly(423);
            button(page, "Create token");

            assertThat(page.getByText("Copy your new token")).isVisible();
            assertThat(answers).containsExactly(423, 201);
        }
    }

    private static void button(Page page, String name) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name))
                .first()
                .click();
    }
}
