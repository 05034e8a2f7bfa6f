package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.SecretHash;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.accounts.Identities;
import dev.sanctum4j.server.accounts.ProviderSignIn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Who is somebody to the server on a Laravel's table of people, and who is nobody. */
@ExtendWith(OutputCaptureExtension.class)
@ExtendWith(TestDatabases.class)
class LaravelPeopleTest {

    private static final String PASSWORD = "correct horse battery staple";
    private static final String HASH = "$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O";
    private static final String ADA = "ada@example.test";
    private static final String BOB = "bob@example.test";
    private static final long BOUND = 4_000_000_000L; // of what is remembered of owners, and of the look at the table

    @TempDir
    private Path folder;

    private String url = "";
    private JdbcTemplate laravel = new JdbcTemplate();

    private void create(LaravelDatabase database) throws Exception {
        url = database.create(folder);
        laravel = LaravelDatabase.jdbc(url);
    }

    private ConfigurableApplicationContext start(String... more) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SANCTUM_DATABASE_URL", url, "SANCTUM_LARAVEL_USERS", "users", "PORT", "0", "MANAGEMENT_PORT", "0"));
        for (String one : more) {
            environment.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        return SanctumServer.application(environment)
                .run(environment.entrySet().stream()
                        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new));
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private void add(String email) {
        laravel.update("insert into users (name, email, password) values (?, ?, ?)", email, email, HASH);
    }

    private String token(long owner, String secret) {
        laravel.update(
                "insert into personal_access_tokens (name, token, abilities, tokenable_id, tokenable_type)"
                        + " values ('x', ?, '[\"*\"]', ?, 'App\\Models\\User')"
                                .replace("\\", url.startsWith("jdbc:mariadb") ? "\\\\" : "\\"),
                SecretHash.of(secret).toHex(),
                owner);
        return secret;
    }

    private static int status(int port, String token) {
        return new Client(port).bearer("GET", "/api/user", token).statusCode();
    }

    /** Asks until the answer is another one, or the time is over that it may take. */
    private static int status(int port, String token, int unwanted) throws Exception {
        long since = System.nanoTime();
        while (status(port, token) == unwanted && System.nanoTime() - since < BOUND) {
            Thread.sleep(100);
        }
        return status(port, token);
    }

