package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sanctum4j.provider.Provider;
import dev.sanctum4j.server.accounts.Account;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The account pages of people who sign in by a provider, in a real browser. */
class ProviderPagesTest extends AccountPages {

    private static final Provider PROVIDER = new Provider();

    @BeforeAll
    static void start() {
        PROVIDER.put(
                "ann",
                "ann-sub",
                Map.of("hd", "acme.test", "name", "Ann Lee", "email", "ann@acme.test", "email_verified", true));
        PROVIDER.put("eve", "eve-sub", Map.of("name", "Eve"));
        PROVIDER.put("bob", "bob-sub", Map.of("name", "Bob"));
        PROVIDER.put("cay", "cay-sub", Map.of("name", "Cay"));
        start(
                "provider-pages",
                "sanctum.oidc.issuer=" + PROVIDER.issuer(),
                "sanctum.oidc.client-id=" + Provider.CLIENT,
                "sanctum.oidc.client-secret=" + Provider.SECRET,
                "sanctum.oidc.name=Acme",
                "sanctum.oidc.allowed-domains=acme.test");
        account("Bob", "bob@local.test", Account.Role.USER);
        account("Cay", "cay@local.test", Account.Role.USER);
    }

    @AfterAll
    static void stopProvider() {
        PROVIDER.close();
    }

    @BeforeEach
    void begin() {
        open(new Browser.NewContextOptions());
    }

    private void goToProvider() {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sign in with Acme"))
                .click();
    }

    private void atProvider(String name) {
        page.locator("input[name=username]").fill(name);
        page.locator("input[name=password]").fill(Provider.SECRET);
        page.locator("button[type=submit]").click();
    }

    private void picture(String name) {
        String folder = System.getProperty("pictures");
        if (folder != null) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(folder, name + ".png")));
        }
    }

    @Test
    void personSignsInByTheProviderAndComesBackToWhereSheWasGoing() {
        page.navigate(url("/settings/sessions"));
        see("Sign in with Acme");
        accessible("the sign-in page with a provider");
        picture("sign-in");

        goToProvider();
        atProvider("ann");

        page.waitForURL(url("/settings/sessions"));
        see("Ann Lee");
        see("This device");
        page.navigate(url("/settings/tokens"));
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("New token").setExact(false))
                .first()
                .waitFor();
        page.navigate(url("/settings/password"));
        see("You can sign in to this account with Acme.");
        assertThat(page.locator("input[type=password]").count()).isZero();
        accessible("the password page of somebody without one");
        picture("connected");
    }

    @Test
    void whoMayNotComeIsToldSo() {
        page.navigate(url("/login"));
        goToProvider();
        atProvider("eve");

        see("Acme knows you, but you may not sign in here.");
        accessible("a refusal");
        picture("refused");
    }

    @Test
    void accountConnectsItself() {
        signIn("bob@local.test", "/settings/password");
        button("Connect with Acme").click();
        atProvider("bob");
        page.locator(".who button").last().waitFor();

        page.navigate(url("/settings/password"));
        see("You can sign in to this account with Acme.");
        see("bob");
    }

    @Test
    void invitationIsAskedAboutAndTaken() {
        signIn("admin@localhost", "/settings/people");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Manage Cay"))
                .click();
        button("Invite").click();
        String link = page.locator("code.invitation").textContent();
        accessible("an invitation");
        picture("invitation");
        open(new Browser.NewContextOptions().setViewportSize(390, 700));

        page.navigate(link);
        see("From now on you would sign in to the account of Cay");
        assertThat(page.url()).isEqualTo(url("/login"));
        accessible("the question of an invitation");
        picture("invited");
        goToProvider();
        atProvider("cay");
        page.locator(".who button").last().waitFor();

        page.navigate(url("/settings/password"));
        see("You can sign in to this account with Acme.");
        open(new Browser.NewContextOptions());
        page.navigate(link);
        see("The invitation is over or has been used.");
        assertThat(page.url()).isEqualTo(url("/login"));
    }
}
