package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.LastUse;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What a feed tells, and that it overlooks nothing (R17, R18, R25). */
class ChangeFeedTest {

    private static final String TABLE = "fed_tokens";
    private static final String TOMBSTONES = "sanctum_" + TABLE + "_deleted";
    private static final String ANY = "any";
    private static final String CAUGHT_UP = "caught up";
    private static final String CAUGHT_UP_WITH_DELETES = "caught up, deletes too";

    private final BlockingQueue<String> notified = new LinkedBlockingQueue<>();
    private @Nullable ChangeFeed feed;
    private @Nullable Thread thread;
    private Switch switched = new Switch(Databases.H2.dataSource());

    private final AtomicReference<@Nullable Error> thrown = new AtomicReference<>();

    private final InvalidationListener changes = new InvalidationListener() {
        @Override
        public void invalidated(TokenId id) {
            Error error = thrown.getAndSet(null);
            if (error != null) {
                throw error;
            }
            notified.add(id.toString());
        }

        @Override
        public void invalidateAll() {
            notified.add(ANY);
        }

        @Override
        public void caughtUp(long nanoTime, boolean deletes) {
            notified.add(deletes ? CAUGHT_UP_WITH_DELETES : CAUGHT_UP);
        }
    };

    /** A database that can be made unreachable. */
    private static final class Switch extends AbstractDataSource {
        private final DataSource real;
        private final AtomicInteger taken = new AtomicInteger();
        private volatile boolean off;

        Switch(DataSource real) {
            this.real = real;
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (off) {
                throw new SQLException("no route", "08000");
            }
            taken.incrementAndGet();
            return real.getConnection();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }
    }

