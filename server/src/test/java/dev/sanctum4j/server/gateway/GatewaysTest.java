package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.Programs;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.gateway.GatewayProcess.Kind;
import dev.sanctum4j.server.gateway.OriginalRequest.Source;
import dev.sanctum4j.server.gateway.Raw.Reply;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.spring.AdmissionRule;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Real gateways, with the configurations that {@code docs/gateways} hands out, between attackers and a service; and the
 * contract itself where a gateway would hide it.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:gateways;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + GatewaysTest.PASSWORD,
            "SANCTUM_STATEFUL=localhost:*",
            "management.server.port=0",
            "spring.datasource.hikari.maximum-pool-size=" + GatewaysTest.POOL,
            "spring.datasource.hikari.connection-timeout=500",
            "sanctum.gateway.original-request=x-original",
            "sanctum.gateway.rules=../docs/gateways/rules.txt",
            "sanctum.gateway.sign-in=/login"
        })
class GatewaysTest {

    static final String PASSWORD = "correct horse battery staple";
    static final int POOL = 8;

    /** The server as configured, and as it would be configured for others; each has a loopback address of its own. */
    private static final String X_ORIGINAL = "127.0.0.1";

    private static final String X_FORWARDED = "127.0.0.2";
    private static final String PATH = "127.0.0.3";
    private static final String NONE = "127.0.0.4";
    private static final String UNTRUSTED = "127.0.0.5";

    private static final String ME = "user@example.test";
    private static final AtomicInteger REACHED = new AtomicInteger();
    private static final Map<Kind, GatewayProcess> GATEWAYS = new EnumMap<>(Kind.class);
    private static final AtomicReference<String> CLIENT = new AtomicReference<>("");

    /** The ways to write the name of a header that some service may take for ours. */
    private static final String[] SPELLINGS = {
        "X-Auth-Subject: user:1",
        "X-Auth-Subject: user:2",
        "x-auth-subject: user:3",
        "X-AUTH-SUBJECT: user:4",
        "X_Auth_Subject: user:5",
        "X-Auth_Subject: user:6",
        "x_auth-subject: user:7",
        "X-Auth-Token-Id: 8",
        "X_Auth_Token_Id: 9",
        "X-Auth-Abilities: *",
        "X_AUTH_ABILITIES: *",
        "X-Auth-Actor: evil",
        "X_Auth_Actor: evil",
        "X-Auth-Role: admin",
    };

    @TempDir
    private static Path folder;

    private static HttpServer service;

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private Clients clients;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private DataSource dataSource;

    private Account me;

    /** Lets one context stand for servers with other settings. */
    @TestConfiguration(proxyBeanMethods = false)
    static class OtherSettings {

        @Bean
        FilterRegistrationBean<OncePerRequestFilter> others(ProblemWriter problems) {
            Rules rules = Rules.read(Path.of("..", "docs", "gateways", "rules.txt"));
            List<String> loopback = List.of("127.0.0.0/8");
            Map<String, VerifyFilter> filters = Map.of(
                    X_FORWARDED,
                            filter(
                                    new GatewayProperties(Source.X_FORWARDED, loopback, "x", "", false),
                                    rules,
                                    problems),
                    PATH, filter(new GatewayProperties(Source.PATH, loopback, "x", "", false), rules, problems),
                    NONE, filter(new GatewayProperties(Source.NONE, loopback, "", "", false), null, problems),
                    UNTRUSTED,
                            filter(
                                    new GatewayProperties(Source.X_ORIGINAL, List.of("10.0.0.0/8"), "x", "", false),
                                    rules,
                                    problems));
            FilterRegistrationBean<OncePerRequestFilter> bean =
                    new FilterRegistrationBean<>(new OncePerRequestFilter() {
                        @Override
                        protected void doFilterInternal(
                                HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                                throws ServletException, IOException {
                            VerifyFilter other = filters.get(request.getLocalAddr());
                            if (other == null) {
                                chain.doFilter(request, response);
                            } else {
                                request.setAttribute("verifyFilter.FILTERED", true); // the server's own stays out of it
                                other.doFilter(request, response, chain);
                            }
                        }
                    });
            bean.setOrder(SecurityFilterProperties.DEFAULT_FILTER_ORDER - 2);
            return bean;
        }

        private static VerifyFilter filter(GatewayProperties settings, @Nullable Rules rules, ProblemWriter problems) {
            return new VerifyFilter(settings, Proxies.of(settings.trustedProxies()), rules, problems);
        }

        /** Refuses nothing, and listens. */
        @Bean
        AdmissionRule listener() {
            return (token, request) -> {
                CLIENT.set(request == null ? "" : request.getRemoteAddr());
                return Optional.empty();
            };
        }
    }

