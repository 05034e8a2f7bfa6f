package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.fail;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The machine's Chromium, or another browser of it, driven by Playwright. */
record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {

    /** Starts it; where there is none the test is skipped, or fails if nothing may be skipped. */
    static Chromium start() {
        String path = System.getenv("SANCTUM_TEST_CHROMIUM");
        if (path == null) {
            String why = "set SANCTUM_TEST_CHROMIUM to the path of Chromium to test in a browser";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        Playwright playwright = driver();
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(String.valueOf(path)))
                        .setChromiumSandbox(false)
                        .setArgs(List.of(
                                "--host-resolver-rules=MAP *.example.test 127.0.0.1",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
        return new Chromium(playwright, browser);
    }

    /** The machine's Firefox, at this path. It knows neither permissions nor emulated media; its preferences stand for both. */
    static Chromium firefox(String path) {
        Playwright playwright = driver();
        Browser browser = playwright
                .firefox()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(path))
                        .setChannel("moz-firefox")
                        .setFirefoxUserPrefs(
                                Map.of("ui.prefersReducedMotion", 1, "dom.events.testing.asyncClipboard", true)));
        return new Chromium(playwright, browser);
    }

    private static Playwright driver() {
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
