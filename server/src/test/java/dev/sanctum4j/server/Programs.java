package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs of databases that a test starts by itself, in a folder of its own. Root starts them as whom they want. */
public final class Programs implements AutoCloseable {

    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    /** Of what two forks are given, nothing is the same. */
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(10_000
            + Integer.getInteger("fork", 1) % 2 * 11_000
            + ThreadLocalRandom.current().nextInt(9_000));

    final Path folder;
    private final String user;

    Programs(String user) throws Exception {
        this.user = user;
        this.folder = Files.createTempDirectory("sanctum-" + user);
        if (ROOT) {
            end(new ProcessBuilder("chown", user, folder.toString()).start());
        }
    }

    /** Where a program is; ends the test where it is not. */
    static Path find(String program, String packages, String... folders) {
        Optional<Path> found = Stream.concat(Stream.of(folders).map(Path::of), newest("/usr/lib/postgresql"))
                .map(folder -> folder.resolve(program))
                .filter(Files::exists)
                .findFirst();
        if (found.isEmpty()) {
            String why = "there is no " + program + ": install " + packages;
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        return found.orElseThrow();
    }

    private static Stream<Path> newest(String versions) {
        if (!Files.isDirectory(Path.of(versions))) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(Path.of(versions))) {
            return all.sorted((one, other) -> other.compareTo(one)).toList().stream()
                    .map(version -> version.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that nobody is given meanwhile: no client, for theirs begin at 32768, and no other who asks here. */
    public static int freePort() {
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

    /** Starts one, which writes into a log in the folder. */
    Process start(String name, String... command) throws IOException {
        List<String> prefix =
                ROOT ? List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups") : List.of();
        return new ProcessBuilder(
                        Stream.concat(prefix.stream(), Stream.of(command)).toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
                .start();
    }

    /** Runs one to its end, which is a good one. */
    void run(String name, String... command) throws Exception {
        if (end(start(name, command)) != 0) {
            throw new IOException(String.join(" ", command) + ":\n" + Files.readString(log(name)));
        }
    }

    private Path log(String name) {
        return folder.resolveSibling(folder.getFileName() + "-" + name + ".log");
    }

    String logged(String name) throws IOException {
        return Files.readString(log(name));
    }

    private static int end(Process process) throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("it does not end: " + process.info());
        }
        return process.exitValue();
    }

    /** Waits for something that may fail until it is there, and says how long that took. */
    static long await(String what, int seconds, Callable<Boolean> fact) throws Exception {
        long from = System.nanoTime();
        Exception last = null;
        while (System.nanoTime() - from < TimeUnit.SECONDS.toNanos(seconds)) {
            try {
                if (fact.call()) {
                    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
                }
            } catch (Exception e) {
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError(what + " not within " + seconds + " s", last);
    }

    @Override
    public void close() throws Exception {
        end(new ProcessBuilder("sh", "-c", "rm -rf " + folder + " " + folder + "-*.log").start());
    }
}
