package dev.sanctum4j.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.server.TestDatabases;
import dev.sanctum4j.server.accounts.Identities.Identity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Who signs in to which account, on every database. */
@ExtendWith(TestDatabases.class)
class IdentitiesTest {

    private static final String ISSUER = "https://login.acme.test";
    private static final Instant NOW = Instant.parse("2026-11-29T08:00:00Z");

    @TempDir
    private Path folder;

    private Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

    enum Database {
        H2,
        SQLITE,
        POSTGRESQL,
        MYSQL;

        /** The URL of an empty one. */
        String empty(Path folder) {
            return switch (this) {
                case H2 -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000";
                case SQLITE -> "jdbc:sqlite:" + folder.resolve("identities.db") + "?busy_timeout=60000";
                case POSTGRESQL -> IdentitiesTest.empty("SANCTUM_TEST_SERVER_POSTGRES_URL");
                case MYSQL -> IdentitiesTest.empty("SANCTUM_TEST_MARIADB_URL");
            };
        }
    }

    private JdbcTemplate migrated(Database database) {
        DriverManagerDataSource dataSource = new DriverManagerDataSource(database.empty(folder));
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/server/" + database.name().toLowerCase(Locale.ROOT))
                .load()
                .migrate();
        return new JdbcTemplate(dataSource);
    }

    private static String empty(String variable) {
        String url = TestDatabases.url(variable);
        if (url == null) {
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail("set " + variable);
            }
            Assumptions.abort("set " + variable);
        }
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(String.valueOf(url)));
        jdbc.execute("drop database if exists sanctum_identities_test");
        jdbc.execute("create database sanctum_identities_test");
        return String.valueOf(url).replaceFirst("(//[^/]*/)[^?]*", "$1sanctum_identities_test");
    }

    private Identities identities(JdbcTemplate jdbc) {
        return new Identities(
                jdbc,
                new TransactionTemplate(new JdbcTransactionManager(Objects.requireNonNull(jdbc.getDataSource()))),
                clock);
    }

    private Identities later(JdbcTemplate jdbc, Duration time) {
        clock = Clock.offset(clock, time);
        return identities(jdbc);
    }

    private static Account account(long id) {
        return account(id, NOW);
    }

    private static Account account(long id, Instant created) {
        return new Account(id, "Ann", "ann@acme.test", Account.NO_PASSWORD, Account.Role.USER, null, created, created);
    }

    @ParameterizedTest
    @EnumSource
    void nextAccountOfTheSameNumberHasNothingOfTheFirst(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);
        Identity ann = new Identity(ISSUER, "ann");
        identities.connect(ann, account(7));
        String hash = Identities.hash(identities.invite(account(7), ISSUER).code());
        identities.forgetFormer(account(7));
        assertThat(identities.account(ann)).hasValue(7L);
        assertThat(identities.invited(hash, ISSUER)).hasValue(7L);
        Account next = account(7, NOW.plusSeconds(1));

        assertThat(identities.seenAt(account(7))).isPresent();
        assertThat(identities.seenAt(next)).isEmpty();
        identities.forgetFormer(next);

        assertThat(identities.account(ann)).isEmpty();
        assertThat(identities.invited(hash, ISSUER)).isEmpty();
        identities.connect(ann, next);
        identities.forgetFormer(next);
        assertThat(identities.account(ann)).hasValue(7L);
    }

    /** Two may have been made at the same moment. */
    @ParameterizedTest
    @EnumSource
    void whoTakesAnInvitationLeavesNoneToTheAccount(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);
        String first = Identities.hash(identities.invite(account(7), ISSUER).code());
        String second = Identities.hash(identities.invite(account(8), ISSUER).code());
        jdbc.update("update sanctum_invitations set account_id = 7");

        assertThat(identities.take(first, account(7))).isTrue();

        assertThat(identities.invited(second, ISSUER)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void somebodySignsInToOneAccountByExactlyIssuerAndSubject(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);

        identities.connect(new Identity(ISSUER, "ann"), account(7));
        identities.connect(new Identity(ISSUER, "ANN"), account(8));
        identities.connect(new Identity("https://login.other.test", "ann"), account(9));

        assertThat(identities.account(new Identity(ISSUER, "ann"))).hasValue(7L);
        assertThat(identities.account(new Identity(ISSUER, "Ann"))).isEmpty();
        assertThat(identities.account(new Identity("https://login.other.test", "ann")))
                .hasValue(9L);
        assertThatThrownBy(() -> identities.connect(new Identity(ISSUER, "ann"), account(9)))
                .isInstanceOf(DataAccessException.class);
        identities.connect(new Identity(ISSUER, "ä".repeat(255)), account(7));
        assertThat(identities.disconnect(7)).isTrue();
        assertThat(identities.disconnect(7)).isFalse();
        assertThat(identities.account(new Identity(ISSUER, "ann"))).isEmpty();
        assertThat(identities.account(new Identity(ISSUER, "ANN"))).hasValue(8L);
    }

    @ParameterizedTest
    @EnumSource
    void latestSignInOfAnyProviderCounts(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities first = identities(jdbc);
        first.connect(new Identity(ISSUER, "ann"), account(7));
        first.connect(new Identity("https://login.other.test", "ann"), account(7));
        assertThat(first.seenAt(account(8))).isEmpty();

        later(jdbc, Duration.ofDays(3)).seen(new Identity(ISSUER, "ann"));

        assertThat(first.seenAt(account(7))).hasValue(NOW.plus(Duration.ofDays(3)));
    }

    @ParameterizedTest
    @EnumSource
    void invitationIsGoodOnceForSevenDaysAndTheNextTakesItsPlace(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);
        String replaced = Identities.hash(identities.invite(account(7), ISSUER).code());
        Identities.Invited made = identities.invite(account(7), ISSUER);
        String hash = Identities.hash(made.code());

        assertThat(made).hasToString("Invited[code=***, expiresAt=2026-12-06T08:00:00Z]");
        assertThat(jdbc.queryForList("select * from sanctum_invitations").toString())
                .doesNotContain(made.code());
        assertThat(identities.invited(replaced, ISSUER)).isEmpty();
        assertThat(identities.invited(hash, ISSUER)).hasValue(7L);
        assertThat(identities.invited(hash, "https://login.other.test")).isEmpty();
        assertThat(identities.invited(made.code(), ISSUER)).isEmpty();
        assertThat(identities.invited(null, ISSUER)).isEmpty();
        assertThat(later(jdbc, Duration.ofDays(7)).invited(hash, ISSUER)).hasValue(7L);
        assertThat(later(jdbc, Duration.ofSeconds(1)).invited(hash, ISSUER)).isEmpty();
        assertThat(identities.take(hash, account(7))).isTrue();
        assertThat(identities.take(hash, account(7))).isFalse();
    }

    /** Whoever has one in hand may have no other way in. */
    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway") // what no database keeps
    void invitationStaysGoodWhereTheNextCannotBeMade(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);
        String first = Identities.hash(identities.invite(account(7), ISSUER).code());

        assertThatThrownBy(() -> identities.invite(account(7), null)).isInstanceOf(DataAccessException.class);

        assertThat(identities.invited(first, ISSUER)).hasValue(7L);
    }
}
