package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.LoadState;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that get lost, take too long, or are somebody else's: what the page then knows, does and says. */
class LostAnswerTest extends AccountPages {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<String> keys = new ArrayList<>();
    private String email;
    private Owner owner;

    @BeforeAll
    static void start() {
        start("lost-answers");
    }

    @BeforeEach
    void begin() {
        email = "ada" + NUMBER.incrementAndGet() + "@example.test";
        owner = Owner.of(
                "user", account("Ada Lovelace", email, Account.Role.USER).id());
        open(new Browser.NewContextOptions().setLocale("en-US"));
    }

    /** What is done with the requests that would make a token, one after the other; the rest is let through. */
    enum Fate {
        LOST_ON_THE_WAY_BACK,
        LOST_ON_THE_WAY_THERE,
        MADE_BUT_503,
        MADE_BUT_504,
        REFUSED_401,
        REFUSED_423,
        REFUSED_429;

        private int status() {
            return name().matches(".*_[0-9]+") ? Integer.parseInt(name().replaceFirst(".*_", "")) : 0;
        }
    }

    private void fates(Fate... fates) {
        AtomicInteger next = new AtomicInteger();
        page.route("**/api/tokens", route -> {
            if (!route.request().method().equals("POST")) {
                route.fallback();
                return;
            }
            keys.add(String.valueOf(route.request().headerValue("idempotency-key")));
            int turn = next.getAndIncrement();
            if (turn >= fates.length) {
                route.fallback();
                return;
            }
            if (fates[turn] == Fate.LOST_ON_THE_WAY_BACK || fates[turn].name().startsWith("MADE")) {
                APIResponse made = route.fetch();
                assertThat(made.status()).isIn(200, 201);
            }
            if (fates[turn].status() == 0) {
                route.abort();
            } else {
                route.fulfill(new Route.FulfillOptions().setStatus(fates[turn].status()));
            }
        });
    }

    private void fill() {
        button("New token").click();
        page.getByLabel("Name").fill("CI");
        page.getByLabel("orders:read").check();
    }

    private void create() {
        fill();
        button("Create token").click();
    }

    private void endSession() {
        page.waitForLoadState(LoadState.NETWORKIDLE); // or the list asks who it is
        context.clearCookies(new BrowserContext.ClearCookiesOptions().setName("sanctum_session"));
    }

    private int valid() {
        return server.getBean(Tokens.class).list(owner).size();
    }

    @Test
    void tokenWhoseAnswerWasLostIsFoundAndEndedForAnother() {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_BACK);
        create();

        see("The text of CI was lost");
        see(
                "The token was made, but the answer with its text never arrived, and it cannot be shown again. Nobody has it.");
        assertThat(valid()).isEqualTo(1);
        assertThat(keys).hasSize(2).allMatch(key -> key.matches("[0-9a-f]{32}"));
        assertThat(keys.get(1)).isEqualTo(keys.get(0));
        accessible("a token whose text was lost");

        button("Revoke it and make another").click();

