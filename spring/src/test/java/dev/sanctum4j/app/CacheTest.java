package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.store.FeedLifecycle;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Tokens and owners from memory, over HTTP (R19, R20, R22). */
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:cache;DB_CLOSE_DELAY=-1",
            "sanctum.cache.mode=on",
            "management.health.sanctum.enabled=true",
            "sanctum.cache.max-stale=1h"
        })
class CacheTest extends AppTest {

    @Autowired
    FeedLifecycle feed;

    @Autowired
    Owners owners;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    PlatformTransactionManager transactions;

    @Autowired
    MeterRegistry meters;

    @Autowired
    HealthIndicator sanctumHealthIndicator;

    @BeforeEach
    void forgetPeople() {
        owners.invalidate(ADA);
        owners.invalidate(BOB);
        while (!tokens().trusted()) {
            Thread.onSpinWait(); // until the feed is first heard
        }
    }

    private CacheState tokens() {
        return Objects.requireNonNull(feed.state().tokens());
    }

    private int whoami(NewToken token) {
        return http.get("/api/whoami", bearer(token)).status();
    }

    @Test
    void requestsAreAnsweredFromMemory() {
        NewToken token = issue(ADA, "*");
        jdbc.update("update personal_access_tokens set updated_at = '2020-01-01 00:00:00'"); // and not told any more
        assertThat(whoami(token)).isEqualTo(200);
        CacheState tokensBefore = tokens();
        CacheState ownersBefore = owners.state().orElseThrow();
        people.down = true;

        for (int i = 0; i < 5; i++) {
            assertThat(whoami(token)).isEqualTo(200);
        }

        assertThat(tokens().hits() - tokensBefore.hits()).isEqualTo(5);
        assertThat(tokens().misses()).isEqualTo(tokensBefore.misses());
        assertThat(owners.state().orElseThrow().hits() - ownersBefore.hits()).isEqualTo(5);
        assertThat(feed.state().feed()).isEqualTo(ChangeFeed.Kind.POLLING);
    }

    @Test
    void metersAndHealthTellHowTheFeedIs() {
        assertThat(Stream.of("listening", "polling", "disconnected")
                        .map(kind -> meters.get("sanctum.cache.feed")
                                .tag("kind", kind)
                                .gauge()
                                .value()))
                .containsExactly(0.0, 1.0, 0.0);
        Health health = Objects.requireNonNull(sanctumHealthIndicator.health());
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsOnlyKeys("feed", "feedLag", "trusted")
                .containsEntry("feed", ChangeFeed.Kind.POLLING)
                .containsEntry("trusted", true);
    }

