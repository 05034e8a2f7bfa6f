package dev.sanctum4j.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What strangers may send, as much of it as this machine can, and beside it honest requests fifty times a second, each by a connection
 * of its own: how many were answered, and when. Against the server, whose administrator's e-mail address and password it has.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.Floods PORT EMAIL PASSWORD FLOOD SECONDS [COUNT]</pre>
 *
 * where a flood is {@code quiet}, {@code headers}, {@code bodies}, {@code idle}, {@code readers} or {@code slow}, which is all of these (of COUNT sockets, 2,000
 * unless told), {@code names} (sign-ins of people there are not), {@code tokens} (refused ones), {@code large} (bodies of 50 MB) or
 * {@code operations} (COUNT tokens issued and revoked, however long it takes).
 */
public final class Floods {

    private static final String JSON = "application/json";
    private static final int CONNECTIONS = 200;
    private static final int OFTEN = 50;
    private static final int A_SECOND = 200;

    private final int port;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, AtomicInteger> answers = new ConcurrentSkipListMap<>();
    private volatile boolean over;

    private Floods(int port) {
        this.port = port;
    }

    /** Runs one flood and prints what honest callers felt of it. */
    public static void main(String[] args) throws Exception {
        Floods floods = new Floods(Integer.parseInt(args[0]));
        String kind = args[3];
        Duration time = Duration.ofSeconds(Long.parseLong(args[4]));
        int count = args.length > 5 ? Integer.parseInt(args[5]) : 2_000;
        String token = floods.exchange(args[1], args[2]);
        String refused = floods.exchange(args[1], args[2]);
        floods.send("DELETE", "/api/tokens/current", refused, JSON, "");
        ExecutorService threads = Executors.newCachedThreadPool();
        floods.honest(token, Duration.ofSeconds(5)); // warms up
        switch (kind) {
            case "quiet" -> {}
            case "headers", "bodies", "idle", "readers", "slow" -> threads.execute(() -> floods.slow(kind, count));
            case "names" -> floods.repeat(threads, random -> floods.exchanged(name(random), "guess"));
            case "tokens" ->
                floods.repeat(
                        threads,
                        random -> floods.send(
                                "GET",
                                "/api/user",
                                random.nextBoolean() ? refused : "pat_" + random.nextLong(),
                                JSON,
                                ""));
            case "large" -> floods.repeat(threads, random -> floods.large(random.nextInt(LARGE.length)));
            case "operations" -> threads.execute(() -> floods.operations(token, count));
            default -> throw new IllegalArgumentException("no flood is called " + kind);
        }
        System.out.println(kind + ": " + floods.honest(token, kind.equals("operations") ? Duration.ofDays(1) : time));
        floods.over = true;
        System.out.println("  answers to the flood: " + floods.answers);
        System.exit(0); // and its sockets are closed
    }

    private String exchange(String email, String password) throws IOException, InterruptedException {
        HttpResponse<String> answer = exchanged(email, password);
        while (answer.statusCode() == 429) { // the flood before came from this address as well
            TimeUnit.SECONDS.sleep(
                    Long.parseLong(answer.headers().firstValue("Retry-After").orElse("1")));
            answer = exchanged(email, password);
        }
        if (answer.statusCode() != 200) {
            throw new IOException("the administrator was not let in: " + answer.statusCode());
        }
        return answer.body();
    }

    private HttpResponse<String> exchanged(String email, String password) throws IOException, InterruptedException {
        return send(
                "POST",
                "/sanctum/token",
                null,
                "application/x-www-form-urlencoded",
                "email=" + URLEncoder.encode(email, StandardCharsets.UTF_8) + "&password=" + password
                        + "&device_name=flood");
    }

    private HttpResponse<String> send(String method, String path, @Nullable String token, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(30));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Asks who it is as often as told, and says how long that took. */
    private String honest(String token, Duration time) throws InterruptedException {
        List<Long> took = Collections.synchronizedList(new ArrayList<>());
        Map<String, AtomicInteger> failed = Collections.synchronizedMap(new TreeMap<>());
        ExecutorService threads = Executors.newCachedThreadPool();
        long end = System.nanoTime() + time.toNanos();
        while (!over && System.nanoTime() < end) {
            threads.execute(() -> {
                long begun = System.nanoTime();
                String answer = ask(token);
                took.add(System.nanoTime() - begun);
                if (!answer.equals("200")) {
                    failed.computeIfAbsent(answer, any -> new AtomicInteger()).incrementAndGet();
                }
            });
            TimeUnit.MILLISECONDS.sleep(1_000 / OFTEN);
        }
        threads.shutdown();
        threads.awaitTermination(30, TimeUnit.SECONDS);
        List<Long> sorted = took.stream().sorted().toList();
        return String.format(
                "%,d honest requests, failed %s, p50 %.1f ms, p99 %.1f ms, max %.1f ms",
                sorted.size(), failed, at(sorted, 50), at(sorted, 99), at(sorted, 100));
    }

