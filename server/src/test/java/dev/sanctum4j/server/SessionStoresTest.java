package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;

/** Sessions that cannot be read, that two requests write at once, and whose database goes away. */
@ExtendWith(OutputCaptureExtension.class)
@ExtendWith(TestDatabases.class)
class SessionStoresTest {

    private static final String EMAIL = "root@example.test";
    private static final String PASSWORD = "correct horse battery staple";

    private static final int WRITERS = 4; // below the times that a transaction is run again

    @TempDir
    Path folder;

    enum Database {
        H2,
        SQLITE,
        POSTGRESQL,
        MARIADB;

        String url(Path folder) {
            return switch (this) {
                case H2 -> "jdbc:h2:mem:sessions" + System.nanoTime() + ";DB_CLOSE_DELAY=-1";
                case SQLITE -> "jdbc:sqlite:" + folder.resolve("sessions.db");
                case POSTGRESQL -> postgres();
                case MARIADB -> mariadb();
            };
        }
    }

    private static String mariadb() {
        String url = TestDatabases.url("SANCTUM_TEST_MARIADB_URL");
        Assumptions.assumeTrue(url != null, "set SANCTUM_TEST_MARIADB_URL to test MariaDB");
        String own = url.replaceFirst("(//[^/]*/)[^?]*", "$1sanctum_sessions");
        try (SingleConnectionDataSource connection = new SingleConnectionDataSource(url, true)) {
            JdbcTemplate jdbc = new JdbcTemplate(connection);
            jdbc.execute("drop database if exists sanctum_sessions");
            jdbc.execute("create database sanctum_sessions character set utf8mb4");
        }
        return own;
    }

    private static String postgres() {
        String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        try {
            return url != null ? ofItsOwn(url) : EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
        } catch (IOException | RuntimeException e) {
            String why =
                    "set SANCTUM_TEST_SERVER_POSTGRES_URL to test PostgreSQL; the embedded one did not start: " + e;
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
            throw new UncheckedIOException(new IOException(why));
        }
    }

    /** Others have sessions in the database that is given. */
    private static String ofItsOwn(String url) {
        try (SingleConnectionDataSource connection = new SingleConnectionDataSource(url, true)) {
            JdbcTemplate jdbc = new JdbcTemplate(connection);
            jdbc.execute("drop database if exists sanctum_sessions with (force)");
            jdbc.execute("create database sanctum_sessions");
        }
        return url.replaceFirst("(//[^/]*/)[^?]*", "$1sanctum_sessions");
    }

    private static ConfigurableApplicationContext start(String url, String... settings) {
        return new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=" + url,
                        "SANCTUM_DATABASE_USERNAME="
                                + (url.contains("postgres") ? "postgres" : url.contains("mariadb") ? "root" : ""),
                        "SANCTUM_ADMIN_EMAIL=" + EMAIL,
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "spring.datasource.hikari.data-source-properties.transaction_mode=IMMEDIATE",
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run(settings);
    }

