package dev.sanctum4j.server.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Token;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.store.StoreProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "tokens", description = "Issues, shows and revokes tokens.")
final class TokenCommands {

    private static final String OWNER = "E-mail address, number of an account, or TYPE:ID.";
    private static final String NOT_HERE =
            "That is no number of a token. If it was a token: it is in the history of your"
                    + " shell now, so revoke it. Tokens are read from standard input.";

    private final Terminal terminal;

    TokenCommands(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A token in JSON, what the server would say of it now and, where it is new, its text. */
    record Known(
            @JsonUnwrapped Token shown,
            String state,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("token") @Nullable
            String text) {

        @Override
        public String toString() {
            return "Known[" + shown.id() + ", " + state + "]";
        }
    }

    @Command(description = "Issues a token and shows its text, which nobody can read again.")
    void issue(
            @Parameters(paramLabel = "OWNER", description = OWNER) String who,
            @Parameters(paramLabel = "NAME", description = "What to call it.") String name,
            @Option(
                            names = {"-a", "--ability"},
                            required = true,
                            paramLabel = "ABILITY",
                            description = "What it may be used for; once for each ability, * for all.")
                    List<String> abilities,
            @Option(names = "--expires", paramLabel = "DURATION", description = "After how long, like 90d or 12h.")
                    @Nullable
                    String expires) {
        try (Server server = terminal.open()) {
            Owner owner = server.owner(who);
            Abilities wanted = Abilities.of(abilities);
            if (server.load(owner).isEmpty()) {
                throw new RefusedException("The owner " + owner + " is unknown or disabled.");
            }
            TokenRequest request = TokenRequest.of(owner, name, wanted);
            NewToken made = server.get(TokenIssuing.class)
                    .issue(expires == null ? request : request.lifetime(duration(expires)));
            terminal.note("Token " + made.token().id() + ". Its text is shown only now:");
            terminal.answer(
                    new Known(Token.of(made.token()), "active", made.plainText().reveal()),
                    made.plainText().reveal());
        }
    }

    @Command(description = "Lists tokens that are not revoked, the newest first.")
    void list(
            @Parameters(arity = "0..1", paramLabel = "OWNER", description = OWNER + " Everybody's unless given.")
                    @Nullable
                    String who,
            @Mixin Part part) {
        try (Server server = terminal.open()) {
            Owner owner = who == null ? null : server.owner(who);
            part.answer(
                    terminal,
                    (after, count) -> {
                        TokenId last = after == null ? null : id(after);
                        return owner == null
                                ? latest(server, last, count)
                                : server.tokens().list(owner, last, count);
                    },
                    AccessToken::id,
                    token -> new Known(Token.of(token), state(server, token), null),
                    new Table().row("ID", "OWNER", "NAME", "STATE", "ABILITIES", "LAST USED", "EXPIRES"),
                    (table, token) -> table.row(
                            token.id(),
                            token.owner(),
                            token.name(),
                            state(server, token),
                            String.join(" ", token.abilities().names()),
                            text(token.lastUsedAt(), "never"),
                            text(token.expiresAt(), "never")));
        }
    }

    private static List<AccessToken> latest(Server server, @Nullable TokenId before, int count) {
        String table = server.get(StoreProperties.class).jdbc().table();
        return server
                .get(JdbcClient.class)
                .sql("select id from " + table + " where revoked_at is null and id < ? order by id desc limit ?")
                .params(before == null ? Long.MAX_VALUE : before.value(), count)
                .query((row, number) -> TokenId.of(row.getLong(1)))
                .list()
                .stream()
                .flatMap(id -> server.tokens().find(id).stream())
                .toList();
    }

    @Command(
            description = {
                "Tells what a token is: the one with a number, or one that is pasted at the prompt or into standard input.",
                "Ends with 0 if it is active, and with 1 if not. Does not count as a use."
            })
    int show(@Parameters(arity = "0..1", paramLabel = "ID", description = "Its number.") @Nullable String id) {
        try (Server server = terminal.open()) {
            String pasted = id == null ? terminal.secret("Token").strip() : "";
            Optional<AccessToken> found =
                    id == null ? server.tokens().find(pasted) : server.tokens().find(id(id));
            if (found.isEmpty()) {
                boolean couldBe = id != null || server.tokens().format().isWellFormed(pasted);
                String state = couldBe ? "unknown" : "malformed";
                terminal.answer(Map.of("state", state), "state      " + state);
                return ExitCode.REFUSED;
            }
            AccessToken token = found.get();
            String state = state(server, token);
            Table table = new Table()
                    .row("state", state)
                    .row("id", token.id())
                    .row("owner", token.owner())
                    .row("name", token.name())
                    .row("abilities", String.join(" ", token.abilities().names()))
                    .row("created", text(token.createdAt(), "unknown"))
                    .row("last used", text(token.lastUsedAt(), "never"))
                    .row("expires", text(token.expiresAt(), "never"));
            if (token.revokedAt() != null) {
                table.row("revoked", token.revokedAt());
            }
            terminal.answer(new Known(Token.of(token), state, null), table.toString());
            return state.equals("active") ? ExitCode.DONE : ExitCode.REFUSED;
        }
    }

    @Command(
            description = {
                "Revokes tokens: those with these numbers, all of an owner, or one that is pasted at the prompt or into"
                        + " standard input."
            })
    int revoke(
            @Parameters(arity = "0..*", paramLabel = "ID", description = "Numbers of tokens.") @Nullable
                    List<String> ids,
            @Option(names = "--owner", description = "Revoke all of an owner: an e-mail address, a number, or TYPE:ID.")
                    @Nullable
                    String who) {
        try (Server server = terminal.open()) {
            Tokens tokens = server.tokens();
            int revoked = 0;
            if (who != null) {
                revoked = tokens.revokeAll(server.owner(who));
            } else if (ids != null && !ids.isEmpty()) {
                List<TokenId> all = ids.stream().map(TokenCommands::id).toList();
                revoked = (int) all.stream().filter(tokens::revoke).count();
            } else {
                Optional<AccessToken> pasted =
                        tokens.find(terminal.secret("Token").strip());
                revoked = pasted.isPresent() && tokens.revoke(pasted.get().id()) ? 1 : 0;
            }
            terminal.answer(Map.of("revoked", revoked), "Revoked " + revoked + (revoked == 1 ? " token." : " tokens."));
            return revoked > 0 || who != null ? ExitCode.DONE : ExitCode.REFUSED;
        }
    }

    @Command(description = "Deletes tokens that have been expired or revoked for some time, in batches.")
    void prune(
            @Option(
                            names = "--after",
                            paramLabel = "DURATION",
                            defaultValue = "30d",
                            description = "For how long, like 30d or 12h; ${DEFAULT-VALUE} unless given.")
                    String after) {
        try (Server server = terminal.open()) {
            int deleted = server.tokens()
                    .prune(duration(after), soFar -> terminal.progress(soFar + " tokens deleted so far"));
            terminal.progressEnds();
            terminal.answer(Map.of("deleted", deleted), "Deleted " + deleted + " tokens.");
        }
    }

    private static TokenId id(String text) {
        return TokenId.parse(text).orElseThrow(() -> RefusedException.usage(NOT_HERE));
    }

    private static Duration duration(String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.usage("'" + text + "' is no duration like 90d or 12h.");
        }
    }

    /** What the server would say of it now. */
    private static String state(Server server, AccessToken token) {
        if (token.isRevoked()) {
            return "revoked";
        }
        if (server.tokens().recheck(token.id()).isEmpty()) {
            return "expired";
        }
        boolean owned = server.load(token.owner())
                .filter(owner -> !owner.isYoungerThan(token))
                .isPresent();
        return owned ? "active" : "blocked";
    }

    private static String text(@Nullable Instant time, String otherwise) {
        return time == null ? otherwise : time.toString();
    }
}
