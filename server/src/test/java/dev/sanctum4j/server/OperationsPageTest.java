package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.FileInputStream;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What {@code docs/operations.md} has people do for a server behind nginx, and for its backup, with the very lines of the page. */
@ExtendWith(TestDatabases.class)
class OperationsPageTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String DATABASE = "sanctum_page";
    private static final String PERSON = "you@example.com";

    @TempDir
    private Path folder;

    private String program = "";
    private String address = "";
    private int port;
    private int plain;
    private @Nullable Process nginx;
    private @Nullable ConfigurableApplicationContext server;

    @AfterEach
    void stop() throws Exception {
        stopServer();
        if (nginx != null) {
            nginx.destroy();
            nginx.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private void stopServer() {
        if (server != null) {
            server.close();
        }
        server = null;
    }

    @Test
    void serverBehindNginxIsBackedUpAndRestored() throws Exception {
        program = Programs.find("nginx", "nginx", "/usr/sbin", "/usr/bin").toString();
        Programs.find("pg_dump", "postgresql", "/usr/bin");
        address = address();
        run("dropdb --if-exists " + DATABASE + " && dropuser --if-exists " + DATABASE);
        page("createuser");
        page("createdb --owner", 0);
        port = Programs.freePort();
        plain = Programs.freePort();
        startServer();
        startNginx();
        Client person = behind();
        HttpResponse<String> first = person.page("GET", "/sanctum/csrf-cookie", "");
        assertThat(first.headers().allValues("Set-Cookie")).isNotEmpty().allMatch(cookie -> cookie.contains("Secure"));
        assertThat(person.signIn(PERSON, password())).isEqualTo(204);
        String kept = made(person);
        String revoked = made(person);
        String revokedLater = made(person);
        assertThat(status("DELETE", "/api/tokens/current", revoked)).isEqualTo(204);
        whatAClientSaysOfItselfIsNotBelieved(kept);
        withoutTlsOnlyPagesAreLedOn();

        page("pg_dump");
        assertThat(status("DELETE", "/api/tokens/current", revokedLater)).isEqualTo(204);
        assertThat(status("GET", "/api/user", revokedLater)).isEqualTo(401);
        disableSomebody(person);
        Programs.await("the audit log", 60, () -> changes().contains("person_disabled"));
        assertThat(changes()).containsExactly("token_revoked", "token_revoked", "person_added", "person_disabled");
        stopServer();
        page("dropdb");
        page("createdb --owner", 1);
        page("pg_restore");
        startServer();
        reload();

        assertThat(status("GET", "/api/user", kept)).isEqualTo(200);
        assertThat(status("GET", "/api/user", revoked)).isEqualTo(401);
        assertThat(status("GET", "/api/user", revokedLater))
                .as("as the page warns")
                .isEqualTo(200);
        assertThat(person.page("GET", "/api/user", "").statusCode()).isEqualTo(200); // the session is back, too
        assertThat(status("GET", "/api/user", made(person))).isEqualTo(200);
        JdbcTemplate jdbc = server().getBean(JdbcTemplate.class);
        assertThatThrownBy(() -> jdbc.update("delete from sanctum_audit")).hasMessageContaining("append-only");
        assertThat(changes()).containsExactly("token_revoked");
    }

    private static void disableSomebody(Client administrator) {
        HttpResponse<String> added = administrator.page(
                "POST",
                "/api/admin/people",
                "{\"name\":\"Bob\",\"email\":\"bob@example.com\",\"password\":\"correct horse\"}");
        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        String path = "/api/admin/people/" + Client.json(added).get("id").asString();
        assertThat(administrator.page("PATCH", path, "{\"disabled\":true}").statusCode())
                .isEqualTo(200);
    }

    /** What the page has people see before a restore, whenever it was. */
    private List<Object> changes() throws Exception {
        return server()
                .getBean(JdbcTemplate.class)
                .queryForList(query().replaceFirst("'20[^']*'", "'2000-01-01'"))
                .stream()
                .map(row -> row.get("event"))
                .toList();
    }

    private void whatAClientSaysOfItselfIsNotBelieved(String token) throws Exception {
        Client client = behind();
        client.post(
                "/sanctum/token",
                "{\"email\":\"" + PERSON + "\",\"password\":\"wrong\",\"device_name\":\"x\"}",
                "X-Forwarded-For",
                "203.0.113.9",
                "X-Forwarded-Proto",
                "http",
                "X-Forwarded-Host",
                "evil.example");
        Programs.await("the audit log", 60, () -> audit(token).contains("sign_in_failed"));
        assertThat(audit(token)).contains("127.0.0.1").doesNotContain("203.0.113.9");
        assertThat(client.bearer("GET", "/api/user", token, "X-Forwarded-For", "203.0.113.9")
                        .statusCode())
                .isEqualTo(200);
    }

    private String audit(String token) {
        return behind().bearer("GET", "/api/admin/audit", token).body();
    }

    private void withoutTlsOnlyPagesAreLedOn() {
        Client open = new Client(plain);
        HttpResponse<String> led = open.get("/login");
        assertThat(led.statusCode()).isEqualTo(301);
        assertThat(led.headers().firstValue("Location")).contains("https://localhost/login");
        assertThat(open.get("/api/user").statusCode()).isEqualTo(403);
        for (String path :
                List.of("/sanctum/token", "/verify", "/broadcasting/auth", "/oauth2/introspect", "/oauth2/revoke")) {
            assertThat(open.post(path, "{}").statusCode()).as(path).isEqualTo(403);
        }
        assertThat(open.get("/oauth2/authorization/acme").statusCode()).isEqualTo(301); // a page
    }

    private String made(Client person) {
        HttpResponse<String> answer = person.page("POST", "/api/tokens", "{\"name\":\"x\",\"abilities\":[\"*\"]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return Client.json(answer).get("token").asString();
    }

    private int status(String method, String path, String token) {
        return behind().bearer(method, path, token).statusCode();
    }

    private Client behind() {
        try (InputStream in =
                new FileInputStream(folder.resolve("tokens.example.com.pem").toFile())) {
            KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
            known.load(null, null);
            known.setCertificateEntry(
                    "nginx", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(known);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return new Client(
                    "https://localhost:" + port, HttpClient.newBuilder().sslContext(tls));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ConfigurableApplicationContext server() {
        return Objects.requireNonNull(server);
    }

    private Map<String, Object> settings() throws Exception {
        Map<String, Object> settings = new HashMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("packaging/sanctum4j.env"))) {
            if (!line.startsWith("#")) {
                String[] pair = line.split("=", 2);
                settings.put(pair[0], pair[1].replaceAll("^'|'$", ""));
            }
        }
        return settings;
    }

    private String password() throws Exception {
        return String.valueOf(settings().get("SANCTUM_ADMIN_PASSWORD"));
    }

    private void startServer() throws Exception {
        Map<String, Object> settings = settings();
        settings.computeIfPresent(
                "SANCTUM_DATABASE_URL",
                (key, url) -> String.valueOf(url).replace("127.0.0.1:5432/sanctum", address + "/" + DATABASE));
        settings.put("SANCTUM_DATABASE_USERNAME", DATABASE);
        settings.put("PORT", "0");
        settings.put("MANAGEMENT_PORT", "0");
        server = new SpringApplicationBuilder(SanctumServer.class)
                .initializers(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("page-systemEnvironment", settings)))
                .run();
    }

    private void configureNginx() throws Exception {
        Files.writeString(
                folder.resolve("sanctum4j.conf"),
                here(Files.readString(ROOT.resolve("packaging/nginx.conf")))
                        .replaceAll("(?m)^ *listen \\[::].*\\n", "") // not every machine has IPv6
                        .replace(
                                "127.0.0.1:8080",
                                "127.0.0.1:" + server().getEnvironment().getProperty("local.server.port"))
                        .replace("listen 443", "listen 127.0.0.1:" + port)
                        .replace("listen 80", "listen 127.0.0.1:" + plain));
    }

    /** With keys and certificates in the folder of the test. */
    private String here(String text) {
        return text.replaceAll("/etc/ssl/(private/)?", folder + "/");
    }

    private void startNginx() throws Exception {
        String certificate = line(Pattern.compile("`(openssl req [^`]*)`"), 0);
        run(here(certificate).replace("-subj /CN=tokens.example.com", "-subj /CN=localhost")
                + " -addext subjectAltName=DNS:localhost");
        configureNginx();
        Files.createDirectory(folder.resolve("tmp"));
        Files.writeString(folder.resolve("main.conf"), """
                daemon off; worker_processes 1; pid pid; error_log stderr; %s
                events {}
                http {
                  access_log off;
                  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
                  include %s;
                }
                """.formatted(
                "root".equals(System.getProperty("user.name")) ? "user root;" : "", folder.resolve("sanctum4j.conf")));
        openNginx();
    }

    private void openNginx() throws Exception {
        nginx = new ProcessBuilder(program, "-c", folder.resolve("main.conf").toString(), "-p", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        Programs.await("nginx", 20, () -> behind().get("/login").statusCode() == 200);
    }

    /** The server is on another port now, which it would not be. */
    private void reload() throws Exception {
        configureNginx();
        Objects.requireNonNull(nginx).destroy();
        nginx.waitFor(20, TimeUnit.SECONDS);
        openNginx();
    }

    private static String address() {
        String url = TestDatabases.url("SANCTUM_TEST_SERVER_POSTGRES_URL");
        if (url == null) {
            String why =
                    "set SANCTUM_TEST_SERVER_POSTGRES_URL to test the backup; the embedded PostgreSQL has no pg_dump";
            if ("true".equals(System.getenv("SANCTUM_TEST_STRICT"))) {
                fail(why);
            }
            Assumptions.abort(why);
        }
        return String.valueOf(url).replaceAll(".*//([^/]*)/.*", "$1");
    }

    private static String line(Pattern pattern, int which) throws Exception {
        Matcher found = pattern.matcher(Files.readString(ROOT.resolve("docs/operations.md")));
        for (int i = 0; i <= which; i++) {
            assertThat(found.find()).as(pattern.pattern()).isTrue();
        }
        return found.group(1);
    }

    private static String query() throws Exception {
        return line(Pattern.compile("```sql\\n(select happened_at[^;]*);"), 0);
    }

    private void page(String command) throws Exception {
        page(command, 0);
    }

    /** Runs a line of the page, as the superuser of another PostgreSQL with another database. */
    private void page(String command, int which) throws Exception {
        String line = line(Pattern.compile("(?m)^runuser -u postgres -- (" + command + ".*)$"), which);
        run(line.replace("--pwprompt ", "") // which asks
                .replace("/var/lib/postgresql", folder.toString())
                .replaceAll("(?<=[ =])sanctum(?= |$)", DATABASE));
    }

    private void run(String line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", line).redirectErrorStream(true);
        String[] host = address.split(":", 2);
        builder.environment().putAll(Map.of("PGHOST", host[0], "PGPORT", host[1], "PGUSER", "postgres"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(List.of(line, said).toString()).isZero();
    }
}
