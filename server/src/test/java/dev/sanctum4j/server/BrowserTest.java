package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A real browser on two origins: pages of {@code app.dev.localhost} call {@code api.dev.localhost} on another port, and pages
 * of others try to.
 */
class BrowserTest {

    private static final String PASSWORD = "correct horse battery staple";
    private static final String EMAIL = "ada@example.test";

    /** What pages find when they load axios. */
    private static final String AXIOS = "/META-INF/resources/webjars/axios/1.20.0/dist/axios.min.js";

    private static final String HTML = """
            <!doctype html><title>page</title>
            <script src="/axios.js"></script>
            <script>
            const API = '{api}'
            const api = axios.create({ baseURL: API, withCredentials: true, withXSRFToken: true,
                headers: { Accept: 'application/json' }, validateStatus: () => true })
            const xsrf = () => decodeURIComponent((document.cookie.match(/XSRF-TOKEN=([^;]*)/) || [])[1] || '')
            const call = (method, path, body, headers) => fetch(API + path, { method, credentials: 'include',
                headers: Object.assign({ 'Content-Type': 'application/json' }, headers || {}),
                body: body ? JSON.stringify(body) : undefined })
            </script>
            """;

    private static Chromium chromium;
    private static HttpServer pages;
    private static ConfigurableApplicationContext server;
    private static int pagePort;
    private static int apiPort;

    private BrowserContext context;

    @BeforeAll
    static void start() throws IOException {
        chromium = Chromium.start();
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pagePort = pages.getAddress().getPort();
        server = new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=jdbc:h2:mem:browser;DB_CLOSE_DELAY=-1",
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "SANCTUM_STATEFUL=http://app.dev.localhost:" + pagePort,
                        "sanctum.spa.cookie.domain=dev.localhost",
                        "sanctum.diagnosis=true",
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run();
        apiPort = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        server.getBean(Accounts.class).create("Ada", EMAIL, PASSWORD, Account.Role.USER);
        pages.createContext("/", BrowserTest::page);
        pages.start();
    }