    @BeforeAll
    static void startService() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", GatewaysTest::echo);
        service.setExecutor(Executors.newCachedThreadPool());
        service.start();
    }

    /** Says what arrived. */
    static void echo(HttpExchange exchange) throws IOException {
        REACHED.incrementAndGet();
        StringBuilder text = new StringBuilder(exchange.getRequestMethod() + " " + exchange.getRequestURI() + "\n");
        exchange.getRequestHeaders()
                .forEach((name, values) -> values.forEach(
                        value -> text.append(name).append(": ").append(value).append('\n')));
        text.append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @AfterAll
    static void stopAll() {
        GATEWAYS.values().forEach(GatewayProcess::close);
        GATEWAYS.clear();
        service.stop(0);
    }

    @BeforeEach
    void begin() {
        REACHED.set(0);
        me = accounts.findByEmail(ME)
                .or(() -> accounts.create("User", ME, PASSWORD, Account.Role.USER))
                .orElseThrow();
    }

    private int at(Kind kind) {
        GatewayProcess.assumeInstalled(kind);
        return GATEWAYS.computeIfAbsent(kind, absent -> start(kind, "shared", server(kind), client(kind)))
                .port();
    }

    /** What a gateway that asks by introspection signs in with. */
    private Map<String, String> client(Kind kind) {
        return kind == Kind.APACHE
                ? Map.of(
                        "CLIENT_SECRET",
                        clients.add("apache", Abilities.NONE).orElseThrow().reveal())
                : Map.of();
    }

    private String server(Kind kind) {
        return (kind == Kind.CADDY ? X_FORWARDED : X_ORIGINAL) + ":" + port;
    }

    private static GatewayProcess start(Kind kind, String name, String server, Map<String, String> more) {
        return GatewayProcess.start(
                kind,
                folder.resolve(name + "-" + kind.name().toLowerCase(Locale.ROOT)),
                server,
                service.getAddress().getPort(),
                more);
    }

    private String issue(String... abilities) {
        return tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", abilities))
                .plainText()
                .reveal();
    }

    private String expired() {
        var made = tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", "*"));
        jdbc.update(
                "update personal_access_tokens set expires_at = ? where id = ?",
                Timestamp.from(Instant.EPOCH.plusSeconds(86_400)),
                made.token().id().value());
        return made.plainText().reveal();
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private static Reply get(int port, String target, String... lines) {
        return Raw.send("127.0.0.1", port, "GET", target, lines);
    }

    /** Which headers of an identity the service got, in whatever spelling. */
    private static List<String> identity(Reply reply) {
        return reply.body()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).matches("x[-_]auth.*"))
                .map(line -> line.strip().toLowerCase(Locale.ROOT))
                .filter(line -> !line.equals("x-auth-actor:")) // there is none
                .sorted()
                .toList();
    }

    /** A person who is signed in, as the two lines that a page of the gateway's would send. */
    private record Session(String cookie, String csrf) {}

    private static @Nullable Session session;

    private Session signedIn() {
        if (session == null) {
            String origin = "Origin: http://localhost:" + port;
            Session anonymous = session(get(port, "/sanctum/csrf-cookie", origin));
            Reply reply = Raw.body(
                    port,
                    "POST",
                    "/login",
                    "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(ME, PASSWORD),
                    origin,
                    "Content-Type: application/json",
                    anonymous.cookie(),
                    anonymous.csrf());
            assertThat(reply.status()).as(reply.body()).isEqualTo(204);
            session = session(reply);
        }
        return session;
    }

