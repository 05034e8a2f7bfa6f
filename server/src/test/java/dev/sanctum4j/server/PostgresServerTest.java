package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.spring.store.FeedLifecycle;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** The server on a real PostgreSQL, which goes away and comes back. */
@ExtendWith(TestDatabases.class)
class PostgresServerTest {

    static final String PASSWORD = "correct horse battery staple";

    /** Stands between the server and the database, and can be cut. */
    static final class Line implements AutoCloseable {
        private final int target;
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();
        private final ServerSocket listener;
        private volatile boolean cut;

        Line(int target) throws IOException {
            this.target = target;
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            thread(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        synchronized void cut() throws IOException {
            cut = true;
            for (Socket socket : open) {
                socket.close();
            }
        }

        void mend() {
            cut = false;
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    connect(listener.accept());
                } catch (IOException e) {
                    // the test is over, or the other end is
                }
            }
        }

        private synchronized void connect(Socket client) throws IOException {
            if (cut) {
                client.close();
                return;
            }
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(client);
            open.add(server);
            thread(() -> copy(client, server));
            thread(() -> copy(server, client));
        }

        private void copy(Socket from, Socket to) {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                in.transferTo(out);
            } catch (IOException e) {
                // cut
            }
        }

        private static void thread(Runnable work) {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            cut();
        }
    }

    static String url() {
        String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        if (url != null) {
            return url;
        }
        try {
            return EmbeddedPostgres.start().getJdbcUrl("postgres", "postgres");
        } catch (IOException | RuntimeException e) {
            String why =
                    "set SANCTUM_TEST_SERVER_POSTGRES_URL to test PostgreSQL; the embedded one did not start: " + e;
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
            throw new UncheckedIOException(new IOException(e));
        }
    }

    static ConfigurableApplicationContext start(String url, String... settings) {
        return new SpringApplicationBuilder(SanctumServer.class)
                .properties(
                        "SANCTUM_DATABASE_URL=" + url,
                        "SANCTUM_DATABASE_USERNAME=postgres",
                        "SANCTUM_ADMIN_EMAIL=root@example.test",
                        "SANCTUM_ADMIN_PASSWORD=" + PASSWORD,
                        "PORT=0",
                        "MANAGEMENT_PORT=0")
                .run(settings);
    }

    static Client client(ConfigurableApplicationContext context) {
        return new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    @Test
    void outageIs503AndEverythingIsBackWhenTheDatabaseIs() throws Exception {
        String url = url();
        int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
        try (Line line = new Line(port);
                ConfigurableApplicationContext context = start(
                        url.replaceAll("//[^/]*/", "//127.0.0.1:" + line.port() + "/"),
                        "--spring.datasource.hikari.connection-timeout=1000")) {
            Client client = client(context);
            String token = client.exchange("root@example.test", PASSWORD);
            Clients clients = context.getBean(Clients.class);
            clients.remove("orders");
            String asked = "client_id=orders&client_secret="
                    + clients.add("orders", Abilities.NONE).orElseThrow().reveal() + "&token=" + token;
            assertThat(client.form("/oauth2/introspect", asked).body()).contains("\"active\":true");
            assertThat(client.signIn("root@example.test", PASSWORD)).isEqualTo(204);
            assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);

            FeedLifecycle feed = context.getBean(FeedLifecycle.class);
            eventually(() -> feed.state().feed() == ChangeFeed.Kind.LISTENING);
            assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
            line.cut();
            eventually(() -> feed.state().feed() == ChangeFeed.Kind.DISCONNECTED
                    && !tokens(feed).trusted());
            eventually(() -> client.bearer("GET", "/api/user", token).statusCode() == 503); // owners are kept as long
            for (HttpResponse<String> answer : List.of(
                    client.bearer("GET", "/api/user", token),
                    client.bearer("GET", "/api/user", token),
                    client.page("GET", "/api/user", ""),
                    client.form("/oauth2/introspect", asked),
                    client.form("/oauth2/revoke", asked),
                    client.exchanged("root@example.test", PASSWORD))) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            }
            assertThat(client.bearer("GET", "/api/user", "pat_" + "x".repeat(46))
                            .statusCode())
                    .isEqualTo(401); // a wrong checksum needs no database

            line.mend();
            eventually(() -> client.bearer("GET", "/api/user", token).statusCode() == 200);
            eventually(() -> feed.state().feed() == ChangeFeed.Kind.LISTENING);
            assertThat(client.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
        }
    }

    private static CacheState tokens(FeedLifecycle feed) {
        return Objects.requireNonNull(feed.state().tokens());
    }

    private static void eventually(Callable<Boolean> fact) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!fact.call()) {
            assertThat(System.nanoTime()).as("it does not come true").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void whatIsDoneByHandIsHeardAtOnce() throws Exception {
        try (ConfigurableApplicationContext context = start(url())) {
            Client client = client(context);
            FeedLifecycle feed = context.getBean(FeedLifecycle.class);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            eventually(() -> feed.state().feed() == ChangeFeed.Kind.LISTENING
                    && tokens(feed).maxStale().equals(CacheSettings.MAX_STALE)); // what comes next is no matter of age
            for (String sql : List.of(
                    "delete from personal_access_tokens",
                    "update personal_access_tokens set expires_at = now() - interval '1 day'",
                    "truncate personal_access_tokens")) {
                String token = client.exchange("root@example.test", PASSWORD);
                assertThat(client.bearer("GET", "/api/user", token).statusCode())
                        .isEqualTo(200);
                assertThat(client.bearer("GET", "/api/user", token).statusCode())
                        .isEqualTo(200);
                jdbc.update(sql);
                eventually(() -> client.bearer("GET", "/api/user", token).statusCode() == 401);
            }
        }
    }

    @Test
    void twoServersOnOneDatabaseShareAccountsTokensAndSessions() throws Exception {
        String url = url();
        try (ConfigurableApplicationContext one = start(url);
                ConfigurableApplicationContext two = start(url)) {
            Client first = client(one);
            Client second = client(two);
            String token = first.exchange("root@example.test", PASSWORD);
            assertThat(first.signIn("root@example.test", PASSWORD)).isEqualTo(204);
            second.cookies.putAll(first.cookies);

            assertThat(second.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
            assertThat(second.page("GET", "/api/user", "").statusCode()).isEqualTo(200);
            assertThat(second.bearer("DELETE", "/api/tokens/current", token).statusCode())
                    .isEqualTo(204);
            eventually(() -> first.bearer("GET", "/api/user", token).statusCode() == 401);
            assertThat(second.page("POST", "/logout", "").statusCode()).isEqualTo(204);
            assertThat(first.page("GET", "/api/user", "").statusCode()).isEqualTo(401);

            JdbcTemplate jdbc = one.getBean(JdbcTemplate.class);
            two.close(); // what is in the audit log's queue is written on the way
            assertThat(jdbc.queryForObject(
                            "select count(*) from sanctum_audit where event = 'token_revoked'", Long.class))
                    .isPositive();
            assertThatThrownBy(() -> jdbc.update("update sanctum_audit set detail = 'nothing happened'"))
                    .hasMessageContaining("append-only");
            assertThatThrownBy(() -> jdbc.update("delete from sanctum_audit")).hasMessageContaining("append-only");
        }
    }

    /** Asked on one node, allowed on the other, and fetched on both at the same moment, twenty times: one token each time. */
    @Test
    void ofTwoNodesThatFetchAtTheSameMomentOneMakesTheToken() throws Exception {
        String url = url();
        try (ConfigurableApplicationContext one = start(url);
                ConfigurableApplicationContext two = start(url)) {
            JdbcTemplate jdbc = one.getBean(JdbcTemplate.class);
            jdbc.update("delete from sanctum_requests");
            jdbc.update("delete from personal_access_tokens");
            Client person = client(two);
            assertThat(person.signIn("root@example.test", PASSWORD)).isEqualTo(204);
            ExecutorService pool = Executors.newFixedThreadPool(2);
            for (int round = 1; round <= 20; round++) {
                jdbc.update("update sanctum_requests set created_at = 0"); // ten a minute are enough for others
                JsonNode asked = Client.json(client(one)
                        .form("/sanctum/device_authorization", "client_id=codex&client_name=Codex&scope=orders:read"));
                HttpResponse<String> allowed = person.page(
                        "POST",
                        "/api/approval/allow",
                        "{\"user_code\":\"" + asked.get("user_code").asString()
                                + "\",\"account\":\"root@example.test\","
                                + "\"abilities\":[\"orders:read\"],\"lifetime\":3600}");
                assertThat(allowed.statusCode()).as(allowed.body()).isEqualTo(204);
                String poll = "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=codex&device_code="
                        + asked.get("device_code").asString();
                CyclicBarrier barrier = new CyclicBarrier(2);
                List<Future<HttpResponse<String>>> answers = new ArrayList<>();
                for (ConfigurableApplicationContext node : List.of(one, two)) {
                    Client program = client(node);
                    answers.add(pool.submit(() -> {
                        barrier.await(10, TimeUnit.SECONDS);
                        return program.form("/sanctum/device_token", poll);
                    }));
                }
                List<Integer> statuses = new ArrayList<>();
                for (Future<HttpResponse<String>> answer : answers) {
                    statuses.add(answer.get(60, TimeUnit.SECONDS).statusCode());
                }

                assertThat(statuses).containsExactlyInAnyOrder(200, 400);
                assertThat(jdbc.queryForObject("select count(*) from personal_access_tokens", Integer.class))
                        .isEqualTo(round);
            }
            pool.shutdownNow();
        }
    }
}
