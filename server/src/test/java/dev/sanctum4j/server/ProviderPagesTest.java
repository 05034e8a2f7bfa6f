package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import dev.sanctum4j.provider.Provider;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.test.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The account pages of people who sign in by a provider, in a real browser. */
class ProviderPagesTest extends AccountPages {

    private static final String NEW = "/settings/tokens/new";

    /** The provider's: who signs in while it is behind has done so long ago. */
    private static final MovableClock CLOCK = MovableClock.at(Instant.EPOCH);

    private static final Provider PROVIDER = new Provider(CLOCK);

    /** What the page was answered that asked for a token. */
    private final List<Integer> asked = new ArrayList<>();

    @BeforeAll
    static void start() {
        PROVIDER.put(
                "ann",
                "ann-sub",
                Map.of("hd", "acme.test", "name", "Ann Lee", "email", "ann@acme.test", "email_verified", true));
        PROVIDER.put("dan", "dan-sub", Map.of("hd", "acme.test", "name", "Dan Ray"));
        PROVIDER.put("eve", "eve-sub", Map.of("name", "Eve"));
        PROVIDER.put("bob", "bob-sub", Map.of("name", "Bob"));
        PROVIDER.put("cay", "cay-sub", Map.of("name", "Cay"));
        start(
                "provider-pages",
                "sanctum.oidc.issuer=" + PROVIDER.issuer(),
                "sanctum.oidc.client-id=" + Provider.CLIENT,
                "sanctum.oidc.client-secret=" + Provider.SECRET,
                "sanctum.oidc.name=Acme",
                "sanctum.oidc.allowed-domains=acme.test",
                "sanctum.oidc.admin-groups=ops");
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
        CLOCK.set(Instant.now());
        atProvider(page, name);
    }

    private static void atProvider(Page where, String name) {
        where.locator("input[name=username]").fill(name);
        where.locator("input[name=password]").fill(Provider.SECRET);
        where.locator("button[type=submit]").click();
    }

    private void signedIn(String name) {
        page.navigate(url(NEW));
        goToProvider();
        atProvider(name);
        page.waitForURL(url(NEW));
    }

    /** Longer ago than a proof is good for. */
    private void signedInLongAgo(String name) {
        page.navigate(url(NEW));
        goToProvider();
        CLOCK.set(Instant.now().minus(Duration.ofMinutes(20)));
        atProvider(page, name);
        page.waitForURL(url(NEW));
    }

    private void askFor(String token) {
        page.onResponse(answer -> {
            if (answer.request().method().equals("POST") && answer.url().equals(url("/api/tokens"))) {
                asked.add(answer.status());
            }
        });
        label("Name").fill(token);
        page.getByLabel("orders:read").check();
        button("Create token").click();
    }

    /** Follows the link of the dialog, which opens a tab. */
    private Page toProvider() {
        see("Is it still you?");
        return context.waitForPage(
                () -> page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Confirm with Acme"))
                        .click());
    }

    private void assertMade() {
        see("Copy your new token");
        String token = page.locator("[part=plain-text]").textContent();
        assertThat(new Client(port).bearer("GET", "/api/user", token).statusCode())
                .isEqualTo(200);
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

    @Test
    void personOfTheProviderMakesATokenAndSeesOfWhenTheRolesAre() {
        signedIn("ann");

        askFor("laptop");

        assertMade();
        assertThat(asked).containsExactly(201); // who has just come need not prove it again
        page.getByLabel("Copy token").click();
        see("Copied");
        button("Done").click();
        see("They carry your roles as of just now.");
        see("They fall asleep in 30 days");
        accessible("the tokens of somebody whom the provider has signed in");
    }

    /** Her session has ended, and a form that asks for a password could not begin another. */
    @Test
    void whoHasNoPasswordSignsInAgainAtTheProviderAndLosesNothing() {
        signedIn("ann");
        page.locator("dialog .picker").waitFor();
        page.waitForLoadState(LoadState.NETWORKIDLE); // or the list asks who it is
        context.clearCookies();
        askFor("tablet");
        see("Sign in on the page that opens, come back, and try again.");
        assertThat(page.locator("input[type=password]").count()).isZero();
        accessible("the way to sign in again");

        Page tab = context.waitForPage(() -> page.locator("dialog a").click());
        atProvider(tab, "ann");
        tab.waitForURL(url(NEW));

        button("Create token").click();
        assertMade();
        assertThat(asked).containsExactly(401, 201);
    }

    /** In a tab of its own, behind which the form waits; nothing is sent by itself. */
    @Test
    void whoHasNoPasswordProvesItAtTheProviderAndPressesAgain() {
        signedInLongAgo("ann");
        askFor("desktop");
        see("Prove it in one of these ways, come back, and try again.");
        assertThat(page.locator("input[type=password]").count()).isZero();
        accessible("the way to prove it");
        picture("prove");

        Page tab = toProvider();
        CLOCK.set(Instant.now());
        atProvider(tab, "ann");
        tab.waitForURL(url(NEW));

        see("Is it still you? Confirm it, and try again.");
        assertThat(asked).containsExactly(423);
        button("Create token").click();
        assertMade();
        assertThat(asked).containsExactly(423, 201);
    }

    /** One that lets everybody pass whom it knows proves nothing, and nobody is sent to and fro for it. */
    @Test
    void providerThatDoesNotAskIsOfferedOnceAndThePageSaysWhatHelps() {
        signedInLongAgo("ann");
        askFor("phone");
        PROVIDER.obeysPrompt(false);
        try {
            toProvider().waitForURL(url(NEW));

            button("Create token").click();
            see("This needs a fresh sign-in. Sign out, sign in again, and try once more.");
            PlaywrightAssertions.assertThat(page.locator("dialog a")).hasCount(0);
            accessible("no way to prove it");
            picture("no-way");
            assertThat(asked).containsExactly(423, 423);

            page.navigate(url("/settings/tokens"));
            button("Sign out").click();
            page.waitForURL(address -> address.startsWith(PROVIDER.issuer()));
            signedIn("ann");
            asked.clear();
            askFor("phone");
            assertMade();
        } finally {
            PROVIDER.obeysPrompt(true);
        }
    }

    /** Her form would make a token of his. */
    @Test
    void whatSomebodyHasTypedIsNotSentForAnotherWhoSignsInMeanwhile() {
        signedInLongAgo("ann");
        askFor("ann's laptop");

        Page tab = toProvider();
        CLOCK.set(Instant.now());
        atProvider(tab, "dan");

        tab.waitForURL(url("/settings/tokens")); // and not to where ann was going
        tab.getByText("Dan Ray").first().waitFor();
        tab.getByText("No tokens yet").first().waitFor();
        see("Is it still you? Confirm it, and try again.");
        tab.reload();
        tab.getByText("No tokens yet").first().waitFor();
        assertThat(asked).containsExactly(423);
    }

    @Test
    void whoSignsOutHereIsSignedOutAtTheProviderToo() {
        page.navigate(url("/settings/tokens"));
        goToProvider();
        atProvider("ann");
        page.waitForURL(url("/settings/tokens"));

        button("Sign out").click();

        page.waitForURL(address -> address.startsWith(PROVIDER.issuer()));
        page.navigate(url("/settings/tokens"));
        goToProvider();
        page.locator("input[name=username]").waitFor();
        assertThat(page.url()).startsWith(PROVIDER.issuer());
    }
}