    private static void page(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body;
        if (path.equals("/axios.js")) {
            body = resource(AXIOS);
        } else if (path.startsWith("/sanctum4j/")) {
            body = resource("/META-INF/resources" + path);
        } else if (path.startsWith("/cjs/")) {
            body = ComponentPages.commonJs(path);
        } else {
            body = ComponentPages.page(path)
                    .orElse(HTML)
                    .replace("{api}", api())
                    .replace("{assets}", "http://assets.dev.localhost:" + pagePort)
                    .getBytes(StandardCharsets.UTF_8);
        }
        if (path.startsWith("/plain")) {
            exchange.getResponseHeaders().set("Content-Security-Policy", ComponentPages.policy(api()));
        }
        if (path.equals("/strict.html")) {
            exchange.getResponseHeaders().set("Content-Security-Policy", ComponentPages.strictDynamic(api()));
        }
        if (String.valueOf(exchange.getRequestHeaders().getFirst("Host")).startsWith("assets.")) {
            exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        }
        exchange.getResponseHeaders()
                .set(
                        "Content-Type",
                        path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "text/html");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream content = BrowserTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(content, name).readAllBytes();
        }
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (server != null) {
            server.close();
        }
        if (pages != null) {
            pages.stop(0);
        }
    }

    /** As if nobody had been here: the tests share a server and a person, and some look for what others leave behind. */
    @BeforeEach
    void newBrowser() {
        Tries.forget(server);
        server.getBean(Tokens.class)
                .revokeAll(server.getBean(Accounts.class)
                        .findByEmail(EMAIL)
                        .orElseThrow()
                        .owner());
        context = chromium.browser().newContext();
        context.setDefaultTimeout(90_000);
    }

    @AfterEach
    void closeBrowser() {
        context.close();
    }

    private static String api() {
        return "http://api.dev.localhost:" + apiPort;
    }

    private Page open(String host) {
        Page page = context.newPage();
        page.navigate("http://" + host + ":" + pagePort + "/");
        return page;
    }

    private static Object run(Page page, String script) {
        return page.evaluate("async () => { " + script + " }");
    }

    /** Signs in with axios, as every page of Sanctum's documentation does. */
    private Page signedIn() {
        Page page = open("app.dev.localhost");
        assertThat(run(
                        page,
                        "await api.get('/sanctum/csrf-cookie');" + "return (await api.post('/login', { email: '" + EMAIL
                                + "', password: '" + PASSWORD + "' })).status"))
                .isEqualTo(204);
        return page;
    }

    @Test
    void axiosSignsInCallsAndSignsOut() {
        Page page = signedIn();

        assertThat(run(page, "return (await api.get('/api/user')).data.email")).isEqualTo(EMAIL);
        String token = (String) run(
                page, "return (await api.post('/api/tokens', { name: 'ci', abilities: ['orders:read'] })).data.token");
        assertThat(token).startsWith("pat_");
        assertThat(new Client(apiPort)
                        .bearer("GET", "/api/tokens/current", token)
                        .body())
                .contains("\"name\":\"ci\"");
        assertThat(run(page, "return document.cookie"))
                .asString()
                .contains("XSRF-TOKEN")
                .doesNotContain("session");
        assertThat(run(page, "return (await api.post('/logout')).status")).isEqualTo(204);
        assertThat(run(page, "return (await api.get('/api/user')).status")).isEqualTo(401);
    }

    /** As clients of Sanctum do: who is there they ask first, and {@code /sanctum/csrf-cookie} never. */
    @Test
    void axiosSignsInByTheCookiesOfTheFirst401AndAgainAfterSigningOut() {
        Page page = open("app.dev.localhost");
        String login = "steps.push((await api.post('/login', { email: '" + EMAIL + "', password: '" + PASSWORD
                + "' })).status);";
        String ask = "steps.push((await api.get('/api/user')).status);";

        assertThat(run(
                        page,
                        "const steps = [];" + ask + login + ask
                                + "steps.push((await api.post('/logout')).status);" + ask + login + ask
                                + "return steps.join()"))
                .isEqualTo("401,204,200,204,401,204,200");
    }

    /** Ten parts of a page ask at once, and then somebody signs in. */
    @Test
    void tenRequestsOfAFirstLoadLeaveAPairThatWorks() {
        Page page = open("app.dev.localhost");

        assertThat(run(
                        page,
                        "const all = await Promise.all(Array.from({ length: 10 }, () => api.get('/api/user')));"
                                + "const login = await api.post('/login', { email: '" + EMAIL + "', password: '"
                                + PASSWORD + "' });"
                                + "return [...new Set(all.map((one) => one.status)), login.status].join()"))
                .isEqualTo("401,204");
    }

    @Test
    void fetchIsToldItsMistakeAndRecovers() {
        Page page = signedIn();

        assertThat(run(
                        page,
                        "const r = await call('POST', '/api/tokens', { name: 'a', abilities: ['*'] });"
                                + "return r.status + ' ' + (await r.json()).message"))
                .isEqualTo("419 CSRF token mismatch.");
        assertThat(
                        run(
                                page,
                                "return (await call('POST', '/api/tokens', { name: 'a', abilities: ['*'] }, { 'X-XSRF-TOKEN': xsrf() })).status"))
                .isEqualTo(201);
        assertThat(run(page, "return (await call('GET', '/api/tokens')).status"))
                .isEqualTo(200);
    }

    @Test
    void secondTabSharesTheSessionAndItsEnd() {
        Page first = signedIn();
        Page second = open("app.dev.localhost");

        assertThat(run(second, "return (await api.post('/api/tokens', { name: 'b', abilities: ['*'] })).status"))
                .isEqualTo(201);
        assertThat(run(second, "return (await api.post('/logout')).status")).isEqualTo(204);
        assertThat(run(first, "return (await api.get('/api/user')).status")).isEqualTo(401);
        assertThat(run(first, "return (await api.post('/api/tokens', { name: 'b', abilities: ['*'] })).status"))
                .isEqualTo(401); // by the session of nobody that the 401 brought
    }

    @Test
    void expiredSessionIs401And419AndTheNextSignInWorks() {
        Page page = signedIn();

        server.getBean(JdbcTemplate.class).update("delete from sanctum_session");

        assertThat(run(page, "return (await api.post('/api/tokens', { name: 'c', abilities: ['*'] })).status"))
                .isEqualTo(419);
        assertThat(run(page, "return (await api.get('/api/user')).status")).isEqualTo(401);
        assertThat(run(
                        page,
                        "return (await api.post('/login', { email: '" + EMAIL + "', password: '" + PASSWORD
                                + "' })).status")) // the 419 brought a new token
                .isEqualTo(204);
        assertThat(run(page, "return (await api.get('/api/user')).status")).isEqualTo(200);
    }

    @Test
    void diagnosisTellsWhyRequestsWereRefused() {
        new Client(apiPort).bearer("GET", "/api/user", "<b>wrong</b>");
        Page page = context.newPage();
        List<String> trouble = new ArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().matches(".*status of (401|422).*")) {
                trouble.add(message.text());
            }
        });
        page.navigate(api() + "/diagnosis");

        page.getByLabel("E-mail").fill("admin@localhost");
        page.getByLabel("Password").fill("wrong");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                .click();
        page.getByText("These credentials do not match our records.").waitFor();
        page.getByLabel("Password").fill(PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                .click();

        page.getByText("No such token is stored.").first().waitFor();
        page.getByText("Nothing is wrong with the settings.").waitFor();
        page.locator("dd").getByText("self, http://app.dev.localhost").waitFor();
        assertThat(trouble).isEmpty();
    }

    @Test
    void elementWorksInAPlainPageOfAnotherApplication() {
        Page page = context.newPage();
        List<String> trouble = trouble(page);
        page.navigate("http://app.dev.localhost:" + pagePort + "/plain.html");

        signInAgain(page);
        createToken(page, "Make a key", "plain <img src=x onerror=alert(1)>");

        PlaywrightAssertions.assertThat(page.getByText("plain <img src=x onerror=alert(1)>"))
                .hasCount(1);
        assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Make a key"))
                        .evaluate("button => getComputedStyle(button).backgroundColor"))
                .isEqualTo("rgb(194, 24, 91)");
        assertThat(page.locator("h2").first().evaluate("title => getComputedStyle(title).textTransform"))
                .isEqualTo("uppercase");
        assertThat(trouble).isEmpty();
    }

    /** What is loaded later comes from where the script has come from, by its nonce, and shares the texts with it whatever its query. */
    @Test
    void elementOfAnotherHostLoadsTheRestUnderAStrictPolicy() throws IOException {
        Page page = context.newPage();
        List<String> trouble = trouble(page);
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url()));
        String more = new String(resource("/META-INF/resources/sanctum4j/more.js"), StandardCharsets.UTF_8);
        String version = more.replaceFirst("(?s).*?version = '([0-9a-f]{12})'.*", "$1");
        page.navigate("http://app.dev.localhost:" + pagePort + "/strict.html");

        signInAgain(page);
        createToken(page, "New token", "strict");

        assertThat(asked)
                .filteredOn(url -> url.contains("/sanctum4j/"))
                .containsExactly(
                        "http://assets.dev.localhost:" + pagePort + "/sanctum4j/tokens.en.js?v=7",
                        "http://assets.dev.localhost:" + pagePort + "/sanctum4j/more.js?v=" + version);
        assertThat(trouble).isEmpty();
    }

    @Test
    void allElementsAreInOneFileWhichSpeaksEnglishWhereItHasNothingElse() {
        Page page = context.newPage();
        List<String> trouble = trouble(page);
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url()));
        page.navigate("http://app.dev.localhost:" + pagePort + "/plain-english.html");

        signInAgain(page);
        page.getByText("No tokens yet").waitFor();
        page.getByText("This device").waitFor();

        assertThat(asked)
                .filteredOn(url -> url.contains("/sanctum4j/") && !url.contains("/more.js"))
                .hasSize(1);
        assertThat(trouble).isEmpty();
    }

    @Test
    void elementWorksInAReactPage() {
        Page page = context.newPage();
        List<String> trouble = trouble(page);
        page.navigate("http://app.dev.localhost:" + pagePort + "/react.html");

        signInAgain(page);
        createToken(page, "Key 0", "react");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Count"))
                .click();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Key 1"))
                .click();
        page.getByLabel("Name").fill("typed");
        page.evaluate("document.querySelector('main > button').click()"); // React renders the page again

        assertThat(page.getByLabel("Name").inputValue()).isEqualTo("typed");
        page.keyboard().press("Escape");
        page.evaluate("root.unmount()");
        PlaywrightAssertions.assertThat(page.locator("sanctum-tokens")).hasCount(0);
        assertThat(trouble).isEmpty();
    }

    /** What the browser complains of, but refusals that are meant. */
    private static List<String> trouble(Page page) {
        List<String> trouble = new ArrayList<>();
        page.onPageError(trouble::add);
        page.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())
                    && !message.text().contains("401")) {
                trouble.add(message.text());
            }
        });
        return trouble;
    }

    private static void signInAgain(Page page) {
        page.getByText("Sign in again").waitFor();
        page.getByLabel("E-mail").fill(EMAIL);
        page.getByLabel("Password").fill(PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                .click();
    }

    private static void createToken(Page page, String button, String name) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button))
                .click();
        page.getByLabel("Name").fill(name);
        page.getByLabel("orders:read").check();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Create token"))
                .click();
        Locator token = page.locator("[part=plain-text]");
        assertThat(new Client(apiPort)
                        .bearer("GET", "/verify/orders:read", token.textContent())
                        .statusCode())
                .isEqualTo(200);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Done"))
                .click();
        page.getByText("You have not copied the token.").waitFor();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Close without copying"))
                .click();
    }

    /** HttpClient of Angular sends the header where a path is relative and the method unsafe, and nowhere else. */
    private static final String ANGULAR = """
            const http = (method, url, body) => {
              const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/plain, */*' }
              const absolute = /^(https?:)?[/][/]/i.test(url)
              if (!absolute && !['GET', 'HEAD'].includes(method)) {
                const found = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/)
                if (found) headers['X-XSRF-TOKEN'] = decodeURIComponent(found[1])
              }
              return fetch(url, { method, headers, credentials: absolute ? 'include' : 'same-origin',
                  body: body ? JSON.stringify(body) : undefined })
            }
            """;

    @Test
    void angularOnTheApisOwnOriginNeedsNothingElse() {
        Page page = context.newPage();
        page.navigate(api() + "/login"); // any page of this origin

        assertThat(run(
                        page,
                        ANGULAR + "await http('GET', '/sanctum/csrf-cookie');"
                                + "const r = await http('POST', '/login', { email: '" + EMAIL + "', password: '"
                                + PASSWORD + "' });"
                                + "const o = await http('POST', '/api/tokens', { name: 'angular', abilities: ['*'] });"
                                + "const g = await http('GET', '/api/tokens');"
                                + "const l = await http('POST', '/logout');"
                                + "return [r.status, o.status, g.status, l.status].join()"))
                .isEqualTo("204,201,200,204");
    }

    @Test
    void angularOnAnotherOriginIsToldWhatItMisses() {
        Page page = signedIn();

        assertThat(run(
                        page,
                        ANGULAR
                                + "const r = await http('POST', API + '/api/tokens', { name: 'angular', abilities: ['*'] });"
                                + "return r.status + ' ' + r.headers.get('Sanctum-Diagnosis')"))
                .asString()
                .startsWith("419 No CSRF token was sent.");
    }

    @Test
    void pagesOfOthersGetNowhere() {
        Page own = signedIn();

        for (String host :
                List.of("evil.localhost", "evil.dev.localhost")) { // cross-site, and a sibling in the same site
            Page evil = open(host);
            assertThat(run(evil, "try { return (await call('GET', '/api/user')).status } catch (e) { return e.name }"))
                    .as(host)
                    .isEqualTo("TypeError");
            assertThat(run(
                            evil,
                            "try { return (await call('POST', '/logout', {}, { 'X-XSRF-TOKEN': xsrf() })).status }"
                                    + " catch (e) { return e.name }"))
                    .isEqualTo("TypeError");
            run(
                    evil,
                    "await fetch(API + '/logout', { method: 'POST', mode: 'no-cors', credentials: 'include',"
                            + " headers: { 'Content-Type': 'text/plain' }, body: '{}' }).catch(() => 0); return 0");
            evil.setContent("<form method=post action='" + api() + "/logout'><input name=_token value=x></form>");
            Response answer = evil.waitForResponse(
                    response -> response.url().endsWith("/logout"), () -> evil.evaluate("document.forms[0].submit()"));
            assertThat(answer.status()).isEqualTo(419);
            assertThat(run(own, "return (await api.get('/api/user')).status"))
                    .as(host)
                    .isEqualTo(200);
        }
    }

    @Test
    void sessionIdIsNewAfterSignIn() {
        Page page = open("app.dev.localhost");
        run(page, "await api.get('/sanctum/csrf-cookie'); return 0");
        String before = session();

        run(page, "await api.post('/login', { email: '" + EMAIL + "', password: '" + PASSWORD + "' }); return 0");

        assertThat(session()).isNotEqualTo(before).isNotEmpty();
    }

    private String session() {
        return context.cookies().stream()
                .filter(cookie -> cookie.name.equals("sanctum_session"))
                .peek(cookie -> assertThat(cookie.httpOnly).isTrue())
                .map(cookie -> cookie.value)
                .findFirst()
                .orElse("");
    }
}
