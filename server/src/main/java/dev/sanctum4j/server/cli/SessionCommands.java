package dev.sanctum4j.server.cli;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.spring.spa.Sessions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "sessions", description = "Manages where people are signed in.")
final class SessionCommands {

    private final Terminal terminal;

    SessionCommands(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(description = "Ends all sessions of somebody. Their tokens stay.")
    void end(@Parameters(paramLabel = "WHO", description = "E-mail address or number.") String who) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            int ended = server.get(Sessions.class).endAll(account.owner());
            if (ended > 0) {
                server.note("sessions_ended", account);
            }
            terminal.answer(Map.of("ended", ended), "Ended " + ended + (ended == 1 ? " session." : " sessions."));
        }
    }
}
