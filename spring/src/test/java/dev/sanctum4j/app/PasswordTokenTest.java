package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.spa.Tries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

/** A phone that gives a name and a password for a token. */
@Timeout(60)
@Import({PasswordTokenTest.Counting.class, StepUpTest.Time.class})
class PasswordTokenTest extends AppTest {

    private static final String JSON = "Accept: application/json";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** An encoder that counts, and can be held. */
    static final class CountingEncoder implements PasswordEncoder {
        private final PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        final AtomicInteger matches = new AtomicInteger();
        volatile CountDownLatch gate = new CountDownLatch(0);
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();

        /** Called when a password has been compared, before anybody knows what came of it. */
        volatile Runnable compared = () -> {};

        @Override
        public String encode(CharSequence password) {
            return String.valueOf(encoder.encode(password));
        }

        @Override
        public boolean matches(CharSequence password, String hash) {
            matches.incrementAndGet();
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                gate.await(60, TimeUnit.SECONDS);
                boolean right = encoder.matches(password, hash);
                compared.run();
                return right;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                inside.decrementAndGet();
            }
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Counting {
        @Bean
        @Primary
        CountingEncoder countingEncoder() {
            return new CountingEncoder();
        }
    }

    @Autowired
    CountingEncoder encoder;

    private String email = "";

    @BeforeEach
    void newAccount() {
        encoder.compared = () -> {};
        email = "phone" + NUMBER.incrementAndGet() + "@example.test"; // each test has its own tries
        people.put(email, true, Instant.EPOCH, "ROLE_USER");
    }

    private String body(String password, String more) {
        return "{\"email\":\"" + email + "\",\"password\":\"" + password + "\",\"device_name\":\"phone\"" + more + "}";
    }

    @Test
    void rightPasswordGivesATokenWithEverything() {
        Http.Answer answer = http.post("/sanctum/token", body(App.PASSWORD, ""), JSON);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.cookies()).isEmpty();
        String token = answer.json().get("token").asString();
        assertThat(http.get("/api/orders", "Authorization: Bearer " + token).status())
                .isEqualTo(200);
        assertThat(tokens.list(Owner.of("user", email)).get(0).name()).isEqualTo("phone");
    }

