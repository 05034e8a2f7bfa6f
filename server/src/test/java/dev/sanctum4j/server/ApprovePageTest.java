package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sanctum4j.server.accounts.Account;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Somebody answers a program, in a real browser. */
class ApprovePageTest extends AccountPages {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private String email;
    private JdbcTemplate jdbc;

    @BeforeAll
    static void start() {
        start("approve");
    }

    @BeforeEach
    void begin() {
        email = "ada" + NUMBER.incrementAndGet() + "@example.test";
        account("Ada Lovelace", email, Account.Role.USER);
        jdbc = server.getBean(JdbcTemplate.class);
        jdbc.update("delete from sanctum_requests");
        open(new Browser.NewContextOptions().setViewportSize(1100, 900).setLocale("en-US"));
    }

    private static JsonNode ask(String name) {
        HttpResponse<String> answer = new Client(port)
                .form(
                        "/sanctum/device_authorization",
                        "client_id=codex&scope=orders:read+orders:write&lifetime=172800&client_name="
                                + URLEncoder.encode(name, StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Client.json(answer);
    }

    private static JsonNode poll(JsonNode asked) {
        return Client.json(new Client(port)
                .form(
                        "/sanctum/device_token",
                        "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=codex&device_code="
                                + asked.get("device_code").asString()));
    }

    private String state() {
        return String.valueOf(jdbc.queryForObject("select state from sanctum_requests", String.class));
    }

    @Test
    void answerThatIsNoneIsNotPassedOverInSilence() {
        signIn(email, "/connect");
        page.route(
                "**/api/approval",
                route -> route.fulfill(
                        new Route.FulfillOptions().setContentType("text/html").setBody("<p>Welcome to the hotel")));
        page.getByLabel("Code").fill("BCDF-GHJK");
        button("Continue").click();
        see("Something went wrong");
        assertThat(console).anyMatch(line -> line.startsWith("error: ")); // for whoever looks for it
        console.clear();
    }

    @Test
    void typedCodeIsAllowedInPartAndFetched() throws Exception {
        JsonNode asked = ask("Codex on build-7");
        signIn(email, "/connect");
        page.getByLabel("Code").fill(asked.get("user_code").asString().toLowerCase(Locale.ROOT));
        button("Continue").click();
        see("A program asks to use your account");
        see("Codex on build-7");
        see("nobody has checked it");
        see("Place orders");
        see("have you started nothing yourself? Then deny");
        assertThat(page.locator("[part=claim]").textContent()).isEqualTo("Codex on build-7");
        see(email);
        accessible("a request");
        assertThat(button("Allow").getAttribute("class"))
                .isEqualTo(button("Deny").getAttribute("class"));
        assertThat(state()).isEqualTo("asked");

        page.getByLabel("orders:write").uncheck();
        page.getByLabel("For how long").selectOption("3600");
        button("Allow").click();
        see("Go back to your program");
        accessible("allowed");

        JsonNode token = poll(asked);
        assertThat(token.get("scope").asString()).isEqualTo("orders:read");
        assertThat(token.get("expires_in").asLong()).isEqualTo(3_600);
        page.navigate(url("/settings/tokens"));
        see("Codex on build-7, asked for ");
        button("Revoke token " + page.locator("li[part=token] h3 bdi").first().textContent())
                .click();
        button("Revoke token").click();
        see("Token revoked");
        assertThat(new Client(port)
                        .bearer(
                                "GET",
                                "/api/tokens/current",
                                token.get("access_token").asString())
                        .statusCode())
                .isEqualTo(401);
        String written =
                "select count(*) from sanctum_audit where event = 'approval_claimed' and detail like '%build-7%'";
        Programs.await( // by a thread of its own
                "the audit log",
                60,
                () -> !jdbc.queryForList(written, Integer.class).contains(0));
        page.navigate(url("/settings/activity"));
        see("Token fetched that was asked for");
        see(", codex: orders:read, \"Codex on build-7\"");
    }

    @Test
    void yesIsTakenBackBeforeTheProgramHasItsToken() {
        JsonNode asked = ask("Codex");
        signIn(email, "/connect");
        page.getByLabel("Code").fill(asked.get("user_code").asString());
        button("Continue").click();
        button("Allow").click();
        see("Was this a mistake?");
        button("Take it back").click();
        see("The program gets nothing.");
        assertThat(poll(asked).get("error").asString()).isEqualTo("access_denied");
    }

    /** A link alone says nothing: the code is compared first, and a no ends it. */
    @Test
    void codeOfALinkIsComparedFirst() {
        JsonNode asked = ask("Codex");
        String path = asked.get("verification_uri_complete").asString().replaceFirst("^https?://[^/]+", "");
        signIn(email, path);
        see("Does your program show this code?");
        see(asked.get("user_code").asString());
        PlaywrightAssertions.assertThat(page.getByText("Codex")).hasCount(0);
        PlaywrightAssertions.assertThat(button("Allow")).hasCount(0);
        accessible("a code to compare");

        button("No").click();
        see("Nothing was allowed");
        PlaywrightAssertions.assertThat(button("Allow")).hasCount(0);
        assertThat(state()).isEqualTo("asked");

        page.reload();
        button("Yes, my program shows it").click();
        see("A program asks to use your account");
        button("Deny").click();
        see("The program gets nothing.");
        assertThat(poll(asked).get("error").asString()).isEqualTo("access_denied");
    }

    /** What a stranger calls itself is text, and what a link brings is a code or nothing. */
    @Test
    void namesAndLinksAreText() {
        JsonNode asked = ask("<img src=x onerror=alert(1)>");
        signIn(email, "/connect?code=" + URLEncoder.encode("<b>BCDF</b>", StandardCharsets.UTF_8));
        page.getByLabel("Code").fill(asked.get("user_code").asString());
        button("Continue").click();
        see("<img src=x onerror=alert(1)>");
        assertThat(page.locator("img").count()).isZero();
    }

    @Test
    void wrongCodeIsToldAndAnotherNetworkWarnsAndNothingChosenIsNoYes() {
        JsonNode asked = ask("Codex");
        jdbc.update("update sanctum_requests set network = '198.51.100.7', address = '198.51.100.7'");
        signIn(email, "/connect");
        button("Continue").click();
        see("Type the eight letters of the code.");
        page.getByLabel("Code").fill(asked.get("user_code").asString().startsWith("BBBB") ? "CCCC-CCCC" : "BBBB-BBBB");
        button("Continue").click();
        see("No program waits with this code.");
        accessible("a wrong code");
        page.getByLabel("Code").fill(asked.get("user_code").asString());
        button("Continue").click();
        see("The program seems to run somewhere else");
        see("198.51.100.7");
        page.getByLabel("orders:read").uncheck();
        page.getByLabel("orders:write").uncheck();
        button("Allow").click();
        see("Choose at least one ability.");
        assertThat(state()).isEqualTo("asked");
    }

    /** Somebody thinks for too long. */
    @Test
    void lateYesIsNone() {
        JsonNode asked = ask("Codex");
        signIn(email, "/connect");
        page.getByLabel("Code").fill(asked.get("user_code").asString());
        button("Continue").click();
        see("A program asks to use your account");
        jdbc.update("update sanctum_requests set expires_at = ?", System.currentTimeMillis() - 1);
        button("Allow").click();
        see("No program waits with this code");
        accessible("too late");

        assertThat(state()).isEqualTo("asked");
        assertThat(poll(asked).get("error").asString()).isEqualTo("expired_token");
    }

    @Test
    void countryIsNamedInTheLanguageOfThePage() {
        JsonNode asked = ask("Codex");
        signIn(email, "/connect");
        page.route("**/api/approval", route -> {
            String body = route.fetch().text();
            assertThat(body).contains("\"country\":null");
            route.fulfill(new Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody(body.replace("\"country\":null", "\"country\":\"DE\"")));
        });
        page.getByLabel("Code").fill(asked.get("user_code").asString());
        button("Continue").click();
        see("from 127.0.0.1 (Germany)");
    }

    @Test
    void yesAsksForThePasswordAgain() {
        JsonNode asked = ask("Codex");
        signIn(email, "/connect");
        page.getByLabel("Code").fill(asked.get("user_code").asString());
        button("Continue").click();
        see("A program asks to use your account");
        page.route(
                "**/api/approval/allow",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(423)
                        .setContentType("application/problem+json")
                        .setBody("{\"status\":423,\"code\":\"confirmation-required\"}")),
                new Page.RouteOptions().setTimes(1));
        button("Allow").click();
        see("Is it still you?");
        page.getByRole(AriaRole.DIALOG).getByLabel("Password").fill(PASSWORD);
        page.getByRole(AriaRole.DIALOG)
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Continue"))
                .click();
        see("Go back to your program");
        assertThat(state()).isEqualTo("allowed");
    }

    @ParameterizedTest
    @CsvSource({"en-US, false", "de-DE, true"})
    void pageFitsAPhone(String language, boolean dark) {
        open(new Browser.NewContextOptions()
                .setViewportSize(320, 640)
                .setIsMobile(true)
                .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT)
                .setLocale(language));
        JsonNode asked = ask("A name of sixty characters, which is as long as one may be ok");
        signIn(email, "/connect?code=" + asked.get("user_code").asString());
        fits("compare");
        page.locator(".actions button").last().click();
        page.locator("select").waitFor();
        fits("decide");
        page.locator(".actions button").last().click();
        page.locator("[role=status] h3").waitFor();
        fits("allowed");
        assertThat(state()).isEqualTo("allowed");
    }

    private void fits(String what) {
        accessible(what);
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as(what)
                .isEqualTo(0);
    }

    @Test
    void pageIsNobodysFrameAndReadingItChangesNothing() {
        JsonNode asked = ask("Codex");
        for (String path :
                List.of("/connect", "/connect?code=" + asked.get("user_code").asString())) {
            HttpResponse<String> answer = new Client(port).get(path);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .doesNotContain(asked.get("user_code").asString())
                    .isEqualTo(new Client(port)
                            .get("/connect?code=" + "x".repeat(9))
                            .body());
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("frame-ancestors 'none'");
            assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        }
        assertThat(state()).isEqualTo("asked");
        assertThat(poll(asked).get("error").asString()).isEqualTo("authorization_pending");
    }
}