    private static Session session(Reply reply) {
        Map<String, String> cookies = new LinkedHashMap<>();
        for (String line : reply.headers()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("set-cookie:")) {
                String[] pair = line.substring(11).strip().split(";", 2)[0].split("=", 2);
                cookies.put(pair[0], pair[1]);
            }
        }
        List<String> pairs = new ArrayList<>();
        cookies.forEach((name, value) -> pairs.add(name + "=" + value));
        return new Session("Cookie: " + String.join("; ", pairs), "X-XSRF-TOKEN: " + cookies.get("XSRF-TOKEN"));
    }

    // ---- through real gateways

    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void goodTokenReachesTheServiceWithItsIdentity(Kind kind) {
        var made = tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", "orders:read"));
        jdbc.update(
                "update personal_access_tokens set abilities = ? where id = ?",
                "[\"orders:read\",\"a b\",\"ä,%\"]", // as a Laravel may have written it
                made.token().id().value());

        Reply reply = Raw.body(
                at(kind),
                "POST",
                "/orders/7?page=2",
                "{}",
                bearer(made.plainText().reveal()),
                "X-Other: stays");

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).startsWith("POST /orders/7?page=2\n").endsWith("{}");
        assertThat(reply.body().toLowerCase(Locale.ROOT))
                .contains("x-other: stays")
                .doesNotContain("authorization", made.plainText().reveal().toLowerCase(Locale.ROOT));
        assertThat(identity(reply))
                .containsExactly(
                        "x-auth-abilities: orders:read a%20b %c3%a4%2c%25",
                        "x-auth-subject: user:" + me.id(),
                        "x-auth-token-id: " + made.token().id());
        assertThat(CLIENT).hasValue("127.0.0.1");
    }

    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void everyoneElseIsRefusedBeforeTheService(Kind kind) {
        int gateway = at(kind);
        var revoked = tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", "*"));
        assertThat(get(gateway, "/orders/7", bearer(revoked.plainText().reveal()))
                        .status())
                .isEqualTo(200);
        tokens.revoke(revoked.token().id());
        REACHED.set(0);

        for (String credential : List.of(
                "X-None: none",
                bearer(""),
                bearer("garbage"),
                bearer(issue("orders:read") + "x"),
                bearer(issue("orders:read") + ", " + issue("orders:read")),
                bearer(revoked.plainText().reveal()),
                bearer(expired()),
                bearer(issue("orders:read")) + "\r\n" + bearer(issue("orders:read")))) {
            Reply reply = get(gateway, "/orders/7", credential);
            if (kind == Kind.NGINX && credential.contains("\n")) {
                assertThat(reply.status()).isEqualTo(400); // of two headers it reads none
                continue;
            }
            assertThat(reply.status()).as(credential).isEqualTo(401);
            assertThat(reply.header("WWW-Authenticate")).as(credential).startsWith("Bearer");
        }
        for (String weak : List.of(issue("orders:write"), issue("orders:reads"), issue("ORDERS:READ"), issue())) {
            Reply reply = get(gateway, "/orders/7", bearer(weak));
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.header("WWW-Authenticate"))
                    .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"orders:read\"");
        }
        assertThat(REACHED).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void rulesTellByMethodAndPath(Kind kind) {
        int gateway = at(kind);
        String read = bearer(issue("invoices:read"));
        String write = bearer(issue("invoices:read", "invoices:write"));

        assertThat(get(gateway, "/invoices/7?x=/me", read).status()).isEqualTo(200);
        assertThat(get(gateway, "/me", bearer(issue())).status()).isEqualTo(200);
        assertThat(Raw.body(gateway, "POST", "/invoices", "{}", write).status()).isEqualTo(200);
        assertThat(Raw.body(gateway, "POST", "/invoices", "{}", read).status()).isEqualTo(403);
        assertThat(Raw.send("127.0.0.1", gateway, "DELETE", "/invoices/7", read).status())
                .isEqualTo(403);
        assertThat(get(gateway, "/elsewhere", bearer(issue("*"))).status()).isEqualTo(403);
        assertThat(get(gateway, "/", bearer(issue("*"))).status()).isEqualTo(403);
        assertThat(get(gateway, "/me").status()).isEqualTo(401);
    }

    /** R13. */
    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void clientCannotSmuggleAnIdentity(Kind kind) {
        int gateway = at(kind);
        var made = tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", "orders:read"));
        List<String> ours = List.of(
                "x-auth-abilities: orders:read",
                "x-auth-subject: user:" + me.id(),
                "x-auth-token-id: " + made.token().id());

        Reply reply = get(
                gateway, "/orders/7", with(SPELLINGS, bearer(made.plainText().reveal())));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(identity(reply))
                .filteredOn(line -> !line.startsWith("x-auth-role"))
                .isEqualTo(ours);
        Reply bySession =
                get(gateway, "/orders/7", with(SPELLINGS, signedIn().cookie(), "Sec-Fetch-Site: same-origin"));
        assertThat(bySession.status()).isEqualTo(200);
        assertThat(identity(bySession))
                .filteredOn(line -> !line.startsWith("x-auth-role") && !line.equals("x-auth-token-id:"))
                .containsExactly(
                        "x-auth-abilities: *", "x-auth-subject: user:" + me.id()); // a session has no token's id
        assertThat(get(gateway, "/orders/7", SPELLINGS).status()).isEqualTo(401);
    }

    private static String[] with(String[] lines, String... more) {
        List<String> all = new ArrayList<>(List.of(lines));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** R14: what a client says about the method and the path of its request counts for nothing. */
    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void clientCannotTellAboutAnotherRequest(Kind kind) {
        int gateway = at(kind);
        String[] lies = {
            "X-Original-Method: GET",
            "X-Original-URI: /me",
            "X-Original-URL: /me",
            "X-Forwarded-Method: GET",
            "X-Forwarded-Uri: /me",
            "X-Rewrite-URL: /me",
            "X_Original_URI: /me",
            "X_Forwarded_Uri: /me",
        };

        assertThat(get(gateway, "/invoices/7", with(lies, bearer(issue()))).status())
                .isEqualTo(403);
        assertThat(Raw.body(gateway, "POST", "/invoices", "{}", with(lies, bearer(issue("invoices:read"))))
                        .status())
                .isEqualTo(403);
        assertThat(Raw.body(
                                gateway,
                                "POST",
                                "/orders/7",
                                "{}",
                                with(lies, signedIn().cookie(), "Origin: http://localhost:" + gateway))
                        .status())
                .isEqualTo(403); // without its CSRF token
        for (String override :
                List.of("X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE")) {
            assertThat(Raw.body(gateway, "POST", "/orders/7", "{}", bearer(issue("*")), override)
                            .status())
                    .as(override)
                    .isEqualTo(403);
        }
        assertThat(Raw.body(gateway, "POST", "/orders/7?_method=DELETE", "{}", bearer(issue("*")))
                        .status())
                .isEqualTo(403);
        assertThat(REACHED).hasValue(0);
    }

    /** R14: a path that the gateway, the server and the service could read differently. */
    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void pathThatCanBeReadInTwoWaysIsRefused(Kind kind) {
        int gateway = at(kind);
        String all = bearer(issue("*"));
        for (String target : List.of(
                "/orders/../admin",
                "/orders/%2e%2e/admin",
                "/orders/..;/admin",
                "/orders/.%2e;x=y/admin",
                "/orders/%2f..%2fadmin",
                "/orders//admin",
                "/orders/;x=1",
                "/orders/7%23x",
                "/orders/7%3Fx",
                "/orders/%5c..%5cadmin",
                "/orders/%252e%252e/admin",
                "/invoices/../admin",
                "/me/%2e%2e/invoices/7",
                "/me//",
                "//me",
                "/me;x",
                "/me%00",
                "/%6de",
                "/orders/7#/me",
                "/orders\\..\\admin")) {
            Reply reply = get(gateway, target, all);
            assertThat(reply.status()).as(target + "\n" + reply.body()).isIn(400, 403);
        }
        assertThat(REACHED).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void sessionWorksAsItDoesWithoutAGateway(Kind kind) {
        int gateway = at(kind);
        String cookie = signedIn().cookie();
        String csrf = signedIn().csrf();
        String page = "Origin: http://localhost:" + gateway;
        String elsewhere = "Origin: https://evil.example";

        assertThat(get(gateway, "/orders/7", cookie, "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
        assertThat(get(gateway, "/orders/7", cookie, page).status()).isEqualTo(200);
        assertThat(Raw.body(gateway, "POST", "/orders/7", "{}", cookie, page, csrf)
                        .status())
                .isEqualTo(200);
        REACHED.set(0);
        assertThat(Raw.body(gateway, "POST", "/orders/7", "{}", cookie, page).status())
                .isEqualTo(403);
        assertThat(Raw.body(gateway, "POST", "/orders/7", "{}", cookie, page, "X-XSRF-TOKEN: x")
                        .status())
                .isEqualTo(403);
        assertThat(get(gateway, "/orders/7", cookie).status()).isEqualTo(401);
        assertThat(get(gateway, "/orders/7", cookie, elsewhere).status()).isEqualTo(401);
        assertThat(Raw.body(gateway, "POST", "/orders/7", "{}", cookie, csrf, elsewhere)
                        .status())
                .isEqualTo(401);
        assertThat(get(gateway, "/orders/7", cookie, page, bearer("bad")).status())
                .isEqualTo(401);
        assertThat(REACHED).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void goingToAPageMayUseTheSession(Kind kind) {
        int gateway = at(kind);
        String cookie = signedIn().cookie();
        String[] link = {cookie, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-Site: cross-site"};

        assertThat(get(gateway, "/orders/7", link).status()).isEqualTo(200);
        assertThat(Raw.send("127.0.0.1", gateway, "HEAD", "/orders/7", link).status())
                .isEqualTo(200);
        REACHED.set(0);
        assertThat(Raw.body(gateway, "POST", "/orders/7", "a=b", link).status()).isEqualTo(401);
        assertThat(get(gateway, "/orders/7", cookie, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")
                        .status())
                .isEqualTo(401);
        assertThat(get(gateway, "/orders/7", cookie, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: document")
                        .status())
                .isEqualTo(401);
        assertThat(REACHED).hasValue(0);
    }

    /** R15: whatever becomes of the server, nobody gets through. */
    @ParameterizedTest
    @EnumSource
    void nobodyGetsThroughWithoutTheServer(Kind kind) throws IOException {
        GatewayProcess.assumeInstalled(kind);
        AtomicInteger status = new AtomicInteger();
        HttpServer ill =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Programs.freePort()), 0);
        ill.createContext("/", exchange -> {
            if (status.get() != 0) {
                exchange.getResponseHeaders().set("Location", "/");
                exchange.getResponseHeaders().set("X-Auth-Subject", "user:1");
                exchange.sendResponseHeaders(status.get(), -1);
            }
            exchange.close();
        });
        ill.start();
        try (GatewayProcess gateway = start(
                kind,
                "ill",
                "127.0.0.1:" + ill.getAddress().getPort(),
                Map.of("5s", "300ms", "5000", "300", "timeout=5", "timeout=1"))) {
            for (int answer : List.of(0, 302, 400, 404, 429, 500, 503)) {
                status.set(answer);
                Reply reply = get(gateway.port(), "/orders/7", bearer(issue("*")));
                assertThat(reply.status()).as("the server answers " + answer).isBetween(300, 599);
            }
            ill.stop(0);
            Integer[] away = kind == Kind.APACHE ? new Integer[] {503} : new Integer[] {500, 502, 503, 504};
            assertThat(get(gateway.port(), "/orders/7", bearer(issue("*"))).status())
                    .isIn((Object[]) away);
            try (ServerSocket silent =
                    new ServerSocket(ill.getAddress().getPort(), 50, InetAddress.getLoopbackAddress())) {
                assertThat(silent.isBound()).isTrue();
                assertThat(get(gateway.port(), "/orders/7", bearer(issue("*"))).status())
                        .isIn((Object[]) away);
            }
        } finally {
            ill.stop(0);
        }
        assertThat(REACHED).hasValue(0);
    }

    /** R15: could not be checked is an error, and not a no that would sign people out. */
    @Test
    void databaseThatCannotBeAskedLetsNobodyThrough() throws Exception {
        List<Kind> kinds = List.of(Kind.values());
        kinds.forEach(this::at);
        String token = bearer(issue("*"));
        String cookie = signedIn().cookie();
        List<Connection> taken = new ArrayList<>();
        try {
            for (int i = 0; taken.size() < POOL && i < 100; i++) {
                try {
                    taken.add(dataSource.getConnection());
                } catch (SQLTransientConnectionException e) {
                    // housekeeping has one for a moment
                }
            }
            assertThat(taken).hasSize(POOL);
            Reply reply = verify(NONE, "GET", "/verify/orders:read", token);
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isEqualTo("1");
            assertThat(verify(NONE, "GET", "/verify", cookie, "Sec-Fetch-Site: same-origin")
                            .status())
                    .isEqualTo(503);
            for (Kind kind : kinds) {
                assertThat(get(at(kind), "/orders/7", token).status()).isEqualTo(kind == Kind.NGINX ? 500 : 503);
            }
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
        assertThat(REACHED).hasValue(0);
        assertThat(verify(NONE, "GET", "/verify/orders:read", token).status()).isEqualTo(200);
    }

    /** R16: a cache that somebody puts before the server keeps nothing. */
    @Test
    void answersAreNotCachedByNginx() {
        GatewayProcess.assumeInstalled(Kind.NGINX);
        Map<String, String> cache = Map.of(
                "server {",
                "proxy_cache_path cache keys_zone=answers:1m;\nserver {",
                "auth_request off;\n        rewrite",
                "auth_request off;\n        proxy_cache answers;\n        proxy_cache_key all;\n"
                        + "        proxy_cache_valid any 1h;\n        rewrite");
        try (GatewayProcess gateway = start(Kind.NGINX, "cache", server(Kind.NGINX), cache)) {
            var first = tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", "orders:read"));
            String other = tokens.issue(TokenRequest.of(
                            Owner.of(
                                    "user",
                                    accounts.findByEmail("admin@localhost")
                                            .orElseThrow()
                                            .id()),
                            "b",
                            "*"))
                    .plainText()
                    .reveal();

            Reply mine =
                    get(gateway.port(), "/orders/7", bearer(first.plainText().reveal()));
            Reply theirs = get(gateway.port(), "/orders/7", bearer(other));
            tokens.revoke(first.token().id());

            assertThat(identity(mine)).contains("x-auth-subject: user:" + me.id());
            assertThat(identity(theirs))
                    .doesNotContain("x-auth-subject: user:" + me.id())
                    .hasSize(3);
            assertThat(get(gateway.port(), "/orders/7", bearer(first.plainText().reveal()))
                            .status())
                    .isEqualTo(401);
            assertThat(get(gateway.port(), "/orders/7").status()).isEqualTo(401);
        }
    }

    @Test
    void apacheAsksByIntrospection() throws Exception {
        int gateway = at(Kind.APACHE);
        var made = tokens.issue(TokenRequest.of(Owner.of("user", me.id()), "gateway", "orders:read", "other"));
        String good = bearer(made.plainText().reveal());

        Reply reply = Raw.body(gateway, "POST", "/orders/7?page=2", "{}", with(SPELLINGS, good));

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body())
                .startsWith("POST /orders/7?page=2\n")
                .endsWith("{}")
                .doesNotContain(good);
        assertThat(identity(reply))
                .filteredOn(line -> !line.startsWith("x-auth-role"))
                .containsExactly(
                        "x-auth-abilities: orders:read other",
                        "x-auth-subject: user:" + me.id(),
                        "x-auth-token-id: " + made.token().id());
        assertThat(get(gateway, "/orders/7", bearer(issue("*"))).status()).isEqualTo(200);
        assertThat(get(gateway, "/elsewhere", bearer(issue("other"))).status()).isEqualTo(200);
        tokens.revoke(made.token().id());
        assertThat(get(gateway, "/orders/7", good).status()).isEqualTo(401); // it remembers nothing
    }

    @Test
    void apacheRefusesEveryoneElse() {
        int gateway = at(Kind.APACHE);
        for (String credential : List.of(
                "X-None: none",
                bearer(""),
                bearer("garbage"),
                bearer(issue("orders:read") + "x"),
                bearer(expired()),
                signedIn().cookie(),
                bearer(issue("orders:read")) + "\r\n" + bearer(issue("orders:read")))) {
            Reply reply = get(gateway, "/orders/7", with(SPELLINGS, credential));
            assertThat(reply.status()).as(credential).isEqualTo(401);
            assertThat(reply.header("WWW-Authenticate")).as(credential).startsWith("Bearer");
        }
        for (String weak : List.of("orders:write", "orders:reads", "my-orders:read", "ORDERS:READ", "orders.read")) {
            assertThat(get(gateway, "/orders/7", bearer(issue(weak))).status())
                    .as(weak)
                    .isEqualTo(403);
        }
        assertThat(get(gateway, "/orders/7", bearer(issue())).status()).isEqualTo(403);
        for (String target : List.of(
                "/elsewhere/../orders/7",
                "/elsewhere/%2e%2e/orders/7",
                "/elsewhere/..;/orders/7",
                "/elsewhere/..%2forders/7",
                "//orders/7",
                "/%6frders/7",
                "/elsewhere/%5c..%5corders",
                "/elsewhere\\..\\orders")) {
            assertThat(get(gateway, target, bearer(issue("other"))).status())
                    .as(target)
                    .isIn(400, 403, 404);
        }
        assertThat(REACHED).hasValue(0);
    }

    /** The commands of {@code docs/gateways/README.md}, and what they answer. */
    @Test
    void transcriptsAreTrue() throws Exception {
        List<String> commands = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("..", "docs", "gateways", "README.md"))) {
            if (line.startsWith("```")) {
                inside = line.equals("```console");
            } else if (inside && line.startsWith("$ ")) {
                commands.add(line.substring(2));
                answers.add("");
            } else if (inside) {
                answers.set(answers.size() - 1, answers.get(answers.size() - 1) + line + "\n");
            }
        }
        assertThat(commands).hasSizeGreaterThan(5);
        for (Kind kind : List.of(Kind.NGINX, Kind.CADDY, Kind.HAPROXY)) {
            String variables = "SERVER=http://%s:%d\nTOKEN=%s\nGATEWAY=http://127.0.0.1:%d\n"
                    .formatted(NONE, port, issue("orders:read"), at(kind));
            for (int i = 0; i < commands.size(); i++) {
                Process bash = new ProcessBuilder("bash", "-c", variables + commands.get(i))
                        .redirectErrorStream(true)
                        .start();
                String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(output.replace("\r", ""))
                        .as(kind + ": " + commands.get(i))
                        .matches(Pattern.quote(answers.get(i)).replace("…", "\\E.*\\Q"));
            }
        }
    }

    // ---- the contract, asked directly

    private Reply verify(String address, String method, String path, String... lines) {
        return Raw.send(address, port, method, path, lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE"})
    void everyMethodIsAnswered(String method) {
        String good = bearer(issue("orders:read"));
        for (String[] lines : List.of(
                new String[] {good},
                new String[] {good, "Content-Type: application/x-www-form-urlencoded", "Content-Length: 0"},
                new String[] {
                    good, "Origin: http://localhost:" + port, "Access-Control-Request-Method: POST", "Accept: image/png"
                })) {
            Reply reply = verify(NONE, method, "/verify/orders:read", lines);
            assertThat(reply.status()).as(method).isEqualTo(200);
            assertThat(reply.header("X-Auth-Subject")).isEqualTo("user:" + me.id());
            assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
            assertThat(reply.header("Vary")).contains("Authorization, Cookie");
            assertThat(reply.body()).isEmpty();
        }
        Reply nobody = verify(NONE, method, "/verify/orders:read");
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(nobody.header("Cache-Control")).isEqualTo("no-store");
        assertThat(verify(NONE, method, "/verify/orders:write", good).status()).isEqualTo(403);
    }

    @Test
    void severalAbilitiesAreAllNeeded() {
        String path = "/verify/orders:read/orders:write";
        assertThat(verify(NONE, "GET", path, bearer(issue("orders:read", "orders:write")))
                        .status())
                .isEqualTo(200);
        Reply reply = verify(NONE, "GET", path, bearer(issue("orders:read")));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.header("WWW-Authenticate")).contains("scope=\"orders:write\"");
        assertThat(reply.body()).contains("\"required\":[\"orders:write\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/verify/",
                "/verify//orders:read",
                "/verify/orders:read/",
                "/verify/*",
                "/verify/orders%3aread",
                "/verify/orders:read;x",
                "/verify/../api/user",
                "/verify/%2e%2e/api/user",
                "/verify/../verify/orders:read"
            })
    void pathWithoutPlainAbilitiesIsRefused(String path) {
        assertThat(verify(NONE, "GET", path, bearer(issue("*", "tokens:manage")))
                        .status())
                .isIn(400, 403);
    }

    @Test
    void queryAndHeadersOfTheQuestionDecideNothing() {
        String none = bearer(issue());
        assertThat(verify(NONE, "GET", "/verify/orders:read?ability=other&_token=x", none, "X-Auth-Abilities: *")
                        .status())
                .isEqualTo(403);
        assertThat(verify(NONE, "GET", "/verify?x=%2e%2e//;%00", none).status()).isEqualTo(200);
        String token = issue("*");
        assertThat(verify(NONE, "GET", "/verify?access_token=" + token, "Proxy-Authorization: Bearer " + token)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void sessionNeedsToKnowTheMethod() {
        String cookie = signedIn().cookie();
        String site = "Sec-Fetch-Site: same-origin";
        String uri = "X-Original-URI: /orders/7";
        String get = "X-Original-Method: GET";

        assertThat(verify(X_ORIGINAL, "GET", "/verify/orders:read", cookie, site, uri, get)
                        .status())
                .isEqualTo(200);
        Reply reply = verify(X_ORIGINAL, "GET", "/verify/orders:read", cookie, site, uri);
        assertThat(reply.status()).isEqualTo(403);
        for (String[] lines : List.of(
                new String[] {cookie, site, uri, "X-Original-Method: get"},
                new String[] {cookie, site, uri, get, get},
                new String[] {cookie, site, uri, "X-Original-Method: POST"},
                new String[] {cookie, site, uri, "X-Forwarded-Method: GET"},
                new String[] {cookie, site, get},
                new String[] {cookie, site, get, uri, "X-Original-URI: /me"})) {
            assertThat(verify(X_ORIGINAL, "GET", "/verify/orders:read", lines).status())
                    .as(String.join("\n", lines))
                    .isEqualTo(403);
        }
        assertThat(verify(NONE, "GET", "/verify/orders:read", cookie, site, get, uri)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void strangerIsNotBelieved() {
        assertThat(verify(
                                UNTRUSTED,
                                "GET",
                                "/verify/orders:read",
                                bearer(issue("*")),
                                "X-Original-Method: GET",
                                "X-Original-URI: /orders/7",
                                "X-Forwarded-For: 10.0.0.1")
                        .status())
                .isEqualTo(403);
        assertThat(CLIENT).hasValue("127.0.0.1");
    }

    /** R12. */
    @Test
    void clientIsReadFromTheRight() {
        Reply reply = verify(
                NONE,
                "GET",
                "/verify",
                bearer(issue()),
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-For: 203.0.113.9, 127.0.0.1",
                "Forwarded: for=6.6.6.6",
                "X-Real-IP: 6.6.6.6",
                "X-Client-IP: 6.6.6.6");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(CLIENT).hasValue("203.0.113.9");
    }

    /** What Envoy sends: the request itself, below a prefix. */
    @Test
    void requestMayBeThePathOfTheQuestion() {
        String read = bearer(issue("invoices:read"));

        assertThat(verify(PATH, "GET", "/verify/invoices/7?page=2", read).status())
                .isEqualTo(200);
        assertThat(verify(PATH, "DELETE", "/verify/invoices/7", read).status()).isEqualTo(403);
        assertThat(verify(PATH, "DELETE", "/verify/invoices/7", bearer(issue("invoices:read", "invoices:write")))
                        .status())
                .isEqualTo(200);
        for (String other : List.of(
                "/verify",
                "/verify/orders:read",
                "/verify/elsewhere",
                "/verify//me",
                "/verify/invoices/../me",
                "/verify/me/%2e%2e/invoices/7",
                "/verify/me;x")) {
            assertThat(verify(PATH, "GET", other, bearer(issue())).status())
                    .as(other)
                    .isEqualTo(403);
        }
        assertThat(verify(PATH, "GET", "/verify/invoices/7", signedIn().cookie(), "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
        assertThat(verify(PATH, "POST", "/verify/invoices/7", signedIn().cookie(), "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(403);
    }

    /** R43. */
    @Test
    void browserIsSentToSignInAndBackToThisHostOnly() {
        String[] navigation = {"X-Original-Method: GET", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"};
        Reply reply =
                verify(X_ORIGINAL, "GET", "/verify/orders:read", with(navigation, "X-Original-URI: /orders/7?a=b&c=d"));

        assertThat(reply.status()).isEqualTo(302);
        assertThat(reply.header("Location")).isEqualTo("/login?next=%2Forders%2F7%3Fa%3Db%26c%3Dd");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        for (String elsewhere : List.of(
                "//evil.example",
                "/\\evil.example",
                "https://evil.example/",
                "/%09/evil.example",
                "/%5cevil.example",
                "/.//evil.example",
                "javascript:alert(1)",
                "/a%0d%0aLocation:x",
                "")) {
            assertThat(verify(X_ORIGINAL, "GET", "/verify", with(navigation, "X-Original-URI: " + elsewhere))
                            .status())
                    .as(elsewhere)
                    .isEqualTo(401);
        }
        String uri = "X-Original-URI: /orders/7";
        for (String[] program : List.of(
                new String[] {"X-Original-Method: GET", uri},
                new String[] {"X-Original-Method: GET", uri, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"},
                new String[] {"X-Original-Method: POST", uri, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"},
                with(navigation, uri, bearer("bad")))) {
            assertThat(verify(X_ORIGINAL, "GET", "/verify/orders:read", program).status())
                    .isEqualTo(401);
        }
        assertThat(verify(
                                X_FORWARDED,
                                "GET",
                                "/verify",
                                "X-Forwarded-Method: GET",
                                "X-Forwarded-Uri: /me",
                                "Sec-Fetch-Mode: navigate",
                                "Sec-Fetch-Dest: document")
                        .status())
                .isEqualTo(401); // where it is not switched on
    }
}
