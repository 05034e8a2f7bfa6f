package dev.sanctum4j.server.cli;

import dev.sanctum4j.server.cli.Asking.Question;
import dev.sanctum4j.server.cli.KeptTokens.Kept;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Commands for whoever uses a server from another machine. They speak HTTP only: there is no context and no database here. */
final class RemoteCommands {

    private static final String URL = "SANCTUM_URL";
    private static final String TOKEN = "SANCTUM_TOKEN";

    private RemoteCommands() {}

    /** Which server. */
    static final class Where {

        @Parameters(
                arity = "0..1",
                paramLabel = "URL",
                description = "The server, like https://tokens.example.com; SANCTUM_URL unless given.")
        private @Nullable String url;

        @Option(
                names = "--insecure-http",
                description = "Talk to another machine without TLS, where everybody in between can read the token.")
        private boolean insecure;

        ServerUrl server(Map<String, String> environment) {
            return given(environment)
                    .orElseThrow(() -> RefusedException.usage("Say which server: https://…, or set SANCTUM_URL."));
        }

        /** That which is given, or the only one that there is a token of. */
        ServerUrl server(Map<String, String> environment, KeptTokens kept) {
            return given(environment).orElseGet(() -> {
                List<String> servers = kept.servers();
                if (servers.size() == 1) {
                    return ServerUrl.parse(servers.get(0), insecure);
                }
                throw servers.isEmpty()
                        ? new RefusedException(
                                "You are signed in nowhere. Say 'sanctum4j login https://… --ability …' first.")
                        : RefusedException.usage("Say which server: " + String.join(", ", servers));
            });
        }

        private Optional<ServerUrl> given(Map<String, String> environment) {
            String text = url != null ? url : environment.getOrDefault(URL, "");
            return text.isBlank() ? Optional.empty() : Optional.of(ServerUrl.parse(text, insecure));
        }
    }

    /** What is asked for. */
    static final class What {

        @Option(
                names = {"-a", "--ability"},
                required = true,
                paramLabel = "ABILITY",
                description = "What it may be used for; once for each ability.")
        private List<String> abilities = List.of();

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "For how long, like 1h or 30d; at most what the server allows.")
        private @Nullable String lifetime;

        @Option(
                names = "--name",
                paramLabel = "TEXT",
                description = "What the person reads who is asked; 'sanctum4j on' this machine unless given.")
        private @Nullable String name;

        /** Asks, and says so. */
        Question ask(Asking asking, Terminal terminal) throws InterruptedException {
            Duration wanted = lifetime == null ? null : duration(lifetime);
            String shownName = name == null ? "sanctum4j on " + machine() : name;
            Question question = asking.ask(shownName, abilities, wanted);
            terminal.note("Open " + question.page() + " and type this code:");
            terminal.note("");
            terminal.note("    " + question.userCode());
            terminal.note("");
            terminal.note("You will be asked whether \"" + Table.shown(shownName) + "\" may have "
                    + String.join(", ", abilities) + (wanted == null ? "" : ", for " + words(wanted)) + ".");
            return question;
        }

        /** Tells what was given. */
        void tell(Given given, Terminal terminal) {
            String less = abilities.stream()
                    .filter(ability -> !given.abilities().contains(ability))
                    .collect(Collectors.joining(", "));
            terminal.note("Allowed: " + String.join(", ", given.abilities()) + ", for " + words(given.lifetime()) + "."
                    + (less.isEmpty() ? "" : " Not allowed: " + less + "."));
        }

