package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a page shows before its script runs and before the API answers, under the name and the colours of an operator. */
class PageFramesTest extends AccountPages {

    private static final String LOGO = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" onload="parent.document.title='run'">
              <script>document.documentElement.setAttribute('run', 'yes')</script>
              <rect width="40" height="20" rx="4" fill="#0f766e"/>
            </svg>
            """;

    @TempDir
    private static Path folder;

    private static Account ada;

    @BeforeAll
    static void start() throws IOException {
        Path logo = Files.writeString(folder.resolve("acme.svg"), LOGO);
        start(
                "frames",
                "sanctum.pages.name=Acme <b>& Söhne",
                "sanctum.pages.logo=" + logo,
                "sanctum.pages.accent=#ffd400",
                "sanctum.pages.forgotten-password=https://id.acme.test/forgotten?a=b&c=%22d%22");
        ada = account("Ada Lovelace", "ada@example.test", Account.Role.USER);
        account("Root", "root@example.test", Account.Role.ADMIN);
    }

    @BeforeEach
    void begin() {
        open(desktop());
    }

    private static Browser.NewContextOptions desktop() {
        return new Browser.NewContextOptions().setViewportSize(1280, 800).setLocale("en-US");
    }

    private static HttpResponse<String> get(String path, String... headers) {
        return new Client(port).get(path, headers);
    }

    // ---- the frame

    /** What stands in the HTML is seen without its script, so it is seen before. */
    @ParameterizedTest
    @ValueSource(strings = {"en-US", "de-DE"})
    void frameIsThereWithoutTheScript(String language) {
        boolean german = language.startsWith("de");
        open(desktop().setJavaScriptEnabled(false).setLocale(language));
        page.navigate(url("/settings/sessions"));

        assertThat(page.locator("html").getAttribute("lang")).isEqualTo(german ? "de" : "en");
        assertThat(page.locator(".top .brand").innerText()).isEqualTo("Acme <b>& Söhne");
        assertThat(page.locator(".top nav a").allInnerTexts())
                .isEqualTo(
                        german
                                ? List.of("Token", "Sitzungen", "Passwort", "Aktivität")
                                : List.of("Tokens", "Sessions", "Password", "Activity"));
        assertThat(page.locator("nav [aria-current]").innerText()).isEqualTo(german ? "Sitzungen" : "Sessions");
        assertThat(page.title()).isEqualTo((german ? "Sitzungen" : "Sessions") + " · Acme <b>& Söhne");
        assertThat(page.locator("noscript").isVisible()).isTrue();
        assertThat(page.locator("noscript").innerText())
                .isEqualTo(german ? "Diese Seite braucht JavaScript." : "This page needs JavaScript.");
        assertThat(page.locator(".bones").isVisible()).as("nothing will come").isFalse();

        page.navigate(url("/login"));
        assertThat(page.locator(".door .brand").innerText()).isEqualTo("Acme <b>& Söhne");
        assertThat(page.title()).isEqualTo((german ? "Anmelden" : "Sign in") + " · Acme <b>& Söhne");
    }

    /** The script finds what it would write, in both languages: nothing moves and no word changes. */
    @ParameterizedTest
    @ValueSource(strings = {"en-US", "de-DE"})
    void nothingOfTheFrameMovesWhenTheContentComes(String language) {
        open(desktop().setLocale(language));
        signIn("ada@example.test", "/settings/tokens");
        page.addInitScript(SHIFTS);
        AtomicReference<Route> held = new AtomicReference<>();
        page.route("**/api/user", held::set);
        page.navigate(url("/settings/tokens"));
        page.waitForCondition(() -> held.get() != null); // the script has run
        String title = page.title();
        String words =
                page.locator(".top nav").innerText() + page.locator(".skip").textContent();
        Object place = page.locator(".top").boundingBox().height;
        assertThat(page.locator(".waiting .bones").isVisible()).isTrue();
        assertThat(page.locator(".unloaded, .who *").count()).isZero();
        accessible("a page that waits");

        held.get().resume();
        page.locator(".empty").waitFor();

        assertThat(page.title()).isEqualTo(title);
        assertThat(page.locator(".top nav").innerText() + page.locator(".skip").textContent())
                .isEqualTo(words);
        assertThat(page.locator(".top").boundingBox().height).isEqualTo(place);
        assertThat(page.locator(".waiting").count()).isZero();
        assertThat(page.locator(".who").innerText()).contains("Ada Lovelace");
        assertThat(page.evaluate("shifts")).isEqualTo(List.of());
        accessible("a page that shows");
    }

    private static final String SHIFTS = """
            window.shifts = []
            new PerformanceObserver((list) => {
              for (const { value, sources } of list.getEntries()) {
                shifts.push(`${value} ${sources.map(({ node }) => node?.outerHTML ?? node?.nodeName).join(' ')}`)
              }
            }).observe({ type: 'layout-shift', buffered: true })
            """;

    @Test
    void frameIsTheSameForEverybodyAndKept() {
        Client root = new Client(port);
        root.signIn("root@example.test", PASSWORD);
        for (String path : List.of("/login", "/settings/tokens", "/settings/people", "/diagnosis", "/connect")) {
            HttpResponse<String> nobody = get(path);
            HttpResponse<String> somebody = root.page("GET", path + "?next=abc&code=abc", "");
            String etag = nobody.headers().firstValue("ETag").orElseThrow();

            assertThat(somebody.body()).isEqualTo(nobody.body()).doesNotContain("abc", "Root", "csrf");
            assertThat(somebody.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(nobody.headers().allValues("Vary")).contains("Accept-Language");
            assertThat(nobody.headers().firstValue("Cache-Control")).hasValue("no-cache");
            assertThat(get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
            assertThat(get(path, "If-None-Match", etag, "Accept-Language", "de").statusCode())
                    .as("another language")
                    .isEqualTo(200);
            assertThat(Pattern.compile("<script\\b").matcher(nobody.body()).results())
                    .hasSize(1);
        }
    }

    @Test
    void languageIsTheFirstThatWeSpeak() {
        Map<String, String> spoken = Map.of(
                "de", "de",
                "de-AT, en;q=0.5", "de",
                "en, de", "en",
                "fr, de;q=0.5, en;q=0.9", "en",
                "fr", "en",
                "*", "en",
                "de;q=x", "en");
        spoken.forEach((wanted, language) -> assertThat(
                        get("/login", "Accept-Language", wanted).body())
                .as(wanted)
                .contains("<html lang=\"" + language + "\">"));
        assertThat(get("/login").body()).contains("<html lang=\"en\">");
    }

    /** The browser may say one language to servers and another one to pages. */
    @Test
    void scriptPutsTheFrameIntoTheLanguageOfThePage() {
        open(desktop().setLocale("de-DE"));
        signIn("ada@example.test", "/settings/tokens");
        String english = get("/settings/tokens", "Accept-Language", "en").body();
        page.route(
                url("/settings/tokens"),
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("text/html;charset=UTF-8")
                        .setBody(english)));
        page.reload();
        page.locator(".who button").last().waitFor();
        see("Noch keine Token");

        assertThat(page.locator(".top nav a").allInnerTexts())
                .containsExactly("Token", "Sitzungen", "Passwort", "Aktivität");
        assertThat(page.locator("html").getAttribute("lang")).isEqualTo("de");
        assertThat(page.locator("nav").getAttribute("aria-label")).isEqualTo("Konto");
    }

    /** While nodes are replaced one by one, a page of one asks another for its files. */
    @Test
    void pageOfAnOlderServerGoesOn() {
        page.route(Pattern.compile("/(login|settings/tokens)(\\?.*)?$"), route -> {
            if (route.request().isNavigationRequest()) {
                route.fulfill(new Route.FulfillOptions()
                        .setContentType("text/html;charset=UTF-8")
                        .setBody(OLD_FRAME));
            } else {
                route.resume();
            }
        });
        signIn("ada@example.test", "/settings/tokens");
        see("No tokens yet");

        assertThat(page.locator("nav [aria-current]").innerText()).isEqualTo("Tokens");
        assertThat(page.locator("h1").allInnerTexts()).containsExactly("Account");
        accessible("the frame of an older server");
        button("New token").click();
        page.getByLabel("orders:read").waitFor(); // what the script loads is of its version
    }

    private static final String OLD_FRAME = """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Sanctum4j</title>
                <link rel="stylesheet" href="/sanctum4j/0123456789ab/page.css">
                <script type="module" src="/sanctum4j/0123456789ab/page.js"></script>
              </head>
              <body>
                <main><p class="unloaded">This page could not be loaded. Load it again.</p></main>
                <noscript>This page needs JavaScript.</noscript>
              </body>
            </html>
            """;

    /** What is told is the machine's, so nothing is asserted of it; docs/account-page.md has a figure. */
    @Test
    void firstPaintWaitsForNoAnswerOfTheApi() {
        signIn("ada@example.test", "/settings/tokens");
        open(desktop().setStorageState(context.storageState()));
        page.route("**/api/**", route -> {});
        page.navigate(url("/settings/tokens"));
        page.waitForFunction("performance.getEntriesByName('first-contentful-paint').length");
        System.out.println("first contentful paint, ms after the answer: " + page.evaluate("""
                performance.getEntriesByName('first-contentful-paint')[0].startTime
                  - performance.getEntriesByType('navigation')[0].responseEnd"""));

        assertThat(page.locator(".top nav a").allInnerTexts()).contains("Tokens");
        assertThat(page.evaluate("performance.getEntriesByType('resource').filter(({ initiatorType }) =>"
                        + " initiatorType === 'script').length"))
                .isEqualTo(1);
        page.unrouteAll();
    }

    // ---- the operator's

    @ParameterizedTest
    @ValueSource(strings = {"LIGHT", "DARK"})
    void operatorsNameLogoColourAndLinkAreShownUnderTheStrictPolicy(ColorScheme scheme) {
        open(desktop().setColorScheme(scheme));
        Response answer = page.navigate(url("/login"));
        page.locator("form").waitFor();

        assertThat(answer.headerValue("content-security-policy"))
                .contains("default-src 'none'", "img-src 'self';", "trusted-types 'none'")
                .doesNotContain("unsafe", "http");
        assertThat(page.evaluate("document.querySelector('.brand img').naturalWidth > 0"))
                .isEqualTo(true);
        assertThat(page.getByText("Forgotten your password?").getAttribute("href"))
                .isEqualTo("https://id.acme.test/forgotten?a=b&c=%22d%22");
        assertThat(page.title()).isEqualTo("Sign in · Acme <b>& Söhne");
        accessible("an operator's sign-in page");
        page.locator("form button").last().hover();
        accessible("a button that is pointed at");
        signIn("ada@example.test", "/settings/tokens");
        see("No tokens yet");
        accessible("an operator's page");
        button("New token").click();
        page.locator("dialog .picker").waitFor();
        accessible("an operator's form");
    }

    /** Who opens the logo itself runs nothing of it. */
    @Test
    void logoIsAPictureAndNothingElse() {
        page.navigate(url("/login"));
        String logo = page.locator(".brand img").getAttribute("src");
        HttpResponse<String> file = get(String.valueOf(logo));
        assertThat(file.headers().firstValue("Content-Type")).hasValue("image/svg+xml");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(file.headers().firstValue("Cache-Control")).hasValue("max-age=31536000, public, immutable");
        assertThat(file.body()).isEqualTo(LOGO);

        page.navigate(url(String.valueOf(logo)));
        assertThat(page.locator("svg").getAttribute("run")).isNull();
        console.removeIf(line -> line.contains("Content Security Policy"));
    }

    // ---- signing in

    @Test
    void whoIsSignedInGoesOn() {
        signIn("ada@example.test", "/settings/sessions");
        page.locator("li[part=session]").first().waitFor();
        page.navigate(url("/login?next=/settings/activity%3Fa=b"));
        page.waitForURL(url("/settings/activity?a=b"));
        page.navigate(url("/login"));
        page.waitForURL(url("/settings/tokens"));
        for (String trick : List.of(
                "//evil.example.test/x",
                "/%5Cevil.example.test/x",
                "/%09/evil.example.test/x",
                "/%0A/evil.example.test/x",
                "%09//evil.example.test/x",
                "/.//evil.example.test/x",
                "https:evil.example.test/x",
                "https://evil.example.test/x",
                "javascript:alert(1)",
                "data:text/html,x",
                "/login%3Fnext=//evil.example.test")) {
            page.navigate(url("/login?next=" + trick));
            PlaywrightAssertions.assertThat(page).hasURL(url("/settings/tokens"));
            page.locator(".who button").last().waitFor();
            assertThat(page.url()).as(trick).isEqualTo(url("/settings/tokens"));
        }
        page.navigate(url("/login?problem=connected-elsewhere"));
        page.locator("form").waitFor();
        page.waitForTimeout(300);
        assertThat(page.url()).as("a problem is read first").isEqualTo(url("/login?problem=connected-elsewhere"));
    }

    @Test
    void whoIsNotSignedInStays() {
        page.navigate(url("/login?next=/settings/activity"));
        page.waitForResponse("**/api/user", page::reload);
        page.locator("form").waitFor();
        assertThat(page.url()).isEqualTo(url("/login?next=/settings/activity"));
    }

    // ---- how much it is

    /** Rows of two abilities, an address and three times, in a window as many have. */
    @Test
    void compactListShowsTwelveRowsAtOnce() {
        Account dense = account("Dense", "dense@example.test", Account.Role.USER);
        for (int i = 0; i < 20; i++) {
            server.getBean(Tokens.class)
                    .issue(TokenRequest.of(
                                    Owner.of("user", dense.id()), "Deployment " + i, "orders:read", "orders:write")
                            .lifetime(Duration.ofDays(20 + i)));
        }
        server.getBean(JdbcTemplate.class)
                .update(
                        "update personal_access_tokens set last_used_at = created_at, last_used_from = '203.0.113.7'"
                                + " where tokenable_id = ?",
                        String.valueOf(dense.id()));
        signIn("dense@example.test", "/settings/tokens");
        page.locator("li[part=token]").first().waitFor();
        int roomy = rowsInSight();

        button("Compact").click();
        assertThat(rowsInSight()).isGreaterThanOrEqualTo(12).isGreaterThan(roomy);
        accessible("a compact list");
        page.reload();
        page.locator("li[part=token]").first().waitFor();
        assertThat(rowsInSight()).as("as somebody has left it").isGreaterThanOrEqualTo(12);
        assertThat(button("Compact").getAttribute("aria-pressed")).isEqualTo("true");
        page.navigate(url("/settings/activity"));
        assertThat(page.locator("sanctum-activity").getAttribute("density")).isEqualTo("compact");
        assertThat(page.evaluate("JSON.stringify(localStorage)")).isEqualTo("{\"sanctum-density\":\"compact\"}");

        button("Compact").click();
        page.navigate(url("/settings/tokens"));
        page.locator("li[part=token]").first().waitFor();
        assertThat(rowsInSight()).isEqualTo(roomy);
        assertThat(page.evaluate("JSON.stringify(localStorage)")).isEqualTo("{}");
    }

    private int rowsInSight() {
        return page.locator("li[part=token]").all().stream()
                .map(Locator::boundingBox)
                .filter(box -> box.y >= 0 && box.y + box.height <= 800)
                .toList()
                .size();
    }

    /** The bytes of a real browser, with the headers. */
    @Test
    void threeHundredTokensAreFewBytes() {
        Account many = account("Many", "many@example.test", Account.Role.USER);
        for (int i = 0; i < 300; i++) {
            server.getBean(Tokens.class)
                    .issue(TokenRequest.of(
                                    Owner.of("user", many.id()),
                                    "Deployment of service " + Integer.toString(i * 7919, 36) + " to region " + i % 7,
                                    "orders:read",
                                    i % 2 == 0 ? "orders:write" : "reports:read")
                            .lifetime(Duration.ofDays(20 + i % 60)));
        }
        signIn("many@example.test", "/settings/tokens");
        page.locator("li[part=token]").first().waitFor();
        CDPSession wire = context.newCDPSession(page);
        Map<String, String> asked = new ConcurrentHashMap<>();
        List<Integer> bytes = new ArrayList<>();
        wire.on(
                "Network.requestWillBeSent",
                event -> asked.put(
                        event.get("requestId").getAsString(),
                        event.getAsJsonObject("request").get("url").getAsString()));
        wire.on("Network.loadingFinished", event -> {
            if (String.valueOf(asked.get(event.get("requestId").getAsString())).matches(".*/api/tokens(\\?.*)?")) {
                bytes.add(event.get("encodedDataLength").getAsInt());
            }
        });
        wire.send("Network.enable");
        page.reload();
        see("of 300");
        page.waitForCondition(() -> !bytes.isEmpty());
        page.waitForTimeout(200);

        assertThat(bytes).isNotEmpty();
        int all = bytes.stream().mapToInt(Integer::intValue).sum();
        System.out.println("300 tokens, bytes on the wire: " + all + " " + bytes);
        assertThat(all).isLessThanOrEqualTo(25 * 1024);
    }

    /** What is secret stands in no answer whose length tells of what is in it. */
    @Test
    void noOtherAnswerOfTheApiIsCompressed() throws Exception {
        Client client = new Client(port);
        client.signIn("root@example.test", PASSWORD);
        for (int i = 0; i < 30; i++) {
            account("Somebody with a long name " + i, "somebody" + i + "@long.example.test", Account.Role.USER);
            server.getBean(Tokens.class)
                    .issue(TokenRequest.of(Owner.of("user", ada.id()), "Token " + i, "orders:read")
                            .lifetime(Duration.ofDays(1)));
        }
        Map<String, String> gzip = Map.of("Accept-Encoding", "gzip");
        String token = new Client(port).exchange("root@example.test", PASSWORD);
        for (String path : List.of("/api/admin/people?limit=50", "/api/activity", "/api/abilities", "/openapi.json")) {
            HttpResponse<String> answer = client.get(path, headers(gzip, token));
            assertThat(answer.statusCode()).as(path).isIn(200, 403);
            assertThat(answer.headers().firstValue("Content-Encoding")).as(path).isEmpty();
        }
        Client adas = new Client(port);
        adas.signIn("ada@example.test", PASSWORD);
        String[] session = {
            "Accept-Encoding",
            "gzip",
            "Origin",
            url(""),
            "Cookie",
            "sanctum_session=" + adas.cookies.get("sanctum_session")
        };
        assertThat(adas.get("/api/tokens", session).headers().firstValue("Content-Encoding"))
                .hasValue("gzip");
        Programs.await( // it is written by a thread of its own
                "a long answer",
                60,
                () -> adas.get("/api/activity", session).body().length() > 2_048);
        assertThat(adas.get("/api/activity", session).headers().firstValue("Content-Encoding"))
                .isEmpty();
    }

    private static String[] headers(Map<String, String> some, String token) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + token));
        some.forEach((name, value) -> all.addAll(List.of(name, value)));
        return all.toArray(String[]::new);
    }
}