    private static Client client(ConfigurableApplicationContext context) {
        return new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    /** An object as it is stored, of a class that is not there. */
    private static byte[] ofAnotherVersion() {
        byte[] bytes = serialized(new Lost());
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.replace("$Lost", "$Gone").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static final class Lost implements java.io.Serializable {
        private static final long serialVersionUID = 1L;
    }

    private static byte[] serialized(Object value) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> damages() {
        return Map.of(
                "no object",
                "nothing of the kind".getBytes(StandardCharsets.UTF_8),
                "nothing",
                new byte[0],
                "cut",
                new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r'},
                "another version",
                ofAnotherVersion());
    }

    @ParameterizedTest
    @EnumSource
    void sessionThatCannotBeReadIsNone(Database database) {
        try (ConfigurableApplicationContext context = start(database.url(folder))) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            Client first = client(context);
            assertThat(first.signIn(EMAIL, PASSWORD)).isEqualTo(204);
            List<String> attributes =
                    jdbc.queryForList("select distinct attribute_name from sanctum_session_ATTRIBUTES", String.class);
            assertThat(attributes).hasSizeGreaterThan(4);
            attributes.forEach(name -> damaged(context, jdbc, "of another version", name, ofAnotherVersion()));
            damages().forEach((what, bytes) -> damaged(context, jdbc, what, "SPRING_SECURITY_CONTEXT", bytes));
            damaged(context, jdbc, "a number", "SPRING_SECURITY_CONTEXT", serialized(7));
            damaged(
                    context,
                    jdbc,
                    "a number",
                    "org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME",
                    serialized(7));
        }
    }

    private static void damaged(
            ConfigurableApplicationContext context, JdbcTemplate jdbc, String what, String attribute, byte[] bytes) {
        String as = attribute + " is " + what;
        jdbc.update("delete from sanctum_session");
        Client page = client(context);
        assertThat(page.signIn(EMAIL, PASSWORD)).isEqualTo(204);
        Client leaving = client(context);
        leaving.cookies.putAll(page.cookies);
        assertThat(jdbc.update(
                        "update sanctum_session_ATTRIBUTES set attribute_bytes = ? where attribute_name = ?",
                        bytes,
                        attribute))
                .isEqualTo(1);

        HttpResponse<String> read = page.page("GET", "/api/user", "");
        assertThat(read.statusCode()).as(as).isEqualTo(401);
        assertThat(page.signIn(EMAIL, PASSWORD)).as(as).isEqualTo(204);
        assertThat(page.page("GET", "/api/user", "").statusCode()).as(as).isEqualTo(200);
        HttpResponse<String> list = page.page("GET", "/api/sessions", "");
        assertThat(list.statusCode()).as(as).isEqualTo(200);

        leaving.page("GET", "/sanctum/csrf-cookie", "");
        assertThat(leaving.page("POST", "/logout", "").statusCode()).as(as).isEqualTo(204);
        assertThat(leaving.page("GET", "/api/user", "").statusCode()).as(as).isEqualTo(401);
        assertThat(jdbc.queryForList(
                        "select attribute_bytes from sanctum_session_ATTRIBUTES where attribute_name = ?",
                        byte[].class,
                        attribute))
                .as("what another version may read is still there: " + as)
                .contains(bytes);
    }

    /** Whoever ends all sessions of somebody ends those that another version reads as well. */
    @Test
    void sessionThatCannotBeReadIsEndedWithTheOthers() {
        try (ConfigurableApplicationContext context = start(Database.H2.url(folder))) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            Client other = client(context);
            assertThat(other.signIn(EMAIL, PASSWORD)).isEqualTo(204);
            jdbc.update("update sanctum_session_ATTRIBUTES set attribute_bytes = ?", ofAnotherVersion());
            Client page = client(context);
            assertThat(page.signIn(EMAIL, PASSWORD)).isEqualTo(204);

            assertThat(page.page("DELETE", "/api/sessions", "").statusCode()).isEqualTo(204);
            assertThat(jdbc.queryForObject("select count(*) from sanctum_session", Integer.class))
                    .isEqualTo(1);
        }
    }

