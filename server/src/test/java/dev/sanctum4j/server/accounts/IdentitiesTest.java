package dev.sanctum4j.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.server.accounts.Identities.Identity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Who signs in to which account, on every database. */
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
        MYSQL
    }

    private JdbcTemplate migrated(Database database) {
        DriverManagerDataSource dataSource = new DriverManagerDataSource(
                switch (database) {
                    case H2 -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
                    case SQLITE -> "jdbc:sqlite:" + folder.resolve("identities.db");
                    case POSTGRESQL -> empty("SANCTUM_TEST_SERVER_POSTGRES_URL");
                    case MYSQL -> empty("SANCTUM_TEST_MARIADB_URL");
                });
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/server/" + database.name().toLowerCase(Locale.ROOT))
                .load()
                .migrate();
        return new JdbcTemplate(dataSource);
    }

    private static String empty(String variable) {
        String url = System.getenv(variable);
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
        return new Identities(jdbc, clock);
    }

    private Identities later(JdbcTemplate jdbc, Duration time) {
        clock = Clock.offset(clock, time);
        return identities(jdbc);
    }

    @ParameterizedTest
    @EnumSource
    void somebodySignsInToOneAccountByExactlyIssuerAndSubject(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);

        identities.connect(new Identity(ISSUER, "ann"), 7);
        identities.connect(new Identity(ISSUER, "ANN"), 8);
        identities.connect(new Identity("https://login.other.test", "ann"), 9);

        assertThat(identities.account(new Identity(ISSUER, "ann"))).hasValue(7L);
        assertThat(identities.account(new Identity(ISSUER, "Ann"))).isEmpty();
        assertThat(identities.account(new Identity("https://login.other.test", "ann")))
                .hasValue(9L);
        assertThatThrownBy(() -> identities.connect(new Identity(ISSUER, "ann"), 9))
                .isInstanceOf(DataAccessException.class);
        identities.connect(new Identity(ISSUER, "ä".repeat(255)), 7);
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
        first.connect(new Identity(ISSUER, "ann"), 7);
        first.connect(new Identity("https://login.other.test", "ann"), 7);
        assertThat(first.seenAt(8)).isEmpty();

        later(jdbc, Duration.ofDays(3)).seen(new Identity(ISSUER, "ann"));

        assertThat(first.seenAt(7)).hasValue(NOW.plus(Duration.ofDays(3)));
    }

    @ParameterizedTest
    @EnumSource
    void invitationIsGoodOnceForSevenDaysAndTheNextTakesItsPlace(Database database) {
        JdbcTemplate jdbc = migrated(database);
        Identities identities = identities(jdbc);
        String replaced = Identities.hash(identities.invite(7, ISSUER).code());
        Identities.Invited made = identities.invite(7, ISSUER);
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
        assertThat(identities.take(hash)).isTrue();
        assertThat(identities.take(hash)).isFalse();
    }
}
