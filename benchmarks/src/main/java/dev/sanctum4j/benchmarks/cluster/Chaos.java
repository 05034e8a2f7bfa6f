package dev.sanctum4j.benchmarks.cluster;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Three servers of which one after the other is killed, stopped or given another time, while their database is restarted and what
 * they hear of it cut off, by a plan that its seed repeats; and a model of each token, by which every answer has to be
 * explained.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.cluster.Chaos SERVER-JAR JDBC-URL [NAME=VALUE]…</pre>
 *
 * Names in capitals are settings of the servers; others are {@code nodes}, {@code seed}, {@code seconds}, {@code bound} in
 * milliseconds, and {@code restart}, a command that restarts the database, which otherwise goes on. Ends with 1 if an answer cannot
 * be explained.
 */
public final class Chaos {

    private static final Set<String> WHOLE = Set.of("a", "b", "c");
    private static final Set<String> NARROW = Set.of("a");
    private static final int LIVE = 40;
    private static final int READERS = 4;
    private static final Pattern ABILITIES = Pattern.compile("\"abilities\":\\[([^]]*)]");

    private enum Fault {
        KILL,
        PAUSE,
        CUT,
        RESTART,
        CLOCK
    }

    private final Cluster cluster;
    private final Tokens direct;
    private final Duration bound;
    private final @Nullable String restart;
    private final List<Fault> faults = new ArrayList<>(List.of(Fault.KILL, Fault.PAUSE, Fault.CUT, Fault.CLOCK));
    private final Random plan;
    private final long seed;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final List<History> tokens = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();
    private final AtomicLong longest = new AtomicLong();

    private Chaos(Cluster cluster, Duration bound, long seed, @Nullable String restart) {
        this.cluster = cluster;
        this.direct = cluster.tokens();
        this.bound = bound;
        this.restart = restart;
        this.seed = seed;
        this.plan = new Random(seed);
        if (restart != null) {
            faults.add(Fault.RESTART);
        }
    }

    /** Runs it and prints what was seen. */
    public static void main(String[] args) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (String arg : List.of(args).subList(2, args.length)) {
            given.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        Map<String, String> settings = new HashMap<>(given);
        settings.keySet().removeIf(name -> !name.equals(name.toUpperCase(Locale.ROOT)));
        long seed = Long.parseLong(given.getOrDefault("seed", Long.toString(System.nanoTime() & 0xffff)));
        Duration bound = Duration.ofMillis(Long.parseLong(given.getOrDefault("bound", "3500")));
        int nodes = Integer.parseInt(given.getOrDefault("nodes", "3"));
        boolean right;
        try (Cluster cluster = Cluster.start(Path.of(args[0]), args[1], nodes, settings)) {
            Chaos chaos = new Chaos(cluster, bound, seed, given.get("restart"));
            right = chaos.run(Duration.ofSeconds(Long.parseLong(given.getOrDefault("seconds", "120"))));
        }
        System.exit(right ? 0 : 1);
    }

