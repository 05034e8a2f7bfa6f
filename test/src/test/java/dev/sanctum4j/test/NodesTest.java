package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Rejected;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CachingTokenStore;
import dev.sanctum4j.cache.Transactions;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * R18 with latches instead of chance: nodes with a cache and a feed each on one database, stopped where it hurts. What real
 * servers do is in the server's {@code ClusterTest}.
 */
class NodesTest {

    private static final String TABLE = "shared_tokens";
    private static final Owner ADA = Owner.of("user", 1);

    private final List<Node> nodes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws Exception {
        threads.shutdownNow();
        for (Node node : nodes) {
            node.close();
        }
    }

    /** A place where one thread is made to wait. */
    private static final class Stop {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        void reached() {
            await(reached);
        }

        void go() {
            go.countDown();
        }

        void pass() {
            reached.countDown();
            await(go);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One server: a cache before the shared table, and a feed that tells it of the others. */
    private final class Node implements AutoCloseable {
        private final Databases database;
        private final AtomicLong ahead = new AtomicLong();
        private final List<TokenId> notified = Collections.synchronizedList(new ArrayList<>());
        private final CachingTokenStore cache;
        private final Tokens tokens;
        private final ChangeFeed feed;
        private final Thread thread;
        private volatile @Nullable Stop afterReading;
        private volatile @Nullable Stop beforeTelling;

        Node(Databases database, Duration wrongBy) {
            this.database = database;
            CacheSettings settings = new CacheSettings(
                    100, null, Duration.ofMinutes(1), Transactions.NONE, () -> System.nanoTime() + ahead.get());
            cache = CachingTokenStore.of(store(), settings);
            tokens = Tokens.builder(cache)
                    .clock(Clock.offset(Clock.systemUTC(), wrongBy))
                    .build();
            feed = ChangeFeed.builder(database.dataSource(), changes())
                    .table(TABLE)
                    .interval(Duration.ofMillis(50))
                    .direct(database.dataSource())
                    .build();
            thread = new Thread(feed, "feed");
            nodes.add(this);
        }

        private TokenStore store() {
            TokenStore real =
                    JdbcTokenStore.builder(database.dataSource()).table(TABLE).build();
            return (TokenStore) Proxy.newProxyInstance(
                    TokenStore.class.getClassLoader(),
                    new Class<?>[] {TokenStore.class},
                    (proxy, method, arguments) -> {
                        try {
                            Object answer = method.invoke(real, arguments);
                            if (method.getName().equals("findByHash")) {
                                pass(afterReading);
                            }
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        private InvalidationListener changes() {
            return new InvalidationListener() {
                @Override
                public void invalidated(TokenId id) {
                    pass(beforeTelling);
                    cache.invalidated(id);
                    notified.add(id);
                }

                @Override
                public void invalidateAll() {
                    pass(beforeTelling);
                    cache.invalidateAll();
                }

                @Override
                public void caughtUp(long nanoTime, boolean deletes) {
                    pass(beforeTelling);
                    cache.caughtUp(nanoTime, deletes);
                }
            };
        }

        Node start() {
            thread.start();
            while (!cache.state().trusted()) {
                Thread.onSpinWait();
            }
            return this;
        }

        void awaitTold(TokenId id) {
            while (!notified.contains(id)) {
                assertThat(thread.isAlive()).isTrue();
                Thread.onSpinWait();
            }
        }

        Verdict check(NewToken made) {
            return tokens.authenticate(made.plainText().reveal());
        }

        List<Verdict> checks(int times, NewToken made) throws Exception {
            List<Callable<Verdict>> all = Collections.nCopies(times, () -> check(made));
            List<Verdict> verdicts = new ArrayList<>();
            for (Future<Verdict> one : threads.invokeAll(all)) {
                verdicts.add(one.get());
            }
            return verdicts;
        }

        /** Stops the next reading after it has got its answer, and any that follow it. */
        Stop stopAfterReading() {
            Stop stop = new Stop();
            afterReading = stop;
            return stop;
        }

        /** Stops the feed before its next word. */
        Stop stopBeforeTelling() {
            Stop stop = new Stop();
            beforeTelling = stop;
            return stop;
        }

        private static void pass(@Nullable Stop stop) {
            if (stop != null) {
                stop.pass();
            }
        }

        @Override
        public void close() throws Exception {
            for (Stop stop : Arrays.asList(afterReading, beforeTelling)) {
                if (stop != null) {
                    stop.go();
                }
            }
            feed.close();
            thread.join(10_000);
        }
    }

    /** A table with one token, of which nobody will be told by itself. */
    private static NewToken prepare(Databases database) throws SQLException {
        database.run("drop table if exists " + TABLE);
        database.run("drop table if exists sanctum_" + TABLE + "_deleted");
        JdbcSchema schema = JdbcSchema.of(database.dataSource(), TABLE);
        schema.createIfMissing();
        if (database != Databases.H2) { // which has no triggers in SQL
            schema.createTriggers();
        }
        NewToken made = Tokens.of(JdbcTokenStore.builder(database.dataSource())
                        .table(TABLE)
                        .build())
                .issue(TokenRequest.of(ADA, "ci", "a", "b"));
        database.run("update " + TABLE + " set updated_at = '2020-01-01 00:00:00'");
        return made;
    }

    private Node node(Databases database) {
        return new Node(database, Duration.ZERO).start();
    }

    /** Read there before it was revoked here, told there, and only then kept there. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void readingInFlightOnAnotherNodeDoesNotBringTheTokenBack(Databases database) throws Exception {
        NewToken made = prepare(database);
        Node here = node(database);
        Node there = node(database);
        Stop stop = there.stopAfterReading();
        Future<Verdict> early = threads.submit(() -> there.check(made));
        stop.reached();

        here.tokens.revoke(made.token().id());
        there.awaitTold(made.token().id());
        stop.go();

        assertThat(early.get()).isInstanceOf(Accepted.class); // it began before
        assertThat(there.checks(40, made)).allMatch(Rejected.class::isInstance);
        assertThat(here.checks(40, made)).allMatch(Rejected.class::isInstance);
    }

    /** Children that are kept there go, and lose, with their parent here. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void whatATokenIssuedFollowsItOnEveryNode(Databases database) throws Exception {
        prepare(database);
        Node here = node(database);
        Node there = node(database);
        NewToken parent = here.tokens.issue(TokenRequest.of(ADA, "parent", "a", "b", "tokens:delegate"));
        NewToken child = here.tokens.issue(TokenRequest.of(ADA, "run", "a", "b").actor("robot"), parent.token());
        assertThat(there.check(child)).isEqualTo(new Accepted(child.token()));

        here.notified.clear();
        there.notified.clear();
        here.tokens.narrow(parent.token().id(), Abilities.of("a", "tokens:delegate"));
        there.awaitTold(child.token().id());
        assertThat(there.checks(40, child))
                .allMatch(verdict -> verdict instanceof Accepted accepted
                        && accepted.token().abilities().equals(Abilities.of("a")));

        there.notified.clear();
        here.tokens.revoke(parent.token().id());
        there.awaitTold(child.token().id());
        assertThat(there.checks(40, child)).allMatch(Rejected.class::isInstance);
    }

    /** Clocks that are wrong by five minutes, warmed by twenty requests at once, asked by forty. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void nodesWithWrongClocksRefuseOnceTold(Databases database) throws Exception {
        NewToken made = prepare(database);
        Node right = node(database);
        Node slow = new Node(database, Duration.ofMinutes(-5)).start();
        Node fast = new Node(database, Duration.ofMinutes(5)).start();
        for (Node node : nodes) {
            assertThat(node.checks(20, made)).allMatch(Accepted.class::isInstance);
        }

        slow.tokens.revoke(made.token().id());
        right.awaitTold(made.token().id());
        fast.awaitTold(made.token().id());

        for (Node node : nodes) {
            assertThat(node.checks(40, made)).allMatch(Rejected.class::isInstance);
        }
    }

    /** The feed of a node is stopped before it can tell. The node trusts its memory until the bound and not a moment longer. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void nodeThatIsNotToldRefusesFromTheBoundOn(Databases database) throws Exception {
        NewToken made = prepare(database);
        Node here = node(database);
        Node deaf = node(database);
        assertThat(deaf.check(made)).isInstanceOf(Accepted.class);
        Stop stop = deaf.stopBeforeTelling();
        stop.reached(); // its next word, which will not arrive

        here.tokens.revoke(made.token().id());
        assertThat(deaf.check(made)).isInstanceOf(Accepted.class);
        deaf.ahead.set(Duration.ofMinutes(1).toNanos());

        assertThat(deaf.cache.state().trusted()).isFalse();
        assertThat(deaf.checks(40, made)).allMatch(Rejected.class::isInstance);
    }

    /** A node is started anew while the token is being revoked; it reads the row before and hears nothing of it. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void nodeThatStartsMeanwhileKeepsNothingFromBeforeItListened(Databases database) throws Exception {
        NewToken made = prepare(database);
        Node here = node(database);
        Node born = new Node(database, Duration.ZERO);
        Stop stop = born.stopAfterReading();
        Future<Verdict> early = threads.submit(() -> born.check(made));
        stop.reached();

        here.tokens.revoke(made.token().id());
        born.start();
        stop.go();

        assertThat(early.get()).isInstanceOf(Accepted.class);
        assertThat(born.checks(40, made)).allMatch(Rejected.class::isInstance);
    }

    /** As a Laravel on the same table would do it: by plain SQL, while another node is reading. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void abilitiesThatAnotherProgramTakesAwayAreGoneOnceTold(Databases database) throws Exception {
        NewToken made = prepare(database);
        Node here = node(database);
        TokenId id = made.token().id();
        Stop stop = here.stopAfterReading();
        Future<Verdict> early = threads.submit(() -> here.check(made));
        stop.reached();

        database.run(
                "update " + TABLE + " set abilities = '[\"b\"]', updated_at = '" + inAnHour() + "' where id = " + id);
        here.awaitTold(id);
        stop.go();

        early.get();
        assertThat(here.check(made))
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.token().abilities()).isEqualTo(Abilities.of("b")));
    }

    private static String inAnHour() {
        return Instant.now().plusSeconds(3_600).toString().replace('T', ' ').substring(0, 19);
    }
}
