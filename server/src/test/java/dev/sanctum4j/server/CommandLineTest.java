package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.cli.Cli;
import dev.sanctum4j.server.cli.Contexts;
import dev.sanctum4j.spring.store.StoreProperties;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands, in one process and on one database. {@link CommandLineIT} runs them as people do. */
class CommandLineTest {

    private static final String PASSWORD = "correct horse battery staple";

    private static final Map<String, String> LIMITS =
            Map.of("sanctum.policy.abilities", "*", "sanctum.policy.max-lifetime", "1000d");

    @TempDir
    private static Path folder;

    private static ConfigurableApplicationContext application = new GenericApplicationContext();
    private static int number;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String email = "";
    private Account account = new Account(0, "", "", "", Account.Role.USER, null, null, null);

    @BeforeAll
    static void start() {
        LIMITS.forEach(System::setProperty);
        try {
            application = SanctumServer.command(
                    Map.of("SANCTUM_DATA", folder.resolve("db").toString()), Contexts.Migrations.APPLY, false);
        } finally {
            LIMITS.keySet().forEach(System::clearProperty);
        }
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void addSomebody() {
        email = "user" + ++number + "@example.test";
        account = bean(Accounts.class)
                .create("User", email, PASSWORD, Account.Role.USER)
                .orElseThrow();
    }

    private static <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    /** The application that is there, which a command can close without an effect. */
    private static ConfigurableApplicationContext shared(Contexts.Migrations migrations, boolean verbose) {
        GenericApplicationContext child = new GenericApplicationContext(application);
        child.refresh();
        return child;
    }

    private int run(String input, String... args) {
        return run(CommandLineTest::shared, input, args);
    }

    private int run(Contexts contexts, String input, String... args) {
        out.reset();
        err.reset();
        return Cli.run(
                args,
                contexts,
                new BufferedReader(new StringReader(input)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    private JsonNode json() {
        return JsonMapper.shared().readTree(out());
    }

    private NewToken issue(String name) {
        return bean(Tokens.class)
                .issue(TokenRequest.of(Owner.of("user", account.id()), name, Abilities.of("orders:read")));
    }

    @Test
    void settingsStartTheServerAndEverythingElseIsACommand() {
        assertThat(Cli.serverArguments(new String[0])).isPresent();
        assertThat(Cli.serverArguments(new String[] {"--server.port=1"}).orElseThrow())
                .containsExactly("--server.port=1");
        assertThat(Cli.serverArguments(new String[] {"serve", "--debug"}).orElseThrow())
                .containsExactly("--debug");
        assertThat(Cli.serverArguments(new String[] {"serve", "--help"})).isEmpty();
        assertThat(Cli.serverArguments(new String[] {"--help"})).isEmpty();
        assertThat(Cli.serverArguments(new String[] {"tokens", "list"})).isEmpty();
    }

    @Test
    void timeThatIsAskedForHasAUnit() {
        for (String time : List.of("90", "soon", "0s", "")) {
            assertThat(run("", "ask", "http://localhost:1", "-a", "orders:read", "--for", time))
                    .as(time)
                    .isEqualTo(2);
            assertThat(err()).isEqualTo("'" + time + "' is no duration like 90d or 12h.\n");
        }
        assertThat(run("", "ask", "http://localhost:1", "-a", "orders:read", "--for", "90d"))
                .isEqualTo(69);
    }

    /** It would listen, with a thread and connections, for what nobody asks again. */
    @Test
    void commandKeepsNothingInMemory() {
        assertThat(bean(StoreProperties.class).cache().mode()).isEqualTo(StoreProperties.CacheMode.STRICT);
    }

    @Test
    void helpIsAnAnswerAndWhatCannotBeUnderstoodIsNot() {
        assertThat(run("", "--help")).isZero();
        assertThat(out()).contains("users", "tokens", "sessions", "doctor", "migrate", "69");
        assertThat(run("", "serve", "--help")).isZero();
        assertThat(run("", "tokens", "issue", "--help")).isZero();
        assertThat(run("")).isEqualTo(2);
        assertThat(run("", "tokens")).isEqualTo(2);
        assertThat(run("", "nonsense")).isEqualTo(2);
        assertThat(run("", "tokens", "issue", email)).isEqualTo(2);
        assertThat(run("", "tokens", "prune", "--after", "long")).isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err()).isEqualTo("'long' is no duration like 90d or 12h.\n");
    }

    @Test
    void tokenOnTheCommandLineIsRefusedAndNotRepeated() {
        String secret = issue("ci").plainText().reveal();

        for (List<String> args : List.of(
                List.of("tokens", "show", secret),
                List.of("tokens", "revoke", "1", secret),
                List.of("tokens", "show", "1", secret),
                List.of("tokens", secret),
                List.of(secret))) {
            assertThat(run("", args.toArray(String[]::new))).isEqualTo(2);
            assertThat(out() + err()).doesNotContain(secret);
        }
        assertThat(run("", "tokens", "show", secret)).isEqualTo(2);
        assertThat(err()).contains("it is in the history of your shell now, so revoke it");
    }

    @Test
    void peopleAreAddedDisabledAndEnabled() {
        String added = "added" + number + "@example.test";
        assertThat(run(PASSWORD + "\n", "users", "add", added, "--name", "Zoë", "--admin", "--json"))
                .isZero();
        assertThat(json().get("role").asString()).isEqualTo("admin");
        assertThat(json().get("name").asString()).isEqualTo("Zoë");
        assertThat(out() + err()).doesNotContain(PASSWORD);
        assertThat(run(PASSWORD + "\n", "users", "add", added)).isEqualTo(1);
        assertThat(err()).isEqualTo("'" + added + "' has an account already.\n");
        assertThat(run("short\n", "users", "add", "x" + added)).isEqualTo(1);
        assertThat(run("", "users", "add", "x" + added)).isEqualTo(1);
        assertThat(run(PASSWORD, "users", "add", "nobody")).isEqualTo(2);

        assertThat(run("", "users", "disable", added.toUpperCase(java.util.Locale.ROOT)))
                .isZero();
        assertThat(run("", "users", "disable", added)).isZero();
        assertThat(out()).contains("was already disabled");
        assertThat(run("", "users", "list")).isZero();
        assertThat(out()).containsPattern(added + " +Zoë +admin +disabled");
        assertThat(run("", "users", "enable", added)).isZero();
        assertThat(run("", "users", "role", added, "user")).isZero();
        assertThat(run("", "users", "role", added, "king")).isEqualTo(2);
        assertThat(run("", "users", "list", "--json", "--limit", "1")).isZero();
        assertThat(json()).hasSize(1);
        assertThat(json().get(0).get("role").asString()).isEqualTo("user");
        assertThat(run("", "users", "disable", "nobody@example.test")).isEqualTo(1);
        assertThat(err()).isEqualTo("There is no account 'nobody@example.test'.\n");
    }

    @Test
    void passwordIsChangedAndTokensStayUnlessAsked() {
        NewToken token = issue("ci");

        assertThat(run("a new one\n", "users", "password", email)).isZero();
        assertThat(bean(Accounts.class).find(account.id()).orElseThrow().password())
                .isNotEqualTo(account.password());
        assertThat(bean(Tokens.class).recheck(token.token().id())).isPresent();
        assertThat(run("a newer one\n", "users", "password", "--revoke-tokens", Long.toString(account.id())))
                .isZero();
        assertThat(out()).contains("revoked 1 tokens");
        assertThat(bean(Tokens.class).recheck(token.token().id())).isEmpty();
    }

    @Test
    void tokenIsIssuedWithItsTextAlone() {
        assertThat(run(
                        "",
                        "tokens",
                        "issue",
                        email,
                        "CI",
                        "-a",
                        "orders:read",
                        "-a",
                        "orders:write",
                        "--expires",
                        "90d"))
                .isZero();
        assertThat(out()).matches("pat_[A-Za-z0-9]{46}\\n"); // nothing but the text, so that it can go into a file
        assertThat(err()).doesNotContain(out().strip()).contains("shown only now");
        String id = err().replaceAll("(?s)Token ([0-9]+)\\..*", "$1");

        assertThat(run("", "tokens", "show", id, "--json")).isZero();
        assertThat(json().get("owner").asString()).isEqualTo("user:" + account.id());
        assertThat(json().get("abilities")).hasSize(2);
        assertThat(json().get("expires_at").asString()).isNotEmpty();
        assertThat(out()).doesNotContain("pat_");

        assertThat(run("", "tokens", "issue", "user:99999", "CI", "-a", "x")).isEqualTo(1);
        assertThat(run("", "tokens", "issue", "App\\Models\\User:1", "CI", "-a", "x"))
                .isEqualTo(1);
        assertThat(run("", "tokens", "issue", email, " ", "-a", "x")).isEqualTo(1);
        assertThat(err()).contains("The name must have 1 to 255 characters");
    }

    @Test
    void tokenBeyondThePolicyIsNotIssued() {
        assertThat(run("", "tokens", "issue", email, "CI", "-a", Abilities.MANAGE_TOKENS))
                .isEqualTo(1);
        assertThat(err()).contains("You may not give a token all of these abilities.");
        assertThat(run("", "tokens", "issue", email, "CI", "-a", "*", "--expires", "1001d"))
                .isEqualTo(1);
        assertThat(err()).contains("The expiry must not be later than");
        assertThat(bean(Tokens.class).list(Owner.of("user", account.id()))).isEmpty();
    }

    @Test
    void pastedTokenIsExplained() {
        NewToken token = issue("ci");
        String text = token.plainText().reveal();
        Tokens tokens = bean(Tokens.class);

        assertThat(run("  " + text + " \n", "tokens", "show")).isZero();
        assertThat(out())
                .contains("state      active", "id         " + token.token().id(), "user:" + account.id());
        assertThat(out() + err()).doesNotContain(text);
        tokens.flush();
        assertThat(tokens.find(token.token().id()).orElseThrow().lastUsedAt()).isNull(); // a look is not a use

        bean(Accounts.class).disable(account.id());
        assertState(text, "blocked");
        bean(Accounts.class).enable(account.id());
        bean(JdbcTemplate.class)
                .update(
                        "update personal_access_tokens set expires_at = timestamp '2020-01-01 00:00:00' where id = ?",
                        token.token().id().value());
        assertState(text, "expired");
        tokens.revoke(token.token().id());
        assertState(text, "revoked");
        assertState(text.substring(0, text.length() - 1) + "!", "unknown");
        assertState("1|wrong", "unknown");
        assertState(text.substring(0, 5) + (text.charAt(5) == 'x' ? 'y' : 'x') + text.substring(6), "malformed");
        assertState("", "malformed");
        assertThat(run("", "tokens", "show", "99999999")).isEqualTo(1);
        assertThat(out()).isEqualTo("state      unknown\n");
    }

    private void assertState(String pasted, String state) {
        assertThat(run(pasted + "\n", "tokens", "show", "--json")).isEqualTo(1);
        assertThat(json().get("state").asString()).isEqualTo(state);
    }

    @Test
    void tokensAreListedWithoutSteeringTheTerminal() {
        NewToken token = issue("ci");
        bean(JdbcTemplate.class)
                .update(
                        "update personal_access_tokens set name = ? where id = ?",
                        "\u001b[2Jx\u202ey",
                        token.token().id().value());

        assertThat(run("", "tokens", "list", email)).isZero();
        assertThat(out()).contains("?[2Jx?y").containsPattern(token.token().id() + " +user:" + account.id());
        assertThat(run("", "tokens", "list", "--limit", "1", "--json")).isZero();
        assertThat(json()).hasSize(1);
        assertThat(json().get(0).get("id").asLong())
                .isEqualTo(token.token().id().value());
    }

    @Test
    void listsAreReadInParts() {
        for (int i = 0; i < 205; i++) {
            issue("one of many");
        }

        assertThat(run("", "tokens", "list", email)).isZero();
        assertThat(out().lines()).hasSize(101);
        String last = out().lines().toList().get(100).split(" ", 2)[0];
        assertThat(err()).contains("There are more: --after " + last);
        assertThat(run("", "tokens", "list", email, "--after", last)).isZero();
        assertThat(out().lines()).hasSize(101);
        assertThat(out()).doesNotContainPattern("(?m)^" + last + " ");
        assertThat(run("", "tokens", "list", email, "--limit", "150")).isZero();
        assertThat(out().lines()).hasSize(151);
        assertThat(run("", "tokens", "list", email, "--json")).isZero();
        assertThat(json()).hasSize(205);
        assertThat(err()).doesNotContain("--after");
        assertThat(run("", "tokens", "list", email, "--json", "--limit", "0")).isZero();
        assertThat(json()).isEmpty();
        assertThat(run("", "tokens", "list", "--json", "--limit", "120")).isZero();
        assertThat(json()).hasSize(120);
        assertThat(run("", "tokens", "list", email, "--after", "x")).isEqualTo(2);
        assertThat(run("", "users", "list", "--after", "x")).isEqualTo(2);
        assertThat(run("", "users", "list", "--after", "1", "--json")).isZero();
        assertThat(json()).isEmpty();
        assertThat(run("", "clients", "list", "--json")).isZero();
    }

    @Test
    void tokensAreRevokedByNumberByOwnerAndByTheirText() {
        NewToken one = issue("one");
        NewToken two = issue("two");
        issue("three");

        assertThat(run("", "tokens", "revoke", one.token().id().toString())).isZero();
        assertThat(run("", "tokens", "revoke", one.token().id().toString())).isEqualTo(1);
        assertThat(run(two.plainText().reveal(), "tokens", "revoke")).isZero();
        assertThat(run("nonsense", "tokens", "revoke")).isEqualTo(1);
        assertThat(run("", "tokens", "revoke", "--owner", email, "--json")).isZero();
        assertThat(json().get("revoked").asInt()).isEqualTo(1);
        assertThat(bean(Tokens.class).list(Owner.of("user", account.id()))).isEmpty();
    }

    @Test
    void pruningTellsHowFarItIs() {
        bean(JdbcTemplate.class).update("""
                        insert into personal_access_tokens (tokenable_type, tokenable_id, name, token, abilities, expires_at)
                        select 'user', '0', 'old', right('0000000000' || x, 64), '[]', timestamp '2020-01-01 00:00:00'
                        from system_range(1, 2001)
                        """);

        assertThat(run("", "tokens", "prune", "--after", "1000d")).isZero();

        assertThat(err())
                .isEqualTo("1000 tokens deleted so far\n2000 tokens deleted so far\n2001 tokens deleted so far\n");
        assertThat(out()).isEqualTo("Deleted 2001 tokens.\n");
    }

    @Test
    void sessionsAreEnded() {
        String principal = Owner.of("user", account.id()).toString();
        FindByIndexNameSessionRepository<?> sessions = bean(FindByIndexNameSessionRepository.class);
        signIn(sessions, principal);

        assertThat(run("", "sessions", "end", email, "--json")).isZero();

        assertThat(json().get("ended").asInt()).isEqualTo(1);
        assertThat(sessions.findByPrincipalName(principal).keySet()).isEmpty();
    }

    private static <S extends Session> void signIn(SessionRepository<S> sessions, String principal) {
        S session = sessions.createSession();
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, principal);
        sessions.save(session);
    }

    @Test
    void clientsAreAddedRotatedAndRemoved() {
        assertThat(run("", "clients", "add", "gateway", "-a", "orders:read")).isZero();
        String first = out().strip();
        assertThat(first).startsWith("client_");
        assertThat(run("", "clients", "add", "gateway")).isEqualTo(1);
        assertThat(err()).isEqualTo("There is a client 'gateway' already.\n");
        assertThat(run("", "clients", "add", "No Name")).isEqualTo(1);
        assertThat(run("", "clients", "rotate", "gateway", "--json")).isZero();
        assertThat(json().get("client_secret").asString()).startsWith("client_").isNotEqualTo(first);
        assertThat(run("", "clients", "list")).isZero();
        assertThat(out()).contains("gateway", "orders:read").doesNotContain("client_");
        assertThat(run("", "clients", "remove", "gateway")).isZero();
        assertThat(run("", "clients", "remove", "gateway")).isEqualTo(1);
        assertThat(run("", "clients", "rotate", "gateway")).isEqualTo(1);
    }

    @Test
    void whatIsDoneIsInTheAuditLog() throws Exception {
        run("", "users", "disable", email);
        run("", "users", "role", email, "admin");
        run("", "tokens", "revoke", issue("ci").token().id().toString());

        Callable<List<String>> events = () -> bean(JdbcTemplate.class)
                .queryForList(
                        "select event from sanctum_audit where owner_id = ? or token_id in"
                                + " (select id from personal_access_tokens where tokenable_id = ?) order by id",
                        String.class,
                        Long.toString(account.id()),
                        Long.toString(account.id()));
        Programs.await("the audit log", 60, () -> events.call().size() >= 4); // it is written behind the scenes
        assertThat(events.call()).containsExactly("person_disabled", "role_changed", "token_issued", "token_revoked");
    }

    @Test
    void doctorFindsOwnersThatNobodyKnows() {
        bean(Accounts.class).changeRole(account.id(), Account.Role.ADMIN);
        assertThat(run("", "doctor")).as(out()).isZero();
        assertThat(out()).contains("H2", "Nothing is wrong.");

        JdbcTemplate jdbc = bean(JdbcTemplate.class);
        long id = issue("ci").token().id().value();
        jdbc.update("update personal_access_tokens set tokenable_type = 'App\\Models\\User' where id = ?", id);
        assertThat(run("", "doctor", "--json")).isEqualTo(1);
        assertThat(json().get("findings").get(0).get("rule").asString())
                .isEqualTo(
                        "1 tokens belong to owners of the type 'App\\Models\\User', which nothing here knows: they are"
                                + " refused.");
        jdbc.update("delete from personal_access_tokens where id = ?", id);
    }

    @Test
    void migrateSaysWhenThereIsNothingToDo() {
        assertThat(run("", "migrate")).isZero();
        assertThat(out()).isEqualTo("The tables are up to date.\n");
    }

    @Test
    void databaseThatCannotBeAskedIsNoRefusal() {
        Contexts broken = (migrations, verbose) -> SanctumServer.command(
                Map.of("SANCTUM_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none"), migrations, verbose);
        System.setProperty("SANCTUM_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none");
        try {
            assertThat(run(broken, "", "tokens", "list")).isEqualTo(69);
        } finally {
            System.clearProperty("SANCTUM_DATABASE_URL");
        }
        assertThat(out()).isEmpty();
        assertThat(err()).startsWith("The database could not be asked (").contains("SANCTUM_DATABASE_URL");
    }
}