        private static Duration duration(String text) {
            try {
                Duration duration = DurationStyle.SIMPLE.parse(text);
                if (duration.toSeconds() > 0) { // without a unit it would be milliseconds
                    return duration;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw RefusedException.usage("'" + text + "' is no duration like 90d or 12h.");
        }

        private static String machine() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "a machine";
            }
        }
    }

    /** A time in its largest whole unit. */
    static String words(Duration time) {
        return Stream.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS)
                .filter(unit -> time.toSeconds() % unit.getDuration().toSeconds() == 0 && !time.isZero())
                .findFirst()
                .map(unit -> {
                    long count = time.dividedBy(unit.getDuration());
                    String plural = unit.toString().toLowerCase(Locale.ROOT);
                    return count + " " + (count == 1 ? plural.substring(0, plural.length() - 1) : plural);
                })
                .orElse("0 seconds");
    }

    private static Asking asking(Remote server) {
        return new Asking(server, Clock.systemUTC(), time -> Thread.sleep(time.toMillis()));
    }

    /** Waits for the answer, and leaves no token behind when a signal comes. */
    private static Given await(Asking asking, Question question, Asking.Taker taker) throws InterruptedException {
        Thread hook = new Thread(asking::stop, "sanctum-ask-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return asking.await(question, taker);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // it runs
            }
        }
    }

    @Command(
            name = "login",
            description = {
                "Signs in to a server, and keeps the token.",
                "Asks somebody who is signed in there, in a browser. The token is kept in the keyring of this machine,",
                "or in a file that only you can read."
            })
    static final class Login implements Callable<Integer> {

        private final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        private final Where where = new Where();

        @Mixin
        private final What what = new What();

        Login(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public Integer call() throws InterruptedException {
            Remote server = new Remote(where.server(environment));
            KeptTokens kept = KeptTokens.of(environment);
            Optional<String> before = kept.find(server.server()).flatMap(Kept::token);
            Asking asking = asking(server);
            Question question = what.ask(asking, terminal);
            Browser.open(question.page(), environment, System.getProperty("os.name", ""));
            String[] place = new String[1];
            Given given = await(asking, question, made -> place[0] = kept.keep(server.server(), made.token()));
            what.tell(given, terminal);
            if (before.isPresent() && !new RemoteTokens(server, before.get()).end()) {
                terminal.note("The token that was here before could not be ended. It is still on your page of tokens.");
            }
            String account = account(user(server, given.token()));
            terminal.answer(
                    Terminal.object(
                            "server", server.server().toString(), "abilities", given.abilities(), "kept", place[0]),
                    "Signed in to " + server.server() + (account.isEmpty() ? "" : " as " + account)
                            + ". The token is kept " + place[0] + ".");
            return ExitCode.DONE;
        }

        /** Who that is now; an empty object where the server does not say. */
        private static JsonNode user(Remote server, String token) throws InterruptedException {
            try {
                return server.send(server.request("/api/user", token).GET()).json();
            } catch (IOException e) {
                return JsonNodeFactory.instance.objectNode();
            }
        }
    }

    /** An account in words, by what a server says of it; empty if it says nothing of the kind. */
    private static String account(JsonNode user) {
        String name = user.path("name").asString("");
        String email = user.path("email").asString("");
        return Table.shown(email.isEmpty() || name.isEmpty() ? email + name : email + " (" + name + ")");
    }

    @Command(
            name = "ask",
            description = {
                "Asks somebody for a token, for a script.",
                "Code and page go to standard error, the token to standard output, if that is a pipe or a file. Nothing",
                "is kept. Ends with 1 where the answer is no, and with 75 where there is none."
            })
    static final class Ask implements Callable<Integer> {

        private final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        private final Where where = new Where();

        @Mixin
        private final What what = new What();

        Ask(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public Integer call() throws InterruptedException {
            Remote server = new Remote(where.server(environment));
            terminal.requireReader();
            Asking asking = asking(server);
            Question question = what.ask(asking, terminal);
            Given given = await(
                    asking,
                    question,
                    made -> terminal.hand(
                            Terminal.object(
                                    "token",
                                    made.token(),
                                    "abilities",
                                    made.abilities(),
                                    "expires_in",
                                    made.lifetime().toSeconds()),
                            made.token()));
            what.tell(given, terminal);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "whoami",
            description = {
                "Tells as whom you are signed in, and what for.",
                "SANCTUM_TOKEN, if it is set, is the token for SANCTUM_URL. Ends with 1 if you are signed in no more."
            })
    static final class Whoami implements Callable<Integer> {

        private final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        private final Where where = new Where();

        Whoami(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public Integer call() throws InterruptedException {
            KeptTokens all = KeptTokens.of(environment);
            Remote server = new Remote(where.server(environment, all));
            Kept kept = required(all, server.server(), environment, where.insecure);
            String token = kept.required();
            Remote.Answer current;
            JsonNode user;
            try {
                CompletableFuture<HttpResponse<byte[]>> asked = server.begin(
                        server.request("/api/tokens/current", token).GET());
                user = server.send(server.request("/api/user", token).GET()).json();
                current = server.wait(asked);
            } catch (IOException e) {
                throw server.unavailable(e);
            }
            if (current.status() == 401) {
                throw new RefusedException("The token is not valid any more: it has expired, or was revoked. Say"
                        + " 'sanctum4j login " + server.server() + " --ability …'.");
            }
            if (current.status() != 200) {
                throw current.refused();
            }
            Object json = Terminal.object(
                    "server", server.server().toString(), "user", user, "token", current.json(), "kept", kept.place());
            String expires = current.shown("expires_at");
            terminal.answer(
                    json,
                    new Table()
                            .row("server", server.server())
                            .row("account", account(user))
                            .row("token", current.shown("id") + ", " + current.shown("name"))
                            .row(
                                    "abilities",
                                    String.join(" ", texts(current.json().path("abilities"))))
                            .row("expires", expires.isEmpty() ? "never" : expires)
                            .row("kept", kept.place())
                            .toString());
            return ExitCode.DONE;
        }

        private static List<String> texts(JsonNode list) {
            return list.valueStream().map(text -> text.asString("")).toList();
        }
    }

    /** The token for a server: that of the environment, which is for {@code SANCTUM_URL} alone, else the one that is kept. */
    private static Kept required(KeptTokens kept, ServerUrl server, Map<String, String> environment, boolean insecure) {
        String token = environment.getOrDefault(TOKEN, "").strip();
        String url = environment.getOrDefault(URL, "");
        if (!token.isEmpty() && !url.isBlank() && ServerUrl.parse(url, insecure).equals(server)) {
            return new Kept(Optional.of(token).filter(Given::isToken), "in " + TOKEN);
        }
        return kept.find(server)
                .orElseThrow(() -> new RefusedException(
                        "You are not signed in to " + server + ". Say 'sanctum4j login " + server + " --ability …'."));
    }

    @Command(
            name = "token",
            description = {
                "Writes the token that login keeps to a pipe or a file.",
                "For another program, like this:",
                "curl -H \"Authorization: Bearer $$(sanctum4j token)\" …"
            })
    static final class Print implements Callable<Integer> {

        private final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        private final Where where = new Where();

        Print(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public Integer call() {
            terminal.requireReader();
            KeptTokens kept = KeptTokens.of(environment);
            ServerUrl server = where.server(environment, kept);
            String token = required(kept, server, environment, where.insecure).required();
            terminal.hand(Terminal.object("server", server.toString(), "token", token), token);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "logout",
            description = {
                "Signs out of a server.",
                "Ends the token there and forgets it here, and tells which of both came about."
            })
    static final class Logout implements Callable<Integer> {

        private final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        private final Where where = new Where();

        Logout(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public Integer call() throws InterruptedException {
            KeptTokens all = KeptTokens.of(environment);
            ServerUrl server = where.server(environment, all);
            Optional<Kept> kept = all.find(server);
            if (kept.isEmpty()) {
                throw new RefusedException("You are not signed in to " + server + ".");
            }
            String open = kept.get().token().isEmpty()
                    ? "The token was not ended, for it is kept " + kept.get().place() + ", which does not give it."
                    : end(new Remote(server), kept.get().token().get());
            boolean ended = open.isEmpty();
            boolean forgotten = all.forget(server);
            if (!ended) {
                terminal.note(open);
                terminal.note("The token is still on your page of tokens.");
            }
            terminal.answer(
                    Terminal.object("server", server.toString(), "ended", ended, "forgotten", forgotten),
                    (ended ? "Ended the token on " + server : "Did not end the token on " + server)
                            + (forgotten ? ", and forgot it here." : ", and could not forget it here."));
            return ended && forgotten ? ExitCode.DONE : ExitCode.REFUSED;
        }

        /** Ends a token. Returns why it could not be; nothing if it is over. */
        private static String end(Remote server, String token) throws InterruptedException {
            try {
                Remote.Answer answer =
                        server.send(server.request("/api/tokens/current", token).DELETE());
                return answer.status() == 204 || answer.status() == 401
                        ? ""
                        : String.valueOf(answer.refused().getMessage());
            } catch (IOException e) {
                return String.valueOf(server.unavailable(e).getMessage());
            }
        }
    }
}
