package dev.sanctum4j.server.cli;

import dev.sanctum4j.server.cli.RemoteTokens.Issued;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a program a token of its own for as long as it runs. Speaks HTTP only: there is no context and no database here. */
@Command(
        name = "exec",
        description = {
            "Runs a command with a token of its own, which ends with it: by its end, by a signal, and after",
            "--lifetime where this program is killed. The server is SANCTUM_URL. The token that issues it, which has",
            "tokens:delegate, is SANCTUM_PARENT_TOKEN, which the command does not get. Its own is SANCTUM_TOKEN.",
            "Ends with the exit code of the command; 127 if it cannot be started."
        })
final class ExecCommand implements Callable<Integer> {

    private static final String PARENT = "SANCTUM_PARENT_TOKEN";

    /** What the command finds its token in, unless told otherwise, and other commands of ours the one of who is signed in. */
    private static final String TOKEN = "SANCTUM_TOKEN";

    private static final String URL = "SANCTUM_URL";
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int NOT_STARTED = 127;
    private static final long GRACE_SECONDS = 10;

    private final Terminal terminal;
    private final Map<String, String> environment;

    @Option(
            names = "--ability",
            required = true,
            paramLabel = "NAME",
            description = "What the command may do; repeat it for more.")
    private List<String> abilities = List.of();

    @Option(
            names = "--actor",
            required = true,
            paramLabel = "TEXT",
            description = "Who runs, like 'claude-code, run 8f3c': in lists and in the audit log.")
    private String actor = "";

    @Option(names = "--name", paramLabel = "TEXT", description = "What the token is called; 'exec' unless given.")
    private String name = "exec";

    @Option(
            names = "--lifetime",
            paramLabel = "DURATION",
            description = "How long it lasts at most, like 30m or 8h; 1h unless given.")
    private String lifetime = "1h";

    @Option(
            names = "--variable",
            paramLabel = "NAME",
            description = "The variable that the command finds its token in; SANCTUM_TOKEN unless given.")
    private String variable = TOKEN;

    @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "The command, behind --, and its arguments.")
    private List<String> command = List.of();

    ExecCommand(Terminal terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        String parent = given(PARENT, "the token that issues the command's");
        if (command.stream().anyMatch(word -> word.contains(parent))) {
            throw RefusedException.usage(
                    "The token stands in the command, where everybody on this machine can read it.");
        }
        if (!VARIABLE.matcher(variable).matches()) {
            throw RefusedException.usage("The variable must have letters, digits and underscores.");
        }
        ServerUrl server = ServerUrl.parse(given(URL, "the server, like https://tokens.example.com"), false);
        RemoteTokens tokens = new RemoteTokens(new Remote(server), parent);
        Duration most = duration(lifetime);
        Run run = new Run(tokens);
        Thread hook = new Thread(run::stop, "sanctum-exec-end");
        Runtime.getRuntime().addShutdownHook(hook);
        if (terminal.isTyped()) {
            leaveInterruptsToTheCommand();
        }
        try {
            return run.start(parent, Clock.systemUTC().instant().plus(most).truncatedTo(ChronoUnit.SECONDS));
        } finally {
            forget(hook);
        }
    }

    private String given(String variable, String what) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            throw RefusedException.usage("Set " + variable + ": " + what + ".");
        }
        return value;
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse("PT" + text);
            if (!duration.isNegative() && !duration.isZero()) {
                return duration;
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw RefusedException.usage("The lifetime must be like 30m or 8h.");
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it runs
        }
    }

    /** One command, from the token it gets to that token's end, whatever comes first. */
    private final class Run {

        private final RemoteTokens tokens;
        private @Nullable Issued token;
        private @Nullable Process process;
        private boolean stopped;

        Run(RemoteTokens tokens) {
            this.tokens = tokens;
        }

        /** Runs the command. Returns its exit code, after its token has ended. */
        int start(String parent, Instant end) throws InterruptedException {
            Process started;
            synchronized (this) { // a signal waits for what is on its way, so that no token is left
                if (stopped) {
                    return ExitCode.REFUSED;
                }
                token = tokens.issue(name, actor, abilities, end);
                try {
                    started = builder(parent, token.text()).start();
                    process = started;
                } catch (IOException e) {
                    terminal.note("The command could not be started: " + command.get(0));
                    return NOT_STARTED;
                } finally {
                    if (process == null) {
                        finish();
                    }
                }
            }
            try {
                return started.waitFor();
            } finally {
                started.destroy();
                synchronized (this) {
                    finish();
                }
            }
        }

        private ProcessBuilder builder(String parent, String text) {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            Map<String, String> variables = builder.environment();
            variables.clear();
            environment.forEach((key, value) -> {
                if (!key.equals(PARENT) && !key.equals(TOKEN) && !value.contains(parent)) {
                    variables.put(key, value);
                }
            });
            variables.put(variable, text);
            return builder;
        }

        private void finish() {
            Issued ended = token;
            token = null;
            if (ended != null && !tokens.end(ended)) {
                terminal.note("The token " + ended.id() + " could not be ended. It ends by itself, after " + lifetime
                        + " at the latest.");
            }
        }

        /** For a signal: ends the command and its token, and this program with the code of the command. */
        synchronized void stop() {
            stopped = true;
            Process running = process;
            int code = ExitCode.REFUSED;
            if (running != null) {
                running.destroy();
                try {
                    if (!running.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                        running.destroyForcibly();
                    }
                    code = running.waitFor();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            finish();
            if (running != null) {
                terminal.out().flush();
                Runtime.getRuntime().halt(code); // or it would be that of the signal
            }
        }
    }

    /** What is typed on a terminal goes to the command as well, which may want to go on. Where that cannot be had, both end. */
    private static void leaveInterruptsToTheCommand() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object deaf = Proxy.newProxyInstance(
                    ExecCommand.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, sent) -> null);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), deaf);
        } catch (ReflectiveOperationException e) {
            // as it is
        }
    }
}
