package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.BoundingBox;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people see without scrolling: what a link asks for, why a form was refused, what has come about. */
class ShortWindowsTest extends AccountPages {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Whether what is seen at the middle of an element is the element, not something over it. */
    private static final String SEEN = """
            (one) => {
              const { left, top, width, height } = one.getBoundingClientRect()
              let at = document.elementFromPoint(left + width / 2, top + height / 2)
              while (at?.shadowRoot) at = at.shadowRoot.elementFromPoint(left + width / 2, top + height / 2)
              return width > 0 && one.contains(at)
            }
            """;

    private Account account;
    private String email;

    @BeforeAll
    static void start() {
        start("short-windows");
    }

    @BeforeEach
    void begin() {
        email = "ada" + NUMBER.incrementAndGet() + "@example.test";
        account = account("Ada Lovelace", email, Account.Role.USER);
        window(1100, 560);
    }

    private void window(int width, int height) {
        open(new Browser.NewContextOptions().setViewportSize(width, height).setLocale("en-US"));
    }

    private void isSeen(Locator place) {
        place.waitFor();
        assertThat(place.evaluate(SEEN)).as(place.textContent()).isEqualTo(true);
    }

    @Test
    void whatALinkAsksForIsToldInASentenceAndWhatIsStrongIsTickedByHand() {
        page.route(
                "**/api/tokens/policy",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"default_lifetime\":null,\"max_lifetime\":null,\"abilities\":[\"*\"]}")));
        signIn(email, "/settings/tokens/new?name=CI&abilities=orders:read,*,tokens:manage,reports:all&expires=never");

        Locator sentence = page.locator("dialog .sum");
        PlaywrightAssertions.assertThat(sentence).containsText("This token can use orders:read, ends on ");
        isSeen(sentence);
        see("The link also asks for what you may not give: tokens:manage.");
        see("The link asks for a token that never ends.");
        Locator asked = page.locator("dialog fieldset.group").first();
        PlaywrightAssertions.assertThat(asked).containsText("The link asks for these too");
        PlaywrightAssertions.assertThat(asked.locator("input")).hasCount(2);
        PlaywrightAssertions.assertThat(page.locator("dialog input[value='tokens:manage']"))
                .hasCount(0);
        accessible("a link that asks for much");

        asked.locator("input[value='*']").check();
        asked.locator("input[value='reports:all']").check();
        page.locator("dialog label")
                .filter(new Locator.FilterOptions().setHasText("Never"))
                .click();
        PlaywrightAssertions.assertThat(sentence).hasText("This token can do everything you can, never ends.");
        PlaywrightAssertions.assertThat(page.locator("dialog .picker > .chips .chip"))
                .containsText(new String[] {"Everything", "reports:all", "orders:read"});
    }

    @Test
    void barOfAFormIsAsWideAsItsDialogAndWhatIsMendedIsWrongNoMore() {
        signIn(email, "/settings/tokens");
        button("New token").click();
        page.getByLabel("Name").fill("CI");
        button("Create token").click();
        see("Choose at least one ability.");
        PlaywrightAssertions.assertThat(page.locator("dialog [aria-invalid]")).hasCount(1);
        BoundingBox dialog = page.locator("dialog").boundingBox();
        BoundingBox bar = page.locator("dialog .bar").boundingBox();
        assertThat(bar.x - dialog.x).isBetween(0.0, 2.0);
        assertThat(bar.width).isBetween(dialog.width - 20, dialog.width);

        page.getByLabel("orders:read").check();
        PlaywrightAssertions.assertThat(page.locator("dialog [aria-invalid]")).hasCount(0);
    }

    @Test
    void whatALinkMayTickIsTickedAndOfManyAbilitiesTheSentenceCountsTheRest() {
        signIn(email, "/settings/tokens/new?name=CI&abilities=orders:read,orders:write&expires=30d");

        PlaywrightAssertions.assertThat(page.locator("dialog .sum"))
                .containsText("This token can use orders:read and orders:write, ends on ");
    }

    @ParameterizedTest
    @CsvSource({
        "500, The server answered with an error (500). Nobody knows yet whether the token was made",
        "503, Not available right now. Nobody knows yet whether the token was made",
        "429, Try again in",
        "409, Something went wrong",
        "419, This page has expired",
        "403, You may not do this",
        "404, It is not there any more",
        "422, Somebody else was faster.",
        "0, The server cannot be reached. Nobody knows yet whether the token was made",
    })
    void refusedFormSaysSoWhereItIsSeen(int status, String said) {
        for (int height : new int[] {860, 560, 400}) {
            window(1100, height);
            signIn(email, "/settings/tokens");
            page.route("**/api/tokens", route -> answer(route, status));
            button("New token").click();
            page.getByLabel("Name").fill("CI");
            page.getByLabel("orders:read").check();
            button("Create token").click();
            Locator problem = page.locator("dialog .problem");
            PlaywrightAssertions.assertThat(problem).containsText(said);
            isSeen(problem);
        }
    }

    private static void answer(Route route, int status) {
        if (!route.request().method().equals("POST")) {
            route.fallback();
        } else if (status == 0) {
            route.abort();
        } else {
            route.fulfill(new Route.FulfillOptions()
                    .setStatus(status)
                    .setHeaders(status == 429 ? Map.of("Retry-After", "60") : Map.of())
                    .setContentType("application/json")
                    .setBody(status == 422 ? "{\"message\":\"Somebody else was faster.\"}" : "{}"));
        }
    }

    @Test
    void administratorIsAskedBeforeATokenIsRevokedAndHearsWhatHasComeAbout() {
        Tokens tokens = server.getBean(Tokens.class);
        Owner ada = Owner.of("user", account.id());
        tokens.issue(TokenRequest.of(ada, "backup", "orders:read"));
        tokens.issue(TokenRequest.of(ada, "phone", "orders:read"));
        String admin = "root" + NUMBER.incrementAndGet() + "@example.test";
        account("Root", admin, Account.Role.ADMIN);
        signIn(admin, "/settings/people");
        page.getByRole(
                        com.microsoft.playwright.options.AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(java.util.regex.Pattern.compile(email)))
                .or(page.locator("li")
                        .filter(new Locator.FilterOptions().setHasText(email))
                        .locator("button"))
                .first()
                .click();

        page.route("**/api/admin/tokens/*", route -> route.fulfill(new Route.FulfillOptions().setStatus(500)));
        button("Revoke token backup").click();
        assertThat(tokens.list(ada)).hasSize(2);
        button("Revoke token").click();
        PlaywrightAssertions.assertThat(page.locator("dialog .problem").last()).containsText("It is our fault");
        assertThat(page.getByText("Token revoked").count()).isZero();

        page.unroute("**/api/admin/tokens/*");
        button("Revoke token").click();
        Locator toast = page.locator(".toast.seen");
        PlaywrightAssertions.assertThat(toast).hasText("Token revoked");
        isOnTop(toast);
        assertThat(tokens.list(ada)).hasSize(1);

        button("Revoke 1 token").click();
        button("Cancel").last().click();
        assertThat(tokens.list(ada)).hasSize(1);
        button("Revoke 1 token").click();
        see("1 token stops working at once");
        button("Revoke 1 token").last().click();
        see("Type the number 1.");
        assertThat(tokens.list(ada)).hasSize(1);
        page.getByLabel("Type 1 to confirm").fill("1");
        button("Revoke 1 token").last().click();
        PlaywrightAssertions.assertThat(toast).hasText("Tokens revoked");
        assertThat(tokens.list(ada)).isEmpty();
    }

    /** It lets clicks pass, so it is asked what would be there without. */
    private static void isOnTop(Locator toast) {
        assertThat(toast.evaluate("(one) => one.matches(':popover-open') && !!one.closest('dialog[open]')"))
                .isEqualTo(true);
        BoundingBox box = toast.boundingBox();
        assertThat(box.y + box.height).isLessThanOrEqualTo(560);
    }

    @Test
    void tokenIsCopiedWhereABrowserHasNoClipboardForThePage() {
        page.navigate("http://lan.example.test:" + port + "/settings/tokens");
        page.locator("input[type=email]").fill(email);
        assertThat(page.evaluate("isSecureContext")).isEqualTo(false);
        page.locator("input[type=password]").fill(PASSWORD);
        page.locator("form button").last().click();
        button("New token").click();
        page.getByLabel("Name").fill("CI");
        page.getByLabel("orders:read").check();
        button("Create token").click();
        String token = page.locator("[part=plain-text]").textContent();

        button("Copy token").click();
        see("Copied");
        button("Done").click();
        page.locator("dialog")
                .waitFor(new Locator.WaitForOptions()
                        .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
        button("New token").click();
        page.getByLabel("Name").press("Control+v");
        assertThat(page.getByLabel("Name").inputValue()).isEqualTo(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"62.5%", "200%"})
    void sizeIsTheSameWhateverTheSizeOfThePagesText(String size) {
        window(1100, 900);
        signIn(email, "/settings/tokens");
        button("New token").click();
        page.locator("dialog .picker").waitFor(); // and not what stands there until it is
        BoundingBox before = page.locator("dialog").boundingBox();
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size);
        BoundingBox after = page.locator("dialog").boundingBox();
        assertThat(after.width).isEqualTo(before.width);
        assertThat(after.height).isEqualTo(before.height);
    }

    @Test
    void themeIsThatOfThePageUnlessTheElementIsToldAnother() {
        signIn(email, "/settings/tokens");
        Locator element = page.locator("sanctum-tokens");
        String light = color(element);
        element.evaluate("(one) => one.setAttribute('theme', 'dark')");
        assertThat(color(element)).isNotEqualTo(light);
        element.evaluate("(one) => one.setAttribute('theme', 'light')");
        assertThat(color(element)).isEqualTo(light);
    }

    private static String color(Locator element) {
        return String.valueOf(element.evaluate("(one) => getComputedStyle(one).color"));
    }
}