    @Test
    void sessionInRedisThatCannotBeReadIsNone() {
        String redis = TestDatabases.url("SANCTUM_TEST_REDIS_URL");
        Assumptions.assumeTrue(redis != null, "set SANCTUM_TEST_REDIS_URL to test sessions in Redis");
        try (ConfigurableApplicationContext context = start(
                Database.H2.url(folder), "--spring.profiles.active=redis", "--SANCTUM_REDIS_URL=" + redis + "/1")) {
            StringRedisTemplate keys = context.getBean(StringRedisTemplate.class);
            RedisTemplate<String, byte[]> raw = new RedisTemplate<>();
            raw.setConnectionFactory(keys.getRequiredConnectionFactory());
            raw.setKeySerializer(RedisSerializer.string());
            raw.setHashKeySerializer(RedisSerializer.string());
            raw.setHashValueSerializer(RedisSerializer.byteArray());
            raw.afterPropertiesSet();
            Set<Object> names = Collections.emptySet();
            List<byte[]> all = damages().values().stream()
                    .filter(bytes -> bytes.length > 0) // which is how Redis holds what has been removed
                    .toList();
            for (byte[] bytes : all) {
                int i = 0;
                do {
                    Tries.forget(context);
                    keys.delete(keys.keys("sanctum:session:*"));
                    Client page = client(context);
                    assertThat(page.signIn(EMAIL, PASSWORD)).isEqualTo(204);
                    String key = keys.keys("sanctum:session:sessions:*").stream()
                            .filter(one -> !one.contains("expires"))
                            .findFirst()
                            .orElseThrow();
                    names = raw.opsForHash().keys(key);
                    Object name = new ArrayList<>(names).get(i++);
                    raw.opsForHash().put(key, name, bytes);
                    assertThat(page.page("GET", "/api/user", "").statusCode())
                            .as(name.toString())
                            .isEqualTo(401);
                    assertThat(page.signIn(EMAIL, PASSWORD)).as(name.toString()).isEqualTo(204);
                    assertThat(page.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
                    assertThat(page.page("GET", "/api/sessions", "").statusCode())
                            .isEqualTo(200);
                    assertThat(keys.hasKey(key)).isTrue();
                } while (i < names.size());
            }
        }
    }

    /** Each has read the session before any other writes it, and what they write differs in part. */
    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("unchecked")
    void firstWritesOfAnAttributeAllSucceed(Database database) throws Exception {
        try (ConfigurableApplicationContext context = start(database.url(folder))) {
            SessionRepository<Session> sessions = context.getBean(SessionRepository.class);
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
            for (int round = 0; round < 20; round++) {
                Session made = sessions.createSession();
                sessions.save(made);
                CyclicBarrier read = new CyclicBarrier(WRITERS);
                List<Future<?>> writes = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    String value = "of " + i;
                    writes.add(threads.submit(() -> {
                        Session mine = sessions.findById(made.getId());
                        mine.setAttribute("first", value);
                        mine.setAttribute("second", value);
                        mine.setAttribute(value, value);
                        read.await();
                        sessions.save(mine);
                        return value;
                    }));
                }
                for (Future<?> write : writes) {
                    write.get();
                }
                Session after = sessions.findById(made.getId());
                assertThat(after.<String>getAttribute("first")).startsWith("of ");
                assertThat(after.getAttributeNames()).hasSize(2 + WRITERS);
            }
            threads.shutdown();
        }
    }