        PlaywrightAssertions.assertThat(page.locator("dialog [part=plain-text]").first())
                .containsText("pat_");
        assertThat(keys).hasSize(3);
        assertThat(keys.get(2)).isNotEqualTo(keys.get(0));
        assertThat(valid()).isEqualTo(1);
    }

    @Test
    void requestThatNeverArrivedIsSentAgain() {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_THERE);
        create();

        PlaywrightAssertions.assertThat(page.locator("dialog [part=plain-text]").first())
                .containsText("pat_");
        assertThat(keys).hasSize(2);
        assertThat(valid()).isEqualTo(1);
    }

    /** The form says what nobody knows, and goes on with the key that it had. */
    @Test
    void answerThatIsLostAgainMakesNoSecondToken() {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_BACK, Fate.LOST_ON_THE_WAY_BACK);
        create();

        PlaywrightAssertions.assertThat(page.locator("dialog .problem"))
                .hasText(
                        "The server cannot be reached. Nobody knows yet whether the token was made. Try again: it is not"
                                + " made twice.");
        button("Create token").click();

        see("The text of CI was lost");
        assertThat(keys).hasSize(3).containsOnly(keys.get(0));
        assertThat(valid()).isEqualTo(1);
        button("Cancel").click();
        PlaywrightAssertions.assertThat(page.locator("li[data-id]")).hasCount(1);
    }

    /** A proxy has given up, and the server has not. */
    @ParameterizedTest
    @EnumSource(names = {"MADE_BUT_503", "MADE_BUT_504"})
    void answerOfAProxySaysNothingOfTheToken(Fate fate) {
        signIn(email, "/settings/tokens");
        fates(fate);
        create();

        see("The text of CI was lost");
        assertThat(keys).hasSize(2).containsOnly(keys.get(0));
        assertThat(valid()).isEqualTo(1);
    }

    /** What is wrong with the second request says nothing of the first. */
    @ParameterizedTest
    @EnumSource(names = {"REFUSED_401", "REFUSED_423", "REFUSED_429"})
    void refusalOfTheSecondRequestForgetsNotTheFirst(Fate refusal) {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_BACK, refusal);
        create();
        page.waitForCondition(() -> keys.size() == 2);
        if (refusal != Fate.REFUSED_429) {
            page.locator("dialog").nth(1).waitFor();
            page.locator("dialog")
                    .nth(1)
                    .getByText("Cancel", new Locator.GetByTextOptions().setExact(true))
                    .click();
        }
        PlaywrightAssertions.assertThat(button("Create token")).isEnabled();
        button("Create token").click();

        see("The text of CI was lost");
        assertThat(keys).hasSize(3).containsOnly(keys.get(0));
        assertThat(valid()).isEqualTo(1);
    }

    /** The server forgets keys: nobody may be promised then that nothing is made twice. */
    @Test
    void keyThatTheServerMayHaveForgottenIsNotSentAgain() {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_BACK, Fate.LOST_ON_THE_WAY_BACK);
        create();
        PlaywrightAssertions.assertThat(page.locator("dialog .problem")).containsText("it is not made twice");
        page.clock().install();
        page.clock().fastForward(541_000);

        button("Create token").click();

        PlaywrightAssertions.assertThat(page.locator("dialog .problem"))
                .hasText(
                        "That was too long ago. The server no longer knows whether the token was made. Look at the list"
                                + " before you go on: this makes another one.");
        PlaywrightAssertions.assertThat(page.locator("li[data-id]")).hasCount(1);
        accessible("a key that is forgotten");
        assertThat(keys).hasSize(2);
        button("Create token").click();
        PlaywrightAssertions.assertThat(page.locator("dialog [part=plain-text]").first())
                .containsText("pat_");
        assertThat(keys.get(2)).isNotEqualTo(keys.get(0));
    }

    @Test
    void listIsReadAnewWhenAFormIsLeftWhoseAnswerWasLost() {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_BACK, Fate.LOST_ON_THE_WAY_BACK);
        create();
        PlaywrightAssertions.assertThat(page.locator("dialog .problem")).not().isEmpty();
        button("Cancel").click();

        PlaywrightAssertions.assertThat(page.locator("li[data-id]")).hasCount(1);
    }

    /** Another secret is another token: that of before is not there any more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 504})
    void secretWhoseAnswerWasLostMayHaveBeenReplaced(int status) {
        issue("Backup");
        signIn(email, "/settings/tokens");
        page.route(
                "**/api/tokens/*/rotate",
                route -> {
                    assertThat(route.fetch().status()).isIn(200, 201);
                    if (status == 0) {
                        route.abort();
                    } else {
                        route.fulfill(new Route.FulfillOptions().setStatus(status));
                    }
                },
                new Page.RouteOptions().setTimes(1));
        String before = page.locator("li[data-id]").getAttribute("data-id");
        button("Edit token Backup").click();
        button("Replace secret").click();
        button("Replace secret").click();

        String called = status == 0 ? "The server cannot be reached." : "The server answered with an error (504).";
        String told = " The secret may have been replaced all the same, and nobody has the new one. Look at the list.";
        PlaywrightAssertions.assertThat(page.locator("dialog .problem")).hasText(called + told);
        PlaywrightAssertions.assertThat(page.locator("li[data-id]"))
                .not()
                .hasAttribute("data-id", Objects.requireNonNull(before));
        page.waitForResponse(
                answer -> answer.url().endsWith("/rotate"),
                () -> button("Replace secret").click());
        PlaywrightAssertions.assertThat(page.locator("dialog .problem")).hasText("It is not there any more." + told);
    }

    private String other() {
        String other = "bob" + NUMBER.incrementAndGet() + "@example.test";
        account("Bob", other, Account.Role.USER);
        return other;
    }

    private void signInAgain(String as) {
        see("Sign in again");
        label("E-mail").fill(as);
        label("Password").fill(PASSWORD);
        button("Sign in").click();
    }

    /** The server's page would load itself anew. */
    private void stay() {
        page.evaluate(
                "document.addEventListener('sanctum-signed-in', (event) => event.stopImmediatePropagation(), true)");
    }

    @Test
    void nothingOfOnePersonIsDoneAsAnother() {
        signIn(email, "/settings/tokens");
        stay();
        String other = other();
        fill();
        endSession();
        List<String> sent = new ArrayList<>();
        page.onRequest(
                request -> sent.add(request.method() + " " + request.url().replace(url(""), "")));
        button("Create token").click();
        signInAgain(email.toUpperCase(Locale.ROOT));
        PlaywrightAssertions.assertThat(page.locator("dialog [part=plain-text]").first())
                .containsText("pat_");
        page.reload();
        stay();
        page.locator("li[data-id]").waitFor();
        fill();
        endSession();
        sent.clear();
        button("Create token").click();
        signInAgain(other);

        PlaywrightAssertions.assertThat(page.locator("dialog .problem").first())
                .containsText("Another account is signed in. Somebody has signed in here since.");
        assertThat(sent.subList(sent.lastIndexOf("POST /login"), sent.size())).doesNotContain("POST /api/tokens");
        assertThat(valid()).isEqualTo(1);
    }

    /** Applications sign people in by themselves: what they have said until now means what it did. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void applicationTellsWhetherItIsTheSamePerson(boolean same) {
        signIn(email, "/settings/tokens");
        page.evaluate(
                "(said) => document.addEventListener('sanctum-signed-out', (event) => {"
                        + " event.preventDefault(); event.detail.until(Promise.resolve(said)) })",
                same ? null : false);
        fates(Fate.REFUSED_401);
        create();

        if (same) {
            PlaywrightAssertions.assertThat(
                            page.locator("dialog [part=plain-text]").first())
                    .containsText("pat_");
        } else {
            see("Another account is signed in.");
            assertThat(valid()).isZero();
        }
    }

    /** In another tab of the same browser. */
    private void signInElsewhere(String as) {
        endSession();
        Page here = page;
        page = context.newPage();
        signIn(as, "/settings/sessions");
        page.close();
        page = here;
    }

    private void issue(String... names) {
        for (String name : names) {
            server.getBean(Tokens.class).issue(TokenRequest.of(owner, name, "orders:read"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotThereHasEndedForItsOwnerAlone(boolean same) {
        issue("one", "two", "three");
        signIn(email, "/settings/tokens");
        button("Choose several").click();
        page.getByLabel("Choose token one").check();
        page.getByLabel("Choose token two").check();
        button("Revoke 2 tokens").click();
        Tokens tokens = server.getBean(Tokens.class);
        if (same) { // somebody was faster
            tokens.list(owner).stream()
                    .filter(token -> token.name().equals("two"))
                    .forEach(token -> tokens.revoke(token.id()));
        } else {
            signInElsewhere(other());
        }
        page.locator("dialog .actions .danger").click();

        if (same) {
            see("Tokens revoked");
        } else {
            PlaywrightAssertions.assertThat(page.locator("dialog .problem")).containsText("It is not there any more");
        }
        assertThat(valid()).isEqualTo(same ? 1 : 3);
    }

    @Test
    void lostTokenOfOnePersonIsNotMadeAnewForAnother() {
        signIn(email, "/settings/tokens");
        fates(Fate.LOST_ON_THE_WAY_BACK);
        create();
        see("The text of CI was lost");
        signInElsewhere(other());
        button("Revoke it and make another").click();

        PlaywrightAssertions.assertThat(page.locator("dialog .problem")).containsText("It is not there any more");
        assertThat(keys).hasSize(2);
        assertThat(valid()).isEqualTo(1);
    }

    /** Each form that is filled has a key of its own. */
    @Test
    void secondTokenLikeTheFirstIsAnotherOne() {
        signIn(email, "/settings/tokens");
        fates();
        for (int i = 0; i < 2; i++) {
            create();
            PlaywrightAssertions.assertThat(
                            page.locator("dialog [part=plain-text]").first())
                    .containsText("pat_");
            page.reload();
        }

        assertThat(keys).hasSize(2).doesNotHaveDuplicates();
        assertThat(valid()).isEqualTo(2);
    }

    @Test
    void serverThatKeepsNoKeysIsAskedWithout() {
        signIn(email, "/settings/tokens");
        page.route("**/api/tokens", route -> {
            String key = route.request().headerValue("idempotency-key");
            if (key == null) {
                route.fallback();
            } else {
                route.fulfill(new Route.FulfillOptions()
                        .setStatus(501)
                        .setContentType("application/problem+json")
                        .setBody("{\"code\":\"idempotency-key-unsupported\",\"message\":\"\"}"));
            }
        });
        create();

        PlaywrightAssertions.assertThat(page.locator("dialog [part=plain-text]").first())
                .containsText("pat_");
        assertThat(valid()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "[1]", "[{\"id\":\"x\"}]", "[", "<p>Welcome to our hotel</p>"})
    void whatIsNoListOfTokensIsNotTakenForAnEmptyOne(String body) {
        page.route(
                "**/api/tokens",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType(body.startsWith("<") ? "text/html" : "application/json")
                        .setBody(body)));
        signIn(email, "/settings/tokens");

        see("This is no answer of the server");
        PlaywrightAssertions.assertThat(page.getByText("No tokens yet")).hasCount(0);
        accessible("an answer of somebody else");
    }

    @Test
    void serverThatDoesNotAnswerIsNotWaitedForForEver() {
        signIn(email, "/settings/tokens");
        page.addInitScript("window.timeout = AbortSignal.timeout;"
                + " AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 5)");
        page.route("**/api/tokens", route -> {}); // nobody answers
        page.reload();

        see("The server takes too long");
        accessible("a server that takes too long");
        page.unroute("**/api/tokens");
        page.evaluate("() => { AbortSignal.timeout = window.timeout }");
        button("Try again").click();
        see("No tokens yet");
    }

    /** A page on the machine of its programmer, whose origin nobody has listed; browsers only say that it failed. */
    @Test
    void refusalOfAPageIsToldApartFromAServerThatIsAway() throws IOException {
        HttpServer shop = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        shop.createContext("/", LostAnswerTest::shop);
        shop.start();
        try {
            String origin = "http://localhost:" + shop.getAddress().getPort();

            page.navigate(origin + "/?" + url(""));
            PlaywrightAssertions.assertThat(page.locator("[part=trouble]"))
                    .containsText("The server refuses this pageIt answers, but not to pages of " + origin
                            + ". List them in sanctum.spa.stateful.");

            page.navigate(origin + "/?http://localhost:1");
            PlaywrightAssertions.assertThat(page.locator("[part=trouble]"))
                    .containsText("The server cannot be reached");
        } finally {
            shop.stop(0);
        }
        console.removeIf(line -> line.contains("has been blocked by CORS policy"));
    }

    /** A page with the element, whose API is where the query says; and our scripts. */
    private static void shop(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean script = path.endsWith(".js");
        byte[] body;
        if (script) {
            try (InputStream file = LostAnswerTest.class.getResourceAsStream("/META-INF/resources" + path)) {
                body = Objects.requireNonNull(file, path).readAllBytes();
            }
        } else {
            body = ("<!doctype html><html lang=en><title>Shop</title>"
                            + "<script type=module src=/sanctum4j/tokens.en.js></script><sanctum-tokens api=\""
                            + exchange.getRequestURI().getQuery() + "\"></sanctum-tokens>")
                    .getBytes(StandardCharsets.UTF_8);
        }
        exchange.getResponseHeaders().set("Content-Type", script ? "text/javascript" : "text/html");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