    private static double at(List<Long> sorted, int percent) {
        return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, sorted.size() * percent / 100 - 1)) / 1e6;
    }

    private String ask(String token) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /api/user HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                                    + token + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String first = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            in.readAllBytes();
            return first.length() < 12 ? "closed" : first.substring(9);
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    private void count(String answer) {
        answers.computeIfAbsent(answer, any -> new AtomicInteger()).incrementAndGet();
    }

    /** A request to repeat. */
    private interface Sent {
        HttpResponse<String> by(Random random) throws IOException, InterruptedException;
    }

    private void repeat(ExecutorService threads, Sent sent) {
        for (int i = 0; i < CONNECTIONS; i++) {
            long seed = i;
            threads.execute(() -> {
                Random random = new Random(seed);
                while (!over) {
                    try {
                        count(Integer.toString(sent.by(random).statusCode()));
                    } catch (IOException e) {
                        count(e.getClass().getSimpleName());
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
        }
    }

    /** As long as a name may be, and eighteen times that when it is folded. */
    private static String name(Random random) {
        return "\uFDFA".repeat(230) + random.nextLong();
    }

    private static final String[][] LARGE = {
        {"POST", "/sanctum/token"}, {"POST", "/login"}, {"POST", "/oauth2/introspect"}, {"PUT", "/api/user/password"}
    };

    private HttpResponse<String> large(int route) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + LARGE[route][1]))
                .method(LARGE[route][0], BodyPublishers.ofInputStream(() -> new InputStream() {
                    private long left = 50 << 20;

                    @Override
                    public int read() {
                        return left-- > 0 ? '[' : -1;
                    }

                    @Override
                    public int read(byte[] into, int from, int length) {
                        if (left <= 0) {
                            return -1;
                        }
                        Arrays.fill(into, from, from + length, (byte) '[');
                        left -= length;
                        return length;
                    }
                }))
                .header("Content-Type", JSON)
                .timeout(Duration.ofSeconds(30))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private void operations(String token, int count) {
        List<Thread> workers = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(count);
        for (int i = 0; i < 8; i++) {
            Thread worker = new Thread(() -> {
                while (left.getAndDecrement() > 0) {
                    try {
                        HttpResponse<String> made = send(
                                "POST",
                                "/api/tokens",
                                token,
                                JSON,
                                "{\"name\":\"flood\",\"abilities\":[\"orders:read\"]}");
                        count("issue " + made.statusCode());
                        if (made.statusCode() == 201) {
                            String text = made.body().replaceAll("(?s).*\"token\":\"([^\"]*)\".*", "$1");
                            count("revoke "
                                    + send("DELETE", "/api/tokens/current", text, JSON, "")
                                            .statusCode());
                        }
                    } catch (IOException | InterruptedException e) {
                        count(e.getClass().getSimpleName());
                    }
                }
            });
            worker.start();
            workers.add(worker);
        }
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        over = true;
    }

    /** Opens sockets, lets each say or take one byte a second, and opens another where one was closed. */
    private void slow(String kind, int sockets) {
        try {
            keepOpen(kind, sockets);
        } catch (IOException e) {
            System.out.println("  no more sockets: " + e);
        }
    }

    private void keepOpen(String kind, int sockets) throws IOException {
        String[] kinds = {"headers", "bodies", "idle", "readers"};
        Selector selector = Selector.open();
        int opened = 0;
        long next = System.nanoTime();
        while (!over) {
            selector.select(100);
            selector.selectedKeys().clear();
            if (System.nanoTime() < next) {
                continue;
            }
            for (int end = Math.min(sockets, opened + A_SECOND); opened < end; opened++) {
                open(selector, kind.equals("slow") ? kinds[opened % kinds.length] : kind);
            }
            next += TimeUnit.SECONDS.toNanos(1);
            for (SelectionKey key : List.copyOf(selector.keys())) {
                SocketChannel channel = (SocketChannel) key.channel();
                String what = (String) key.attachment();
                try {
                    if (channel.isConnectionPending()) {
                        channel.finishConnect();
                    }
                    if (channel.isConnected() && key.interestOps() == SelectionKey.OP_CONNECT) {
                        key.interestOps(0);
                        channel.write(ByteBuffer.wrap(begin(what).getBytes(StandardCharsets.US_ASCII)));
                    } else if (channel.isConnected()) {
                        step(channel, what);
                    }
                } catch (IOException e) {
                    count("closed " + what);
                    key.cancel();
                    channel.close();
                    open(selector, what);
                }
            }
        }
    }

    private void open(Selector selector, String what) throws IOException {
        SocketChannel channel = SocketChannel.open();
        if (what.equals("readers")) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 2_048);
        }
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.register(selector, SelectionKey.OP_CONNECT, what);
    }

    private static String begin(String what) {
        return switch (what) {
            case "headers" -> String.join("\r\n", "GET / HTTP/1.1", "Host: localhost", "X-Slow: ");
            case "bodies" ->
                String.join(
                        "\r\n",
                        "POST /sanctum/token HTTP/1.1",
                        "Host: localhost",
                        "Content-Type: application/json",
                        "Content-Length: 1000",
                        "",
                        "");
            case "readers" ->
                String.join("\r\n", "GET /openapi.json HTTP/1.1", "Host: localhost", "", "")
                        .repeat(2);
            default -> "";
        };
    }

    private static void step(SocketChannel channel, String what) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        switch (what) {
            case "headers", "bodies" -> {
                one.put((byte) 'x').flip();
                channel.write(one);
                if (channel.read(ByteBuffer.allocate(1_024)) < 0) {
                    throw new IOException("closed");
                }
            }
            default -> {
                if (channel.read(one) < 0) {
                    throw new IOException("closed");
                }
            }
        }
    }
}
