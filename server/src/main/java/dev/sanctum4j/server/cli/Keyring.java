package dev.sanctum4j.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The keyring of the platform, by the program that comes with it. A secret goes to its standard input and comes from its standard output:
 * what stands among arguments, every user of the machine can read.
 */
final class Keyring {

    private static final String SERVICE = "sanctum4j";
    private static final int MAX_SECRET = 4_096;
    private static final long PATIENCE_SECONDS = 60; // somebody may have to unlock it

    private final List<String> store;
    private final Function<String, String> typed;
    private final List<String> find;
    private final List<String> forget;
    private final String account;

    private Keyring(
            List<String> store,
            Function<String, String> typed,
            List<String> find,
            List<String> forget,
            String account) {
        this.store = store;
        this.typed = typed;
        this.find = find;
        this.forget = forget;
        this.account = account;
    }

    /** The one of this machine, for the token of a server. */
    static Keyring of(ServerUrl server) {
        return System.getProperty("os.name", "").startsWith("Mac")
                ? mac("/usr/bin/security", server)
                : secretTool("secret-tool", server);
    }

    /** That of GNOME, KDE and others, which speak the Secret Service. */
    static Keyring secretTool(String program, ServerUrl server) {
        List<String> which = List.of("service", SERVICE, "server", server.toString());
        return new Keyring(
                words(List.of(program, "store", "--label=Sanctum4j " + server), which),
                token -> token,
                words(List.of(program, "lookup"), which),
                words(List.of(program, "clear"), which),
                server.toString());
    }

    /** That of macOS, whose program takes a secret on standard input only as part of a command. */
    static Keyring mac(String program, ServerUrl server) {
        List<String> which = List.of("-s", SERVICE, "-a", server.toString());
        return new Keyring(
                List.of(program, "-i"),
                token -> "add-generic-password -U -s " + SERVICE + " -a \"" + server + "\" -w \"" + token + "\"\n",
                words(List.of(program, "find-generic-password", "-w"), which),
                words(List.of(program, "delete-generic-password"), which),
                server.toString());
    }

    private static List<String> words(List<String> begin, List<String> end) {
        return Stream.concat(begin.stream(), end.stream()).toList();
    }

    /** Keeps a token. Returns whether it is there now; where there is no keyring, it is not. */
    boolean store(String token) {
        return run(store, typed.apply(token)).isPresent()
                && find().filter(token::equals).isPresent();
    }

    /** The token; empty if there is none, or the keyring does not give it. */
    Optional<String> find() {
        return run(find, "").map(String::strip).filter(token -> !token.isEmpty());
    }

    /** Forgets the token. Returns whether none is there now that the keyring would give. */
    boolean forget() {
        run(forget, "");
        return find().isEmpty();
    }

    /** What a program answers; empty if it is not there or ends with something else than 0. */
    private static Optional<String> run(List<String> command, String input) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD) // it may repeat what it was given
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return Optional.empty();
            }
            byte[] answer = process.getInputStream().readNBytes(MAX_SECRET + 1);
            return answer.length > MAX_SECRET
                    ? Optional.empty()
                    : Optional.of(new String(answer, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroy();
        }
    }

    @Override
    public String toString() {
        return "Keyring[" + account + "]";
    }
}