    @Test
    void revocationCountsFromItsCommit() {
        NewToken token = issue(ADA, "*");
        assertThat(whoami(token)).isEqualTo(200);

        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            tokens.revoke(token.token().id());
            assertThat(tokens.authenticate(token.plainText().reveal())
                            .getClass()
                            .getSimpleName())
                    .isEqualTo("Rejected");
            assertThat(whoami(token)).isEqualTo(200); // by another thread, which reads and keeps what it was before
        });

        assertThat(whoami(token)).isEqualTo(401);
    }

    @Test
    void whatIsRolledBackNeverWas() {
        NewToken token = issue(ADA, "*");
        NewToken[] unborn = new NewToken[1];

        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            tokens.revoke(token.token().id());
            unborn[0] = issue(ADA, "*");
            tokens.authenticate(token.plainText().reveal());
            tokens.authenticate(unborn[0].plainText().reveal());
            status.setRollbackOnly();
        });

        assertThat(whoami(token)).isEqualTo(200);
        assertThat(whoami(unborn[0])).isEqualTo(401);
    }

    /** R19. */
    @Test
    void ownerWhoIsChangedDisabledOrDeletedIsSeenAtOnceWhenTold() {
        NewToken token = issue(ADA, "*");
        assertThat(http.get("/api/whoami", bearer(token)).body()).contains("ROLE_ADMIN");

        people.change("ada@example.test", true, "ROLE_USER");
        owners.invalidate(ADA);
        assertThat(http.get("/api/whoami", bearer(token)).body()).doesNotContain("ROLE_ADMIN");
        people.change("ada@example.test", false, "ROLE_USER");
        owners.invalidate(ADA);
        assertThat(whoami(token)).isEqualTo(401);
        people.change("ada@example.test", true, "ROLE_USER");
        assertThat(whoami(token)).isEqualTo(200); // a "no" is not kept
        people.all.remove("ada@example.test");
        owners.invalidate(ADA);
        assertThat(whoami(token)).isEqualTo(401);
    }

    /** R19: disabled, and told, between the reading of the owner and the end of the request that read. */
    @Test
    void ownerWhoIsDisabledWhileBeingReadIsNotKept() throws Exception {
        NewToken token = issue(ADA, "*");
        owners.invalidate(ADA);
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch disabled = new CountDownLatch(1);
        people.found = () -> {
            people.found = () -> {};
            loaded.countDown();
            await(disabled);
        };
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> early = others.submit(() -> whoami(token));
            await(loaded);
            people.change("ada@example.test", false, "ROLE_USER");
            owners.invalidate(ADA);
            disabled.countDown();

            assertThat(early.get()).isEqualTo(200); // it began before
        } finally {
            others.shutdownNow();
        }

        assertThat(whoami(token)).isEqualTo(401);
    }

    /** R19: a token that is older than the account that now has the name of its owner. */
    @Test
    void accountThatIsMadeAnewDoesNotInheritTokens() {
        NewToken token = issue(BOB, "*");
        assertThat(whoami(token)).isEqualTo(200);

        people.put("bob@example.test", true, Instant.now().plusSeconds(60), "ROLE_USER");
        owners.invalidate(BOB);

        assertThat(whoami(token)).isEqualTo(401);
    }

    /** R22. */
    @Test
    void abilityThatIsTakenAwayIsMissingOnTheNextRequest() {
        NewToken token = issue(ADA, "orders:read", "orders:write");
        assertThat(http.get("/api/orders", bearer(token)).status()).isEqualTo(200);

        tokens.narrow(token.token().id(), dev.sanctum4j.Abilities.of("orders:write"));

        assertThat(http.get("/api/orders", bearer(token)).status()).isEqualTo(403);
    }

    /** R22: the owner is deleted, with all tokens, between the policy's look at the owner and the issuing of one more. */
    @Test
    void tokenThatIsIssuedWhileItsOwnerIsDeletedIsNoOrphan() throws Exception {
        http.signIn("ada@example.test");
        owners.invalidate(ADA);
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch deleted = new CountDownLatch(1);
        people.found = () -> people.found = () -> { // the first look is for the session
            people.found = () -> {};
            loaded.countDown();
            await(deleted);
        };
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            Future<Http.Answer> creating =
                    others.submit(() -> http.page("POST", "/api/tokens", "{\"name\": \"late\", \"abilities\": []}"));
            await(loaded);
            people.all.remove("ada@example.test");
            owners.invalidate(ADA);
            tokens.revokeAll(ADA);
            deleted.countDown();

            assertThat(creating.get().status()).isEqualTo(401);
        } finally {
            others.shutdownNow();
        }

        assertThat(jdbc.queryForObject("select count(*) from personal_access_tokens where name = 'late'", Long.class))
                .isEqualTo(1); // it came as far as that
        assertThat(tokens.list(ADA)).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void changeByAnotherProgramIsHeard() {
        NewToken token = issue(ADA, "*");
        assertThat(whoami(token)).isEqualTo(200);

        jdbc.update(
                "update personal_access_tokens set revoked_at = current_timestamp, updated_at = dateadd(hour, 24,"
                        + " current_timestamp) where id = ?",
                token.token().id().value());

        while (whoami(token) == 200) {
            Thread.onSpinWait(); // within the interval of the feed
        }
        assertThat(whoami(token)).isEqualTo(401);
    }
}
