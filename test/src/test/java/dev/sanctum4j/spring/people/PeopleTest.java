package dev.sanctum4j.spring.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.store.StartFailure;
import dev.sanctum4j.test.Databases;
import dev.sanctum4j.test.MovableClock;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The people on every database. */
class PeopleTest {

    private static final String ISSUER = "https://login.acme.test";

    private final MovableClock clock = MovableClock.at(Instant.parse("2026-11-29T08:00:00Z"));
    private final ConcurrentLinkedQueue<Owner> invalidated = new ConcurrentLinkedQueue<>();

    private People people(DataSource dataSource) {
        PeopleTable table = new PeopleTable(dataSource);
        table.createIfMissing();
        table.createIfMissing();
        table.require();
        return new People(dataSource, clock, "user", invalidated::add, owner -> {});
    }

    private static SignedInPerson ann(String issuer, String subject, String... authorities) {
        return new SignedInPerson(
                new Identity(issuer, subject), "ann", "Änn 🦊", "ann@acme.test", List.of(authorities));
    }

    @ParameterizedTest
    @EnumSource
    void signInIsWrittenDownAndTheNextRenewsIt(Databases database) throws Exception {
        People people = people(database.schema("sanctum_people_once"));

        Person first = people.signedIn(ann(ISSUER, "1", "ROLE_A", "SCOPE_openid"));
        clock.move(Duration.ofDays(3));
        Person again = people.signedIn(ann(ISSUER, "1"));

        assertThat(first)
                .isEqualTo(new Person(
                        first.id(),
                        ISSUER,
                        "1",
                        "ann",
                        "Änn 🦊",
                        "ann@acme.test",
                        List.of("ROLE_A", "SCOPE_openid"),
                        Instant.parse("2026-11-29T08:00:00Z"),
                        Instant.parse("2026-11-29T08:00:00Z"),
                        null));
        assertThat(again)
                .isEqualTo(new Person(
                        first.id(),
                        ISSUER,
                        "1",
                        "ann",
                        "Änn 🦊",
                        "ann@acme.test",
                        List.of(),
                        first.createdAt(),
                        Instant.parse("2026-12-02T08:00:00Z"),
                        null));
        assertThat(people.find(first.id())).hasValue(again);
        assertThat(people.find(ISSUER, "1")).hasValue(again);
        assertThat(people.find("nobody")).isEmpty();
        assertThat(invalidated).containsExactly(Owner.of("user", first.id()), Owner.of("user", first.id()));
    }

