package dev.sanctum4j.server;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** The token page in an application that is none of ours: its chain, its sign-in, its CSRF token in the session, its paths. */
class OwnPageTest {

    private static Chromium chromium;

    private ConfigurableApplicationContext shop;
    private BrowserContext context;
    private Page page;

    /** Not annotated as a configuration, or the server's tests would find it. */
    @EnableAutoConfiguration
    static class Shop {

        @Bean
        SecurityFilterChain everything(HttpSecurity http) {
            return http.securityMatcher("/**") // one with a matcher keeps our routes, too
                    .authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .formLogin(withDefaults())
                    .httpBasic(withDefaults())
                    .with(sanctum(), withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService people() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ada").password("{noop}secret").build());
        }

        @Bean
        RouterFunction<ServerResponse> pages() {
            return RouterFunctions.route()
                    .GET("/mine", request -> {
                        CsrfToken csrf = (CsrfToken)
                                request.attribute(CsrfToken.class.getName()).orElseThrow();
                        return ServerResponse.ok()
                                .contentType(MediaType.TEXT_HTML)
                                .body("""
            <!doctype html><html lang="en"><title>Shop</title>
            <meta content="%s" name="_csrf"/>
            <meta name="_csrf_header" content="%s">
            <script type="module" src="sanctum4j/tokens.en.js"></script>
            <sanctum-tokens></sanctum-tokens>
            """.formatted(csrf.getToken(), csrf.getHeaderName()));
                    })
                    .build();
        }
    }

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @AfterEach
    void leave() {
        context.close();
        shop.close();
    }

    /** Opens the page, as somebody who signs in by the form of the application. */
    private void open(String contextPath, String servletPath) {
        shop = new SpringApplicationBuilder(Shop.class)
                .properties(
                        "spring.config.name=none", // which is not the server's
                        "server.port=0",
                        "server.servlet.context-path=" + contextPath,
                        "spring.mvc.servlet.path=" + (servletPath.isEmpty() ? "/" : servletPath),
                        "spring.datasource.generate-unique-name=true",
                        "spring.flyway.enabled=false",
                        "spring.autoconfigure.exclude="
                                + "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration,"
                                + "org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration,"
                                + "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration",
                        "sanctum.jdbc.initialize-schema=always",
                        "sanctum.abilities.described[0].name=orders:read",
                        "sanctum.endpoints.tokens=true")
                .run();
        String port = shop.getEnvironment().getRequiredProperty("local.server.port");
        context = chromium.browser().newContext();
        page = context.newPage();
        if (!servletPath.isEmpty()) { // where Spring's own form is not
            page.setExtraHTTPHeaders(Map.of("Authorization", "Basic YWRhOnNlY3JldA=="));
        }
        page.navigate("http://localhost:" + port + contextPath + servletPath + "/mine");
        if (servletPath.isEmpty()) {
            page.getByPlaceholder("Username").fill("ada");
            page.getByPlaceholder("Password").fill("secret");
            page.getByRole(AriaRole.BUTTON).click();
        }
        see("No tokens yet");
    }

    private void see(String text) {
        page.getByText(text).first().waitFor();
    }

    private void create(String name) {
        button("New token").click();
        page.getByLabel("Name").fill(name);
        page.getByLabel("orders:read").check();
        button("Create token").click();
    }

