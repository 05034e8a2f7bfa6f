package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Accepted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Several servers on one database, and what they answer while something happens to it: it issues tokens, revokes some, asks with all
 * of them and with one session, and holds every answer against those that it has got.
 */
final class Witness implements AutoCloseable {

    private static final String EMAIL = "root@example.test";
    private static final String PASSWORD = "correct horse battery staple";
    private static final int NONE = 0;

    /** A token, and when its revocation was answered. */
    private record Revoked(String token, long at) {}

    private final Duration bound;
    private final List<ConfigurableApplicationContext> servers = new ArrayList<>();
    private final List<Client> nodes = new ArrayList<>();
    private final Map<Client, Long> written = new ConcurrentHashMap<>();
    private final List<String> kept = new CopyOnWriteArrayList<>();
    private final List<Revoked> revoked = new CopyOnWriteArrayList<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicInteger> answers = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> work = new ArrayList<>();
    private volatile boolean running = true;

    /**
     * Starts servers, and work for them.
     *
     * @param bound after which no node may let in what was revoked
     * @param urls of the database, one for each server
     */
    Witness(Duration bound, List<String> urls, String... settings) {
        this.bound = bound;
        try {
            urls.forEach(url -> servers.add(start(url, settings)));
            for (ConfigurableApplicationContext server : servers) {
                nodes.add(client(server));
            }
            begin();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    static ConfigurableApplicationContext start(String url, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--SANCTUM_DATABASE_URL=" + url,
                "--SANCTUM_DATABASE_USERNAME=" + (url.startsWith("jdbc:postgresql:") ? "postgres" : "root"),
                "--SANCTUM_ADMIN_EMAIL=" + EMAIL,
                "--SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                "--PORT=0",
                "--MANAGEMENT_PORT=0"));
        all.addAll(List.of(settings));
        try {
            return SanctumServer.application(Map.of("SANCTUM_DATABASE_URL", url))
                    .run(all.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Client client(ConfigurableApplicationContext server) {
        return new Client(server.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private void begin() {
        Tokens tokens = servers.get(0).getBean(Tokens.class);
        Accepted admin = (Accepted) tokens.authenticate(nodes.get(0).exchange(EMAIL, PASSWORD));
        AccessToken known = admin.token();
        String issuer = tokens.issue(TokenRequest.of(known.owner(), "issuer", Abilities.MANAGE_TOKENS, "*"))
                .plainText()
                .reveal();
        kept.add(issuer);
        assertThat(nodes.get(0).signIn(EMAIL, PASSWORD)).isEqualTo(204);
        for (Client node : nodes) {
            Client page = client(servers.get(nodes.indexOf(node)));
            page.cookies.putAll(nodes.get(0).cookies);
            work.add(threads.submit(() -> repeat(5, () -> ask(node))));
            work.add(threads.submit(() -> repeat(20, () -> write(node, issuer))));
            work.add(threads.submit(() ->
                    repeat(50, () -> accepts(node.base + ", the session", () -> page.page("GET", "/api/user", "")))));
        }
    }

    ConfigurableApplicationContext server(int i) {
        return servers.get(i);
    }

    private void repeat(int pause, Runnable act) {
        while (running) {
            act.run();
            try {
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(pause) + 1L);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void ask(Client node) {
        String good = kept.get(ThreadLocalRandom.current().nextInt(kept.size()));
        accepts(node.base + ", a good token", () -> node.bearer("GET", "/api/user", good));
        int last = revoked.size();
        if (last > 0) {
            refuses(node, revoked.get(last - 1 - ThreadLocalRandom.current().nextInt(Math.min(last, 5))));
        }
    }

    private int accepts(String what, Supplier<HttpResponse<String>> request) {
        int status = status(request);
        if (status / 100 != 2 && status != 503 && status != NONE) {
            faults.add(what + ": " + status);
        }
        return status;
    }

    private int refuses(Client node, Revoked one) {
        long late = System.nanoTime() - one.at();
        int status = status(() -> node.bearer("GET", "/api/user", one.token()));
        if (status == 200 && late > bound.toNanos()) {
            faults.add(node.base + " let in a token " + TimeUnit.NANOSECONDS.toMillis(late)
                    + " ms after its revocation was answered");
        } else if (status != 200 && status != 401 && status != 503 && status != NONE) {
            faults.add(node.base + ", a revoked token: " + status);
        }
        return status;
    }

    /** Issues a token, and keeps or revokes it. */
    private void write(Client node, String issuer) {
        long began = System.nanoTime();
        List<String> made = new ArrayList<>();
        accepts(node.base + ", a new token", () -> {
            HttpResponse<String> answer =
                    node.withBearer("POST", "/api/tokens", issuer, "{\"name\":\"one of many\",\"abilities\":[\"*\"]}");
            if (answer.statusCode() / 100 == 2) {
                made.add(Client.json(answer).get("token").asString());
            }
            return answer;
        });
        if (made.isEmpty()) {
            return;
        }
        written.put(node, began);
        if (ThreadLocalRandom.current().nextInt(4) == 0) {
            kept.add(made.get(0));
        } else if (accepts(
                        node.base + ", a revocation", () -> node.bearer("DELETE", "/api/tokens/current", made.get(0)))
                == 204) {
            revoked.add(new Revoked(made.get(0), System.nanoTime()));
        }
    }

    private int status(Supplier<HttpResponse<String>> request) {
        int status;
        try {
            status = request.get().statusCode();
        } catch (UncheckedIOException e) {
            status = NONE;
        }
        answers.computeIfAbsent(status, any -> new AtomicInteger()).incrementAndGet();
        return status;
    }

    /** How many milliseconds it takes from now on until servers have written something that was begun after now. */
    long untilWritten(int... which) throws Exception {
        long from = System.nanoTime();
        return Programs.await(
                "a write of every server",
                60,
                () -> Arrays.stream(which)
                        .mapToObj(i -> written.get(nodes.get(i)))
                        .allMatch(began -> began != null && began - from > 0));
    }

    /** Ends the work, asks every server once more for everything that it answered, and says what was seen. */
    String judge() throws Exception {
        running = false;
        for (Future<?> one : work) {
            one.get(100, TimeUnit.SECONDS);
        }
        String seen = kept.size() + " tokens kept and " + revoked.size() + " revoked, answers " + answers;
        for (Client node : nodes) {
            for (String token : kept) {
                assertThat(node.bearer("GET", "/api/user", token).statusCode())
                        .as("a token that was issued, at " + node.base)
                        .isEqualTo(200);
            }
            for (Revoked one : revoked) {
                assertThat(node.bearer("GET", "/api/user", one.token()).statusCode())
                        .as("a token that was revoked, at " + node.base)
                        .isEqualTo(401);
            }
        }
        assertThat(faults).isEmpty();
        assertThat(revoked).hasSizeGreaterThan(20);
        return seen;
    }

    @Override
    public void close() {
        running = false;
        threads.shutdownNow();
        servers.forEach(ConfigurableApplicationContext::close);
    }
}