    /** As Laravel's {@code max:255} counts. */
    @Test
    void deviceNameMayHave255CharactersOfAnyKind() {
        String phones = "\ud83d\udcf1".repeat(255);

        assertThat(http.post("/sanctum/token", body(App.PASSWORD, "").replace("phone\"}", phones + "\"}"), JSON)
                        .status())
                .isEqualTo(200);
        assertThat(tokens.list(Owner.of("user", email)).get(0).name()).isEqualTo(phones);
        Http.Answer refused =
                http.post("/sanctum/token", body(App.PASSWORD, "").replace("phone\"}", phones + "x\"}"), JSON);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("codes").get("device_name").get(0).asString())
                .isEqualTo("too-long");
    }

    @Test
    void bareTextIsAnsweredToThoseWhoDoNotAskForJson() {
        Http.Answer answer = http.send(
                "POST",
                "/sanctum/token",
                "email=" + email
                        + "&password=correct+horse+battery+staple&device_name=curl&abilities[]=a&abilities[]=b",
                "Content-Type: application/x-www-form-urlencoded");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain");
        assertThat(answer.body()).matches("pat_[A-Za-z0-9]{46}");
        assertThat(answer.header("Sanctum-Expires-At")).isNull(); // for ever
        assertThat(tokens.list(Owner.of("user", email)).get(0).abilities().names())
                .containsExactly("a", "b");
    }

    @Test
    void fieldsInTheUrlAreNotRead() {
        Http.Answer answer = http.send(
                "POST",
                "/sanctum/token?email=" + email + "&password=" + "x" + "&device_name=d",
                "",
                "Content-Type: application/x-www-form-urlencoded");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("message").asString())
                .isEqualTo("The email field is required. (and 2 more errors)");
    }

    @Test
    void sessionIsNeitherReadNorMade() {
        http.signIn("ada@example.test");

        Http.Answer answer = http.withCookies(
                "POST",
                "/sanctum/token",
                body(App.PASSWORD, ""),
                http.origin(),
                JSON,
                "Content-Type: application/json");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.cookies().stream().filter(cookie -> cookie.startsWith("SESSION")))
                .isEmpty();
    }

    @Test
    void everythingWrongGetsOneAnswerAfterOneComparison() {
        people.put("off" + email, false, Instant.EPOCH);
        String known = body("wrong", "");
        List<String> bodies = List.of(
                known,
                known.replace(email, "nobody@example.test"),
                known.replace(email, "off" + email),
                body("x".repeat(100), ""),
                body("x".repeat(100), "").replace(email, "nobody@example.test"),
                body("\\u0000", ""),
                known.replace(email, "off" + email).replace("wrong", App.PASSWORD));
        http.post(
                "/sanctum/token",
                known.replace(email, "first@example.test"),
                JSON); // a hash for unknown names is made once
        String expected =
                "{\"type\":\"https://sanctum4j.dev/errors#invalid\",\"title\":\"Unprocessable Content\",\"status\":422,"
                        + "\"code\":\"invalid\",\"message\":\"The provided credentials are incorrect.\","
                        + "\"errors\":{\"email\":[\"The provided credentials are incorrect.\"]},"
                        + "\"codes\":{\"email\":[\"credentials\"]}}";
        for (String body : bodies) {
            int before = encoder.matches.get();
            Http.Answer answer = http.post("/sanctum/token", body, JSON);
            assertThat(answer.status()).as(body).isEqualTo(422);
            assertThat(answer.body()).as(body).isEqualTo(expected);
            assertThat(encoder.matches.get() - before).as(body).isEqualTo(1);
        }
        for (RuntimeException no : List.of(
                new UsernameNotFoundException("no"),
                new DisabledException("no"),
                new LockedException("no"),
                new AccountExpiredException("no"),
                new CredentialsExpiredException("no"),
                new IllegalStateException(new DisabledException("no")))) {
            people.thrown = no;
            int before = encoder.matches.get();
            Http.Answer answer =
                    http.post("/sanctum/token", body(App.PASSWORD, "").replace(email, no + email), JSON);
            assertThat(answer.status()).as("%s", no).isEqualTo(422);
            assertThat(answer.body()).as("%s", no).isEqualTo(expected);
            assertThat(encoder.matches.get() - before).as("%s", no).isEqualTo(1);
        }
    }

    /** Once a change of the password has been answered, the old one has nothing left, whenever in between it came. */
    @Test
    void passwordThatIsChangedMeanwhileLeavesNoTokenAndNoSession() {
        Owner owner = Owner.of("user", email);
        String login = "{\"email\":\"" + email + "\",\"password\":\"" + App.PASSWORD + "\"}";
        for (int moment = 0; moment < 12; moment++) {
            AtomicInteger left = changeAt(moment, owner);
            Http.Answer answer = http.post("/sanctum/token", body(App.PASSWORD, ""), JSON);
            if (left.get() < 0) {
                assertThat(answer.status()).as("moment %d", moment).isIn(422, 200);
                assertThat(tokens.list(owner)).as("moment %d", moment).isEmpty();
            }

            left = changeAt(moment, owner);
            Http page = new Http(port);
            page.page("GET", "/sanctum/csrf-cookie", "");
            answer = page.page("POST", "/login", login);
            if (left.get() < 0) {
                assertThat(answer.status()).as("moment %d", moment).isIn(422, 204);
                assertThat(page.page("GET", "/api/whoami", "").status())
                        .as("moment %d", moment)
                        .isEqualTo(401);
            }
        }
    }

    /** Changes the password and ends the tokens when somebody has been looked up or compared so many times; negative from then on. */
    private AtomicInteger changeAt(int moment, Owner owner) {
        Tries.forget(application);
        people.put(email, true, Instant.EPOCH, "ROLE_USER");
        tokens.revokeAll(owner);
        AtomicInteger left = new AtomicInteger(moment);
        Runnable step = () -> {
            if (left.getAndDecrement() == 0) {
                people.all.put(
                        email, new App.Person(email, encoder.encode("another one"), true, Instant.EPOCH, "ROLE_USER"));
                tokens.revokeAll(owner);
            }
        };
        people.found = step;
        encoder.compared = step;
        return left;
    }

    @Test
    void passwordWhoseHashAloneChangesStillCounts() {
        encoder.compared = () -> {
            encoder.compared = () -> {};
            people.put(email, true, Instant.EPOCH, "ROLE_USER");
        };

        assertThat(http.post("/sanctum/token", body(App.PASSWORD, ""), JSON).status())
                .isEqualTo(200);
        assertThat(tokens.list(Owner.of("user", email))).hasSize(1);
    }

    @Test
    void sixthTryInAMinuteWaits() {
        for (int i = 0; i < 5; i++) {
            assertThat(http.post("/sanctum/token", body("wrong", ""), JSON).status())
                    .isEqualTo(422);
        }
        int before = encoder.matches.get();

        Http.Answer answer = http.post("/sanctum/token", body(App.PASSWORD, ""), JSON);

        assertThat(answer.status()).isEqualTo(429);
        assertThat(Integer.parseInt(String.valueOf(answer.header("Retry-After"))))
                .isBetween(1, 60);
        assertThat(answer.json().get("message").asString()).isEqualTo("Too Many Attempts.");
        assertThat(encoder.matches.get()).isEqualTo(before);
    }

    @Test
    void onlyAsManyPasswordsAreCheckedAtOnceAsThereAreProcessors() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        http.post("/sanctum/token", body(App.PASSWORD, ""), JSON);
        encoder.most.set(0);
        encoder.gate = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
        for (int i = 0; i < processors + 2; i++) {
            String body = body(App.PASSWORD, "").replace(email, i + email);
            people.put(i + email, true, Instant.EPOCH);
            Thread thread = new Thread(
                    () -> answers.add(http.post("/sanctum/token", body, JSON).status()));
            thread.start();
            threads.add(thread);
        }
        while (encoder.inside.get() < processors) {
            Thread.sleep(1);
        }
        assertThat(answers.poll(500, TimeUnit.MILLISECONDS))
                .as("the others wait")
                .isNull();
        encoder.gate.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answers).hasSize(processors + 2).containsOnly(200);
        assertThat(encoder.most.get()).isEqualTo(processors);
    }

    @Test
    void passwordThatIsNotCheckedInTimeIsUnavailableAndNoTry() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        http.post("/sanctum/token", body(App.PASSWORD, ""), JSON);
        encoder.gate = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < processors; i++) {
            String other = body("wrong", "").replace(email, "other" + i + email);
            Thread thread = new Thread(() -> http.post("/sanctum/token", other, JSON));
            thread.start();
            threads.add(thread);
        }
        while (encoder.inside.get() < processors) {
            Thread.sleep(1);
        }
        BlockingQueue<Http.Answer> answers = new LinkedBlockingQueue<>();
        for (int i = 0; i < 6; i++) { // one more than there are tries
            new Thread(() -> answers.add(http.post("/sanctum/token", body(App.PASSWORD, ""), JSON))).start();
        }
        for (int i = 0; i < 6; i++) {
            Http.Answer answer = Objects.requireNonNull(answers.poll(30, TimeUnit.SECONDS));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        }
        encoder.gate.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(http.post("/sanctum/token", body(App.PASSWORD, ""), JSON).status())
                .isEqualTo(200);
    }

    /** Whoever asks again at once on many connections takes the processors from those whose passwords are compared. */
    @Test
    void refusalsAreHeldForASecondWhileOthersAreChecked() throws Exception {
        for (int i = 0; i < 5; i++) {
            http.post("/sanctum/token", body("wrong", ""), JSON);
        }
        long alone = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) { // the machine may be busy
            long asked = System.nanoTime();
            assertThat(http.post("/sanctum/token", body("wrong", ""), JSON).status())
                    .isEqualTo(429);
            alone = Math.min(alone, System.nanoTime() - asked);
        }
        encoder.gate = new CountDownLatch(1);
        String other = body(App.PASSWORD, "").replace(email, "other" + email);
        people.put("other" + email, true, Instant.EPOCH);
        BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
        new Thread(() -> answers.add(http.post("/sanctum/token", other, JSON).status())).start();
        while (encoder.inside.get() < 1) {
            Thread.sleep(1);
        }

        long begin = System.nanoTime();
        Http.Answer refused = http.post("/sanctum/token", body("wrong", ""), JSON);
        long held = System.nanoTime() - begin;

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().get("code").asString()).isEqualTo("too-many-attempts");
        assertThat(Duration.ofNanos(held)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(20));
        assertThat(Duration.ofNanos(alone)).isLessThan(Duration.ofMillis(900));
        encoder.gate.countDown();
        assertThat(answers.poll(30, TimeUnit.SECONDS)).isEqualTo(200);
    }

    /** What an application holds equal, no folding of ours may know: there are nicknames, and collations. */
    @Test
    void spellingsThatTheApplicationHoldsEqualShareTheirTries() {
        people.all.put("nick of " + email, Objects.requireNonNull(people.all.get(email)));
        String nick = body("wrong", "").replace(email, "nick of " + email);
        for (int i = 0; i < 5; i++) {
            assertThat(http.post("/sanctum/token", i % 2 == 0 ? nick : body("wrong", ""), JSON)
                            .status())
                    .isEqualTo(422);
        }
        assertThat(http.post("/sanctum/token", nick, JSON).status()).isEqualTo(429);
        assertThat(http.post("/sanctum/token", body("wrong", ""), JSON).status())
                .isEqualTo(429);
    }

    @Test
    void everybodyIsAskedForAsOften() {
        people.put("off" + email, false, Instant.EPOCH);
        http.post("/sanctum/token", body("wrong", "").replace(email, "first@example.test"), JSON);
        for (String name : List.of(email, "off" + email, "nobody" + email)) {
            int before = people.asked.get();
            http.post("/sanctum/token", body("wrong", "").replace(email, name), JSON);
            assertThat(people.asked.get() - before).as(name).isEqualTo(2);
        }
    }

    @Test
    void peopleWhoCannotBeAskedForAreUnavailable() {
        people.down = true;

        assertThat(http.post("/sanctum/token", body(App.PASSWORD, ""), JSON).status())
                .isEqualTo(503);
    }
}
