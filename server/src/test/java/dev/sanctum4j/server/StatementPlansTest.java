package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidationListener;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Validity;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.spring.store.FeedLifecycle;
import dev.sanctum4j.spring.store.PeriodicTask;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every statement that the server sends while it does all that it can do, from the driver and not from a list, is explained on
 * large tables with the values that it had: none reads a table of tokens, sessions or audit entries from end to end. There are
 * 200,000 rows in each, or as many as {@code -Dplans.rows} says.
 */
@ExtendWith(TestDatabases.class)
class StatementPlansTest {

    private static final String PASSWORD = "correct horse battery staple";
    private static final int ROWS = Integer.getInteger("plans.rows", 200_000);
    private static final Set<String> LARGE = Set.of(
            "personal_access_tokens",
            "sanctum_session",
            "sanctum_session_attributes",
            "sanctum_audit",
            "sanctum_idempotency_keys");

    private static String url = "";

    @BeforeAll
    static void watch() throws SQLException {
        url = url();
        WatchedDriver.register();
    }

    @AfterAll
    static void leave() throws SQLException {
        WatchedDriver.explains = false;
        WatchedDriver.deregister();
    }

    private static String url() {
        String set = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        if (set != null) {
            return set;
        }
        try {
            return EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
        } catch (IOException | RuntimeException e) {
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail("set SANCTUM_TEST_SERVER_POSTGRES_URL to test PostgreSQL", e);
            }
            Assumptions.abort("no PostgreSQL: " + e);
            throw new AssertionError("not reached");
        }
    }

    /** In a schema of its own, which is empty. */
    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=" + url + "&currentSchema=planned",
                        "SANCTUM_DATABASE_USERNAME=postgres",
                        "SANCTUM_ADMIN_EMAIL=root@example.test",
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0",
                        "sanctum.token.max-age=3650d",
                        "sanctum.abilities.described[0].name=orders:read",
                        "spring.datasource.driver-class-name=" + WatchedDriver.class.getName())
                .run();
    }

    private static void run(String... statements) throws SQLException {
        try (Connection connection =
                        new org.postgresql.Driver().connect(url + "&currentSchema=planned", new Properties());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql.formatted(ROWS));
            }
        }
    }

    private static void fill() throws SQLException {
        run(
                "set session_replication_role = replica", // none of it is news to anybody
                """
                insert into personal_access_tokens (tokenable_type, tokenable_id, name, token, abilities, expires_at,
                    created_at, updated_at, revoked_at, issued_by)
                select 'user', case when n %% 100 = 0 then 9 else 1000 + n %% 20000 end, 'ci', 'many-' || n, '["*"]',
                    case when n %% 3 = 0 then timestamp '2099-01-01' + n * interval '1 second' end,
                    timestamp '2026-01-01' + n * interval '1 second', timestamp '2026-01-01' + n * interval '1 second',
                    case when n %% 7 = 0 then timestamp '2026-02-01' end, case when n %% 20 = 0 then n - 1 end
                from generate_series(1, %d) n
                """,
                """
                insert into sanctum_session select lpad(n::text, 36), lpad(n::text, 36), 1700000000000, 1700000000000, 1800,
                    4000000000000 + n, 'user:' || n %% 20000 from generate_series(1, %d) n
                """,
                """
                insert into sanctum_session_attributes select lpad(n::text, 36), 'some', '' from generate_series(1, %d) n
                """,
                """
                insert into sanctum_audit (happened_at, event, owner_type, owner_id, token_id, address, times)
                select timestamp '2099-01-01' + n * interval '1 second', 'signed-in', 'user', 1000 + n %% 20000, n,
                    '192.0.2.1', 1 from generate_series(1, %d) n
                """,
                """
                insert into sanctum_idempotency_keys select md5(n::text) || md5(n::text), md5((n %% 20000)::text) || md5('o'),
                    md5('r') || md5('r'), n, case when n <= 50 then 0 else 4000000000000 + n end from generate_series(1, %d) n
                """,
                "analyze");
    }

    @Test
    void noStatementOfTheServerReadsALargeTableFromEndToEnd() throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema if exists planned cascade");
            statement.execute("create schema planned");
        }
        start().close();
        fill();
        WatchedDriver.explains = true;
        try (ConfigurableApplicationContext context = start()) {
            doAllThatItCan(context);
        } finally {
            WatchedDriver.explains = false;
            run("drop schema planned cascade");
        }

        assertThat(WatchedDriver.FAILED).isEmpty();
        List<String> statements = WatchedDriver.PLANS.keySet().stream()
                .map(sql -> sql.replaceAll("\\s+", " ").strip())
                .sorted()
                .toList();
        for (String part : List.of(
                "where updated_at >= ", // the poll
                "where updated_at < ", // the newest change
                "pg_trigger", // by whoever listens
                "where token = ?",
                "order by expires_at",
                "when created_at <",
                "or created_at <", // what is too old
                "for update skip locked",
                "update personal_access_tokens set last_used_at",
                "EXPIRY_TIME < ?",
                "PRINCIPAL_NAME = ?",
                "delete from sanctum_audit",
                "issued_by = ?",
                "and id < ? order by id desc",
                "from sanctum_idempotency_keys where key_hash = ?",
                "from sanctum_idempotency_keys where owner_hash = ?",
                "insert into sanctum_idempotency_keys",
                "update sanctum_idempotency_keys",
                "delete from sanctum_idempotency_keys",
                "insert into sanctum_audit")) {
            assertThat(statements).as("what was sent").anyMatch(sql -> sql.contains(part));
        }
        List<String> refused = new ArrayList<>();
        WatchedDriver.PLANS.forEach((sql, plans) -> {
            for (String plan : plans) {
                look(JsonMapper.shared().readTree(plan).get(0).get("Plan"), sql, refused);
            }
        });
        System.out.printf("%d statements explained, %d refused%n", statements.size(), refused.size());
        assertThat(refused).isEmpty();
    }

    /** A scan of a table, or of a whole index for what it is not made for. */
    private static void look(JsonNode node, String sql, List<String> refused) {
        String type = node.get("Node Type").asString();
        boolean reads = node.has("Relation Name")
                && LARGE.contains(node.get("Relation Name").asString())
                && !type.equals("ModifyTable");
        boolean walks = type.startsWith("Index") && !node.has("Index Cond") && node.has("Filter");
        if (reads && (type.equals("Seq Scan") || walks)) {
            refused.add(type + " of " + node.get("Relation Name").asString() + ": " + sql);
        }
        for (JsonNode child : node.path("Plans")) {
            look(child, sql, refused);
        }
    }

    private static void doAllThatItCan(ConfigurableApplicationContext context) throws Exception {
        Client client = new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
        FeedLifecycle feed = context.getBean(FeedLifecycle.class);
        while (feed.state().feed() != ChangeFeed.Kind.LISTENING) {
            TimeUnit.MILLISECONDS.sleep(10);
        }

        // a person with a session
        assertThat(client.signIn("root@example.test", PASSWORD)).isEqualTo(204);
        Client other = new Client(Integer.parseInt(client.base.replaceAll(".*:", "")));
        assertThat(other.signIn("root@example.test", PASSWORD)).isEqualTo(204);
        ok(client.page("POST", "/user/confirm-password", "{\"password\":\"" + PASSWORD + "\"}"));
        ok(client.page("GET", "/api/user", ""));
        ok(client.page("GET", "/api/sessions", ""));
        ok(client.page("GET", "/api/activity", ""));
        ok(client.page("GET", "/api/activity?token=17", ""));
        JsonNode sessions = Client.json(client.page("GET", "/api/sessions", ""));
        assertThat(sessions.toString()).isNotEmpty();
        ok(client.page("GET", "/api/tokens", ""));
        JsonNode made = Client.json(ok(client.page("POST", "/api/tokens", "{\"name\":\"one\",\"abilities\":[\"*\"]}")));
        String one = made.findValue("id").asString();
        ok(client.page("GET", "/api/tokens/" + one, ""));
        ok(client.page("PATCH", "/api/tokens/" + one, "{\"name\":\"renamed\"}"));
        JsonNode rotated = Client.json(ok(client.page("POST", "/api/tokens/" + one + "/rotate", "")));
        ok(client.page("DELETE", "/api/tokens/" + rotated.findValue("id").asString(), ""));
        ok(client.page("GET", "/api/tokens?limit=1", ""));
        ok(client.page("GET", "/api/tokens?after=100000", ""));
        JsonNode parent = Client.json(ok(client.page(
                "POST", "/api/tokens", "{\"name\":\"parent\",\"abilities\":[\"orders:read\",\"tokens:delegate\"]}")));
        String run = "{\"name\":\"run\",\"abilities\":[\"orders:read\"],\"actor\":\"run 1\"}";
        ok(client.withBearer("POST", "/api/tokens", parent.findValue("token").asString(), run));
        ok(client.page(
                "POST",
                "/api/tokens/identify",
                "{\"token\":\"" + parent.findValue("token").asString() + "\"}"));
        ok(client.page("DELETE", "/api/tokens/" + parent.findValue("id").asString() + "/issued", ""));
        assertThat(context.getBean(TokenStore.class) // as at a limit
                        .count(Owner.of("user", 9), new Validity(Instant.now(), null, null), 10))
                .isEqualTo(10);

        // a program that asks
        JsonNode device = Client.json(
                ok(client.form("/sanctum/device_authorization", "client_id=cli&client_name=CLI&scope=orders:read")));
        String code = "{\"user_code\":\"" + device.get("user_code").asString() + "\"";
        ok(client.page("POST", "/api/approval", code + "}"));
        ok(client.page(
                "POST",
                "/api/approval/allow",
                code + ",\"account\":\"root@example.test\",\"abilities\":[\"orders:read\"],\"lifetime\":3600}"));
        ok(client.form(
                "/sanctum/device_token",
                "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=cli&device_code="
                        + device.get("device_code").asString()));
        ok(client.page("GET", "/api/requests", ""));
        ok(client.page("GET", "/api/requests/open", ""));

        // a program with a token
        Owner root = Owner.of(
                "user",
                Client.json(client.page("GET", "/api/user", "")).get("id").asLong());
        String token = context.getBean(Tokens.class)
                .issue(TokenRequest.of(root, "machine", "*", "tokens:manage"))
                .plainText()
                .reveal();
        ok(client.bearer("GET", "/api/user", token));
        ok(client.bearer("GET", "/api/tokens", token));
        ok(client.bearer("GET", "/api/tokens/current", token));
        assertThat(client.bearer("GET", "/api/user", "x".repeat(48)).statusCode())
                .isEqualTo(401);
        ok(client.withBearer("POST", "/api/tokens", token, "{\"name\":\"child\",\"abilities\":[\"orders:read\"]}"));
        for (String answered : List.of("token", "id")) { // the second knows no secret any more
            HttpResponse<String> child = client.post(
                    "/api/tokens",
                    "{\"name\":\"child\",\"abilities\":[\"orders:read\"]}",
                    "Authorization",
                    "Bearer " + token,
                    "Idempotency-Key",
                    "planned");
            assertThat(Client.json(ok(child)).has(answered)).isTrue();
        }
        client.bearer("GET", "/verify", token);
        Clients clients = context.getBean(Clients.class);
        String asked = "client_id=orders&client_secret="
                + clients.add("orders", Abilities.NONE).orElseThrow().reveal() + "&token=";
        ok(client.form("/oauth2/introspect", asked + token));
        ok(client.form("/oauth2/introspect", asked + "x".repeat(48)));
        ok(client.form("/oauth2/revoke", asked + client.exchange("root@example.test", PASSWORD)));

        // an administrator
        JsonNode person = Client.json(ok(client.withBearer(
                "POST",
                "/api/admin/people",
                token,
                "{\"name\":\"Ada\",\"email\":\"ada@example.test\",\"password\":\"" + PASSWORD + "\"}")));
        String ada = "/api/admin/people/" + person.findValue("id").asString();
        String adas = client.exchange("ada@example.test", PASSWORD);
        ok(client.bearer("GET", "/api/user", adas));
        Client session = new Client(Integer.parseInt(client.base.replaceAll(".*:", "")));
        assertThat(session.signIn("ada@example.test", PASSWORD)).isEqualTo(204);
        for (String path : List.of(
                "/api/admin/people",
                "/api/admin/people?search=ada",
                ada,
                ada + "/tokens",
                "/api/admin/people/9/tokens",
                ada + "/sessions",
                "/api/admin/clients",
                "/api/admin/audit",
                "/api/admin/audit?before=100000",
                "/api/admin/audit?owner=user:9",
                "/api/admin/audit?person=9",
                "/api/admin/tokens/17",
                "/api/doctor")) {
            assertThat(client.bearer("GET", path, token).statusCode()).as(path).isIn(200, 404, 422);
        }
        ok(client.withBearer("PATCH", ada, token, "{\"disabled\":true}"));
        ok(client.withBearer("PATCH", ada, token, "{\"disabled\":false}"));
        ok(client.withBearer("PUT", ada + "/password", token, "{\"password\":\"" + PASSWORD + "\"}"));
        ok(client.bearer("DELETE", "/api/admin/tokens/17", token));
        ok(client.bearer("DELETE", ada + "/tokens", token));
        ok(client.bearer("DELETE", ada + "/sessions", token));
        ok(client.bearer("DELETE", "/api/tokens/current", token));
        ok(client.page("PATCH", ada, "{\"role\":\"admin\"}"));
        ok(client.page("DELETE", "/api/sessions", ""));
        ok(client.page("DELETE", "/api/tokens?all=true", ""));
        ok(client.page("POST", "/logout", ""));

        // what it does by itself, of what is over as well
        String past = "expires_at = '2020-01-01', updated_at = updated_at";
        run("update personal_access_tokens set " + past + " where id between 100 and 200");
        run(
                "update personal_access_tokens set created_at = '2010-01-01', updated_at = updated_at where id between 1 and 10");
        run("update sanctum_session set expiry_time = 1 where primary_id = lpad('7', 36)");
        context.getBean(Tokens.class).flush();
        context.getBeansOfType(PeriodicTask.class)
                .values()
                .forEach(task -> task.work().run());
        context.getBean(JdbcIndexedSessionRepository.class).cleanUpExpiredSessions();
        poll(context.getBean(DataSource.class));
    }

    private static HttpResponse<String> ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode())
                .as(answer.request() + " " + answer.body())
                .isBetween(200, 299);
        return answer;
    }

    /** As where there are no triggers. */
    private static void poll(DataSource dataSource) throws InterruptedException {
        CountDownLatch turns = new CountDownLatch(2);
        ChangeFeed feed = ChangeFeed.builder(dataSource, new InvalidationListener() {
                    @Override
                    public void invalidated(TokenId id) {}

                    @Override
                    public void invalidateAll() {}

                    @Override
                    public void caughtUp(long nanoTime, boolean deletes) {
                        turns.countDown();
                    }
                })
                .interval(Duration.ofMillis(50))
                .build();
        Thread thread = new Thread(feed, "polls");
        thread.start();
        assertThat(turns.await(20, TimeUnit.SECONDS)).isTrue();
        feed.close();
        thread.join();
    }
}
