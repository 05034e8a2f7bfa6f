package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Clock;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page does with a token that somebody pastes into its search, and how it waits for the first use of a new one. */
class FoundTokenTest extends AccountPages {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private Account account;

    @BeforeAll
    static void start() {
        start("found");
    }

    @BeforeEach
    void begin() {
        account = account("Ada Lovelace", "ada" + NUMBER.incrementAndGet() + "@example.test", Account.Role.USER);
        in("en-US");
    }

    private void in(String locale) {
        open(new Browser.NewContextOptions().setViewportSize(1100, 780).setLocale(locale));
        sent.clear();
        context.onRequest(request -> sent.add(line(request)));
    }

    private static String line(Request request) {
        return request.method() + " " + request.url().replace(url(""), "") + " " + request.headers() + " "
                + request.postData();
    }

    private NewToken issue(Account owner, String name) {
        return server.getBean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", owner.id()), name, "orders:read")
                        .lifetime(Duration.ofDays(29)));
    }

    private static String text(NewToken made) {
        return made.plainText().reveal();
    }

    private Locator search() {
        return page.getByLabel("Search tokens");
    }

    /** As a person does who has it in the clipboard. */
    private void paste(String text) {
        page.locator("li[part=token]").first().waitFor(); // or the field would be another in a moment
        context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        page.evaluate("text => navigator.clipboard.writeText(text)", text);
        search().click();
        page.keyboard().press("Control+v");
    }

    /** The lines of what was sent in which a text stands. */
    private List<String> holding(String text) {
        return sent.stream().filter(line -> line.contains(text)).toList();
    }

    private void assertAskedOnce(String secret) {
        String json = "{\"token\":\"" + secret + "\"}";
        assertThat(holding(secret))
                .singleElement()
                .asString()
                .startsWith("POST /api/tokens/identify ")
                .endsWith(json);
        assertThat(page.url()).doesNotContain(secret);
        assertThat(search().inputValue()).isEmpty();
        String kept = (String) page.evaluate("""
                () => { const html = (root) => [...root.querySelectorAll('*')].map((one) =>
                    one.outerHTML + (one.value ?? '') + (one.shadowRoot ? html(one.shadowRoot) : '')).join('')
                  return html(document) + location.href + JSON.stringify(history.state) + document.title
                    + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie }
                """);
        assertThat(kept.contains(secret)).isFalse();
        assertThat(console).noneMatch(line -> line.contains(secret));
    }

    @Test
    void ownTokenThatIsPastedIsShownAndCanBeRevoked() {
        NewToken found = issue(account, "Backup");
        issue(account, "Phone");
        signIn(email(), "/settings/tokens");
        String secret = text(found);
        see("Ends in " + secret.substring(secret.length() - 4));

        paste("TOKEN=" + secret + "\n");

        see("This one is yours.");
        assertThat(page.locator("dialog li h3").allTextContents())
                .singleElement()
                .asString()
                .contains("Backup");
        assertAskedOnce(secret);
        accessible("found");
        page.keyboard().press("Escape");
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        page.waitForFunction("document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')"
                + " === 'Edit token Backup'");
        search().focus();
        page.keyboard().press("Control+z");
        assertThat(search().inputValue()).doesNotContain(secret);

        paste(found.token().id() + "|" + secret);
        see("This one is yours.");
        page.locator("dialog")
                .getByText("Revoke", new Locator.GetByTextOptions().setExact(true))
                .click();
        button("Revoke token").click();
        see("Token revoked");
        page.locator("li", new Page.LocatorOptions().setHasText("Backup"))
                .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    @Test
    void whatIsNoneOfOnesOwnIsToldInOneWay() {
        Account bob = account("Bob", "bob" + NUMBER.incrementAndGet() + "@example.test", Account.Role.USER);
        NewToken anothers = issue(bob, "Theirs");
        NewToken revoked = issue(account, "Revoked");
        server.getBean(Tokens.class).revoke(revoked.token().id());
        issue(account, "CI");
        signIn(email(), "/settings/tokens");

        List<String> told = new ArrayList<>();
        for (String secret : List.of(text(anothers), text(revoked), "12|abc", "a-long-name-of-a-job-that-is-none")) {
            paste(secret);
            see("None of your valid tokens has this text.");
            told.add(page.locator("dialog").innerText());
            assertAskedOnce(secret);
            button("Done").click();
        }
        assertThat(told).containsOnly(told.get(0));
    }

    @Test
    void whatHasTheFormOfATokenIsNoTextToSearchFor() {
        signIn(email(), "/settings/tokens");
        String ours = text(issue(account, "CI"));
        String laravels = "17|0123456789abcdefghijABCDEFGHIJ0123456789fcca43d2";
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(ours, ours);
        texts.put("Authorization: Bearer " + ours, ours);
        texts.put("export TOKEN=\"" + ours + "\"", ours);
        texts.put(" " + ours + "\t", ours);
        texts.put(laravels, laravels);
        texts.put("-H 'Authorization: Bearer " + laravels + "'", laravels);
        texts.put("3|x", "3|x");
        texts.put("x".repeat(20), "x".repeat(20));
        texts.put("key " + "é".repeat(20), "é".repeat(20));
        texts.put("x".repeat(19) + " " + "x".repeat(19), "");
        texts.put("pat_", "");
        texts.put("a | b", "");
        texts.put("Backup of 12 hosts", "");

        texts.forEach((text, secret) -> assertThat(page.evaluate(
                        "async (text) => (await import('/sanctum4j/src/secret.js')).secretIn(text) ?? ''", text))
                .as(text.replace(ours, "…"))
                .isEqualTo(secret));
    }

    /** Typed as well as pasted, and each time: only the last character makes it one. */
    @Test
    void whatIsTypedIsSearchedForUntilItMayBeASecret() {
        issue(account, "Backup of 12 hosts");
        issue(account, "Phone");
        signIn(email(), "/settings/tokens");

        search().pressSequentially("backup 12");
        see("1–1 of 1");
        search().fill("");
        search().pressSequentially("abcdefghijklmnopqrs");
        see("No token matches");
        assertThat(holding("abcdefghijklmnopqrs")).isEmpty();
        search().pressSequentially("t");
        see("None of your valid tokens has this text.");
        assertAskedOnce("abcdefghijklmnopqrst");
        button("Done").click();
        see("1–2 of 2");
    }

    @Test
    void tooManyQuestionsAreRefusedAndNothingIsKept() {
        issue(account, "CI");
        signIn(email(), "/settings/tokens");
        Client other = new Client(port);
        assertThat(other.signIn(email(), PASSWORD)).isEqualTo(204);
        for (int i = 0; i < 10; i++) { // within a minute, whose ten are counted
            assertThat(other.page("POST", "/api/tokens/identify", "{\"token\":\"no-token-of-anybody-" + i + "\"}")
                            .statusCode())
                    .isEqualTo(200);
        }

        paste("no-token-of-anybody-10");

        see("Too many");
        assertAskedOnce("no-token-of-anybody-10");
        button("Done").click();
    }

    /** What the dialog shows is no row of the list: it has the buttons of one, and nothing to tick. */
    @Test
    void tokenIsFoundWhileSeveralAreChosen() {
        NewToken found = issue(account, "Backup");
        issue(account, "Phone");
        signIn(email(), "/settings/tokens");
        button("Choose several").click();
        paste(text(found));
        see("This one is yours.");

        assertThat(page.locator("dialog input").count()).isZero();
        page.locator("dialog")
                .getByText("Revoke", new Locator.GetByTextOptions().setExact(true))
                .click();
        button("Revoke token").click();
        see("Token revoked");
    }

    /** To search for people is to ask by an address. */
    @Test
    void tokenThatAnAdministratorSearchesForIsNotSent() {
        NewToken found = issue(account, "Backup");
        for (int i = 0; i < 8; i++) {
            issue(account, "Phone " + i);
        }
        Account root = account("Root", "root" + NUMBER.incrementAndGet() + "@example.test", Account.Role.ADMIN);
        signIn(root.email(), "/settings/people");
        String told = "That was a token. It was not sent: put it into the search under “Access tokens”, which tells"
                + " whether it is yours.";
        for (String secret : List.of(text(found), found.token().id() + "|" + text(found))) {
            Locator people = page.getByLabel("Search by name or e-mail");
            people.fill(secret);
            PlaywrightAssertions.assertThat(people).hasValue("");
            PlaywrightAssertions.assertThat(page.locator("[role=status].soft")).hasText(told);
            people.fill("a-long-name-of-somebody@example.test");
            see("Nobody matches");
            PlaywrightAssertions.assertThat(page.locator("[role=status].soft")).isEmpty();
        }
        accessible("people, without a token");
        page.getByLabel("Search by name or e-mail").fill(email());
        button("Manage Ada Lovelace").click();
        Locator tokens = page.locator("dialog input[type=search]");
        PlaywrightAssertions.assertThat(tokens).hasAttribute("placeholder", "Name or ability");
        tokens.fill(text(found));
        PlaywrightAssertions.assertThat(tokens).hasValue("");
        PlaywrightAssertions.assertThat(page.locator("dialog [role=status].soft"))
                .hasText(told);
        assertThat(holding(text(found))).isEmpty();
    }

    @Test
    void germanIsSpoken() {
        in("de-DE");
        NewToken found = issue(account, "Sicherung");
        signIn(email(), "/settings/tokens");
        String secret = text(found);
        see("Endet auf " + secret.substring(secret.length() - 4));
        context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        page.getByLabel("Token suchen").fill(secret);
        see("Dieses ist Ihres.");
    }

    private String email() {
        return account.email();
    }

    private String createAndCopy() {
        button("New token").click();
        page.getByLabel("Name").fill("CI");
        page.getByLabel("orders:read").check();
        button("Create token").click();
        see("Copy your new token");
        String secret = page.locator("[part=plain-text]").textContent();
        context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        return secret;
    }

    private long polls() {
        return sent.stream()
                .filter(line -> line.matches("GET /api/tokens/\\d+ .*"))
                .count();
    }

    @Test
    void firstUseIsSeenInTheDialogThatShowsTheToken() {
        signIn(email(), "/settings/tokens");
        String secret = createAndCopy();
        button("Copy token").click();
        see("Waiting for its first use");
        accessible("waiting");

        assertThat(new Client(port)
                        .bearer("GET", "/api/tokens/current?path=/secret-path", secret, "User-Agent", "secret-agent")
                        .statusCode())
                .isEqualTo(200);

        see("It works: used just now from 127.0.0.1");
        accessible("used");
        assertThat(page.locator("dialog").innerText()).doesNotContain("secret-path", "secret-agent");
        long asked = polls();
        assertThat(asked).isPositive();
        assertThat(holding(secret)).isEmpty(); // by the session, and not by the token
        page.waitForTimeout(4_000);
        assertThat(polls()).as("it is known").isEqualTo(asked);
        button("Done").click();
        see("Last used just now from 127.0.0.1");
    }

    /** With a clock of its own, so that five minutes are none. */
    @Test
    void pageAsksEveryThreeSecondsForFiveMinutesWhileTheDialogIsOpenAndInView() {
        signIn(email(), "/settings/tokens");
        createAndCopy();
        stopTheClock();
        page.clock().runFor(10_000);
        assertThat(polls()).as("nothing is copied").isZero();
        button("Copy token").click();
        see("Waiting for its first use");

        ticks(3);
        assertThat(polls()).isEqualTo(3);
        page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
        ticks(3);
        assertThat(polls()).as("out of view").isEqualTo(3);
        page.evaluate("delete document.hidden");
        ticks(110);
        assertThat(polls()).as("five minutes").isBetween(90L, 97L);
        page.getByText("Waiting for its first use")
                .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "signed out"})
    void nobodyListensAny(String more) {
        signIn(email(), "/settings/tokens");
        createAndCopy();
        stopTheClock();
        button("Copy token").click();
        see("Waiting for its first use");
        ticks(1);
        assertThat(polls()).isEqualTo(1);

        if (more.equals("closed")) {
            button("Done").click();
            page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            ticks(3);
            assertThat(polls()).isEqualTo(1);
        } else {
            context.clearCookies();
            ticks(3);
            assertThat(polls()).isEqualTo(2);
            assertThat(page.locator("dialog[open]").count())
                    .as("nobody is asked to sign in")
                    .isEqualTo(1);
        }
    }

    /** The browser tells of it with its next picture, and the page may do something before. */
    @Test
    void dialogIsToldToBeClosedAsSoonAsThePageHasClosedIt() {
        signIn(email(), "/settings/tokens");

        assertThat(page.evaluate("""
                        async () => {
                          const { Dialog } = await import('/sanctum4j/src/dialog.js')
                          const dialog = new Dialog({ t: (key) => key, root: document.body }, ['title'], [])
                          let told = false
                          dialog.closed.then(() => (told = true))
                          dialog.close()
                          await null
                          return told
                        }
                        """)).isEqualTo(true);
    }

    /** The page's own: it goes on to a moment that is not over yet, and stands still there until it is told to go on. */
    private void stopTheClock() {
        long now = System.currentTimeMillis();
        page.clock().install(new Clock.InstallOptions().setTime(now));
        page.clock().pauseAt(now + 20_000);
        page.evaluate("""
                () => { const real = setTimeout
                  window.pauses = 0
                  window.setTimeout = (then, time, ...more) => { window.pauses += time === 3_000; return real(then, time, ...more) } }
                """);
    }

    /** Three seconds of the page's, and the time that it needs until it pauses again, or listens no more. */
    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            Object before = page.evaluate("pauses");
            page.clock().runFor(3_000);
            page.waitForCondition(() -> !page.evaluate("pauses").equals(before)
                    || !page.getByText("Waiting for its first use").isVisible());
        }
    }
}