    private void keyboardGoesOnFrom(String element) {
        page.waitForFunction(
                "name => document.querySelector('sanctum-tokens').shadowRoot.activeElement?.matches(name)", element);
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name))
                .first();
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "/shop, ''", "/shop, /app"})
    void sessionOfTheApplicationManagesTokensByItsOwnCsrfTokenBelowWhateverPath(
            String contextPath, String servletPath) {
        open(contextPath, servletPath);

        create("laptop");

        see("Copy your new token");
        assertThat(page.locator("code").last().textContent())
                .contains(contextPath + servletPath + "/api/tokens/current");
    }

    @Test
    void staleTokenOfThePageIsReadAnew() {
        open("/shop", "");
        List<Integer> statuses = new ArrayList<>();
        page.onResponse(response -> {
            if (response.request().method().equals("POST")) {
                statuses.add(response.status());
            }
        });
        page.evaluate("document.querySelector('meta[name=_csrf]').setAttribute('content', 'stale')");

        create("laptop");

        see("Copy your new token");
        assertThat(statuses).hasSize(2).endsWith(201);
    }

    @Test
    void bareRefusalOfSpringIsTakenForAStaleTokenOnce() {
        open("/shop", "");
        List<String> sent = new ArrayList<>();
        page.route("**/api/tokens", route -> {
            if (!route.request().method().equals("POST")) {
                route.resume();
                return;
            }
            sent.add(route.request().headerValue("X-CSRF-TOKEN"));
            route.fulfill(new Route.FulfillOptions()
                    .setStatus(403)
                    .setContentType("application/json")
                    .setBody("{\"status\":403,\"error\":\"Forbidden\"}"));
        });

        create("laptop");

        see("You may not do this");
        assertThat(sent).hasSize(2).doesNotHaveDuplicates(); // the second is of the page as it is now
    }

    @Test
    void pageThatCannotBeReadAnewIsToBeLoadedAgain() {
        open("/shop", "");
        page.evaluate("document.querySelector('meta[name=_csrf]').setAttribute('content', 'stale')");
        page.route("**/mine*", route -> route.fulfill(new Route.FulfillOptions().setBody("<title>Sign in</title>")));

        create("laptop");

        see("This page has expired");
        see("Load it again");
    }

    @Test
    void newTokenIsHandedOverInFormsAndOnlyWhatHoldsItCountsAsCopied() {
        open("/shop", "");
        page.evaluate(
                "document.querySelector('sanctum-tokens').setAttribute('mcp-endpoint', 'https://shop.example.test/mcp')");
        create("my laptop");
        see("Copy your new token");
        String token = page.locator("[part=plain-text]").textContent();
        Locator form = page.locator("code").last();
        Locator choice = page.locator("dialog select");

        choice.selectOption("Java");
        assertThat(form.textContent())
                .contains("System.getenv(\"MY_LAPTOP_TOKEN\")")
                .doesNotContain(token);
        page.getByLabel("Copy this form").click();
        button("Done").click();
        see("You have not copied the token.");
        button("Back").click();

        choice.selectOption("Cursor, ~/.cursor/mcp.json");
        assertThat(form.textContent())
                .contains("\"my-laptop\"", "\"https://shop.example.test/mcp\"", "\"Bearer " + token + "\"");
        page.evaluate("document.addEventListener('sanctum-copied', () => { window.copied = true })");
        page.getByLabel("Copy this form").click();
        page.waitForFunction("window.copied");
        button("Done").click();
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    @Test
    void pageHearsWhatHasComeAboutAndThePlainTextOnlyIfItAsks() {
        open("/shop", "");
        page.evaluate("""
                window.heard = []
                for (const name of ['loaded', 'created', 'copied', 'rotated', 'revoked', 'failed']) {
                  document.addEventListener(`sanctum-${name}`, ({ detail }) => heard.push([name, detail]))
                }
                """);
        create("laptop");
        see("Copy your new token");
        String token = page.locator("[part=plain-text]").textContent();
        page.getByLabel("Copy token").click();
        see("Copied");
        button("Done").click();
        button("Revoke token laptop").click();
        page.locator("dialog button.danger").click();
        see("No tokens yet");
        keyboardGoesOnFrom("h2");

        String heard = String.valueOf(page.evaluate("JSON.stringify(heard)"));
        assertThat(heard)
                .contains("[\"created\",{", "\"name\":\"laptop\"", "[\"copied\",{", "[\"revoked\",{\"id\":1}]")
                .contains("[\"loaded\",{\"count\":0,\"more\":false}]")
                .doesNotContain(token, token.substring(token.length() - 20));

        page.evaluate("document.querySelector('sanctum-tokens').setAttribute('secret-in-events', '')");
        see("No tokens yet");
        create("phone");
        see("Copy your new token");
        assertThat(String.valueOf(page.evaluate("JSON.stringify(heard)")))
                .contains(page.locator("[part=plain-text]").textContent());
    }

    /** What a page puts into the element stands in it: instead of what is there, or once in each row, and the row says which token it is. */
    @Test
    void pageFillsHeaderEmptyListAndRows() {
        open("/shop", "");
        page.evaluate("""
                window.heard = []
                document.addEventListener('sanctum-action', ({ target, detail }) => heard.push([target.id, detail]))
                const put = (slot, tag, properties) =>
                  document.querySelector('sanctum-tokens').append(Object.assign(document.createElement(tag), { slot, ...properties }))
                window.put = put
                put('header', 'h1', { textContent: 'Keys of the shop' })
                put('empty', 'p', { textContent: 'Nothing here.' })
                put('row-action', 'button', { id: 'deploying', value: 'deploy', textContent: 'Deploy' })
                """);
        see("Keys of the shop");
        see("Nothing here.");
        for (String ours : List.of("No tokens yet", "Access tokens", "Deploy")) {
            assertThat(page.getByText(ours).first().isVisible()).as(ours).isFalse();
        }

        create("laptop");
        page.getByLabel("Copy token").click();
        see("Copied");
        button("Done").click();
        button("Deploy: laptop").click();
        assertThat(page.evaluate("JSON.stringify(heard)"))
                .isEqualTo("[[\"deploying\",{\"action\":\"deploy\",\"id\":1,\"name\":\"laptop\"}]]");

        page.evaluate("put('row-action', 'button', { textContent: 'Log' })");
        button("Log: laptop").waitFor();
        page.evaluate("document.querySelector('#deploying').remove()");
        button("Deploy: laptop").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));

        button("Revoke token laptop").click();
        page.locator("dialog button.danger").click();
        see("Nothing here.");
        keyboardGoesOnFrom("header"); // for its title is not there
    }

    /** Frameworks set words and attributes when they like; what somebody types in a dialog is still there. */
    @Test
    void dialogOutlivesWhatChangesBesideIt() {
        open("/shop", "");
        button("New token").click();
        page.getByLabel("Name").fill("laptop");

        page.evaluate("document.querySelector('sanctum-tokens').texts = { tokens: 'Keys' }");

        see("Keys");
        assertThat(page.getByLabel("Name").inputValue()).isEqualTo("laptop");
        page.getByLabel("orders:read").check();
        button("Create token").click();
        see("Copy your new token");
    }

    @Test
    void listThatIsAskedForTwiceAtATimeHasEachTokenOnce() {
        open("/shop", "");
        create("laptop");
        page.getByLabel("Copy token").click();
        see("Copied");
        button("Done").click();

        page.evaluate("""
                (async () => {
                  const element = document.querySelector('sanctum-tokens')
                  await Promise.all([element.reload(), element.reload(), element.reload()])
                })()
                """);

        assertThat(page.getByLabel("Revoke token laptop").count()).isEqualTo(1);
    }

    @Test
    void attributesThatChangeAreHeardAndWhatIsShownStandsInTheAddress() {
        open("/shop", "");
        create("laptop");
        see("Copy your new token");
        page.getByLabel("Copy token").click();
        see("Copied");
        button("Done").click();
        page.route(
                "**/v1/keys",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"data\":[]}")));

        page.evaluate("document.querySelector('sanctum-tokens').setAttribute('tokens-path', '/v1/keys')");
        see("This is no answer of the server"); // and not "No tokens yet": that was no list

        page.evaluate("document.querySelector('sanctum-tokens').removeAttribute('tokens-path')");
        page.evaluate("document.querySelector('sanctum-tokens').setAttribute('keep-in-address', '')");
        page.getByLabel("Show").selectOption("Never used");
        page.getByLabel("Search tokens").fill("lap");
        assertThat(page.url()).contains("show=showUnused").doesNotContain("=lap");
    }

    @Test
    void formsThatAPageSetsBeforeTheElementIsKnownAreTaken() {
        open("/shop", "");
        page.addInitScript(
                "const early = setInterval(() => { const tokens = document.querySelector('sanctum-tokens'); if (!tokens) return;"
                        + " clearInterval(early); tokens.forms = [{ name: 'Ours', text: 'zebra={token}' }] }, 5)");
        page.route("**/tokens.en.js", route -> {
            page.waitForTimeout(300); // so that the page is there first
            route.resume();
        });
        page.reload();
        see("No tokens yet");
        create("laptop");
        see("zebra=");
    }

    @Test
    void whatIsBelowThePathToSignInStaysWhereSpringHasIt() {
        open("/shop", "");
        Object urls = page.evaluate(
                "import('./sanctum4j/src/api.js').then(({ Api }) => { const api = new Api('', 'XSRF-TOKEN',"
                        + " new Map([['/login', '/enter'], ['/api/tokens', '/v1/keys']]));"
                        + " return ['/login', '/login/webauthn', '/api/tokens/7', '/api/tokens?limit=2'].map((one) => new URL(api.url(one)).pathname) })");
        assertThat(urls).isEqualTo(List.of("/enter", "/login/webauthn", "/v1/keys/7", "/v1/keys"));
    }

    @Test
    void singleKeysAreToldAsLongAsThereAreSome() {
        open("/shop", "");
        assertThat(page.locator("[aria-keyshortcuts]").count()).isEqualTo(1);
        page.evaluate("document.querySelector('sanctum-tokens').setAttribute('no-keys', '')");
        see("No tokens yet");
        assertThat(page.locator("[aria-keyshortcuts]").count()).isZero();
    }

    /** No form of ours: the application knows how its people sign in, on a page that opens beside this one. */
    @Test
    void whoHasToSignInIsSentToThePageOfTheApplicationAndPressesAgain() {
        open("/shop", "");
        page.evaluate("document.querySelector('sanctum-tokens').setAttribute('sign-in-href', '/shop/login')");
        button("New token").click();
        page.getByLabel("Name").fill("laptop");
        page.getByLabel("orders:read").check();
        page.route(
                "**/api/tokens",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(401)
                        .setContentType("application/problem+json")
                        .setBody("{\"status\":401,\"code\":\"unauthenticated\"}")),
                new Page.RouteOptions().setTimes(1));
        button("Create token").click();
        see("Sign in on the page that opens, come back, and try again.");
        assertThat(page.locator("input[type=password]").count()).isZero();

        Page tab = context.waitForPage(
                () -> page.locator("dialog a[href='/shop/login']").click());
        tab.getByPlaceholder("Password").fill("secret"); // Spring's form knows who it was
        tab.getByRole(AriaRole.BUTTON).click();
        tab.waitForURL(address -> !address.contains("/login"));

        see("You are signed out. Sign in again to go on."); // nothing is sent by itself
        button("Create token").click();
        see("Copy your new token");
    }
}
