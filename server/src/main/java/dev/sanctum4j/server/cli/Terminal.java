package dev.sanctum4j.server.cli;

import dev.sanctum4j.server.cli.Contexts.Migrations;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command reads from and writes to. Answers go to standard output, everything else to standard error. Secrets are
 * read from a prompt that shows nothing, or from standard input: never from the command line, where other users and the
 * shell's history see them.
 */
final class Terminal {

    /** Besides what JSON escapes anyway. */
    private static final Pattern OBEYED = Pattern.compile("[\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]");

    private final Contexts contexts;
    private final BufferedReader in;
    private final PrintStream out;
    private final PrintStream err;
    private final @Nullable Console console;
    private final BooleanSupplier shown;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answer in JSON, for programs.")
    private boolean json;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Tell on standard error what happens.")
    private boolean verbose;

    Terminal(
            Contexts contexts,
            BufferedReader in,
            PrintStream out,
            PrintStream err,
            @Nullable Console console,
            BooleanSupplier shown) {
        this.contexts = contexts;
        this.in = in;
        this.out = out;
        this.err = err;
        this.console = console;
        this.shown = shown;
    }

    boolean verbose() {
        return verbose;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Server open() {
        return open(Migrations.REFUSE);
    }

    Server open(Migrations migrations) {
        ConfigurableApplicationContext context = contexts.start(migrations, verbose);
        return new Server(context);
    }

    /** As JSON. What a screen would obey and not show is escaped: a server may have chosen it. */
    static String json(Object value) {
        return OBEYED.matcher(JsonMapper.shared().writeValueAsString(value))
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }

    /** An object for programs, by names and values in turn, which is also the order in which they are told. */
    static Map<String, Object> object(Object... members) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            object.put(members[i].toString(), members[i + 1]);
        }
        return object;
    }

    /** Answers: an object or a list for programs, a text for people. */
    void answer(Object forPrograms, String forPeople) {
        out.println(json ? json(forPrograms) : forPeople);
    }

    /**
     * Answers with a secret that a program is to have.
     *
     * @throws RefusedException if whoever was to have it is gone
     */
    void hand(Object forPrograms, String secret) {
        answer(forPrograms, secret);
        if (out.checkError()) {
            throw new RefusedException("Nobody took the token.");
        }
    }

    /** @throws RefusedException if answers appear on a screen, where a secret has no place */
    void requireReader() {
        if (shown.getAsBoolean()) {
            throw RefusedException.usage("The token is written to a pipe or a file, never to a terminal: add '> token'"
                    + " or '| program'.");
        }
    }

    /** Whether the answer is for programs. */
    boolean isForPrograms() {
        return json;
    }

    /** Begins to answer with a list that may be long. */
    Items items() {
        return new Items();
    }

    /** A list that is written as it comes. */
    final class Items {

        private String before = "[";

        private Items() {}

        void add(Object item) {
            out.print(before + json(item));
            before = ",";
        }

        /** Ends the list for programs; people get a table. */
        void end(Table forPeople) {
            out.println(!json ? forPeople.toString() : before.equals("[") ? "[]" : "]");
        }
    }

    /** Whether somebody types. */
    boolean isTyped() {
        return console != null;
    }

    /** Tells something that is not the answer. */
    void note(String text) {
        err.println(text);
    }

    /** Tells how far long work is; on one line where somebody looks on. */
    void progress(String text) {
        err.print(console == null ? text + System.lineSeparator() : "\r" + text);
    }

    /** Ends the line of {@link #progress}. */
    void progressEnds() {
        if (console != null) {
            err.println();
        }
    }

    /** Reads a secret, as it was typed. */
    String secret(String what) {
        if (console != null) {
            char[] typed = console.readPassword("%s: ", what);
            return typed == null ? "" : new String(typed);
        }
        try {
            String line = in.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a new password, twice if somebody types. */
    String newPassword() {
        String password = secret("Password");
        if (console != null && !password.equals(secret("Again"))) {
            throw new RefusedException("The two are not the same. Nothing was changed.");
        }
        return password;
    }
}
