package dev.sanctum4j.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Honest sign-ins, all at once and each with a right password, alone and beside somebody who guesses on many connections from one
 * address: how many succeed, and how long they take. Needs Linux, where a host has all of 127.0.0.0/8.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.SignInFlood PORT EMAIL PASSWORD [HONEST] [CONNECTIONS]</pre>
 */
public final class SignInFlood {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final int port;
    private final String email;
    private final String password;

    private SignInFlood(int port, String email, String password) {
        this.port = port;
        this.email = email;
        this.password = password;
    }

    /** Floods the server on this port of 127.0.0.1 and prints what became of the honest. */
    public static void main(String[] args) throws Exception {
        SignInFlood flood = new SignInFlood(Integer.parseInt(args[0]), args[1], args[2]);
        int honest = args.length > 3 ? Integer.parseInt(args[3]) : 36;
        int connections = args.length > 4 ? Integer.parseInt(args[4]) : 200;
        flood.run(honest, 0, "warm");
        flood.run(honest, 0, "alone");
        flood.run(honest, connections, "beside a flood");
        flood.run(1, connections, "one, beside a flood");
    }

    private void run(int honest, int connections, String label) throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        Map<Integer, Integer> guesses = new TreeMap<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < connections; i++) {
                threads.execute(() -> guess(running, guesses));
            }
            if (connections > 0) {
                Thread.sleep(5_000);
            }
            List<Future<Double>> signIns = new ArrayList<>();
            for (int i = 0; i < honest; i++) {
                String address = "127.0.1." + (i + 1);
                signIns.add(threads.submit(() -> signIn(address)));
            }
            List<Double> seconds = new ArrayList<>();
            for (Future<Double> signIn : signIns) {
                double took = signIn.get();
                if (took <= LIMIT.toSeconds()) {
                    seconds.add(took);
                }
            }
            Collections.sort(seconds);
            System.out.printf(
                    "%s: %d of %d succeeded in %d s, half of them in %.2f s, all in %.2f s%n",
                    label,
                    seconds.size(),
                    honest,
                    LIMIT.toSeconds(),
                    seconds.isEmpty() ? Double.NaN : seconds.get(seconds.size() / 2),
                    seconds.isEmpty() ? Double.NaN : seconds.get(seconds.size() - 1));
        } finally {
            running.set(false);
            threads.shutdown();
        }
        if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the flood does not end");
        }
        synchronized (guesses) {
            if (connections > 0) {
                System.out.printf("  the flood of %d connections was answered with %s%n", connections, guesses);
            }
        }
    }

    /** Guesses as fast as one connection can, each time another name. */
    private void guess(AtomicBoolean running, Map<Integer, Integer> guesses) {
        int number = 0;
        while (running.get()) {
            try (Connection connection = new Connection("127.0.0.1")) {
                while (running.get()) {
                    int status = connection.post("victim" + number++ + "@example.test", "wrong");
                    synchronized (guesses) {
                        guesses.merge(status, 1, Integer::sum);
                    }
                }
            } catch (IOException e) { // closed by the server: another one
                synchronized (guesses) {
                    guesses.merge(0, 1, Integer::sum);
                }
            }
        }
    }

    /** Returns after how many seconds somebody from this address got a token; more than the limit if they got none. */
    private double signIn(String address) {
        long begin = System.nanoTime();
        try (Connection connection = new Connection(address)) {
            int status = connection.post(email, password);
            return status == 200 ? (System.nanoTime() - begin) / 1e9 : Double.POSITIVE_INFINITY;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection from an address. */
    private final class Connection implements AutoCloseable {

        private final Socket socket = new Socket();
        private final BufferedReader reader;

        Connection(String address) throws IOException {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        int post(String name, String secret) throws IOException {
            String body = "email=" + encoded(name) + "&password=" + encoded(secret) + "&device_name=flood";
            String request = "POST /sanctum/token HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String first = reader.readLine();
            if (first == null) {
                throw new IOException("closed");
            }
            boolean chunked = false;
            int length = 0;
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                String small = line.toLowerCase(Locale.ROOT);
                chunked |= small.startsWith("transfer-encoding:");
                length = small.startsWith("content-length:")
                        ? Integer.parseInt(small.substring(15).trim())
                        : length;
            }
            do {
                length = chunked ? Integer.parseInt(reader.readLine().trim(), 16) : length;
                for (int i = 0; i < length + (chunked ? 2 : 0); i++) {
                    if (reader.read() < 0) {
                        throw new IOException("closed");
                    }
                }
            } while (chunked && length > 0);
            return Integer.parseInt(first.split(" ", 3)[1]);
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
