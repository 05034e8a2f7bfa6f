package dev.sanctum4j.server;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sanctum4j.server.accounts.Account;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The states that no flow of the other tests brings before axe-core, each made by the answer that makes it, in every look: {@link
 * States} tells which of all that the pages can say are left.
 */
class EveryStatePageTest extends AccountPages {

    private static final String TOKENS = "**/api/tokens";
    private static final String LONG_AGO = "2026-01-02T03:04:05Z";

    @BeforeAll
    static void start() {
        start("states", "SANCTUM_ADMIN_EMAIL=ada@example.com");
        account("Grace Hopper", "grace@example.com", Account.Role.USER);
    }

    /** One in every build, for these states differ from others in their words. */
    static List<String> looks() {
        return System.getenv("SANCTUM_TEST_LOOKS") == null ? List.of("light") : LooksTest.looks();
    }

    private void open(String name, String email, String path) {
        look = name;
        open(LooksTest.look(name));
        LooksTest.turn(name, context);
        signIn(email, path);
    }

    /** An object, of names and what they name. */
    private static Map<String, Object> json(@Nullable Object... pairs) {
        Map<String, Object> made = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            made.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return made;
    }

    private static Map<String, Object> and(Map<String, Object> one, @Nullable Object... pairs) {
        Map<String, Object> other = new LinkedHashMap<>(one);
        other.putAll(json(pairs));
        return other;
    }

