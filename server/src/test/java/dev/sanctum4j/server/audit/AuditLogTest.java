package dev.sanctum4j.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalDraft;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.server.TestDatabases;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.store.StoreProperties;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is in the log stays there until it is old, and what one sends keeps nobody else's entries out. */
@ExtendWith(TestDatabases.class)
class AuditLogTest {

    private static final AuditProperties SETTINGS = new AuditProperties(Duration.ofDays(400), 10_000);

    private final Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS);

    @TempDir
    private Path folder;

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
                    case SQLITE -> "jdbc:sqlite:" + folder.resolve("audit.db");
                    case POSTGRESQL -> empty(postgresql());
                    case MYSQL -> empty(wanted("SANCTUM_TEST_MARIADB_URL", "nothing stands in for it"));
                });
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/server/" + database.name().toLowerCase(Locale.ROOT))
                .load()
                .migrate();
        return new JdbcTemplate(dataSource);
    }

    private static String postgresql() {
        String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        try {
            return url != null ? url : EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
        } catch (IOException | RuntimeException e) {
            return wanted("SANCTUM_TEST_SERVER_POSTGRES_URL", "the embedded one did not start: " + e);
        }
    }

    private static String wanted(String variable, String why) {
        String url = System.getenv(variable);
        if (url == null) {
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail("set " + variable + "; " + why);
            }
            Assumptions.abort("set " + variable + "; " + why);
        }
        return String.valueOf(url);
    }

    private static String empty(String url) {
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
        jdbc.execute("drop database if exists sanctum_audit_test");
        jdbc.execute("create database sanctum_audit_test");
        return url.replaceFirst("(//[^/]*/)[^?]*", "$1sanctum_audit_test");
    }

    private static AuditLog log(JdbcTemplate jdbc) {
        return new AuditLog(jdbc, new TransactionTemplate(new JdbcTransactionManager(jdbc.getDataSource())));
    }

    private static AuditWriter writer(AuditLog log, String housekeeping) {
        var settings = new MapConfigurationPropertySource(Map.of("sanctum.housekeeping", housekeeping));
        StoreProperties store = new Binder(settings).bindOrCreate("sanctum", StoreProperties.class);
        return new AuditWriter(log, Clock.systemUTC(), SETTINGS, store);
    }

    private static Entry entry(Instant at, String address, String detail) {
        return new Entry(at, "signed_in", Owner.of("user", "1"), null, null, address, detail, 1);
    }

    private static List<Entry> written(AuditLog log) {
        return log.page(null, Long.MAX_VALUE, 10_000).stream()
                .map(AuditLog.Numbered::entry)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTooLongOrNoTextIsCutAndItsNeighboursAreThere(Database database) throws Exception {
        AuditLog log = log(migrated(database));
        AuditWriter writer = writer(log, "on");
        writer.add(entry(now, "before", "1"));
        writer.add(entry(now, "9".repeat(5_000), "2"));
        writer.add(entry(now, "10.0.0.1, 10.0.0.\u00e9\ud83d\ude00 \u0000\u0007", "3"));
        writer.add(new Entry(
                now,
                "e".repeat(300),
                Owner.of("t".repeat(255), "i".repeat(255)),
                null,
                "\ud83e\udd16".repeat(120),
                null,
                "4",
                1));
        writer.add(entry(now, "a", "x".repeat(999) + "\ud83d\ude00"));
        writer.add(entry(now, "b", "\ud83d and \ude00 and \u0000"));
        writer.refused(new Entry(now, "sign_in_failed", null, null, null, "f".repeat(200), null, 1));
        writer.refused(new Entry(now, "sign_in_failed", null, null, null, "f".repeat(200), null, 1));
        writer.add(entry(now, "after", "5"));
        writer.start();
        writer.stop();

        List<Entry> all = written(log);
        assertThat(all).hasSize(9);
        assertThat(all).extracting(Entry::address).contains("before", "after", "9".repeat(64), "f".repeat(64));
        assertThat(all).extracting(Entry::detail).contains("x".repeat(999), "? and ? and ?");
        assertThat(all).extracting(Entry::address).contains("10.0.0.1, 10.0.0.?? ??");
        assertThat(all).extracting(Entry::event).contains("e".repeat(40));
        assertThat(all)
                .extracting(Entry::actor)
                .contains("\ud83e\udd16".repeat(120))
                .containsNull();
        assertThat(all).allMatch(entry -> entry.at().equals(now));
    }

    @ParameterizedTest
    @EnumSource
    void whatTheDatabaseRefusesCostsItsNeighboursNothing(Database database) throws Exception {
        JdbcTemplate jdbc = migrated(database);
        if (database == Database.SQLITE) { // which checks nothing else
            jdbc.execute("create unique index one_of_each on sanctum_audit (detail)");
        } else {
            jdbc.execute("alter table sanctum_audit add constraint one_of_each unique (detail)");
        }
        AuditLog log = log(jdbc);
        AuditWriter writer = writer(log, "on");
        IntStream.range(0, 50).forEach(i -> writer.add(entry(now, "a", i == 20 ? "19" : Integer.toString(i))));
        writer.start();
        writer.stop();

        assertThat(written(log)).hasSize(49).extracting(Entry::detail).contains("0", "19", "21", "49");
    }

    /** SQLite's driver says so without a state, as it says of what it refuses. */
    @Test
    void whatADatabaseIsTooBusyForIsWrittenLater() throws Exception {
        AuditLog read = log(migrated(Database.SQLITE));
        DriverManagerDataSource impatient =
                new DriverManagerDataSource("jdbc:sqlite:" + folder.resolve("audit.db") + "?busy_timeout=1");
        AuditLog log = log(new JdbcTemplate(impatient), (call, append) -> {
            if (call != 1 && call != 3) { // all three together, and the second of them
                append.run();
                return;
            }
            try (Connection other = impatient.getConnection();
                    Statement statement = other.createStatement()) {
                statement.execute("begin immediate");
                append.run();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        AuditWriter writer = writer(log, "off");
        IntStream.range(0, 3).forEach(i -> writer.add(entry(now, "a", Integer.toString(i))));
        writer.start();
        await(() -> written(read).size() > 1);
        writer.stop();

        assertThat(written(read)).extracting(Entry::detail).containsExactlyInAnyOrder("0", "1", "2");
    }

    @Test
    void whatIsRefusedIsCountedThoughTheDatabaseGoesAwayBeforeTheRest() throws Exception {
        JdbcTemplate jdbc = migrated(Database.H2);
        jdbc.execute("alter table sanctum_audit add constraint one_of_each unique (detail)");
        AuditLog log = log(jdbc, (call, append) -> {
            if (call == 4) {
                throw new DataAccessResourceFailureException("away");
            }
            append.run();
        });
        AuditWriter writer = writer(log, "off");
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        writer.bindTo(meters);
        List.of("0", "0", "1").forEach(detail -> writer.add(entry(now, "a", detail)));
        writer.start();
        await(() -> written(log).size() == 2);
        writer.stop();

        assertThat(meters.get("sanctum.audit.lost").functionCounter().count()).isEqualTo(1);
    }

    /** Somebody may have more tokens than the queue has places. */
    @Test
    void revocationOfManyTokensLosesNoEntryNorAnybodyElses() throws Exception {
        JdbcTemplate jdbc = migrated(Database.H2);
        AuditWriter writer = writer(log(jdbc), "off");
        AuditTrail trail = new AuditTrail(writer, Clock.systemUTC());
        writer.start();
        for (int i = 1; i <= 30_000; i++) {
            trail.on(new TokenEvent.Revoked(TokenId.of(i)));
        }
        IntStream.range(0, 4_000).forEach(i -> writer.add(entry(now, "a", "x")));
        await(() -> count(jdbc) == 34_000);
        writer.stop();

        assertThat(jdbc.queryForObject("select count(distinct token_id) from sanctum_audit", Integer.class))
                .isEqualTo(30_000);
    }

    private static int count(JdbcTemplate jdbc) {
        return Objects.requireNonNull(jdbc.queryForObject("select count(*) from sanctum_audit", Integer.class));
    }

    @Test
    void noErrorEndsTheWriting() throws Exception {
        AuditLog log = log(migrated(Database.H2), (call, append) -> {
            if (call == 1) {
                throw new StackOverflowError("once");
            }
            append.run();
        });
        AuditWriter writer = writer(log, "off");
        writer.add(entry(now, "a", "0"));
        writer.start();
        await(() -> written(log).size() == 1);
        writer.stop();
    }

    /** @param each told how often something was to be written, with this time; and does it, or does not */
    private static AuditLog log(JdbcTemplate jdbc, BiConsumer<Integer, Runnable> each) {
        AtomicInteger calls = new AtomicInteger();
        return new AuditLog(jdbc, new TransactionTemplate(new JdbcTransactionManager(jdbc.getDataSource()))) {
            @Override
            void append(List<Entry> entries) {
                each.accept(calls.incrementAndGet(), () -> super.append(entries));
            }
        };
    }

    /** Also while the writer holds a batch that it cannot write, and for each of the ways in which an entry is lost. */
    @Test
    void metersTellWhatWaitsAndWhatIsLost() throws Exception {
        JdbcTemplate jdbc = migrated(Database.H2);
        jdbc.execute("alter table sanctum_audit add constraint one_of_each unique (detail)");
        jdbc.execute("alter table sanctum_audit rename to away");
        AuditLog log = log(jdbc);
        AuditWriter writer = writer(log, "on");
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        writer.bindTo(meters);
        Gauge waiting = meters.get("sanctum.audit.waiting").gauge();
        FunctionCounter lost = meters.get("sanctum.audit.lost").functionCounter();

        IntStream.range(0, 10_003).forEach(i -> writer.add(entry(now, "a", Integer.toString(i))));
        assertThat(waiting.value()).isEqualTo(10_000);
        assertThat(lost.count()).isEqualTo(3);

        writer.start();
        double taken = 0; // by the writer, once the queue has room for others
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int i = 20_000; taken < 200; i++) {
            assertThat(System.nanoTime()).as("a batch waits, too").isLessThan(end);
            writer.add(entry(now, "a", Integer.toString(i)));
            taken = waiting.value() - 10_000;
            TimeUnit.MILLISECONDS.sleep(taken == 0 ? 1 : 0);
        }
        double before = lost.count();

        jdbc.execute("alter table away rename to sanctum_audit");
        await(() -> waiting.value() == 0);
        assertThat(lost.count()).isEqualTo(before);
        writer.add(entry(now, "a", "0"));
        await(() -> lost.count() == before + 1);

        jdbc.execute("alter table sanctum_audit rename to away");
        writer.add(entry(now, "a", "the last"));
        writer.stop();
        assertThat(lost.count()).isEqualTo(before + 2);
        assertThat(waiting.value()).isEqualTo(0);
    }

    private static void await(BooleanSupplier fact) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!fact.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it does not come true").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** What a stranger calls itself neither stands for what we know nor pushes it out of the line. */
    @Test
    void nameOfAProgramForgesNothingAndAbilitiesHideNothing() throws Exception {
        AuditLog log = log(migrated(Database.SQLITE));
        AuditWriter writer = writer(log, "on");
        AuditTrail trail = new AuditTrail(writer, Clock.systemUTC());
        for (int length : new int[] {1, 100}) {
            Abilities asked = Abilities.of(IntStream.range(0, 50)
                    .mapToObj(i -> "a" + i + "b".repeat(length))
                    .toList());
            ApprovalRequest request = new ApprovalDraft(
                            SecretHash.of("device"),
                            SecretHash.of("user"),
                            "cli",
                            "x\", asked from 10.0.0.1 by user:1",
                            asked,
                            Duration.ofHours(1),
                            "203.0.113.7",
                            "203.0.113.7",
                            now,
                            now,
                            Duration.ofSeconds(5),
                            null)
                    .withId(1);
            trail.on(new AccessEvent.ApprovalAsked(request));
        }
        writer.start();
        writer.stop();

        assertThat(written(log))
                .hasSize(2)
                .extracting(Entry::detail)
                .allMatch(detail -> detail != null && detail.startsWith("asked from 203.0.113.7, cli: a0b"))
                .anyMatch(detail -> detail != null && detail.endsWith(", \"x', asked from 10.0.0.1 by user:1\""));
    }

    @ParameterizedTest
    @EnumSource
    void oldEntriesAreDeletedAndOthersStay(Database database) throws Exception {
        AuditLog log = log(migrated(database));
        for (int i = 0; i < 25; i++) {
            log.append(IntStream.range(0, 100)
                    .mapToObj(one -> entry(now.minus(Duration.ofDays(500)), "old", "x"))
                    .toList());
        }
        log.append(List.of(
                entry(now.minus(Duration.ofDays(402)), "old", "x"),
                entry(now.minus(Duration.ofDays(399)), "kept", "x")));
        AuditWriter kept = writer(log, "off");
        kept.start();
        kept.add(entry(now, "new", "x"));
        TimeUnit.MILLISECONDS.sleep(500);
        kept.stop();
        assertThat(written(log)).hasSize(2_503);
        assertThat(log.prune(now.minus(Duration.ofDays(401)), 250)).isEqualTo(250);
        assertThat(written(log)).hasSize(2_253);
        AuditWriter writer = writer(log, "on");
        writer.start();
        await(() -> written(log).size() <= 2);
        writer.stop();

        assertThat(written(log)).extracting(Entry::address).containsExactly("new", "kept");
    }

    @ParameterizedTest
    @EnumSource
    void whatAWrongClockHasDatedLaterKeepsNothingBehindIt(Database database) {
        AuditLog log = log(migrated(database));
        log.append(IntStream.range(0, 300)
                .mapToObj(one -> entry(now.plus(Duration.ofDays(3_000)), "ahead", "x"))
                .toList());
        Entry old = entry(now.minus(Duration.ofDays(500)), "old", "x");
        log.append(List.of(old, entry(now, "kept", "x"), old, old));
        Instant before = now.minus(Duration.ofDays(401));

        assertThat(log.prune(before, 2)).isEqualTo(2);
        assertThat(log.prune(before, 2)).isEqualTo(1);
        assertThat(log.prune(before, 2)).isZero();

        assertThat(written(log)).hasSize(301).extracting(Entry::address).doesNotContain("old");
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"H2", "MYSQL"}) // which have no trigger that could
    void triggerLetsOnlyOldEntriesGo(Database database) {
        JdbcTemplate jdbc = migrated(database);
        AuditLog log = log(jdbc);
        log.append(List.of(
                entry(now.minus(Duration.ofDays(402)), "old", "x"),
                entry(now.minus(Duration.ofDays(399)), "young", "x")));

        assertThat(jdbc.update("delete from sanctum_audit where address = 'old'"))
                .isEqualTo(1);
        refused(jdbc, "delete from sanctum_audit");
        refused(jdbc, "update sanctum_audit set address = 'other'");
        if (database == Database.POSTGRESQL) {
            refused(jdbc, "truncate sanctum_audit");
        }
        log.keep(30);
        assertThat(log.prune(now.minus(Duration.ofDays(31)), 10)).isEqualTo(1);
        log.append(List.of(entry(now.minus(Duration.ofDays(29)), "young", "x")));
        refused(jdbc, "delete from sanctum_audit");
        jdbc.update("delete from sanctum_audit_keep");
        refused(jdbc, "delete from sanctum_audit");
        assertThat(written(log)).hasSize(1);
    }

    private static void refused(JdbcTemplate jdbc, String statement) {
        assertThatThrownBy(() -> jdbc.update(statement))
                .as(statement)
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("append-only");
    }
}