    private boolean run(Duration time) throws InterruptedException {
        System.out.printf("seed %d, %s, bound %d ms%n", seed, faults, bound.toMillis());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            int number = i;
            threads.add(thread("reader", () -> read(new Random(seed + number))));
        }
        threads.add(thread("changer", () -> change(new Random(seed - 1))));
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end && wrong.isEmpty()) {
            Thread.sleep(500 + plan.nextInt(2_500));
            Fault fault = faults.get(plan.nextInt(faults.size()));
            try {
                strike(fault, plan.nextInt(cluster.nodes().size()));
            } catch (IOException | SQLException e) {
                wrong.add(fault + " could not be done: " + e.getMessage());
            }
        }
        running.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
        if (wrong.isEmpty()) {
            settle();
        }
        System.out.println(counts);
        System.out.printf("believed longest after a change was answered: %d ms%n", longest.get() / 1_000_000);
        wrong.forEach(one -> System.out.println("NOT EXPLAINED: " + one));
        System.out.println(wrong.isEmpty() ? "every answer is explained" : "seed=" + seed + " repeats the plan");
        return wrong.isEmpty();
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void count(String what) {
        counts.computeIfAbsent(what, any -> new AtomicLong()).incrementAndGet();
    }

    private void strike(Fault fault, int which) throws IOException, InterruptedException, SQLException {
        count("fault " + fault.name().toLowerCase(Locale.ROOT));
        Node node = cluster.node(which);
        switch (fault) {
            case KILL -> {
                node.kill();
                Thread.sleep(plan.nextInt(2_000));
                node.start();
            }
            case PAUSE -> {
                node.pause();
                try {
                    Thread.sleep(200 + plan.nextInt(2 * (int) bound.toMillis()));
                } finally {
                    node.resume();
                }
            }
            case CUT ->
                cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                        + " and query ilike 'listen%' and pid <> pg_backend_pid()");
            case RESTART -> {
                int rc = new ProcessBuilder("sh", "-c", String.valueOf(restart))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                if (rc != 0) {
                    throw new IOException("the command ended with " + rc);
                }
            }
            case CLOCK -> node.shiftClock(plan.nextInt(14_400) - 7_200);
        }
    }

    /** Asks any node with any token. */
    private void read(Random random) {
        while (running.get()) {
            LockSupport.parkNanos(5_000_000);
            if (!tokens.isEmpty()) {
                ask(
                        tokens.get(random.nextInt(tokens.size())),
                        cluster.node(random.nextInt(cluster.nodes().size())));
            }
        }
    }

    private void ask(History token, Node node) {
        long begun = System.nanoTime();
        try {
            HttpResponse<String> answer = node.current(token.text);
            long ended = System.nanoTime();
            count("answer " + answer.statusCode());
            if (answer.statusCode() == 200) {
                Set<String> abilities = abilities(answer.body());
                longest.accumulateAndGet(token.belief(begun, abilities), Math::max);
                check(token.fault(begun, ended, abilities));
            } else if (answer.statusCode() == 401) {
                check(token.fault(begun, ended, null));
            } else if (answer.statusCode() != 503) {
                wrong.add("answered with " + answer.statusCode() + ": " + answer.body());
            }
        } catch (IOException e) {
            count("no answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(@Nullable String fault) {
        if (fault != null) {
            wrong.add(fault);
        }
    }

    private static Set<String> abilities(String json) {
        Set<String> found = new HashSet<>();
        Matcher list = ABILITIES.matcher(json);
        if (list.find()) {
            for (String one : list.group(1).split(",", -1)) {
                found.add(one.replace("\"", ""));
            }
        }
        return found;
    }

    /** Issues, narrows and revokes, by a node, by another program on the same table, and by plain SQL. */
    private void change(Random random) {
        while (running.get()) {
            LockSupport.parkNanos(30_000_000);
            long now = System.nanoTime();
            tokens.removeIf(
                    token -> token.isUnknown() || token.isRevoked() && now - token.settled() > 3 * bound.toNanos());
            List<History> live =
                    tokens.stream().filter(token -> !token.isRevoked()).toList();
            try {
                if (live.size() < LIVE) {
                    issue();
                } else {
                    change(live.get(random.nextInt(live.size())), random);
                }
            } catch (IOException | SQLException | TokenStoreException e) {
                count("change without an answer");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void issue() {
        String text = direct.issue(TokenRequest.of(Owner.of("user", 1), "chaos", WHOLE.toArray(String[]::new)))
                .plainText()
                .reveal();
        tokens.add(new History(text, WHOLE, bound));
        count("change issued");
    }

    private void change(History token, Random random) throws IOException, InterruptedException, SQLException {
        TokenId id = direct.authenticate(token.text) instanceof Verdict.Accepted accepted
                ? accepted.token().id()
                : null;
        if (id == null) {
            wrong.add("the database does not know a token that was issued and not revoked");
            return;
        }
        int how = random.nextInt(4);
        token.begin(how == 0 ? NARROW : null);
        switch (how) {
            case 0 -> direct.narrow(id, Abilities.of(NARROW));
            case 1 -> {
                int status =
                        cluster.node(random.nextInt(cluster.nodes().size())).revoke(token.text);
                if (status != 204) {
                    count("revocation answered with " + status);
                    throw new IOException("not answered");
                }
            }
            case 2 ->
                cluster.sql("update personal_access_tokens set revoked_at = now() at time zone 'UTC',"
                        + " expires_at = now() at time zone 'UTC' - interval '1 second', updated_at = now() at time zone 'UTC'"
                        + " where id = " + id);
            default -> cluster.sql("delete from personal_access_tokens where id = " + id);
        }
        token.answered();
        count(how == 0 ? "change narrowed" : "change revoked");
    }

    /** Once it is quiet, every node has to know every token as it is. */
    private void settle() throws InterruptedException {
        Thread.sleep(bound.toMillis() + 1_000);
        for (History token : tokens) {
            for (Node node : cluster.nodes()) {
                ask(token, node);
            }
        }
        if (counts.getOrDefault("answer 200", new AtomicLong()).get() == 0) {
            wrong.add("nobody was ever let in");
        }
    }
}
