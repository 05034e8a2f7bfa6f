package dev.sanctum4j.server.cli;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.accounts.Identities;
import dev.sanctum4j.server.accounts.OidcProperties;
import dev.sanctum4j.server.accounts.Person;
import dev.sanctum4j.spring.spa.Sessions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "users", description = "Manages the people who may sign in.")
final class UserCommands {

    private static final String WHO = "E-mail address or number.";

    private final Terminal terminal;

    UserCommands(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(description = "Adds somebody. The password is asked for, or read as a line of standard input.")
    void add(
            @Parameters(paramLabel = "EMAIL", description = "What they sign in with.") String email,
            @Option(names = "--name", description = "What to call them; the address unless given.") @Nullable
                    String name,
            @Option(names = "--admin", description = "Let them administer the server.") boolean admin) {
        if (!email.contains("@")) {
            throw RefusedException.usage("'" + email + "' is not an e-mail address.");
        }
        try (Server server = terminal.open()) {
            Accounts accounts = server.accounts();
            refuseLaravels(accounts);
            String password = Accounts.chosen(terminal.newPassword());
            Account made = accounts.create(
                            name == null ? email : name,
                            email,
                            password,
                            admin ? Account.Role.ADMIN : Account.Role.USER)
                    .orElseThrow(() -> new RefusedException("'" + email + "' has an account already."));
            server.note("person_added", made);
            terminal.answer(Person.of(made), "Added account " + made.id() + ", " + Table.shown(made.email()) + ".");
        }
    }

    @Command(description = "Lets somebody in no more. Tokens and sessions are refused from the next request on.")
    void disable(@Parameters(paramLabel = "WHO", description = WHO) String who) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            changed(server, account, server.accounts().disable(account.id()), "person_disabled", "disabled");
        }
    }

    @Command(description = "Lets somebody in again.")
    void enable(@Parameters(paramLabel = "WHO", description = WHO) String who) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            changed(server, account, server.accounts().enable(account.id()), "person_enabled", "enabled");
        }
    }

    @Command(description = "Gives somebody another role.")
    void role(
            @Parameters(paramLabel = "WHO", description = WHO) String who,
            @Parameters(paramLabel = "ROLE", description = "One of: ${COMPLETION-CANDIDATES}") Account.Role role) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            changed(server, account, server.accounts().changeRole(account.id(), role), "role_changed", role.text());
        }
    }

    @Command(
            description =
                    "Gives somebody another password, asked for or read from standard input. Ends their sessions.")
    void password(
            @Parameters(paramLabel = "WHO", description = WHO) String who,
            @Option(names = "--revoke-tokens", description = "Revoke their tokens as well.") boolean revokeTokens) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            refuseLaravels(server.accounts());
            server.accounts().changePassword(account.id(), Accounts.chosen(terminal.newPassword()));
            server.note("password_set", account);
            server.get(Sessions.class).endAll(account.owner()); // one that a provider began was made under none
            int revoked = revokeTokens ? server.tokens().revokeAll(account.owner()) : 0;
            terminal.answer(
                    Terminal.object("id", account.id(), "revoked_tokens", revoked),
                    "Changed the password of account " + account.id()
                            + (revokeTokens ? " and revoked " + revoked + " tokens." : "."));
        }
    }

    @Command(
            description =
                    "Invites whoever gets the code to sign in to an account by the provider. It is good once, for seven days.")
    void invite(@Parameters(paramLabel = "WHO", description = WHO) String who) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            OidcProperties provider = server.get(OidcProperties.class);
            if (!provider.isOn()) {
                throw new RefusedException("There is no provider: SANCTUM_OIDC_ISSUER is not set.");
            }
            Identities.Invited made = server.get(Identities.class).invite(account, provider.issuer());
            server.note("person_invited", account);
            terminal.answer(
                    Terminal.object(
                            "id",
                            account.id(),
                            "code",
                            made.code(),
                            "expires_at",
                            made.expiresAt().toString()),
                    "Open /login#invitation=" + made.code() + " on the server, until " + made.expiresAt() + ".");
        }
    }

    @Command(
            description =
                    "Lets nobody in to an account by the provider any more, and takes back an invitation. Ends its sessions.")
    void disconnect(@Parameters(paramLabel = "WHO", description = WHO) String who) {
        try (Server server = terminal.open()) {
            Account account = server.account(who);
            boolean changed = server.get(Identities.class).disconnect(account.id());
            changed(server, account, changed, "identity_disconnected", "disconnected");
            server.get(Sessions.class).endAll(account.owner());
        }
    }

    @Command(description = "Lists people, the newest first.")
    void list(@Mixin Part part) {
        try (Server server = terminal.open()) {
            part.answer(
                    terminal,
                    (after, count) -> server.accounts().latest(after == null ? Long.MAX_VALUE : number(after), count),
                    Account::id,
                    Person::of,
                    new Table().row("ID", "EMAIL", "NAME", "ROLE", "STATE"),
                    (table, account) -> table.row(
                            account.id(),
                            account.email(),
                            account.name(),
                            account.role().text(),
                            state(account)));
        }
    }

    private static long number(String text) {
        return TokenId.parse(text)
                .orElseThrow(() -> RefusedException.usage("'" + text + "' is no number of an account."))
                .value();
    }

    private void changed(Server server, Account account, boolean changed, String event, String what) {
        if (changed) {
            server.note(event, account);
        }
        Account now = server.accounts().find(account.id()).orElse(account);
        terminal.answer(
                Person.of(now), "Account " + account.id() + (changed ? " is now " : " was already ") + what + ".");
    }

    private static void refuseLaravels(Accounts accounts) {
        if (accounts.areLaravels()) {
            throw new RefusedException("People are those of a Laravel application; create and change them there.");
        }
    }

    private static String state(Account account) {
        return (account.disabledAt() == null ? "enabled" : "disabled") + (account.hasPassword() ? "" : ", no password");
    }
}
