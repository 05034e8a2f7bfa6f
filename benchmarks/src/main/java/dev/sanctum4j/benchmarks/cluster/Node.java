package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One server, in a process of its own.
 *
 * <p>Requests may come from several threads; starting and stopping is for one.
 */
public final class Node implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(10_000, 32_000));

    private final Path jar;
    private final Map<String, String> settings;
    private final Path log;
    private final Path clocks;
    private final Path clock;
    private final int port;
    private final int management;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private @Nullable Process process;

    Node(Path jar, Map<String, String> settings, Path log) {
        this.jar = jar;
        this.settings = settings;
        this.log = log;
        this.clocks = log.resolveSibling("clock");
        this.clock = log.resolveSibling(log.getFileName() + ".clock");
        this.port = freePort();
        this.management = freePort();
    }

    /** One that nobody is given meanwhile: no client, for theirs begin at 32768, and no other node. */
    private static int freePort() {
        while (true) {
            int port = NEXT_PORT.getAndIncrement();
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException e) {
                // somebody has it
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Gives it another time than that of the machine. */
    void shiftClock(int seconds) throws IOException {
        Files.writeString(clock, seconds + "\n");
    }

    /** Starts it and waits for its first answer. */
    public void start() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dloader.path=" + clocks,
                        "-Dshifted.clock=" + clock,
                        "-cp",
                        jar.toString(),
                        "org.springframework.boot.loader.launch.PropertiesLauncher")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(settings);
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("MANAGEMENT_PORT", Integer.toString(management));
        Process started = builder.start();
        process = started;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                get("/api/user", "none");
                return;
            } catch (IOException e) {
                if (!started.isAlive() || System.nanoTime() > end) {
                    throw new IOException("the server did not start:\n" + Files.readString(log), e);
                }
                Thread.sleep(100);
            }
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60));
    }

    /** Asks with a token. Returns the status. */
    int get(String path, String token) throws IOException, InterruptedException {
        return send(request(path).header("Authorization", "Bearer " + token)).statusCode();
    }

    /** Asks what a token is, with it. */
    HttpResponse<String> current(String token) throws IOException, InterruptedException {
        return send(request("/api/tokens/current")
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + token));
    }

    /** Lets a token end itself. Returns the status. */
    int revoke(String token) throws IOException, InterruptedException {
        return send(request("/api/tokens/current")
                        .header("Authorization", "Bearer " + token)
                        .DELETE())
                .statusCode();
    }

    /** Asks as a page of this host does, with its cookies. */
    HttpResponse<String> page(String method, String path, String cookies, String xsrf, String form)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path)
                .header("Origin", "http://127.0.0.1:" + port)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofString(form));
        if (!cookies.isEmpty()) {
            request.header("Cookie", cookies);
        }
        if (!xsrf.isEmpty()) {
            request.header("X-XSRF-TOKEN", xsrf);
        }
        return send(request);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Stops it where it stands, as a long collection of garbage or a frozen machine does. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on. */
    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (process != null) {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    /** Asks it to stop, and waits until it has. */
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not stop");
            }
        }
    }

    /** Ends it without a word. */
    void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
