package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.server.accounts.Account;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What people do most, in another engine than all other tests: sign in, make a token, copy it, use it, revoke it. {@code .ci/nightly firefox}
 * runs it, with {@code SANCTUM_TEST_FIREFOX} set to the path of Firefox ESR.
 */
class FirefoxFlow extends AccountPages {

    @BeforeAll
    static void start() {
        String path = Objects.requireNonNull(System.getenv("SANCTUM_TEST_FIREFOX"), "SANCTUM_TEST_FIREFOX");
        start(Chromium.firefox(path), "firefox");
        account("Ada Lovelace", "ada@example.test", Account.Role.USER);
    }

    @Test
    void tokenIsMadeCopiedUsedAndRevoked() {
        open(new Browser.NewContextOptions().setViewportSize(1100, 780).setLocale("en-US"));
        signIn("ada@example.test", "/settings/tokens");
        see("No tokens yet");
        accessible("no tokens");

        button("New token").click();
        page.getByLabel("Name").fill("CI");
        page.getByLabel("orders:read").check();
        accessible("the form");
        button("Create token").click();
        see("Copy your new token");
        String token = page.locator("[part=plain-text]").textContent();
        button("Copy token").click();
        see("Copied");
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(token);
        button("Done").click();
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        assertThat(current(token)).isEqualTo(200);

        button("Revoke token CI").click();
        button("Revoke token").click();
        see("Token revoked");
        see("No tokens yet");
        assertThat(current(token)).isEqualTo(401);
        button("Sign out").click();
        page.waitForURL(url("/login"));
        page.locator("form").waitFor();
        accessible("signed out");
    }

    private static int current(String token) {
        return new Client(port).bearer("GET", "/api/tokens/current", token).statusCode();
    }
}
