package dev.sanctum4j.server.cli;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.server.oauth.Client;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.server.oauth.NewClient;
import dev.sanctum4j.server.oauth.RegisteredClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "clients", description = "Manages the programs that may ask about tokens, see docs/introspection.md.")
final class ClientCommands {

    private static final String NAME = "What it calls itself.";

    private final Terminal terminal;

    ClientCommands(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(description = "Registers a client and shows its secret, which nobody can read again.")
    void add(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = {"-a", "--ability"},
                            paramLabel = "ABILITY",
                            description = "An ability it is told of; once for each. All unless given.")
                    @Nullable
                    List<String> abilities) {
        try (Server server = terminal.open()) {
            made(server.get(Clients.class)
                    .add(name, abilities == null ? Abilities.NONE : Abilities.of(abilities))
                    .orElseThrow(() -> new RefusedException("There is a client '" + name + "' already.")));
        }
    }

    @Command(description = "Gives a client another secret. The old one ends at once.")
    void rotate(@Parameters(paramLabel = "NAME", description = NAME) String name) {
        try (Server server = terminal.open()) {
            made(server.get(Clients.class).rotate(name).orElseThrow(() -> unknown(name)));
        }
    }

    private void made(NewClient made) {
        terminal.note("Client " + made.client().id() + ". Its secret is shown only now:");
        terminal.answer(RegisteredClient.of(made), made.reveal());
    }

    @Command(description = "Lists clients.")
    void list(@Mixin Part part) {
        try (Server server = terminal.open()) {
            part.answer(
                    terminal,
                    (after, count) -> server.get(Clients.class).list(after == null ? "" : after, count),
                    Client::id,
                    RegisteredClient::of,
                    new Table().row("NAME", "ABILITIES", "CREATED", "ROTATED"),
                    (table, client) -> table.row(
                            client.id(),
                            client.abilities().names().isEmpty()
                                    ? "all"
                                    : String.join(" ", client.abilities().names()),
                            client.createdAt(),
                            client.rotatedAt() == null ? "never" : client.rotatedAt()));
        }
    }

    @Command(description = "Forgets a client. Its secret is worth nothing from now on.")
    void remove(@Parameters(paramLabel = "NAME", description = NAME) String name) {
        try (Server server = terminal.open()) {
            if (!server.get(Clients.class).remove(name)) {
                throw unknown(name);
            }
            terminal.answer(Map.of("removed", name), "Removed client " + name + ".");
        }
    }

    private static RefusedException unknown(String name) {
        return new RefusedException("There is no client '" + name + "'.");
    }
}