    /** What a path answers from now on. */
    private void answer(String path, int status, Object body) {
        page.unroute(path);
        page.route(
                path,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(status)
                        .setContentType(status < 400 ? "application/json" : "application/problem+json")
                        .setBody(JsonMapper.shared().writeValueAsString(body))));
    }

    private void see(String awaited, String state) {
        page.locator(awaited).first().waitFor();
        accessible(state);
    }

    /** What the page shows that is answered so. */
    private void told(String path, int status, Object body, String awaited, String state) {
        answer(path, status, body);
        page.reload();
        see(awaited, state);
    }

    /** What somebody is asked after a click, who turns away. */
    private void asked(Locator button, String state) {
        button.click();
        see("dialog form", state);
        turnAway();
    }

    private void turnAway() {
        page.keyboard().press("Escape");
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    private Locator nth(String selector, int number) {
        return page.locator(selector).nth(number);
    }

    /** The keys of a text of the pages. */
    @SuppressWarnings("unchecked")
    private List<String> keys(String of) {
        return (List<String>) page.evaluate("""
                async (of) => {
                  await import('/sanctum4j-server/src/texts.js')
                  const { texts } = await import('/sanctum4j/src/texts.js')
                  return Object.keys(of ? texts.en[of] : texts.en)
                }
                """, of);
    }

    private static Map<String, Object> token(int id, String name, List<String> abilities) {
        return json(
                "id", id,
                "name", name,
                "abilities", abilities,
                "created_at", LONG_AGO,
                "last_used_at", null,
                "last_used_from", null,
                "expires_at", null);
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyRefusalOfAList(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        see("[part=empty]", "no tokens");
        Map<Integer, String> refusals = new LinkedHashMap<>();
        refusals.put(403, "forbidden");
        refusals.put(404, "not-found");
        refusals.put(409, "account-changed");
        refusals.put(500, "internal-error");
        refusals.forEach((status, code) ->
                told(TOKENS, status, json("code", code), "[part=trouble]", "a list that is refused by " + code));
        told(TOKENS, 200, json("not", "a list"), "[part=trouble]", "a list that is none");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everythingWrongWithAField(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        List<String> codes = keys("codes");
        page.locator(".heading button").click();
        page.locator("dialog input[name=name]").fill("Wrong");
        page.locator("dialog input[value='orders:read']").check();
        answer(TOKENS, 422, json("code", "invalid", "errors", Map.of("name", codes), "codes", Map.of("name", codes)));
        page.locator("dialog form button.primary").last().click();
        see("dialog .error:not(:empty)", "everything that can be wrong with a field");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyWayToConfirm(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        Map<String, Object> provider = json("method", "provider", "name", "Acme", "href", "/elsewhere");
        Map<String, Object> passkey = json("method", "passkey", "href", "/elsewhere");
        for (List<Map<String, Object>> ways : List.of(List.of(passkey, provider), List.<Map<String, Object>>of())) {
            told(
                    TOKENS,
                    423,
                    json("code", "confirmation-required", "confirm", ways),
                    "dialog p",
                    ways.isEmpty() ? "no way to confirm" : "other ways to confirm");
        }
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyEventAndNone(String name) {
        open(name, "grace@example.com", "/settings/activity");
        List<Map<String, Object>> entries = new ArrayList<>();
        for (String key : keys("")) {
            if (key.startsWith("event_")) {
                entries.add(json(
                        "at",
                        LONG_AGO,
                        "event",
                        key.substring("event_".length()),
                        "token_id",
                        null,
                        "address",
                        entries.size() % 2 == 0 ? null : "203.0.113.7",
                        "detail",
                        null,
                        "times",
                        1));
            }
        }
        told("**/api/activity", 200, entries, "[part=entry]", "everything that can happen");
        told("**/api/activity", 200, List.of(), ".empty", "nothing has happened");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyQuestionAboutTokens(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        List<String> many = List.of("a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9");
        List<Map<String, Object>> tokens = IntStream.rangeClosed(1, 50)
                .mapToObj(id -> token(100 - id, "Robot " + id, id == 1 ? List.of() : many))
                .toList();
        answer(TOKENS + "?*", 200, List.of());
        told(TOKENS, 200, tokens, "li[part=token]", "many tokens");
        page.locator(".foot button.bad").click();
        see("dialog form", "revoke all");
        page.locator("dialog input").last().fill("7");
        page.locator("dialog button.danger").last().click();
        see("dialog .error:not(:empty)", "another number than that of the tokens");
        turnAway();
        for (int i : new int[] {0, 1}) { // what stands behind the form of a token
            nth("li[part=token] button", 0).click();
            page.locator("dialog .picker").waitFor();
            asked(nth("dialog .actions button.quiet", i), i == 0 ? "replace a secret" : "revoke all others");
        }
        answer("**/api/abilities", 200, List.of());
        asked(page.locator(".heading button"), "abilities that nothing describes");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyQuestionAboutPeople(String name) {
        open(name, "ada@example.com", "/settings/people");
        String people = "**/api/admin/people?*";
        Map<String, Object> person = json(
                "id",
                7,
                "name",
                "Grace Hopper",
                "email",
                "grace@example.com",
                "role",
                "user",
                "disabled_at",
                null,
                "created_at",
                LONG_AGO,
                "has_password",
                false,
                "seen_at",
                LONG_AGO);
        answer("**/api/admin/people/*/tokens*", 200, json("data", List.of(token(1, "CI", List.of("*"))), "next", null));
        Map<String, Object> off = and(person, "id", 8, "disabled_at", LONG_AGO);
        told(people, 200, json("data", List.of(person, off), "next", 9), "li[part=person]", "people of a provider");
        for (int which : new int[] {0, 1}) { // somebody who is let in, and somebody who is not
            for (int i : which == 0 ? new int[] {0, 2, 3} : new int[] {3}) {
                nth("li[part=person] button", which).click();
                page.locator("dialog li").first().waitFor();
                asked(
                        nth("dialog .dialog-body > .actions button", i),
                        "question " + i + " about a person" + (which == 0 ? "" : " who is not let in"));
            }
        }
        nth("li[part=person] button", 0).click();
        page.locator("dialog li").first().waitFor();
        page.locator("dialog .foot button.bad").click();
        see("dialog form", "revoke all of somebody's");
        told(people, 200, json("data", List.of(), "next", null), ".empty", "nobody matches");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void nobodyElse(String name) {
        open(name, "grace@example.com", "/settings/sessions");
        Map<String, Object> session = json(
                "id",
                "a",
                "device",
                null,
                "address",
                null,
                "created_at",
                LONG_AGO,
                "last_seen_at",
                LONG_AGO,
                "current",
                true);
        told("**/api/sessions", 200, List.of(session), "[part=session]", "nowhere else");
        answer("**/api/sessions", 200, List.of(session, and(session, "id", "b", "current", false)));
        page.reload();
        asked(page.locator(".foot button"), "sign out elsewhere");
        page.navigate(url("/settings/password"));
        nth("input[type=password]", 0).fill(PASSWORD);
        nth("input[type=password]", 1).fill("something long enough");
        nth("input[type=password]", 2).fill("something else");
        page.locator("form button.primary").click();
        see(".error:not(:empty)", "passwords that differ");
    }
}