    @AfterEach
    void end() throws Exception {
        if (feed != null && thread != null) {
            feed.close();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private Tokens prepare(Databases database, boolean triggers) throws Exception {
        switched = new Switch(database.dataSource());
        database.run("drop table if exists " + TABLE);
        database.run("drop table if exists " + TOMBSTONES);
        JdbcSchema schema = JdbcSchema.of(database.dataSource(), TABLE);
        schema.createIfMissing();
        if (triggers) {
            schema.createTriggers();
            schema.createTriggers(); // again, as a repeatable migration is
        }
        return tokens(database, Instant.now());
    }

    private static Tokens tokens(Databases database, Instant now) {
        return Tokens.builder(JdbcTokenStore.builder(database.dataSource())
                        .table(TABLE)
                        .build())
                .clock(MovableClock.at(now))
                .build();
    }

    private void start(boolean listen) throws Exception {
        start(listen, ZoneId.of("UTC"));
    }

    private void start(boolean listen, ZoneId zone) throws Exception {
        ChangeFeed.Builder builder = ChangeFeed.builder(switched, changes)
                .table(TABLE)
                .timeZone(zone)
                .interval(Duration.ofMillis(50));
        start(listen ? builder.direct(switched) : builder);
        assertThat(feed == null ? null : feed.kind())
                .isEqualTo(listen ? ChangeFeed.Kind.LISTENING : ChangeFeed.Kind.POLLING);
    }

    private void start(ChangeFeed.Builder builder) throws Exception {
        feed = builder.build();
        thread = new Thread(feed, "feed");
        thread.start();
        awaitHeard();
        awaitHeard(); // so the first turn is over
    }

    private List<String> await(String wanted) throws Exception {
        List<String> before = new ArrayList<>();
        for (String next = ""; !next.equals(wanted); before.add(next)) {
            next = notified.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("waiting for %s after %s", wanted, before).isNotNull();
        }
        return before;
    }

    private void awaitHeard() throws Exception {
        String next = "";
        while (!next.startsWith(CAUGHT_UP)) {
            next = String.valueOf(notified.poll(20, TimeUnit.SECONDS));
        }
    }

    private static TokenId issue(Tokens tokens) {
        return tokens.issue(TokenRequest.of(Owner.of("user", 1), "ci", "a", "b"))
                .token()
                .id();
    }

    private static void run(Databases database, String sql, Object... ids) throws SQLException {
        database.run(sql.formatted(TABLE) + (ids.length == 0 ? "" : " where id = " + ids[0]));
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void pollingTellsOfChangesAndRevocations(Databases database) throws Exception {
        Tokens tokens = prepare(database, false);
        TokenId id = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        start(false);

        tokens.narrow(id, Abilities.of("a"));
        assertThat(await(id.toString())).doesNotContain(CAUGHT_UP_WITH_DELETES);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        awaitHeard();
        notified.clear();
        tokens.revoke(id);
        await(id.toString());
    }

    /** R25: what counts is the clock of the database, whatever the nodes' own clocks show. */
    @ParameterizedTest
    @EnumSource(Databases.class)
    void clocksOfTheNodesDoNotMatter(Databases database) throws Exception {
        Tokens tokens = prepare(database, false);
        TokenId one = issue(tokens);
        TokenId two = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        start(false);

        tokens(database, Instant.now().minus(Duration.ofMinutes(5))).revoke(one);
        await(one.toString());
        tokens(database, Instant.now().plus(Duration.ofMinutes(5))).revoke(two);
        await(two.toString());
    }

    /** R25: a table whose times a Laravel wrote in its own zone, with and without summer time. */
    @Test
    void zoneOfTheTableIsTakenIntoAccount() throws Exception {
        for (String name : List.of("Asia/Kolkata", "America/New_York")) {
            ZoneId zone = ZoneId.of(name);
            prepare(Databases.H2, false);
            Tokens tokens = Tokens.of(
                    JdbcTokenStore.builder(switched).table(TABLE).timeZone(zone).build());
            TokenId id = issue(tokens);
            run(Databases.H2, "update %s set updated_at = '2020-01-01 00:00:00'");
            start(false, zone);

            tokens.revoke(id);

            await(id.toString());
            end();
            notified.clear();
        }
    }

    /** R18: committed long after, and out of order. */
    @ParameterizedTest
    @EnumSource(
            value = Databases.class,
            names = {"POSTGRESQL", "MARIADB"})
    void changeThatIsCommittedLateIsTold(Databases database) throws Exception {
        Tokens tokens = prepare(database, false);
        TokenId id = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        try (Connection slow = database.dataSource().getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            String now = database == Databases.MARIADB ? "utc_timestamp()" : "now() at time zone 'UTC'";
            statement.executeUpdate(
                    "update " + TABLE + " set revoked_at = " + now + ", updated_at = " + now + " where id = " + id);
            start(false);
            for (int i = 0; i < 3; i++) {
                awaitHeard();
            }
            issue(tokens); // is committed first
            awaitHeard();
            assertThat(notified).doesNotContain(id.toString());
            slow.commit();
            slow.setAutoCommit(true);
        }
        await(id.toString());
    }

    @ParameterizedTest
    @EnumSource(
            value = Databases.class,
            names = {"SQLITE", "MARIADB"})
    void deletionBehindOurBackIsToldByATombstone(Databases database) throws Exception {
        Tokens tokens = prepare(database, true);
        TokenId id = issue(tokens);
        TokenId old = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        run(database, "update %s set expires_at = '2020-01-01 00:00:00'", old);
        start(false);

        run(database, "delete from %s", old);
        run(database, "delete from %s", id);

        assertThat(await(id.toString())).doesNotContain(old.toString(), CAUGHT_UP);
        await(CAUGHT_UP_WITH_DELETES);
    }

    private static void bury(Databases database, int count) throws SQLException {
        String values = IntStream.range(0, count)
                .mapToObj(i -> "(" + (1_000_000 + i) + ", '2020-01-01 00:00:00')")
                .collect(Collectors.joining(", "));
        database.run("insert into " + TOMBSTONES + " (token_id, deleted_at) values " + values);
    }

    private static int tombstones(Databases database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + TOMBSTONES)) {
            row.next();
            return row.getInt(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Databases.class,
            names = {"SQLITE", "MARIADB"})
    void oldTombstonesAreClearedAThousandATurn(Databases database) throws Exception {
        prepare(database, true);
        bury(database, 2_500);

        start(false);

        for (int turn = 0; turn < 200 && tombstones(database) > 0; turn++) {
            awaitHeard();
        }
        assertThat(tombstones(database)).isZero();
    }

    @Test
    void tombstonesThatStayKeepNobodyFromBeingTold() throws Exception {
        Databases database = Databases.SQLITE;
        Tokens tokens = prepare(database, true);
        TokenId id = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        bury(database, 1);
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create trigger stays before delete on " + TOMBSTONES
                    + " begin select raise(abort, 'it stays'); end");
        }
        start(false);

        tokens.revoke(id);

        await(id.toString());
        await(CAUGHT_UP_WITH_DELETES);
        assertThat(tombstones(database)).isEqualTo(1);
    }

    @Test
    void withoutTriggersDeletesAreNotPromised() throws Exception {
        prepare(Databases.SQLITE, false);
        start(false);

        await(CAUGHT_UP);
        assertThat(notified).doesNotContain(CAUGHT_UP_WITH_DELETES);
    }

    @Test
    void afterAnOutageEverythingThatWasMissedIsTold() throws Exception {
        Tokens tokens = prepare(Databases.SQLITE, true);
        TokenId id = issue(tokens);
        run(Databases.SQLITE, "update %s set updated_at = '2020-01-01 00:00:00'");
        start(false);

        switched.off = true;
        while (feed != null && feed.kind() != ChangeFeed.Kind.DISCONNECTED) {
            Thread.onSpinWait();
        }
        notified.clear();
        tokens.revoke(id);
        assertThat(notified).isEmpty();
        switched.off = false;

        assertThat(await(id.toString())).doesNotContain(CAUGHT_UP_WITH_DELETES);
    }

    @Test
    void postgresTellsOfWhateverChangesAVerdictAndOfNothingElse() throws Exception {
        Databases database = Databases.POSTGRESQL;
        Tokens tokens = prepare(database, true);
        TokenId id = issue(tokens);
        start(true);
        notified.clear();

        JdbcTokenStore.builder(switched)
                .table(TABLE)
                .build()
                .touch(Map.of(id, new LastUse(Instant.now(), "192.0.2.1")));
        run(database, "update %s set issued_by = issued_by");
        run(database, "update %s set last_used_at = now(), updated_at = now()"); // as Laravel does
        TokenId marker = issue(tokens);
        tokens.rename(marker, "marker");
        assertThat(await(marker.toString())).doesNotContain(id.toString());

        for (String change : List.of(
                "name = 'x'",
                "abilities = '[]'",
                "expires_at = now()",
                "last_used_at = now() + interval '1 day', revoked_at = now()",
                "last_used_at = now() + interval '2 days', tokenable_id = '2'",
                "updated_at = now()")) {
            notified.clear();
            run(database, "update %s set " + change, id);
            await(id.toString());
        }
        run(database, "update %s set revoked_at = null, expires_at = null", id);
        await(id.toString());
        notified.clear();
        run(database, "delete from %s", id);
        await(id.toString());
        run(database, "truncate %s");
        await(ANY);
    }

    @Test
    void deletionOfWhatIsOverIsNotWorthAWord() throws Exception {
        Databases database = Databases.POSTGRESQL;
        Tokens tokens = prepare(database, true);
        TokenId old = issue(tokens);
        TokenId revoked = issue(tokens);
        TokenId marker = issue(tokens);
        run(database, "update %s set expires_at = '2020-01-01'", old);
        tokens.revoke(revoked);
        start(true);
        notified.clear();

        run(database, "delete from %s", old);
        run(database, "delete from %s", revoked);
        run(database, "delete from %s", marker);

        assertThat(await(marker.toString())).doesNotContain(old.toString(), revoked.toString());
    }

    /** R18: 100,000 in one statement, and in one transaction of many. */
    @Test
    void manyChangesAtOnceAreToldAsAny() throws Exception {
        Databases database = Databases.POSTGRESQL;
        prepare(database, true);
        database.run("insert into " + TABLE + " (tokenable_type, tokenable_id, name, token)"
                + " select 'user', '1', 'many', n::text from generate_series(1, 100000) n");
        start(true);
        notified.clear();

        database.run("update " + TABLE + " set revoked_at = now()");
        assertThat(await(ANY).stream().filter(one -> !one.startsWith(CAUGHT_UP)))
                .hasSize(1_001); // and one "any"
    }

    @Test
    void pollingTooCollapsesManyChanges() throws Exception {
        prepare(Databases.POSTGRESQL, false);
        start(false);
        notified.clear();

        Databases.POSTGRESQL.run("insert into " + TABLE + " (tokenable_type, tokenable_id, name, token, updated_at)"
                + " select 'user', '1', 'many', n::text, now() at time zone 'UTC' from generate_series(1, 20000) n");

        await(ANY);
    }

    @Test
    void listenerThatIsCutOffPollsAndListensAgain() throws Exception {
        Databases database = Databases.POSTGRESQL;
        Tokens tokens = prepare(database, true);
        TokenId id = issue(tokens);
        start(true);
        notified.clear();

        database.run("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_trigger%'"
                + " and pid <> pg_backend_pid() and datname = current_database()");
        await(ANY); // it listens again, and vouches for nothing before
        await(CAUGHT_UP_WITH_DELETES);
        tokens.revoke(id);
        await(id.toString());
    }

    @Test
    void tableThatIsMadeAnewWithoutTriggersIsPolled() throws Exception {
        Databases database = Databases.POSTGRESQL;
        prepare(database, true);
        start(true);

        database.run("drop trigger sanctum_deleted on " + TABLE);

        await(CAUGHT_UP);
        await(CAUGHT_UP);
        assertThat(feed == null ? null : feed.kind()).isEqualTo(ChangeFeed.Kind.POLLING);
        JdbcSchema.of(switched, TABLE).createTriggers();
        await(ANY);
        await(CAUGHT_UP_WITH_DELETES);
    }

    /** One to see which database it is and one to notify itself; whoever waits for a busy pool would hear nothing meanwhile. */
    @Test
    void feedThatListensLeavesThePoolAlone() throws Exception {
        prepare(Databases.POSTGRESQL, true);
        Switch pool = new Switch(Databases.POSTGRESQL.dataSource());
        start(ChangeFeed.builder(pool, changes)
                .table(TABLE)
                .interval(Duration.ofMillis(50))
                .direct(switched));

        assertThat(feed == null ? null : feed.kind()).isEqualTo(ChangeFeed.Kind.LISTENING);
        assertThat(pool.taken).hasValue(2);
    }

    /** As through a pooler that shares connections: the channel is open, and nothing arrives. */
    @Test
    void listeningElsewhereIsNoticed() throws Exception {
        prepare(Databases.POSTGRESQL, true);
        ChangeFeed deaf = ChangeFeed.builder(new Switch(Databases.POSTGRESQL.dataSource()), changes)
                .table(TABLE)
                .interval(Duration.ofMillis(50))
                .direct(Databases.H2.dataSource())
                .build();
        feed = deaf;
        thread = new Thread(deaf, "feed");
        thread.start();

        await(CAUGHT_UP);
        await(CAUGHT_UP);
        assertThat(deaf.kind()).isEqualTo(ChangeFeed.Kind.POLLING);
    }

    private void awaitKind(ChangeFeed.Kind kind) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (feed != null && feed.kind() != kind) {
            assertThat(System.nanoTime()).as("it is not %s", kind).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** In the thread of the feed, by whoever is told; nothing else calls that. */
    @ParameterizedTest
    @EnumSource(
            value = Databases.class,
            names = {"H2", "POSTGRESQL"})
    void errorEndsNoFeedAndLosesNoChange(Databases database) throws Exception {
        boolean listen = database == Databases.POSTGRESQL;
        for (Error error : List.of(new StackOverflowError(), new OutOfMemoryError(), new NoClassDefFoundError())) {
            Tokens tokens = prepare(database, listen);
            TokenId id = issue(tokens);
            run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
            start(listen);
            notified.clear();

            thrown.set(error);
            tokens.revoke(id);

            await(listen ? ANY : id.toString());
            awaitHeard();
            awaitKind(listen ? ChangeFeed.Kind.LISTENING : ChangeFeed.Kind.POLLING);
            end();
            notified.clear();
        }
    }

    @Test
    void firstQuestionThatFailsIsToldOnceAndAskedAgain() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger(ChangeFeed.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord one) {
                told.add(one.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        try {
            prepare(Databases.H2, false);
            switched.off = true;
            feed = ChangeFeed.builder(switched, changes)
                    .table(TABLE)
                    .interval(Duration.ofMillis(10))
                    .build();
            thread = new Thread(feed, "feed");
            thread.start();
            for (int i = 0; i < 2_000 && told.isEmpty(); i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            TimeUnit.MILLISECONDS.sleep(200); // and it is told once
            assertThat(feed.kind()).isEqualTo(ChangeFeed.Kind.DISCONNECTED);
            switched.off = false;
            await(ANY);
            await(CAUGHT_UP);
            awaitKind(ChangeFeed.Kind.POLLING);
            assertThat(told)
                    .containsExactly(
                            "Nobody notifies of changes of tokens, so nothing is answered from memory: could not ask for changes"
                                    + " (SQLException, SQLSTATE 08000, code 0): no route",
                            "Changes of tokens are noticed by polling");
        } finally {
            log.removeHandler(handler);
        }
    }

    @Test
    void questionThatTimesOutIsAskedAgainAndMissesNothing() throws Exception {
        Databases database = Databases.POSTGRESQL;
        Tokens tokens = prepare(database, false);
        TokenId id = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        start(false);
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table " + TABLE + " in access exclusive mode");
            awaitKind(ChangeFeed.Kind.DISCONNECTED);
            notified.clear();
            String now = "now() at time zone 'UTC'";
            statement.executeUpdate(
                    "update " + TABLE + " set revoked_at = " + now + ", updated_at = " + now + " where id = " + id);
            other.commit();
            other.setAutoCommit(true);
        }
        await(id.toString());
        awaitKind(ChangeFeed.Kind.POLLING);
    }

    /** Stands between the feed and the database; what is sent while it is silent is swallowed. */
    private static final class Line implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final String url;
        private volatile boolean silent;

        Line(String url) throws IOException {
            int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
            this.url = url.replaceAll("//[^/]*/", "//127.0.0.1:" + listener.getLocalPort() + "/");
            daemon(() -> {
                while (true) {
                    Socket client = listener.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                    daemon(() -> copy(client, server));
                    daemon(() -> copy(server, client));
                }
            });
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void daemon(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // the test is over, or the other end is
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void copy(Socket from, Socket to) throws IOException {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] some = new byte[8192];
                for (int read = in.read(some); read >= 0; read = in.read(some)) {
                    if (!silent) {
                        out.write(some, 0, read);
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    /** Neither a time-out of the driver nor one of the pool is set, and the packet that would cancel the question is swallowed, too. */
    @Test
    void silentNetworkIsNoticedAndEnds() throws Exception {
        Databases database = Databases.POSTGRESQL;
        Tokens tokens = prepare(database, false);
        TokenId id = issue(tokens);
        run(database, "update %s set updated_at = '2020-01-01 00:00:00'");
        String url;
        try (Connection connection = database.dataSource().getConnection()) {
            url = connection.getMetaData().getURL();
        }
        try (Line line = new Line(url)) {
            start(ChangeFeed.builder(new DriverManagerDataSource(line.url, "postgres", ""), changes)
                    .table(TABLE)
                    .interval(Duration.ofMillis(50)));
            awaitKind(ChangeFeed.Kind.POLLING);
            line.silent = true;
            awaitKind(ChangeFeed.Kind.DISCONNECTED);
            notified.clear();
            tokens.revoke(id);
            line.silent = false;
            await(id.toString());
            awaitKind(ChangeFeed.Kind.POLLING);
        }
    }

    private void partition(Databases database) throws Exception {
        Tokens whole = prepare(database, false);
        assertThat(whole).isNotNull();
        database.run("drop table if exists parted; create table parted (like " + TABLE
                + " including defaults including identity, primary key (id, token)) partition by hash (token);"
                + "create table " + TABLE + "_0 partition of parted for values with (modulus 2, remainder 0);"
                + "create table " + TABLE + "_1 partition of parted for values with (modulus 2, remainder 1);"
                + "drop table " + TABLE + "; alter table parted rename to " + TABLE);
    }

    @Test
    void everyPartitionIsHeard() throws Exception {
        Databases database = Databases.POSTGRESQL;
        partition(database);
        JdbcSchema.of(switched, TABLE).createTriggers();
        Tokens tokens = tokens(database, Instant.now());
        start(true);
        for (int i = 0; i < 8; i++) {
            TokenId id = issue(tokens);
            tokens.rename(id, "renamed");
            await(id.toString());
            run(database, "delete from %s", id);
            await(id.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table %1$s_1 disable trigger sanctum_changed",
                "alter table %1$s_0 disable trigger sanctum_deleted",
                "alter table %1$s disable trigger all",
                "drop trigger sanctum_changed on %1$s",
                "drop trigger sanctum_changed on %1$s; create trigger sanctum_changed after update on %1$s for each row"
                        + " execute function sanctum_changed()", // tells of each partition by its own name
                "drop trigger sanctum_changed on %1$s; create trigger sanctum_changed after update on %1$s for each row"
                        + " execute function sanctum_changed('sanctum_others')",
                "drop trigger sanctum_probe on %1$s",
                "create table %1$s_child () inherits (%1$s)"
            })
    void tableOfWhichAPartIsNotHeardIsPolled(String spoiling) throws Exception {
        Databases database = Databases.POSTGRESQL;
        if (spoiling.contains("inherits")) {
            database.run("drop table if exists " + TABLE + "_child");
            prepare(database, true);
        } else {
            partition(database);
            JdbcSchema.of(switched, TABLE).createTriggers();
        }
        start(true);

        database.run(spoiling.formatted(TABLE));

        awaitKind(ChangeFeed.Kind.POLLING);
        notified.clear();
        await(CAUGHT_UP);
        assertThat(notified).doesNotContain(CAUGHT_UP_WITH_DELETES);
        end();
        database.run("drop table " + TABLE + " cascade");
    }
}
