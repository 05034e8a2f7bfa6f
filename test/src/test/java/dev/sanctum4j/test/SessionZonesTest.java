package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** MariaDB converts columns of the type {@code timestamp} in the zone of each session, and a Laravel may have one of its own. */
class SessionZonesTest {

    private static final String TABLE = "zoned_tokens";
    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final Owner ADA = Owner.of("App\\Models\\User", 1);

    private final Databases database = Databases.MARIADB;

    @BeforeEach
    void createAsLaravelDoes() throws SQLException {
        database.run("drop table if exists " + TABLE);
        database.createAsLaravel(TABLE);
        database.migrate("V2__sanctum4j_columns.sql", TABLE);
        database.migrate("V3__last_used_from.sql", TABLE);
    }

    /** Sessions in a zone, as the database or the option of a Laravel's connection gives it to them. */
    private DataSource in(String zone) {
        return with("set time_zone = '" + zone + "'");
    }

    /** Fresh connections, on which something was said. */
    private DataSource with(String sql) {
        String url = ((HikariDataSource) database.dataSource()).getJdbcUrl();
        return new DriverManagerDataSource(url) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                }
                return connection;
            }
        };
    }

    private JdbcTokenStore store(String session, String zone, @Nullable String told) {
        JdbcTokenStore.Builder builder =
                JdbcTokenStore.builder(in(session)).table(TABLE).timeZone(ZoneId.of(zone));
        return (told == null ? builder : builder.sessionTimeZone(ZoneId.of(told))).build();
    }

    /** As a Laravel with this timezone of its application and this one of its connection issues a token. */
    private void issueInLaravel(String application, String connection, String secret, Instant now, Instant expiry)
            throws SQLException {
        String time = TEXT.format(LocalDateTime.ofInstant(now, ZoneId.of(application)));
        String end = TEXT.format(LocalDateTime.ofInstant(expiry, ZoneId.of(application)));
        try (Connection laravel = in(connection).getConnection();
                Statement insert = laravel.createStatement()) {
            insert.execute("insert into " + TABLE
                    + " (tokenable_type, tokenable_id, name, token, abilities, expires_at,"
                    + " created_at, updated_at) values ('App\\\\Models\\\\User', 1, 'x', '"
                    + SecretHash.of(secret).toHex() + "', '[\"*\"]', '" + end + "', '" + time + "', '" + time + "')");
        }
    }

    /** As a Laravel reads when a token ends. */
    private Instant endInLaravel(String application, String connection, TokenId id) throws SQLException {
        try (Connection laravel = in(connection).getConnection();
                Statement select = laravel.createStatement();
                ResultSet row = select.executeQuery("select expires_at from " + TABLE + " where id = " + id.value())) {
            row.next();
            return LocalDateTime.parse(row.getString(1).replace(' ', 'T'))
                    .atZone(ZoneId.of(application))
                    .withLaterOffsetAtOverlap()
                    .toInstant();
        }
    }

    @ParameterizedTest
    @CsvSource({
        // of Laravel's connection, of ours, of the application
        "+02:00, +00:00, UTC",
        "-05:00, +00:00, UTC",
        "+00:00, +02:00, UTC",
        "+02:00, +00:00, Europe/Berlin",
        "Europe/Berlin, +00:00, UTC",
        "Europe/Berlin, -05:00, Europe/Berlin",
        "+00:00, Europe/Berlin, UTC",
        "America/New_York, Europe/Berlin, Asia/Kolkata"
    })
    void tokensEndWhereTheLaravelHasAnotherZone(String laravels, String ours, String application) throws Exception {
        Instant now = Instant.parse("2026-07-01T10:00:00Z");
        MovableClock clock = MovableClock.at(now);
        Tokens tokens =
                Tokens.builder(store(ours, application, laravels)).clock(clock).build();
        issueInLaravel(application, laravels, "good", now, now.plusSeconds(60));
        issueInLaravel(application, laravels, "dead", now.minusSeconds(120), now.minusSeconds(60));

        assertThat(tokens.authenticate("good")).isInstanceOf(Accepted.class);
        assertThat(tokens.authenticate("dead")).isEqualTo(new Rejected(Reason.EXPIRED));
        clock.move(Duration.ofSeconds(61));
        assertThat(tokens.authenticate("good")).isEqualTo(new Rejected(Reason.EXPIRED));

        NewToken made = tokens.issue(TokenRequest.of(ADA, "ours").lifetime(Duration.ofHours(1)));
        assertThat(endInLaravel(application, laravels, made.token().id()))
                .isEqualTo(made.token().expiresAt());
        tokens.revoke(made.token().id());
        assertThat(endInLaravel(application, laravels, made.token().id())).isBefore(clock.instant());
        try (Connection connection = in(ours).getConnection();
                Statement statement = connection.createStatement()) {
            JdbcTokenStore.builder(new SingleConnectionDataSource(connection, true))
                    .table(TABLE)
                    .sessionTimeZone(ZoneId.of(laravels))
                    .build()
                    .list(ADA);
            try (ResultSet row = statement.executeQuery("select @@session.time_zone")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo(ours);
            }
        }
    }

    /** The connections of both have a zone with a summer time, and the application's is UTC: an hour of each year cannot stand there. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-29T02:00:00Z", "Europe/Berlin, 2026-10-25T02:00:00Z",
        "America/New_York, 2026-03-08T02:00:00Z", "America/New_York, 2026-11-01T01:00:00Z"
    })
    void hourThatTheSessionDoesNotHaveIsNoOutage(String session, Instant from) throws Exception {
        MovableClock clock = MovableClock.at(from);
        for (String told : new String[] {null, session}) {
            Tokens tokens = Tokens.builder(store(told == null ? session : "+00:00", "UTC", told))
                    .clock(clock)
                    .build();
            for (int minutes = -20; minutes <= 80; minutes += 10) {
                Instant now = from.plus(Duration.ofMinutes(minutes));
                clock.set(now);
                NewToken revoked = tokens.issue(TokenRequest.of(ADA, "revoked").lifetime(Duration.ofDays(1)));
                NewToken ends = tokens.issue(TokenRequest.of(ADA, "ends").lifetime(Duration.ofMinutes(5)));
                assertThat(tokens.authenticate(revoked.plainText().reveal())).isInstanceOf(Accepted.class);
                tokens.flush();
                assertThat(tokens.revoke(revoked.token().id())).isTrue();
                assertThat(tokens.authenticate(revoked.plainText().reveal())).isEqualTo(new Rejected(Reason.REVOKED));
                assertThat(endInLaravel("UTC", session, revoked.token().id()))
                        .as(now.toString())
                        .isBefore(now);
                assertThat(endInLaravel("UTC", session, ends.token().id()))
                        .as(now.toString())
                        .isBeforeOrEqualTo(ends.token().expiresAt());
                clock.move(Duration.ofMinutes(6));
                assertThat(tokens.authenticate(ends.plainText().reveal())).isEqualTo(new Rejected(Reason.EXPIRED));
            }
        }
    }

    /** By the clock of the database, which is set for this: the last use of the hour that is left out, and the first after it. */
    @Test
    void changesInTheHourThatTheSessionDoesNotHaveAreSeen() throws Exception {
        for (String now : new String[] {"2026-03-29T02:00:03Z", "2026-03-29T02:30:00Z", "2026-03-29T03:00:05Z"}) {
            DataSource then =
                    with("set timestamp = " + Instant.parse(now).getEpochSecond() + ", time_zone = 'Europe/Berlin'");
            Tokens tokens = Tokens.builder(
                            JdbcTokenStore.builder(then).table(TABLE).build())
                    .clock(MovableClock.at(Instant.parse(now)))
                    .build();
            assertThat(seen(then, tokens)).as(now).isNotEmpty();
        }
    }

    private static Set<TokenId> seen(DataSource then, Tokens tokens) throws Exception {
        Set<TokenId> told = ConcurrentHashMap.newKeySet();
        InvalidationListener listener = new InvalidationListener() {
            @Override
            public void invalidated(TokenId id) {
                told.add(id);
            }

            @Override
            public void invalidateAll() {}

            @Override
            public void caughtUp(long nanoTime, boolean deletes) {}
        };
        ChangeFeed feed = ChangeFeed.builder(then, listener)
                .table(TABLE)
                .interval(Duration.ofMillis(50))
                .build();
        Thread thread = new Thread(feed);
        thread.start();
        try {
            TokenId id = tokens.issue(TokenRequest.of(ADA, "x")).token().id();
            tokens.revoke(id);
            for (int i = 0; i < 1_000 && told.isEmpty(); i++) {
                Thread.sleep(20);
            }
        } finally {
            feed.close();
            thread.join();
        }
        return told;
    }

    @Test
    void rowsThatAreDatedInTheFutureAreTold() throws Exception {
        Instant now = Instant.now();
        assertThat(contradiction("+00:00", null)).isNull();
        issueInLaravel("UTC", "+00:00", "a", now, now.plusSeconds(60));
        assertThat(contradiction("+00:00", null)).isNull();
        assertThat(contradiction("+02:00", null))
                .matches("the newest change in the table zoned_tokens is dated 1(19|20) minutes in the future");
        assertThat(contradiction("+02:00", "+00:00")).isNull();
        assertThat(contradiction("+00:00", "Asia/Kolkata")).isNull();
        assertThat(contradiction("+02:00", "+02:00")).isNull(); // somebody said so, and it may be a row of a seeder
        assertThat(contradiction("+00:00", "+00:00")).isNull();
        issueInLaravel("UTC", "+00:00", "b", now.plus(Duration.ofDays(1_000)), now); // of a seeder, and no zone
        assertThat(contradiction("+00:00", null)).isNull();
    }

    private @Nullable String contradiction(String session, @Nullable String told) {
        return JdbcSchema.of(in(session), TABLE)
                .contradiction(ZoneOffset.UTC, told == null ? null : ZoneId.of(told))
                .orElse(null);
    }
}