    /** And a node that finds another at it leaves them to that; here where rows that are locked can be seen without waiting. */
    @ParameterizedTest
    @EnumSource
    void sessionsThatAreOverAreDeletedAFewAtATime(Database database) throws Exception {
        try (ConfigurableApplicationContext context = start(database.url(folder), "--sanctum.housekeeping=off")) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            JdbcIndexedSessionRepository sessions = context.getBean(JdbcIndexedSessionRepository.class);
            assertThat(sessions).extracting("cleanupCron").isEqualTo("-");
            assertThat(scheduled(context)).isEmpty();
            List<Object[]> rows = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                String id = "%036d".formatted(i);
                rows.add(new Object[] {id, id, i == 7 ? Long.MAX_VALUE : 1_000 + i});
            }
            jdbc.batchUpdate("insert into sanctum_session values (?, ?, 0, 0, 1800, ?, null)", rows);
            String count = "select count(*) from sanctum_session";
            if (database == Database.POSTGRESQL) {
                try (Connection other = context.getBean(DataSource.class).getConnection();
                        Statement lock = other.createStatement()) {
                    other.setAutoCommit(false);
                    lock.execute("select 1 from sanctum_session where expiry_time < 9000 order by expiry_time limit 250"
                            + " for update");
                    assertTimeoutPreemptively(Duration.ofSeconds(10), sessions::cleanUpExpiredSessions);
                    assertThat(jdbc.queryForObject(count, Integer.class)).isEqualTo(600);
                    other.rollback();
                    other.setAutoCommit(true);
                }
            }
            for (int left : List.of(350, 100, 1, 1)) {
                sessions.cleanUpExpiredSessions();
                assertThat(jdbc.queryForObject(count, Integer.class)).isEqualTo(left);
            }
        }
    }

    private static Collection<Runnable> scheduled(ConfigurableApplicationContext context) {
        return context.getBean("sessionsThatAreOver", ThreadPoolTaskScheduler.class)
                .getScheduledThreadPoolExecutor()
                .getQueue();
    }

    @Test
    void sessionsThatAreOverAreDeletedByItself() throws Exception {
        try (ConfigurableApplicationContext context = start(Database.H2.url(folder))) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            jdbc.update("insert into sanctum_session values (?, ?, 0, 0, 1800, 1, null)", "over", "over");
            Programs.await(
                    "housekeeping",
                    60,
                    () -> jdbc.queryForObject("select count(*) from sanctum_session", Integer.class) == 0);
        }
    }

    /** Signing out while another request of the same page is under way. */
    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("unchecked")
    void firstWriteIntoASessionThatEndsSucceedsAndLeavesNothing(Database database) throws Exception {
        try (ConfigurableApplicationContext context = start(database.url(folder))) {
            SessionRepository<Session> sessions = context.getBean(SessionRepository.class);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            for (int round = 0; round < 40; round++) {
                Session made = sessions.createSession();
                sessions.save(made);
                Session mine = sessions.findById(made.getId());
                mine.setAttribute("first", "too late");
                CyclicBarrier both = new CyclicBarrier(2);
                boolean before = round % 2 == 0;
                Future<?> end = threads.submit(() -> {
                    if (!before) {
                        both.await();
                    }
                    sessions.deleteById(made.getId());
                    return null;
                });
                if (before) {
                    end.get();
                } else {
                    both.await();
                }
                sessions.save(mine);
                end.get();
            }
            threads.shutdown();
            assertThat(context.getBean(JdbcTemplate.class)
                            .queryForObject("select count(*) from sanctum_session_ATTRIBUTES", Integer.class))
                    .isZero();
        }
    }

    /** What a page may send twice at once, or while another of its requests is under way: nothing of it fails. */
    @ParameterizedTest
    @EnumSource
    void requestsOfOnePageAtOnceDoNotFail(Database database) throws Exception {
        String confirmation = "{\"password\":\"" + PASSWORD + "\"}";
        try (ConfigurableApplicationContext context = start(database.url(folder))) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            for (int round = 0; round < 5; round++) {
                Tries.forget(context);
                Client page = client(context);
                assertThat(page.signIn(EMAIL, PASSWORD)).isEqualTo(204);
                CountDownLatch go = new CountDownLatch(1);
                List<Future<Integer>> answers = new ArrayList<>();
                for (String[] request : new String[][] {
                    {"POST", "/user/confirm-password", confirmation},
                    {"POST", "/user/confirm-password", confirmation},
                    {"GET", "/sanctum/csrf-cookie", ""},
                    {round % 2 == 0 ? "GET" : "POST", round % 2 == 0 ? "/api/user" : "/logout", ""}
                }) {
                    Client one = client(context);
                    one.cookies.putAll(page.cookies);
                    answers.add(threads.submit(() -> {
                        go.await();
                        return one.page(request[0], request[1], request[2]).statusCode();
                    }));
                }
                go.countDown();
                for (Future<Integer> answer : answers) {
                    assertThat(answer.get()).isIn(200, 201, 204, 401, 419);
                }
            }
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void doubleClickOnSignInSucceedsTwice(Database database) throws Exception {
        try (ConfigurableApplicationContext context = start(database.url(folder))) {
            int both = 0;
            for (int round = 0; round < 30 && both < 3; round++) {
                Client page = client(context);
                Client again = client(context);
                again.page("GET", "/sanctum/csrf-cookie", ""); // is connected by it
                page.page("GET", "/sanctum/csrf-cookie", "");
                again.cookies.clear();
                again.cookies.putAll(page.cookies);
                CountDownLatch go = new CountDownLatch(1);
                ExecutorService two = Executors.newFixedThreadPool(2);
                List<Future<Integer>> clicks = new ArrayList<>();
                for (Client one : List.of(page, again)) {
                    clicks.add(two.submit(() -> {
                        go.await();
                        return one.page(
                                        "POST",
                                        "/login",
                                        "{\"email\":\"" + EMAIL + "\",\"password\":\"" + PASSWORD + "\"}")
                                .statusCode();
                    }));
                }
                go.countDown();
                List<Integer> came = List.of(clicks.get(0).get(), clicks.get(1).get());
                assertThat(came).contains(204);
                if (!came.contains(419)) { // which was kept waiting until the other had ended
                    assertThat(came).containsOnly(204);
                    both++;
                }
                assertThat(page.page("GET", "/api/user", "").statusCode()
                                + again.page("GET", "/api/user", "").statusCode())
                        .isIn(200 + 200, 200 + 401); // one browser has the cookie of the later answer
                two.shutdown();
            }
            assertThat(both).isEqualTo(3);
        }
    }

    /** The pool takes a moment until it has connections again. */
    private static void awaitAnswer(Client page) throws Exception {
        Programs.await("an answer", 60, () -> page.page("GET", "/api/user", "").statusCode() == 200);
    }

    private static boolean waits(CountDownLatch latch) {
        try {
            return latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections are cut beneath requests: in a statement, at a commit, and there may be none left at all. */
    @Test
    void outageIs503AndTellsItsTraceOnce(CapturedOutput output) throws Exception {
        String url = postgres();
        try (ConfigurableApplicationContext context = start(
                url,
                "--sanctum.housekeeping=off", // which would tell its own
                "--spring.datasource.hikari.maximum-pool-size=2",
                "--spring.datasource.hikari.connection-timeout=2000")) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            Client page = client(context);
            assertThat(page.signIn(EMAIL, PASSWORD)).isEqualTo(204);

            // Whatever writes a session ends its own connection in the statement, or at the commit.
            jdbc.execute("""
                    create function cut() returns trigger language plpgsql as $$
                    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$""");
            for (String when : List.of(
                    "create trigger cut before update on sanctum_session for each row execute function cut()",
                    "create constraint trigger cut after update on sanctum_session deferrable initially deferred"
                            + " for each row execute function cut()")) {
                jdbc.execute(when);
                for (int i = 0; i < 3; i++) {
                    HttpResponse<String> answer = page.page("GET", "/api/user", "");
                    assertThat(answer.statusCode()).as(when).isEqualTo(503);
                    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
                    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                }
                jdbc.execute("drop trigger cut on sanctum_session");
                awaitAnswer(page);
            }

            int before = output.getAll().length();
            CountDownLatch held = new CountDownLatch(2);
            CountDownLatch free = new CountDownLatch(1);
            ExecutorService holders = Executors.newFixedThreadPool(2);
            for (int i = 0; i < 2; i++) {
                holders.execute(() -> jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                    held.countDown();
                    return waits(free);
                }));
            }
            assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 5; i++) {
                assertThat(page.page("GET", "/api/user", "").statusCode()).isEqualTo(503);
            }
            free.countDown();
            holders.shutdown();
            assertThat(holders.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            awaitAnswer(page);
            assertThat(output.getAll().substring(before).lines()).hasSizeLessThan(300);
            jdbc.execute("drop function cut()");
        }
    }
}
