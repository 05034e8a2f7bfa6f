package dev.sanctum4j.server.cli;

import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.http.ProblemException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** The command line. See {@code docs/command-line.md}. */
public final class Cli {

    private static final Pattern TOKEN = Pattern.compile("[a-z][a-z0-9]{1,7}_[A-Za-z0-9]{40,}|[0-9]+\\|\\S+");
    private static final int H2_IN_USE = 90_020;

    private Cli() {}

    /** Only for the help of it: the server is started by {@link #serverArguments}. */
    @Command(
            name = "serve",
            description = {
                "Starts the server; so does no command at all.",
                "Settings may follow, like --server.port=8081. Variables: docs/configuration.md."
            })
    private static final class Serve {

        @Unmatched
        @SuppressWarnings("UnusedVariable")
        private String @Nullable [] settings;
    }

    @Command(
            name = "sanctum4j",
            versionProvider = Version.class,
            description = {
                "Tokens and sessions. Works on the database that the server uses;",
                "login, whoami, token, logout, ask and exec speak to a server, wherever that is."
            },
            subcommands = Serve.class,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                " 0:done, or the answer is yes",
                " 1:refused, not there, or the answer is no",
                " 2:the command line cannot be understood",
                "69:the database, or the server, could not be asked",
                "70:a mistake of ours",
                "75:nobody answered in time"
            })
    @SuppressWarnings("UnusedVariable") // picocli writes and reads the fields
    private static final class Root implements Runnable {

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                scope = ScopeType.INHERIT,
                description = "Show this help.")
        private boolean help;

        @Option(
                names = {"-V", "--version"},
                versionHelp = true,
                description = "Show the version.")
        private boolean version;

        @Mixin
        private final Terminal terminal;

        @Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        Root(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void run() {
            if (spec != null) {
                throw new ParameterException(spec.commandLine(), "A command is missing.");
            }
        }
    }

    private static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {"sanctum4j " + (version == null ? "(not packaged)" : version)};
        }
    }

    /**
     * What the server is to be started with.
     *
     * @return the arguments that are settings; empty if a command was given
     */
    public static Optional<String[]> serverArguments(String[] args) {
        boolean help =
                Arrays.asList(args).contains("--help") || Arrays.asList(args).contains("-h");
        if (args.length > 0 && args[0].equals("serve") && !help) {
            return Optional.of(Arrays.copyOfRange(args, 1, args.length));
        }
        boolean settings = args.length == 0 || args[0].startsWith("--") && args[0].contains("=");
        return settings ? Optional.of(args) : Optional.empty();
    }

    /**
     * Runs a command on the console.
     *
     * @return the exit code
     */
    public static int run(String[] args, Contexts contexts) {
        System.setProperty("jdk.console", "java.base"); // the one that is there only if somebody types
        Console console = System.console();
        PrintStream out = System.out;
        System.setOut(System.err); // the log goes there
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        return run(args, new Terminal(contexts, in, out, System.err, console, () -> isShown(console)));
    }

    /** Whether standard output is a terminal. A console says yes only if standard input is one as well; who cannot tell says yes. */
    private static boolean isShown(@Nullable Console console) {
        if (console != null) {
            return true;
        }
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        ProcessBuilder look = windows
                ? new ProcessBuilder(
                        "powershell",
                        "-NoProfile",
                        "-NonInteractive",
                        "-Command",
                        "if ([Console]::IsOutputRedirected) { exit 3 } else { exit 0 }")
                : new ProcessBuilder("/bin/sh", "-c", "test -t 1 || exit 3");
        try {
            return look.inheritIO().start().waitFor() != 3;
        } catch (IOException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /**
     * Runs a command for a program, which is asked nothing: secrets are lines of {@code in}.
     *
     * @return the exit code
     */
    public static int run(String[] args, Contexts contexts, BufferedReader in, PrintStream out, PrintStream err) {
        return run(args, new Terminal(contexts, in, out, err, null, () -> false));
    }

    private static int run(String[] args, Terminal terminal) {
        CommandLine line = new CommandLine(new Root(terminal));
        Map<String, Supplier<Object>> commands = commands(terminal, System.getenv());
        Supplier<Object> named = args.length == 0 ? null : commands.get(args[0]);
        // To read the annotations of all of them takes longer than what some of them do
        (named == null ? commands.values() : List.of(named)).forEach(command -> line.addSubcommand(command.get()));
        line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // what a command is given as @file is its own
                .setOut(new PrintWriter(terminal.out(), true, Charset.defaultCharset()))
                .setErr(new PrintWriter(terminal.err(), true, Charset.defaultCharset()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setParameterExceptionHandler((problem, arguments) -> usage(problem))
                .setExecutionExceptionHandler((problem, command, parsed) -> failed(problem, terminal));
        int code = line.execute(args);
        terminal.out().flush();
        return code;
    }

    /** All commands but {@code serve}, by their names, in the order of the help. */
    private static Map<String, Supplier<Object>> commands(Terminal terminal, Map<String, String> environment) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("users", () -> new UserCommands(terminal));
        commands.put("tokens", () -> new TokenCommands(terminal));
        commands.put("sessions", () -> new SessionCommands(terminal));
        commands.put("clients", () -> new ClientCommands(terminal));
        commands.put("login", () -> new RemoteCommands.Login(terminal, environment));
        commands.put("whoami", () -> new RemoteCommands.Whoami(terminal, environment));
        commands.put("token", () -> new RemoteCommands.Print(terminal, environment));
        commands.put("logout", () -> new RemoteCommands.Logout(terminal, environment));
        commands.put("ask", () -> new RemoteCommands.Ask(terminal, environment));
        commands.put("exec", () -> new ExecCommand(terminal, environment));
        commands.put("doctor", () -> new DatabaseCommands.Doctor(terminal));
        commands.put("migrate", () -> new DatabaseCommands.Migrate(terminal));
        commands.put("database", () -> new DatabaseCommands.OfOthers(terminal));
        return commands;
    }

    private static int usage(ParameterException problem) {
        PrintWriter err = problem.getCommandLine().getErr();
        err.println(TOKEN.matcher(String.valueOf(problem.getMessage())).replaceAll("***"));
        err.println("Try '" + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private static int failed(Exception problem, Terminal terminal) {
        if (terminal.verbose()) {
            problem.printStackTrace(terminal.err());
        }
        if (problem instanceof RefusedException refused) {
            terminal.note(String.valueOf(refused.getMessage()));
            return refused.exitCode();
        }
        if (problem instanceof InvalidTokenRequestException || problem instanceof ProblemException) {
            terminal.note(String.valueOf(problem.getMessage()));
            return ExitCode.REFUSED;
        }
        Throwable cause = problem;
        String told = null;
        while (cause != null) {
            if (cause instanceof OutdatedDatabaseException
                    || cause instanceof InvalidConfigurationPropertyValueException) {
                terminal.note(String.valueOf(cause.getMessage()));
                return ExitCode.UNAVAILABLE;
            }
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_IN_USE) {
                terminal.note(
                        "The embedded database is in use by a running server, and only one program can use it at a"
                                + " time. Stop the server for this command, use its pages or its API instead, or move to"
                                + " PostgreSQL, which both can use at once.");
                return ExitCode.UNAVAILABLE;
            }
            if (cause instanceof SQLException
                    || cause instanceof DataAccessException
                    || cause instanceof TransactionException
                    || cause instanceof TokenStoreException) {
                told = cause instanceof SQLException sql
                        ? sql.getClass().getSimpleName() + ", SQLSTATE " + sql.getSQLState()
                        : cause.getClass().getSimpleName();
            }
            cause = cause.getCause();
        }
        Optional<String> refusal = Refusal.of(problem);
        if (refusal.isPresent()) {
            terminal.note("The database refused this to its account (" + refusal.get() + "). "
                    + (refusal.get().contains("code 1419")
                            ? "With a binary log triggers want an account with SUPER, or log_bin_trust_function_creators=1."
                            : "Give the command an account that may: SANCTUM_DATABASE_USERNAME; see docs/with-laravel.md,"
                                    + " Rights."));
            return ExitCode.UNAVAILABLE;
        }
        if (told != null) {
            terminal.note("The database could not be asked (" + told
                    + "). Look at SANCTUM_DATABASE_URL, or repeat with --verbose.");
            return ExitCode.UNAVAILABLE;
        }
        terminal.note("Something went wrong (" + problem.getClass().getSimpleName() + "). Repeat with --verbose.");
        return ExitCode.BROKEN;
    }
}
