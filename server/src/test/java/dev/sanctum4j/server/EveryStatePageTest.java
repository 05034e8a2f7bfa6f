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

    private void answer(String path, int status, Object body) {
        page.route(
                path,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(status)
                        .setContentType(status < 400 ? "application/json" : "application/problem+json")
                        .setBody(JsonMapper.shared().writeValueAsString(body))));
    }

    private void refuse(String path, int status, String code) {
        answer(path, status, Map.of("code", code));
    }

    private static Map<String, Object> token(int id, String name, List<String> abilities) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("id", id);
        token.put("name", name);
        token.put("abilities", abilities);
        token.put("created_at", "2026-01-02T03:04:05.000000Z");
        token.put("last_used_at", null);
        token.put("last_used_from", null);
        token.put("expires_at", null);
        return token;
    }

    private void dialogIsOver() {
        page.keyboard().press("Escape");
        page.locator("dialog").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyRefusalOfAList(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        page.locator("[part=empty]").waitFor();
        accessible("no tokens");
        Map<Integer, String> refusals = new LinkedHashMap<>();
        refusals.put(403, "forbidden");
        refusals.put(404, "not-found");
        refusals.put(409, "account-changed");
        refusals.put(500, "internal-error");
        refusals.forEach((status, code) -> {
            refuse(TOKENS, status, code);
            page.reload();
            page.locator("[part=trouble]").waitFor();
            accessible("a list that is refused by " + code);
            page.unroute(TOKENS);
        });
        answer(TOKENS, 200, Map.of("not", "a list"));
        page.reload();
        page.locator("[part=trouble]").waitFor();
        accessible("a list that is none");
    }

    @ParameterizedTest
    @MethodSource("looks")
    @SuppressWarnings("unchecked")
    void everythingWrongWithAField(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        List<String> codes = (List<String>) page.evaluate("""
                async () => {
                  await import('/sanctum4j-server/src/texts.js')
                  return Object.keys((await import('/sanctum4j/src/texts.js')).texts.en.codes)
                }
                """);
        page.locator(".heading button").click();
        page.locator("dialog input[name=name]").fill("Wrong");
        page.locator("dialog input[value='orders:read']").check();
        Map<String, Object> refusal = new LinkedHashMap<>();
        refusal.put("code", "invalid");
        refusal.put("errors", Map.of("name", codes));
        refusal.put("codes", Map.of("name", codes));
        answer(TOKENS, 422, refusal);
        page.locator("dialog form button.primary").last().click();
        page.locator("dialog .error:not(:empty)").first().waitFor();
        accessible("everything that can be wrong with a field");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyWayToConfirm(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        Map<String, Object> provider = new LinkedHashMap<>();
        provider.put("method", "provider");
        provider.put("name", "Acme");
        provider.put("href", "/elsewhere");
        Map<String, Object> passkey = new LinkedHashMap<>();
        passkey.put("method", "passkey");
        passkey.put("href", "/elsewhere");
        for (List<Map<String, Object>> ways : List.of(List.of(passkey, provider), List.<Map<String, Object>>of())) {
            Map<String, Object> refusal = new LinkedHashMap<>();
            refusal.put("code", "confirmation-required");
            refusal.put("confirm", ways);
            answer(TOKENS, 423, refusal);
            page.reload();
            page.locator("dialog p").first().waitFor();
            accessible(ways.isEmpty() ? "no way to confirm" : "other ways to confirm");
            page.unroute(TOKENS);
        }
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyEventAndNone(String name) {
        open(name, "grace@example.com", "/settings/activity");
        @SuppressWarnings("unchecked")
        List<String> events = (List<String>) page.evaluate("""
                async () => {
                  await import('/sanctum4j-server/src/texts.js')
                  const { texts } = await import('/sanctum4j/src/texts.js')
                  return Object.keys(texts.en).filter((key) => key.startsWith('event_')).map((key) => key.slice('event_'.length))
                }
                """);
        List<Map<String, Object>> entries = new ArrayList<>();
        for (String event : events) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("at", "2026-01-02T03:04:05Z");
            entry.put("event", event);
            entry.put("token_id", null);
            entry.put("address", entries.size() % 2 == 0 ? null : "203.0.113.7");
            entry.put("detail", null);
            entry.put("times", 1);
            entries.add(entry);
        }
        answer("**/api/activity", 200, entries);
        page.reload();
        page.locator("[part=entry]").first().waitFor();
        accessible("everything that can happen");
        page.unroute("**/api/activity");
        answer("**/api/activity", 200, List.of());
        page.reload();
        page.locator(".empty").waitFor();
        accessible("nothing has happened");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyQuestionAboutTokens(String name) {
        open(name, "grace@example.com", "/settings/tokens");
        List<Map<String, Object>> tokens = IntStream.rangeClosed(1, 50)
                .mapToObj(id -> token(
                        100 - id,
                        "Robot " + id,
                        id == 1 ? List.of() : List.of("a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "a:7", "a:8", "a:9")))
                .toList();
        page.route(
                TOKENS + "*",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(JsonMapper.shared()
                                .writeValueAsString(route.request().url().contains("after=") ? List.of() : tokens))));
        page.reload();
        page.locator("li[part=token]").first().waitFor();
        accessible("many tokens");
        page.locator(".foot button.bad").click();
        page.locator("dialog form").waitFor();
        accessible("revoke all");
        page.locator("dialog input").last().fill("7");
        page.locator("dialog button.danger, dialog form button.primary").last().click();
        page.locator("dialog .error:not(:empty)").first().waitFor();
        accessible("another number than that of the tokens");
        dialogIsOver();
        for (int i : new int[] {0, 1}) { // what stands behind the form of a token
            page.locator("li[part=token] button").first().click();
            page.locator("dialog .picker").waitFor();
            page.locator("dialog .actions button.quiet").nth(i).click();
            page.locator("dialog form").waitFor();
            accessible(i == 0 ? "replace a secret" : "revoke all others");
            dialogIsOver();
        }
        answer("**/api/abilities", 200, List.of());
        page.locator(".heading button").click();
        page.locator("dialog form").waitFor();
        accessible("abilities that nothing describes");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void everyQuestionAboutPeople(String name) {
        open(name, "ada@example.com", "/settings/people");
        Map<String, Object> person = new LinkedHashMap<>();
        person.put("id", 7);
        person.put("name", "Grace Hopper");
        person.put("email", "grace@example.com");
        person.put("role", "user");
        person.put("disabled_at", null);
        person.put("created_at", "2026-01-02T03:04:05Z");
        person.put("has_password", false);
        person.put("seen_at", "2026-01-02T03:04:05Z");
        Map<String, Object> off = new LinkedHashMap<>(person);
        off.put("disabled_at", "2026-01-02T03:04:05Z");
        off.put("id", 8);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("data", List.of(person, off));
        all.put("next", 9);
        answer("**/api/admin/people?*", 200, all);
        Map<String, Object> theirs = new LinkedHashMap<>();
        theirs.put("data", List.of(token(1, "CI", List.of("*"))));
        theirs.put("next", null);
        answer("**/api/admin/people/*/tokens*", 200, theirs);
        page.reload();
        page.locator("li[part=person]").nth(1).waitFor();
        accessible("people of a provider");
        for (int which = 0; which < 2; which++) { // somebody who is let in, and somebody who is not
            for (int i : which == 0 ? new int[] {0, 2, 3} : new int[] {3}) {
                page.locator("li[part=person] button").nth(which).click();
                page.locator("dialog li").first().waitFor();
                page.locator("dialog .dialog-body > .actions button").nth(i).click();
                page.locator("dialog form").waitFor();
                accessible("question " + i + " about a person" + (which == 0 ? "" : " who is not let in"));
                dialogIsOver();
            }
        }
        page.locator("li[part=person] button").first().click();
        page.locator("dialog li").first().waitFor();
        page.locator("dialog .foot button.bad").click();
        page.locator("dialog form").waitFor();
        accessible("revoke all of somebody's");
        page.keyboard().press("Escape");
        all.put("data", List.of());
        all.put("next", null);
        page.unroute("**/api/admin/people?*");
        answer("**/api/admin/people?*", 200, all);
        page.reload();
        page.locator(".empty").waitFor();
        accessible("nobody matches");
    }

    @ParameterizedTest
    @MethodSource("looks")
    void nobodyElse(String name) {
        open(name, "grace@example.com", "/settings/sessions");
        Map<String, Object> session = new LinkedHashMap<>();
        session.put("id", "a");
        session.put("device", null);
        session.put("address", null);
        session.put("created_at", "2026-01-02T03:04:05Z");
        session.put("last_seen_at", "2026-01-02T03:04:05Z");
        session.put("current", true);
        answer("**/api/sessions", 200, List.of(session));
        page.reload();
        page.locator("[part=session]").waitFor();
        accessible("nowhere else");
        Map<String, Object> other = new LinkedHashMap<>(session);
        other.put("id", "b");
        other.put("current", false);
        page.unroute("**/api/sessions");
        answer("**/api/sessions", 200, List.of(session, other));
        page.reload();
        page.locator("[part=session]").nth(1).waitFor();
        page.locator(".foot button").click();
        page.locator("dialog form").waitFor();
        accessible("sign out elsewhere");
        page.navigate(url("/settings/password"));
        page.locator("input[type=password]").first().fill(PASSWORD);
        page.locator("input[type=password]").nth(1).fill("something long enough");
        page.locator("input[type=password]").nth(2).fill("something else");
        page.locator("form button.primary").click();
        page.locator(".error:not(:empty)").first().waitFor();
        accessible("passwords that differ");
    }
}
