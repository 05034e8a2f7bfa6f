package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.IssuerRevokedException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Changes at the same moment: whatever the order of their steps, answers and tokens are those of one order of the changes. What
 * a change does by itself is told by a model. A round that fails names its seed, and the rounds of a seed are the same each time.
 */
class InterleavingsTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final List<String> NAMES = List.of("a", "b", "c", Abilities.MANAGE_TOKENS);

    /** Of a thread that goes on only when it is told to. */
    private static final ThreadLocal<Semaphore> TURN = new ThreadLocal<>();

    private final ExecutorService pool = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        pool.shutdownNow();
    }

    @Test
    void tenThousandInMemory() throws Exception {
        for (long seed = 0; seed < Integer.getInteger("sanctum.test.interleavings", 10_000); seed++) {
            new Round(new InMemoryTokenStore(), seed).inTurn();
        }
        for (long seed = 0; seed < 1_000; seed++) {
            new Round(new InMemoryTokenStore(), seed).atOnce();
        }
    }

    @Test
    void thoseOfAStoreThatKnowsNothingOfRotation() throws Exception {
        for (long seed = 0; seed < 2_000; seed++) {
            new Round(withoutRotation(new InMemoryTokenStore()), seed).inTurn();
        }
    }

    @ParameterizedTest
    @EnumSource
    void fewerInADatabase(Databases database) throws Exception {
        database.run("drop table if exists interleaved");
        JdbcSchema.of(database.dataSource(), "interleaved").createIfMissing();
        TokenStore store = JdbcTokenStore.builder(database.dataSource())
                .table("interleaved")
                .build();
        int rounds = Integer.getInteger("sanctum.test.interleavings", 150);
        for (long seed = 0; seed < rounds; seed++) {
            new Round(store, seed).atOnce();
        }
        for (long seed = 0; seed < rounds; seed++) {
            new Round(store, seed).inTurn();
        }
    }

    /** A store as it would be if it had been written before there was {@link TokenStore#rotate}, and what came after that. */
    static TokenStore withoutRotation(TokenStore store) {
        return around(
                store,
                (proxy, method, args) -> Set.of("rotate", "findOwn", "hints").contains(method.getName())
                        ? InvocationHandler.invokeDefault(proxy, method, args)
                        : method.invoke(store, args));
    }

    static TokenStore around(TokenStore store, InvocationHandler calls) {
        return (TokenStore) Proxy.newProxyInstance(
                TokenStore.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, args) -> {
                    try {
                        return calls.invoke(proxy, method, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** What is done at the same time; {@code on} is 0 for a manager, 1 for what that issued, and 2 for another token. */
    private record Change(What what, int on, Abilities abilities) {

        enum What {
            ISSUE,
            NARROW,
            RENAME,
            ROTATE,
            REVOKE,
            REVOKE_ALL,
            PRUNE
        }

        static Change any(Random random) {
            What what = What.values()[random.nextInt(What.values().length)];
            List<String> some =
                    NAMES.stream().filter(name -> random.nextBoolean()).toList();
            return new Change(what, random.nextInt(3), Abilities.of(some));
        }
    }

    /** A token as the model has it: numbers are places, those of the three that were there and then those of the changes. */
    private record Modelled(String name, Abilities abilities, int issuer) {
        @Override
        public String toString() {
            return name + " " + new TreeSet<>(abilities.names()) + " by " + issuer;
        }
    }

    /** What a change does by itself. */
    private static final class Model {

        final Map<Integer, Modelled> living = new HashMap<>();

        Model() {
            living.put(0, new Modelled("manager", Abilities.of(NAMES), -1));
            living.put(1, new Modelled("child", Abilities.of("a", "b"), 0));
            living.put(2, new Modelled("other", Abilities.of("a", "b", "c"), -1));
        }

        String apply(Change change, int place) {
            Modelled token = living.get(change.on());
            return switch (change.what()) {
                case ISSUE -> issue(change.abilities(), place);
                case NARROW -> {
                    if (token == null) {
                        yield "none";
                    }
                    if (!token.abilities().covers(change.abilities())) {
                        yield "refused";
                    }
                    living.put(change.on(), new Modelled(token.name(), change.abilities(), token.issuer()));
                    living.replaceAll((at, one) -> one.issuer() != change.on()
                            ? one
                            : new Modelled(one.name(), one.abilities().cutTo(change.abilities()), one.issuer()));
                    yield "done";
                }
                case RENAME -> {
                    if (token == null) {
                        yield "none";
                    }
                    living.put(change.on(), new Modelled("renamed " + place, token.abilities(), token.issuer()));
                    yield "done";
                }
                case ROTATE -> {
                    if (token == null) {
                        yield "none";
                    }
                    revoke(change.on());
                    living.put(place, token);
                    yield "done";
                }
                case REVOKE -> token == null ? "none" : revoke(change.on());
                case REVOKE_ALL -> {
                    int many = living.size();
                    living.clear();
                    yield "revoked " + many;
                }
                case PRUNE -> "done";
            };
        }

        private String issue(Abilities wanted, int place) {
            if (wanted.lists(Abilities.MANAGE_TOKENS)) {
                return "refused";
            }
            Modelled manager = living.get(0);
            if (manager == null) {
                return "none";
            }
            if (!manager.abilities().lists(Abilities.MANAGE_TOKENS)
                    || !manager.abilities().covers(wanted)) {
                return "refused";
            }
            living.put(place, new Modelled("issued " + place, wanted, 0));
            return "done";
        }

        private String revoke(int place) {
            living.remove(place);
            living.values().removeIf(token -> token.issuer() == place);
            return "done";
        }
    }

    private final class Round {

        private final long seed;
        private final Random random;
        private final TokenStore store;
        private final List<Change> changes = new ArrayList<>();
        private final Map<TokenId, Integer> places = new LinkedHashMap<>();
        private final List<Semaphore> turns = new ArrayList<>();
        private final Semaphore back = new Semaphore(0);

        Round(TokenStore store, long seed) {
            this.seed = seed;
            this.store = store;
            random = new Random(seed);
            int many = 2 + random.nextInt(3);
            for (int i = 0; i < many; i++) {
                changes.add(Change.any(random));
                turns.add(new Semaphore(0));
            }
        }

        private Tokens tokens(TokenStore over) {
            return Tokens.builder(over)
                    .clock(MovableClock.at(Instant.parse("2026-11-28T12:00:00Z")))
                    .build();
        }

        /** One step after the other: who goes on is drawn at every call of the store. */
        void inTurn() throws Exception {
            Tokens tokens = tokens(around(store, (proxy, method, args) -> {
                if (TURN.get() != null) {
                    back.release();
                    await(TURN.get());
                }
                return method.invoke(store, args);
            }));
            List<AccessToken> there = begin();
            boolean[] over = new boolean[changes.size()];
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < changes.size(); i++) {
                int which = i;
                answers.add(pool.submit(() -> {
                    TURN.set(turns.get(which));
                    await(turns.get(which));
                    try {
                        return apply(tokens, there, which);
                    } finally {
                        TURN.remove();
                        over[which] = true;
                        back.release();
                    }
                }));
            }
            List<Integer> going = new ArrayList<>();
            for (int i = 0; i < changes.size(); i++) {
                going.add(i);
            }
            while (!going.isEmpty()) {
                int next = going.get(random.nextInt(going.size()));
                turns.get(next).release();
                await(back);
                if (over[next]) {
                    going.removeIf(one -> one == next);
                }
            }
            check(answers);
        }

        void atOnce() throws Exception {
            Tokens tokens = tokens(store);
            List<AccessToken> there = begin();
            Semaphore start = new Semaphore(0);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < changes.size(); i++) {
                int which = i;
                answers.add(pool.submit(() -> {
                    await(start);
                    return apply(tokens, there, which);
                }));
            }
            start.release(changes.size());
            check(answers);
        }

        private void await(Semaphore semaphore) throws InterruptedException {
            assertThat(semaphore.tryAcquire(30, TimeUnit.SECONDS))
                    .as("seed %s is stuck", seed)
                    .isTrue();
        }

        private List<AccessToken> begin() {
            Tokens tokens = tokens(store);
            tokens.revokeAll(ADA);
            tokens.prune(Duration.ZERO);
            AccessToken manager = tokens.issue(TokenRequest.of(ADA, "manager", NAMES.toArray(String[]::new)))
                    .token();
            AccessToken child = tokens.issue(TokenRequest.of(ADA, "child", "a", "b"), manager)
                    .token();
            AccessToken other =
                    tokens.issue(TokenRequest.of(ADA, "other", "a", "b", "c")).token();
            List<AccessToken> there = List.of(manager, child, other);
            there.forEach(token -> places.put(token.id(), places.size()));
            return there;
        }

        private String apply(Tokens tokens, List<AccessToken> there, int which) {
            Change change = changes.get(which);
            int place = 3 + which;
            TokenId on = there.get(change.on()).id();
            try {
                return switch (change.what()) {
                    case ISSUE ->
                        made(
                                place,
                                tokens.issue(
                                        TokenRequest.of(ADA, "issued " + place, names(change.abilities())),
                                        there.get(0)));
                    case NARROW -> tokens.narrow(on, change.abilities()).isPresent() ? "done" : "none";
                    case RENAME -> tokens.rename(on, "renamed " + place).isPresent() ? "done" : "none";
                    case ROTATE ->
                        tokens.rotate(on).map(made -> made(place, made)).orElse("none");
                    case REVOKE -> tokens.revoke(on) ? "done" : "none";
                    case REVOKE_ALL -> "revoked " + tokens.revokeAll(ADA);
                    case PRUNE -> {
                        tokens.prune(Duration.ZERO);
                        yield "done";
                    }
                };
            } catch (InvalidTokenRequestException e) {
                return "refused";
            } catch (IssuerRevokedException e) {
                return "none";
            }
        }

        private String made(int place, NewToken made) {
            synchronized (places) {
                places.put(made.token().id(), place);
            }
            return "done";
        }

        private void check(List<Future<String>> futures) throws Exception {
            List<String> answers = new ArrayList<>();
            for (Future<String> answer : futures) {
                answers.add(answer.get(30, TimeUnit.SECONDS));
            }
            Map<Integer, String> living = new HashMap<>();
            for (AccessToken token : tokens(store).list(ADA)) {
                TokenId issuer = token.issuedBy();
                Modelled seen = new Modelled(token.name(), token.abilities(), issuer == null ? -1 : places.get(issuer));
                living.put(places.getOrDefault(token.id(), -2), seen.toString());
            }
            assertThat(isExplained(new ArrayList<>(), answers, living))
                    .as("seed %s: %s answered %s and left %s, as in no order of these", seed, changes, answers, living)
                    .isTrue();
        }

        /** Whether there is an order of the changes, beginning with these, with these answers and this end. */
        private boolean isExplained(List<Integer> order, List<String> answers, Map<Integer, String> living) {
            if (order.size() < changes.size()) {
                for (int next = 0; next < changes.size(); next++) {
                    if (!order.contains(next)) {
                        List<Integer> longer = new ArrayList<>(order);
                        longer.add(next);
                        if (isExplained(longer, answers, living)) {
                            return true;
                        }
                    }
                }
                return false;
            }
            Model model = new Model();
            for (int which : order) {
                if (!model.apply(changes.get(which), 3 + which).equals(answers.get(which))) {
                    return false;
                }
            }
            Map<Integer, String> expected = new HashMap<>();
            model.living.forEach((place, token) -> expected.put(place, token.toString()));
            return expected.equals(living);
        }
    }

    private static String[] names(Abilities abilities) {
        return abilities.names().toArray(String[]::new);
    }
}