    @ParameterizedTest
    @EnumSource
    void issuerAndSubjectAreComparedExactly(Databases database) throws Exception {
        People people = people(database.schema("sanctum_people_exact"));

        List<String> ids = new ArrayList<>();
        for (String subject : List.of("ann", "ANN", "änn", "ann/", "a".repeat(255))) {
            ids.add(people.signedIn(ann(ISSUER, subject)).id());
        }
        ids.add(people.signedIn(ann(ISSUER + "/", "ann")).id());
        ids.add(people.signedIn(ann("https://login.other.test", "ann")).id());

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(people.find(ISSUER, "Ann")).isEmpty();
        for (String refused : List.of("", "ann ", " ann", "a".repeat(256), "a\0", "\ud83e")) {
            assertThatThrownBy(() -> new Identity(ISSUER, refused)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatOnlyIsShownNeverKeepsAnybodyOut(Databases database) throws Exception {
        People people = people(database.schema("sanctum_people_shown"));
        List<String> many =
                IntStream.range(0, 5_000).mapToObj(i -> "GROUP_" + i).toList();

        Person person =
                people.signedIn(new SignedInPerson(new Identity(ISSUER, "7"), "\0", "🦊".repeat(300), null, many));

        assertThat(person.name()).isEqualTo("7");
        assertThat(person.displayName()).isEqualTo("🦊".repeat(255));
        assertThat(person.email()).isNull();
        assertThat(person.authorities()).isEqualTo(many);
    }

    @ParameterizedTest
    @EnumSource
    void browsersThatSignInAtTheSameMomentAreOnePerson(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_people_race");
        People people = people(dataSource);
        int rounds = 10;
        try (var browsers = closing(Executors.newFixedThreadPool(2))) {
            for (int round = 0; round < rounds; round++) {
                CyclicBarrier start = new CyclicBarrier(2);
                String subject = "s" + round;
                List<Future<Person>> both = List.of(
                        browsers.submit(() -> {
                            start.await();
                            return people.signedIn(ann(ISSUER, subject));
                        }),
                        browsers.submit(() -> {
                            start.await();
                            return people.signedIn(ann(ISSUER, subject));
                        }));
                assertThat(both.get(0).get().id()).isEqualTo(both.get(1).get().id());
            }
        }
        assertThat(new JdbcTemplate(dataSource).queryForObject("select count(*) from sanctum_people", Integer.class))
                .isEqualTo(rounds);
    }

    /** An executor that is closed before Java 19. */
    private record Closing(ExecutorService threads) implements AutoCloseable {

        <T> Future<T> submit(Callable<T> task) {
            return threads.submit(task);
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    private static Closing closing(ExecutorService threads) {
        return new Closing(threads);
    }

    @ParameterizedTest
    @EnumSource
    void whoIsDisabledStaysSoWhateverTheProviderSays(Databases database) throws Exception {
        People people = people(database.schema("sanctum_people_disabled"));
        String id = people.signedIn(ann(ISSUER, "1")).id();
        invalidated.clear();

        assertThat(people.disable(id)).isTrue();
        assertThat(people.disable(id)).isFalse();
        assertThat(invalidated).contains(Owner.of("user", id));
        assertThat(people.signedIn(ann(ISSUER, "1")).disabledAt()).isEqualTo(clock.instant());
        assertThat(people.enable(id)).isTrue();
        assertThat(people.signedIn(ann(ISSUER, "1")).disabledAt()).isNull();
    }

    /** To another provider, as the documentation says. */
    @ParameterizedTest
    @EnumSource
    void whoMovesToAnotherProviderStaysTheSame(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_people_moved");
        People people = people(dataSource);
        String id = people.signedIn(ann(ISSUER, "1")).id();

        new JdbcTemplate(dataSource)
                .update("update sanctum_people set issuer = ?, subject = ? where id = ?", "https://new.test", "9", id);

        assertThat(people.signedIn(ann("https://new.test", "9")).id()).isEqualTo(id);
        assertThat(people.signedIn(ann(ISSUER, "1")).id()).isNotEqualTo(id);
    }

    @ParameterizedTest
    @EnumSource
    void flywayMakesTheTable(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_people_flyway");
        assertMissing(dataSource);

        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:dev/sanctum4j/people/flyway/" + database.vendor())
                .load()
                .migrate();

        assertWorks(dataSource);
    }

    /** In a history by itself. */
    @ParameterizedTest
    @EnumSource
    void flywayRunsTheNumberedSeries(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_people_series");

        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:dev/sanctum4j/people/" + database.folder())
                .table("sanctum_people_history")
                .load()
                .migrate();

        assertWorks(dataSource);
    }

    @ParameterizedTest
    @EnumSource
    void liquibaseMakesTheTable(Databases database) throws Exception {
        DataSource dataSource = database.schema("sanctum_people_liqui");

        for (int i = 0; i < 2; i++) {
            try (Connection connection = dataSource.getConnection();
                    Liquibase liquibase = new Liquibase(
                            "dev/sanctum4j/people/liquibase.xml",
                            new ClassLoaderResourceAccessor(),
                            DatabaseFactory.getInstance()
                                    .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
                liquibase.update(new Contexts());
            }
        }

        assertWorks(dataSource);
    }

    private static void assertMissing(DataSource dataSource) {
        assertThatThrownBy(() -> new PeopleTable(dataSource).require())
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("sanctum.people is on, but the table sanctum_people is missing");
    }

    private void assertWorks(DataSource dataSource) {
        assertThatCode(() -> new PeopleTable(dataSource).require()).doesNotThrowAnyException();
        People people = new People(dataSource, clock, "user", owner -> {}, owner -> {});
        assertThat(people.signedIn(ann(ISSUER, "1")).seenAt()).isEqualTo(clock.instant());
    }
}
