package dev.sanctum4j.server.cli;

import dev.sanctum4j.server.accounts.Account;
import java.util.Map;
import java.util.Set;
import org.springframework.session.FindByIndexNameSessionRepository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "sessions", description = "Manages where people are signed in.")
final class SessionCommands {

    private final Terminal terminal;

    SessionCommands(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(description = "Ends all sessions of somebody. Their tokens stay.")
    int end(@Parameters(paramLabel = "WHO", description = "E-mail address or number.") String who) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            FindByIndexNameSessionRepository<?> sessions = server.get(FindByIndexNameSessionRepository.class);
            Set<String> all =
                    sessions.findByPrincipalName(account.owner().toString()).keySet();
            all.forEach(sessions::deleteById);
            if (!all.isEmpty()) {
                server.note("sessions_ended", account);
            }
            terminal.answer(
                    Map.of("ended", all.size()),
                    "Ended " + all.size() + (all.size() == 1 ? " session." : " sessions."));
            return ExitCode.DONE;
        }
    }
}
