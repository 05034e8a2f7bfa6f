package dev.sanctum4j.benchmarks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long an honest caller waits while others send texts that are no tokens over many connections: with a wrong checksum after
 * a prefix of ours, which is refused unasked, and of 48 random characters, each of which is looked up. The honest one has a
 * token that it uses again and again, and others that nobody has used before.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.Flood URL TOKEN [CONNECTIONS] [SECONDS] [ROUNDS]</pre>
 *
 * <p>The token may manage tokens ({@code tokens:manage}), and the server lets its owner have some hundreds.
 */
public final class Flood {

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int COLD = 150;
    private static final Pattern TEXT = Pattern.compile("\"token\":\"([^\"]+)\"");

    private final URI url;
    private final String token;

    private Flood(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /** Measures the three in turn, and prints a row for each. */
    public static void main(String[] args) throws Exception {
        int connections = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 6;
        int rounds = args.length > 4 ? Integer.parseInt(args[4]) : 3;
        Flood flood = new Flood(URI.create(args[0]), args[1]);
        for (int round = 0; round < rounds; round++) {
            flood.measure("nobody else", 0, seconds, () -> "");
            flood.measure("wrong checksums", connections, seconds, () -> "pat_" + random(46));
            flood.measure("48 characters", connections, seconds, () -> random(48));
        }
    }

    private static String random(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    private void measure(String what, int connections, int seconds, Supplier<String> texts) throws Exception {
        List<String> fresh = new ArrayList<>();
        try (Connection honest = new Connection(url)) {
            for (int i = 0; i < COLD; i++) {
                Answer made = honest.send(
                        "POST", "/api/tokens", token, "{\"name\":\"flood\",\"abilities\":[\"orders:read\"]}");
                Matcher text = TEXT.matcher(made.body());
                if (!text.find()) {
                    throw new IllegalStateException("no token was made: " + made.status() + " " + made.body());
                }
                fresh.add(text.group(1));
            }
        }
        LongAdder refused = new LongAdder();
        LongAdder odd = new LongAdder();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(null, () -> flood(texts, refused, odd), "flood", 128 * 1024);
            thread.start();
            threads.add(thread);
        }
        Thread.sleep(connections == 0 ? 0 : 1500);
        long before = refused.sum();
        long start = System.nanoTime();
        long pause = seconds * 1_000_000_000L / COLD;
        List<Long> warm = new ArrayList<>();
        List<Long> cold = new ArrayList<>();
        int failed = 0;
        try (Connection honest = new Connection(url)) {
            honest.send("GET", "/api/user", token, "");
            for (int i = 0; i < COLD; i++) {
                while (System.nanoTime() < start + i * pause) {
                    Thread.sleep(1);
                }
                failed += timed(honest, token, warm) + timed(honest, fresh.get(i), cold);
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        double rate = (refused.sum() - before) / took;
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        try (Connection honest = new Connection(url)) {
            for (String one : fresh) {
                honest.send("DELETE", "/api/tokens/current", one, "");
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-16s %7.0f refused/s  used before: p50 %6.1f p99 %6.1f ms  never used: p50 %6.1f p99 %6.1f ms"
                        + "  not let in: %d  neither 401: %d%n",
                what,
                rate,
                at(warm, 0.5),
                at(warm, 0.99),
                at(cold, 0.5),
                at(cold, 0.99),
                failed,
                odd.sum());
    }

    private static int timed(Connection honest, String token, List<Long> times) throws IOException {
        long start = System.nanoTime();
        int status = honest.send("GET", "/api/user", token, "").status();
        times.add(System.nanoTime() - start);
        return status == 200 ? 0 : 1;
    }

    private static double at(List<Long> times, double part) {
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        return Arrays.stream(sorted)
                        .skip((long) (part * (sorted.length - 1)))
                        .findFirst()
                        .orElse(0)
                / 1e6;
    }

    private void flood(Supplier<String> texts, LongAdder refused, LongAdder odd) {
        try (Connection connection = new Connection(url)) {
            while (!Thread.currentThread().isInterrupted()) {
                if (connection.send("GET", "/api/user", texts.get(), "").status() == 401) {
                    refused.increment();
                } else {
                    odd.increment();
                }
            }
        } catch (IOException e) {
            odd.increment();
        }
    }

    private record Answer(int status, String body) {}

    /** One that stays open, and waits for each answer before it asks again. */
    private static final class Connection implements Closeable {

        private static final int REQUESTS = 90; // Tomcat closes after a hundred

        private final URI url;
        private Socket socket;
        private InputStream in;
        private int sent;

        Connection(URI url) throws IOException {
            this.url = url;
            socket = open();
            in = new BufferedInputStream(socket.getInputStream());
        }

        private Socket open() throws IOException {
            Socket opened = new Socket(url.getHost(), url.getPort());
            opened.setTcpNoDelay(true);
            opened.setSoTimeout(60_000);
            return opened;
        }

        Answer send(String method, String path, String token, String body) throws IOException {
            if (++sent % REQUESTS == 0) {
                socket.close();
                socket = open();
                in = new BufferedInputStream(socket.getInputStream());
            }
            String request = method + " " + path + " HTTP/1.1\r\nHost: " + url.getAuthority()
                    + "\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\nAuthorization: Bearer " + token + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            int status = Integer.parseInt(line().split(" ", 3)[1]);
            int length = 0;
            boolean chunked = false;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String name = header.toLowerCase(Locale.ROOT);
                if (name.startsWith("content-length:")) {
                    length = Integer.parseInt(name.substring(15).strip());
                }
                chunked |= name.startsWith("transfer-encoding: chunked");
            }
            if (!chunked) {
                return new Answer(status, new String(in.readNBytes(length), StandardCharsets.UTF_8));
            }
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); ; size = Integer.parseInt(line(), 16)) {
                whole.write(in.readNBytes(size));
                line();
                if (size == 0) {
                    return new Answer(status, whole.toString(StandardCharsets.UTF_8));
                }
            }
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the connection was closed");
                }
                if (c != '\r') {
                    line.write(c);
                }
            }
            return line.toString(StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
