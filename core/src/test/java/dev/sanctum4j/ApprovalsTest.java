package dev.sanctum4j;

import static java.time.temporal.ChronoUnit.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Approvals.Asking;
import dev.sanctum4j.Approvals.Polled;
import dev.sanctum4j.Approvals.Reason;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs ask, people answer. */
class ApprovalsTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final Owner BOB = Owner.of("user", 2);
    private static final Duration DAY = Duration.ofDays(1);

    private final MovableClock clock = new MovableClock("2026-11-24T10:15:30.123456Z");
    private final ApprovalStore store = new InMemoryApprovalStore();
    private final Approvals approvals = Approvals.of(store, clock, new SecureRandom());

    private NewApproval ask(String network, String... abilities) {
        return asking("claude-code", "Codex on build-7", DAY, network, abilities);
    }

    private NewApproval asking(
            String id, String name, @Nullable Duration lifetime, String network, String... abilities) {
        return approvals.ask(
                new Asking(
                        id,
                        name,
                        Abilities.of(abilities),
                        lifetime,
                        "192.0.2.7",
                        network,
                        network.replaceAll("/.*", "")),
                ability -> !ability.equals("nobody:knows"));
    }

    private Polled poll(NewApproval made) {
        return approvals.poll(made.revealDeviceCode(), "claude-code");
    }

    private static Polled waiting(Reason reason) {
        return new Polled.Waiting(reason);
    }

    @Test
    void somebodyAllowsAPartAndTheProgramClaimsItOnce() {
        NewApproval made = ask("n", "orders:read", "orders:refund");
        assertThat(poll(made)).isEqualTo(waiting(Reason.PENDING));
        ApprovalRequest seen = approvals.find(made.revealUserCode()).orElseThrow();
        assertThat(seen).isEqualTo(made.request());

        ApprovalRequest allowed = approvals
                .allow(seen, ADA, Abilities.of("orders:read"), Duration.ofHours(1), "v1")
                .orElseThrow();
        clock.advance(Duration.ofSeconds(5));
        ApprovalRequest fetched = ((Polled.Allowed) poll(made)).request();

        assertThat(fetched.answer()).isEqualTo(allowed.answer());
        assertThat(approvals.claim(fetched).orElseThrow().state()).isEqualTo(ApprovalRequest.State.CLAIMED);
        assertThat(approvals.claim(fetched)).isEmpty();
        clock.advance(Duration.ofSeconds(5));
        assertThat(poll(made)).isEqualTo(waiting(Reason.UNKNOWN));
    }

    @Test
    void codesAreLongAndOfTheirLetters() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            NewApproval made = ask("n" + i, "a");
            assertThat(made.revealUserCode()).matches("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}");
            assertThat(made.revealDeviceCode()).matches("[A-Za-z0-9_-]{43}");
            assertThat(seen.add(made.revealUserCode())).isTrue();
            assertThat(made.toString()).doesNotContain(made.revealUserCode(), made.revealDeviceCode());
            assertThat(made.request().toString()).doesNotContain(made.revealUserCode(), made.revealDeviceCode());
        }
    }

    @Test
    void codeIsTypedInAnyCaseWithAnythingBetween() {
        NewApproval made = ask("n", "a");
        String code = made.revealUserCode();
        String loose = " " + code.toLowerCase(Locale.ROOT).replace("-", " \u2013 a1 ") + "\t";

        assertThat(approvals.find(loose)).contains(made.request());
        assertThat(Approvals.asShown(loose)).contains(code);
        assertThat(approvals.find(code.substring(1))).isEmpty();
        assertThat(approvals.find(code + "B")).isEmpty();
        assertThat(approvals.find("")).isEmpty();
        assertThat(approvals.find(made.revealDeviceCode())).isEmpty();
    }

    @Test
    void pollTooSoonIsToldAndTheNextMayComeLater() {
        NewApproval made = ask("n", "a");
        poll(made);
        clock.advance(Duration.ofSeconds(4));
        assertThat(poll(made)).isEqualTo(waiting(Reason.TOO_SOON));
        clock.advance(Duration.ofSeconds(9));
        assertThat(poll(made)).isEqualTo(waiting(Reason.TOO_SOON));
        clock.advance(Duration.ofSeconds(15));
        assertThat(poll(made)).isEqualTo(waiting(Reason.PENDING));
    }

    @Test
    void codeIsNoOtherClients() {
        NewApproval made = ask("n", "a");

        assertThat(approvals.poll(made.revealDeviceCode(), "codex")).isEqualTo(waiting(Reason.UNKNOWN));
        assertThat(approvals.poll("x".repeat(43), "claude-code")).isEqualTo(waiting(Reason.UNKNOWN));
        assertThat(poll(made)).isEqualTo(waiting(Reason.PENDING)); // the other's poll is none of ours
    }

    @Test
    void timeEndsWhatWasAskedAndWhatWasAllowed() {
        NewApproval made = ask("n", "a");
        NewApproval late = ask("m", "a");
        ApprovalRequest allowed = approvals
                .allow(made.request(), ADA, Abilities.of("a"), DAY, null)
                .orElseThrow();
        clock.advance(Duration.ofMinutes(10));

        assertThat(poll(made)).isEqualTo(waiting(Reason.EXPIRED));
        assertThat(approvals.claim(allowed)).isEmpty();
        assertThat(approvals.find(late.revealUserCode())).isEmpty();
        assertThat(approvals.allow(late.request(), ADA, Abilities.of("a"), DAY, null))
                .isEmpty();
        clock.advance(Duration.ofMinutes(22));
        assertThat(approvals.prune()).isZero();
        clock.advance(Duration.ofMinutes(8));
        assertThat(approvals.prune()).isEqualTo(1); // what was allowed was over sooner
        clock.advance(Duration.ofMillis(1));
        assertThat(approvals.prune()).isEqualTo(1);
        assertThat(poll(made)).isEqualTo(waiting(Reason.UNKNOWN));
    }

    @Test
    void yesIsGoodForTwoMinutesAndNeverLongerThanTheRequest() {
        NewApproval soon = ask("n", "a");
        NewApproval late = ask("m", "a");
        ApprovalRequest allowed = approvals
                .allow(soon.request(), ADA, Abilities.of("a"), DAY, null)
                .orElseThrow();
        assertThat(allowed.expiresAt())
                .isEqualTo(clock.instant().truncatedTo(MILLIS).plusSeconds(120));
        clock.advance(Duration.ofMinutes(2));
        assertThat(poll(soon)).isEqualTo(waiting(Reason.EXPIRED));
        assertThat(approvals.claim(allowed)).isEmpty();

        clock.advance(Duration.ofMinutes(7));
        ApprovalRequest last = approvals
                .allow(late.request(), ADA, Abilities.of("a"), DAY, null)
                .orElseThrow();
        assertThat(last.expiresAt()).isEqualTo(late.request().expiresAt());
        clock.advance(Duration.ofSeconds(59));
        assertThat(approvals.claim(last)).isPresent();
    }

    @Test
    void revokingEverythingTakesBackWhatWasNotFetched() {
        Tokens tokens = Tokens.builder(new InMemoryTokenStore())
                .clock(clock)
                .approvals(store)
                .build();
        NewApproval adas = ask("n", "a");
        NewApproval bobs = ask("n", "a");
        NewApproval open = ask("n", "a");
        ApprovalRequest allowed = approvals
                .allow(adas.request(), ADA, Abilities.of("a"), DAY, "v1")
                .orElseThrow();
        ApprovalRequest kept = approvals
                .allow(bobs.request(), BOB, Abilities.of("a"), DAY, null)
                .orElseThrow();

        assertThat(tokens.revokeAll(ADA)).isZero();

        assertThat(poll(adas)).isEqualTo(waiting(Reason.DENIED));
        assertThat(approvals.claim(allowed)).isEmpty();
        assertThat(poll(open)).isEqualTo(waiting(Reason.PENDING));
        tokens.revokeOthers(ADA, new TokenId(1));
        assertThat(approvals.claim(kept)).isPresent();
    }

    @Test
    void whoeverAllowedCanDenyUntilItIsFetched() {
        NewApproval made = ask("n", "a");
        ApprovalRequest allowed = approvals
                .allow(made.request(), ADA, Abilities.of("a"), DAY, null)
                .orElseThrow();

        assertThat(approvals.deny(made.request(), BOB)).isEmpty();
        assertThat(approvals.deny(made.request(), ADA)).isPresent();

        assertThat(poll(made)).isEqualTo(waiting(Reason.DENIED));
        assertThat(approvals.claim(allowed)).isEmpty();
    }

    @Test
    void nobodyAllowsMoreThanWasAsked() {
        ApprovalRequest request = ask("n", "orders:read").request();
        for (List<String> more : List.of(
                List.<String>of(), List.of("*"), List.of("orders:write"), List.of("orders:read", "tokens:manage"))) {
            assertThatThrownBy(() -> approvals.allow(request, ADA, Abilities.of(more), DAY, null))
                    .as("%s", more)
                    .isInstanceOf(InvalidTokenRequestException.class)
                    .hasMessage("Allow at least one ability, and only some that were asked for.");
        }
        for (Duration longer : List.of(DAY.plusSeconds(1), Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> approvals.allow(request, ADA, request.asked(), longer, null))
                    .as("%s", longer)
                    .isInstanceOf(InvalidTokenRequestException.class)
                    .hasMessage("The lifetime must be 1 to 86400 seconds.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "tokens:manage", "tokens:delegate", "tokens:anything", "nobody:knows", "a b", ""})
    void scopeIsAbilitiesThatAreKnownAndNeverAboutTokens(String ability) {
        assertThatThrownBy(() -> ask("n", "orders:read", ability))
                .isInstanceOfSatisfying(
                        InvalidTokenRequestException.class,
                        e -> assertThat(e.field()).isEqualTo("scope"));
    }

    @Test
    void scopeHasOneToFifty() {
        String[] fifty = IntStream.range(0, 50).mapToObj(i -> "a" + i).toArray(String[]::new);
        String[] more = IntStream.range(0, 51).mapToObj(i -> "a" + i).toArray(String[]::new);

        assertThat(ask("n", fifty).request().asked().names()).hasSize(50);
        assertThatThrownBy(() -> ask("n", more)).hasMessage("Ask for 1 to 50 abilities.");
        assertThatThrownBy(() -> ask("n")).hasMessage("Ask for 1 to 50 abilities.");
    }

    @Test
    void lifetimeIsAMonthUnlessAskedAndAQuarterAtMost() {
        assertThat(asking("c", "c", null, "n1", "a").request().lifetime()).isEqualTo(Duration.ofDays(30));
        assertThat(asking("c", "c", Duration.ofDays(91), "n2", "a").request().lifetime())
                .isEqualTo(Duration.ofDays(90));
        assertThat(asking("c", "c", Duration.ofMillis(1_999), "n3", "a")
                        .request()
                        .lifetime())
                .isEqualTo(Duration.ofSeconds(1));
        assertThatThrownBy(() -> asking("c", "c", Duration.ofMillis(999), "n4", "a"))
                .hasMessage("The lifetime must be at least a second.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "two\nlines",
                "turned \u202e round",
                "nul\u0000",
                "\u2066x",
                "zero\u200bwidth",
                "Z\u0301\u0302\u0303\u0304algo",
                "longer"
            })
    void nameThatIsNotOnePlainLineIsTheId(String name) {
        String sent = name.equals("longer") ? "x".repeat(61) : name;

        assertThat(asking("my-cli", sent, DAY, "n", "a").request().clientName()).isEqualTo("my-cli");
        assertThat(asking("my-cli", "Vie\u0302\u0323\u0301t", DAY, "n", "a")
                        .request()
                        .clientName())
                .startsWith("Vi");
        assertThat(asking("my-cli", "x".repeat(60), DAY, "n", "a").request().clientName())
                .hasSize(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "<b>", "\u00e9", "x\n"})
    void idIsAWord(String id) {
        assertThatThrownBy(() -> asking(id, "name", DAY, "n", "a"))
                .hasMessage("The client_id must have 1 to 64 letters, digits, '.', '_' and '-'.");
    }

    @Test
    void networkHasFiveOpenOnesAndTenAMinute() {
        for (int i = 0; i < 5; i++) {
            NewApproval made = ask("n", "a");
            if (i > 0) {
                approvals.deny(made.request(), ADA);
            }
        }
        for (int i = 0; i < 4; i++) {
            ask("n", "a");
        }
        assertThatThrownBy(() -> ask("n", "a"))
                .isInstanceOfSatisfying(
                        ApprovalLimitException.class, e -> assertThat(e.after()).isEqualTo(Duration.ofMinutes(1)))
                .hasMessage("There are 5 requests that nobody has answered.");
        assertThat(ask("other", "a").request().network()).isEqualTo("other");
        clock.advance(Duration.ofMinutes(10));
        for (int i = 0; i < 10; i++) {
            approvals.deny(ask("n", "a").request(), ADA);
        }
        assertThatThrownBy(() -> ask("n", "a")).hasMessage("There were 10 requests within a minute.");
        clock.advance(Duration.ofMinutes(1));
        assertThat(ask("n", "a").request().network()).isEqualTo("n");
    }

    /** Of 200 at the same moment, each of which would count nothing before the first has added to it. */
    @Test
    void burstComesThroughNoFurtherThanOneAfterTheOther() throws Exception {
        ApprovalStore slow = (ApprovalStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ApprovalStore.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(store, arguments);
                    if (method.getName().equals("countOpen")) {
                        TimeUnit.MILLISECONDS.sleep(2);
                    }
                    return answer;
                });
        Approvals many = Approvals.of(slow, clock, new SecureRandom());
        int threads = 200;
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<Boolean>> made = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            made.add(pool.submit(() -> {
                barrier.await(30, TimeUnit.SECONDS);
                try {
                    many.ask(new Asking("c", "c", Abilities.of("a"), DAY, "192.0.2.7", "n", "n"), ability -> true);
                    return true;
                } catch (ApprovalLimitException e) {
                    return false;
                }
            }));
        }
        int came = 0;
        for (Future<Boolean> one : made) {
            came += one.get(60, TimeUnit.SECONDS) ? 1 : 0;
        }
        pool.shutdownNow();

        assertThat(came).isEqualTo(5);
        assertThat(store.countOpen("n", clock.instant())).isEqualTo(5);
    }

    @Test
    void networksAroundHaveFiftyOpenOnesTogether() {
        for (int i = 0; i < 50; i++) {
            ask("20010db80012/" + i, "a");
        }
        assertThatThrownBy(() -> ask("20010db80012/50", "a"))
                .isInstanceOf(ApprovalLimitException.class)
                .hasMessage("There are 50 requests from around that nobody has answered.");
        assertThat(ask("20010db80013/0", "a").request().network()).isEqualTo("20010db80013/0");
        clock.advance(Duration.ofMinutes(10));
        ask("20010db80012/51", "a");
    }

    /** The catalogue is looked at for whoever may ask at all. */
    @Test
    void abilitiesAreNotLookedForWhereThereIsNoRoom() {
        for (int i = 0; i < 5; i++) {
            ask("n", "a");
        }

        assertThatThrownBy(() -> ask("n", "nobody:knows")).isInstanceOf(ApprovalLimitException.class);
        assertThatThrownBy(() -> ask("n")).hasMessage("Ask for 1 to 50 abilities.");
    }

    @Test
    void thereAreAThousandOpenOnesInAll() {
        for (int i = 0; i < 1_000; i++) {
            ask("n" + i, "a");
        }
        assertThatThrownBy(() -> ask("one more", "a")).hasMessage("There are 1000 requests that nobody has answered.");
    }

    private static boolean known(String ability) {
        return !ability.equals("unheard:of");
    }

    @Test
    void personAsksAndNeverAnswersThemselves() {
        ApprovalRequest asked = approvals.askAsPerson(
                ADA,
                "Nightly export",
                Abilities.of("orders:read"),
                Duration.ofDays(400),
                "192.0.2.1",
                ApprovalsTest::known);

        assertThat(asked.lifetime()).isEqualTo(Approvals.MAX_LIFETIME);
        assertThat(asked.expiresAt()).isEqualTo(asked.createdAt().plus(Duration.ofDays(7)));
        assertThatThrownBy(() -> approvals.allow(asked, ADA, asked.asked(), Duration.ofHours(1), null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(approvals.openOfPeople(0, 100)).containsExactly(asked);
        assertThat(approvals.allow(asked, Owner.of("user", "root"), asked.asked(), Duration.ofHours(1), null))
                .isPresent();
        assertThat(approvals.openOfPeople(0, 100)).isEmpty();
        clock.advance(Duration.ofDays(6)); // a person need not come at once
        assertThat(approvals.claim(approvals.ofPerson(ADA).get(0))).isPresent();
    }

    @Test
    void personHasTwenty() {
        for (int i = 0; i < Approvals.PER_PERSON; i++) {
            approvals.askAsPerson(ADA, "n" + i, Abilities.of("orders:read"), null, "192.0.2.1", ApprovalsTest::known);
        }

        assertThatThrownBy(() -> approvals.askAsPerson(
                        ADA, "n", Abilities.of("orders:read"), null, "192.0.2.1", ApprovalsTest::known))
                .isInstanceOf(ApprovalLimitException.class);
        approvals.askAsPerson(BOB, "n", Abilities.of("orders:read"), null, "192.0.2.1", ApprovalsTest::known);
        clock.advance(Approvals.OPEN_FOR_PEOPLE);
        approvals.askAsPerson(ADA, "n", Abilities.of("orders:read"), null, "192.0.2.1", ApprovalsTest::known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "tokens:manage", "unheard:of"})
    void personCannotAskForThat(String ability) {
        assertThatThrownBy(() ->
                        approvals.askAsPerson(ADA, "n", Abilities.of(ability), null, "192.0.2.1", ApprovalsTest::known))
                .isInstanceOf(InvalidTokenRequestException.class);
    }
}