    /** Tables that were made anew number from 1 on again. */
    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void whoWasConnectedWithANumberIsNotWithTheNextWhoHasIt(LaravelDatabase database) throws Exception {
        create(database);
        add(ADA);
        laravel.execute("update users set created_at = '2026-01-01 00:00:00'");
        String issuer = "https://login.acme.test";
        try (var context = start("sanctum.oidc.issuer=" + issuer, "sanctum.oidc.client-id=app")) {
            ProviderSignIn people = context.getBean(ProviderSignIn.class);
            Accounts accounts = context.getBean(Accounts.class);
            Identities.Identity ada = new Identities.Identity(issuer, "ada");
            Account account = accounts.find(1).orElseThrow();
            assertThat(people.connect(ada, account, null)).isPresent();
            String invitation = Identities.hash(
                    context.getBean(Identities.class).invite(account, issuer).code());
            assertThat(people.find(ada)).isPresent();
            assertThat(people.invited(invitation)).isPresent();

            laravel.execute("update users set created_at = '2036-01-01 00:00:00', email = '" + BOB + "'");

            assertThat(people.invited(invitation)).isEmpty();
            assertThat(people.connect(ada, accounts.find(1).orElseThrow(), null))
                    .isPresent();
            assertThat(people.find(ada)).isPresent();
            laravel.execute("update users set created_at = '2037-01-01 00:00:00'");
            assertThat(people.find(ada)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void whoIsDeletedSoftlyIsNobodyUntilRestored(LaravelDatabase database) throws Exception {
        create(database);
        laravel.execute("alter table users add column deleted_at timestamp null");
        add(ADA);
        add(BOB);
        String adas = token(1, "secret-of-ada");
        String bobs = token(2, "secret-of-bob");
        try (var context = start()) {
            int port = port(context);
            Client page = new Client(port);
            Accounts accounts = context.getBean(Accounts.class);
            assertThat(accounts.changeRole(1, Account.Role.ADMIN)).isTrue();
            assertThat(accounts.haveAdministrator()).isTrue();
            assertThat(page.signIn(ADA, PASSWORD)).isEqualTo(204);
            assertThat(status(port, adas)).isEqualTo(200);
            assertThat(new Client(port).bearer("GET", "/verify", adas).statusCode())
                    .isLessThan(300);

            laravel.execute("update users set deleted_at = '2026-01-01 00:00:00' where id = 1");

            assertThat(status(port, adas, 200)).isEqualTo(401);
            assertThat(status(port, bobs)).isEqualTo(200);
            assertThat(new Client(port).bearer("GET", "/verify", adas).statusCode())
                    .isEqualTo(401);
            assertThat(page.page("GET", "/api/user", "").statusCode()).isEqualTo(401);
            assertThat(new Client(port).exchanged(ADA, PASSWORD).statusCode()).isEqualTo(422);
            assertThat(new Client(port).signIn(ADA, PASSWORD)).isEqualTo(422);
            assertThat(context.getBean(PasswordEncoder.class)).hasToString("WholePasswords[cost=12]");
            assertThat(accounts.find(1)).isEmpty();
            assertThat(accounts.findByEmail(ADA)).isEmpty();
            assertThat(accounts.latest(Long.MAX_VALUE, 10))
                    .extracting(Account::id)
                    .containsExactly(2L);
            assertThat(accounts.haveAdministrator()).isFalse();
            assertThat(accounts.disable(1)).isFalse();

            laravel.execute("update users set deleted_at = null where id = 1");

            assertThat(status(port, adas, 401)).isEqualTo(200);
            assertThat(new Client(port).exchanged(ADA, PASSWORD).statusCode()).isEqualTo(200);
            assertThat(accounts.haveAdministrator()).isTrue();
        }
    }

    /** {@code migrate:refresh} and a seeder: numbers begin again, and the first user is another one. */
    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void nobodyInheritsARoleWithANumber(LaravelDatabase database) throws Exception {
        create(database);
        add(ADA);
        laravel.execute("update users set created_at = '2026-01-01 00:00:00'");
        try (var context = start()) {
            Accounts accounts = context.getBean(Accounts.class);
            assertThat(accounts.changeRole(1, Account.Role.ADMIN)).isTrue();
            assertThat(accounts.find(1)).get().matches(one -> one.role() == Account.Role.ADMIN);

            laravel.execute("update users set created_at = '2036-01-01 00:00:00', email = '" + BOB + "'");

            assertThat(accounts.find(1)).get().matches(one -> one.role() == Account.Role.USER);
            assertThat(accounts.haveAdministrator()).isFalse();
            assertThat(accounts.disable(1)).isTrue(); // which notes that somebody looked at the row
            assertThat(accounts.enable(1)).isTrue();
            assertThat(accounts.find(1)).get().matches(one -> one.role() == Account.Role.USER);
            assertThat(accounts.changeRole(1, Account.Role.ADMIN)).isTrue(); // though the account is not made yet
            assertThat(accounts.find(1)).get().matches(one -> one.role() == Account.Role.ADMIN);
            assertThat(accounts.haveAdministrator()).isTrue();

            assertThat(accounts.disable(1)).isTrue();
            laravel.execute("update users set created_at = '2037-01-01 00:00:00'");
            assertThat(accounts.find(1)).get().matches(one -> one.disabledAt() != null); // closed until somebody looks
        }
    }

    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void columnsComeAndGoUnderARunningServer(LaravelDatabase database, CapturedOutput output) throws Exception {
        create(database);
        add(ADA);
        String adas = token(1, "secret-of-ada");
        try (var context = start("sanctum.cache.mode=strict")) {
            int port = port(context);
            assertThat(status(port, adas)).isEqualTo(200);

            laravel.execute("alter table users add column deleted_at timestamp null");
            laravel.execute("update users set deleted_at = '2026-01-01 00:00:00'");
            assertThat(status(port, adas, 200)).isEqualTo(401);

            for (String gone :
                    List.of("deleted_at", "created_at", "name")) { // and nobody sees the statement that failed
                laravel.execute("alter table users drop column " + gone);
                assertThat(status(port, adas)).isEqualTo(200);
                assertThat(new Client(port).exchanged(ADA, PASSWORD).statusCode())
                        .isEqualTo(200);
            }

            laravel.execute("alter table users rename column password to secret");
            assertThat(status(port, adas)).isEqualTo(503); // nobody can tell
            assertThat(status(port, adas)).isEqualTo(503);
            assertThat(output.toString().split("Nobody can be asked for", -1)).hasSize(2);
            assertThat(output)
                    .contains(
                            "SANCTUM_LARAVEL_USERS=users: the table lacks what people are known by, the column password");
            laravel.execute("alter table users rename column secret to password");
            assertThat(status(port, adas)).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void conditionsCountAndNeverLess(LaravelDatabase database) throws Exception {
        create(database);
        laravel.execute("alter table users add column banned_at timestamp null");
        laravel.execute("alter table users add column Status varchar(20) null");
        laravel.execute("alter table users add column level int null");
        add(ADA);
        String adas = token(1, "secret-of-ada");
        List<String> let = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try (var context = start(
                "sanctum.cache.mode=strict",
                "SANCTUM_LARAVEL_ACTIVE=BANNED_AT is null and status <> 'it''s over' and level>=3")) {
            int port = port(context);
            for (String row : List.of(
                    "null, 'ok', 3",
                    "null, 'ok', 2",
                    "null, 'it''s over', 3",
                    "null, null, 3",
                    "null, 'ok', null",
                    "'2026-01-01 00:00:00', 'ok', 3",
                    "null, '', 4")) {
                laravel.execute("delete from users where id = 1");
                laravel.execute(
                        "insert into users (id, name, email, password, banned_at, status, level) values (1, 'x', '"
                                + ADA + "', '" + HASH + "', " + row + ")");
                (status(port, adas) == 200 ? let : refused).add(row);
            }
            assertThat(let).containsExactly("null, 'ok', 3", "null, '', 4");
            assertThat(refused).hasSize(5);

            laravel.execute("alter table users drop column level");
            assertThat(status(port, adas)).isEqualTo(503); // which is not to let everybody in
        }
    }

    @ParameterizedTest
    @EnumSource(LaravelDatabase.class)
    void whatCannotBeAskedEndsTheStart(LaravelDatabase database) throws Exception {
        create(database);
        laravel.execute("alter table users add column status varchar(20) null");
        laravel.execute("create table people (id bigint, name varchar(20), email_address varchar(20))");
        refused("SANCTUM_LARAVEL_ACTIVE", "banned is null", "the table users has no column banned");
        refused("SANCTUM_LARAVEL_ACTIVE", "status = 'a' or 1 = 1", "it must be comparisons of columns");
        refused("SANCTUM_LARAVEL_ACTIVE", "status = 0", "which does not go with 0");
        refused("SANCTUM_LARAVEL_ACTIVE", "id = '1'", "which does not go with '1'");
        refused("SANCTUM_LARAVEL_USERS", "people", "the columns email, password");
        refused("SANCTUM_LARAVEL_USERS", "persons", "there is no table persons, which Laravel makes");
        refused("SANCTUM_LARAVEL_USERS", "", "it needs SANCTUM_LARAVEL_USERS");
    }

    private void refused(String setting, String value, String told) {
        assertThatThrownBy(() -> start(
                        setting + "=" + value,
                        "SANCTUM_LARAVEL_ACTIVE="
                                .concat(setting.endsWith("ACTIVE") ? value : value.isEmpty() ? "id is not null" : "")))
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining(told);
    }

    /** As a Laravel makes it whose model has {@code $timestamps = false}. */
    @Test
    void peopleNeedNoTimesAndNoNames() throws Exception {
        create(LaravelDatabase.SQLITE);
        laravel.execute("create table members (id integer primary key, email varchar, password varchar)");
        laravel.update("insert into members values (1, ?, ?)", ADA, HASH);
        String adas = token(1, "secret-of-ada");
        try (var context = start("SANCTUM_LARAVEL_USERS=members")) {
            Client client = new Client(port(context));
            assertThat(client.exchanged(ADA, PASSWORD).statusCode()).isEqualTo(200);
            assertThat(client.bearer("GET", "/api/user", adas).body())
                    .contains("\"name\":\"" + ADA + "\"", "\"created_at\":null");
            assertThat(context.getBean(Accounts.class).latest(Long.MAX_VALUE, 1))
                    .hasSize(1);
        }
    }
}
