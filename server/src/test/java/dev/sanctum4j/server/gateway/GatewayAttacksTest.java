package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.server.gateway.GatewayProcess.Kind;
import dev.sanctum4j.server.gateway.Raw.Reply;
import dev.sanctum4j.server.gateway.Recorder.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real gateways, with the configurations that {@code docs/gateways} hands out, and clients that turn the connection, the
 * framing and the names of headers against them. Who is asked and who stands behind them keep what arrives, to the byte.
 */
class GatewayAttacksTest {

    private static final String GOOD = "Authorization: Bearer good";
    private static final String[] OURS = {
        "x-auth-abilities: orders:read", "x-auth-subject: user:1", "x-auth-token-id: 7"
    };

    /** Comes behind a request that is let in, without a credential: wherever it arrives, nobody was asked about it. */
    private static final String SECOND = "GET /second HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static final Map<Kind, GatewayProcess> GATEWAYS = new EnumMap<>(Kind.class);

    @TempDir
    private static Path folder;

    private static Recorder service;
    private static Recorder sanctum;

    @BeforeAll
    static void start() {
        service = Recorder.start(request -> "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        sanctum = Recorder.start(GatewayAttacksTest::answer);
    }

    /** As the server would, of one token. */
    private static String answer(Message question) {
        if (question.start().startsWith("POST /oauth2/introspect ")) {
            String json = question.body().contains("token=good&")
                    ? "{\"active\":true,\"sub\":\"user:1\",\"jti\":\"7\",\"scope\":\"orders:read\"}"
                    : "{\"active\":false}";
            return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n"
                    + json;
        }
        String head = "401 Unauthorized\r\nWWW-Authenticate: Bearer";
        if (question.values("Authorization").equals(List.of("Bearer good"))) {
            boolean other = Stream.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
                    .anyMatch(name -> !question.values(name).isEmpty());
            head = other || question.start().contains(" /verify/* ")
                    ? "403 Forbidden"
                    : "200 OK\r\nX-Auth-Subject: user:1\r\nX-Auth-Token-Id: 7\r\nX-Auth-Abilities: orders:read";
        }
        return "HTTP/1.1 " + head + "\r\nContent-Length: 0\r\n\r\n";
    }

    @AfterAll
    static void stop() {
        GATEWAYS.values().forEach(GatewayProcess::close);
        GATEWAYS.clear();
        service.close();
        sanctum.close();
    }

    @BeforeEach
    void forget() {
        service.forget();
        sanctum.forget();
    }

    private static int at(Kind kind) {
        GatewayProcess.assumeInstalled(kind);
        Map<String, String> surroundings = Map.of(
                "CLIENT_SECRET",
                "secret",
                "server {",
                "underscores_in_headers on; ignore_invalid_headers off; server {");
        return GATEWAYS.computeIfAbsent(kind, absent -> start(kind, "shared", sanctum, surroundings))
                .port();
    }

    private static GatewayProcess start(Kind kind, String name, Recorder server, Map<String, String> more) {
        return GatewayProcess.start(
                kind,
                folder.resolve(name + "-" + kind.name().toLowerCase(Locale.ROOT)),
                "127.0.0.1:" + server.port(),
                service.port(),
                more);
    }

    private static String request(String method, String target, String... lines) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
    }

    private static String get(String... lines) {
        return request("GET", "/orders/7", lines);
    }

    private static String post(String body, String... lines) {
        return request("POST", "/orders/7", lines) + body;
    }

    /** Whatever came of it, nobody got to the service unasked, nor as somebody else, nor with the connection in hand. */
    private static void assertNobodyIsFooled(Kind kind, String attack) {
        assertThat(service.tunnelled()).as(kind + ": " + attack).isEmpty();
        for (Message arrived : service.messages()) {
            assertThat(arrived.start()).as(kind + ": " + attack).contains(" /orders/7 ");
            assertThat(identity(arrived)).as(kind + ": " + attack).containsExactly(OURS);
            assertThat(arrived.headers()).as(kind + ": " + attack).noneMatch(line -> line.contains("evil"));
            assertThat(arrived.values("Upgrade")).as(kind + ": " + attack).isEmpty();
            assertThat(arrived.values("Authorization")).as(kind + ": " + attack).isEmpty();
            for (String connection : arrived.values("Connection")) {
                assertThat(connection.toLowerCase(Locale.ROOT))
                        .as(kind + ": " + attack)
                        .isIn("close", "keep-alive");
            }
        }
    }

    private static List<String> identity(Message arrived) {
        return arrived.headers().stream()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.replaceAll("[^a-z0-9:]", "-").startsWith("x-auth"))
                .filter(line -> !line.strip().equals("x-auth-actor:")) // there is none
                .sorted()
                .toList();
    }

    private static void assertArrives(Kind kind, String attack) {
        service.forget();
        sanctum.forget();
        assertThat(Raw.statuses(at(kind), attack)).as(kind + ": " + attack).contains(200);
        assertThat(service.messages()).as(kind + ": " + attack).hasSize(1);
        assertNobodyIsFooled(kind, attack);
    }

    private static void assertRefusedOrHarmless(Kind kind, String attack) {
        service.forget();
        sanctum.forget();
        List<Integer> statuses = Raw.statuses(at(kind), attack);
        assertThat(statuses).as(kind + ": " + attack).isSubsetOf(100, 200, 400, 401, 403, 405, 501, 505);
        assertNobodyIsFooled(kind, attack);
    }

    private static void assertNothingArrives(Kind kind, String attack) {
        assertRefusedOrHarmless(kind, attack);
        assertThat(service.messages()).as(kind + ": " + attack).isEmpty();
    }

    // ---- what Connection names

    @ParameterizedTest
    @EnumSource
    void connectionTakesNothingOfOursAway(Kind kind) {
        for (String lines : List.of(
                "Connection: close, X-Auth-Subject, X-Auth-Token-Id, X-Auth-Abilities",
                "Connection: x-auth-subject,close,X-AUTH-TOKEN-ID\t,\tx-auth-abilities",
                "Connection: X-Auth-Subject\r\nconnection: close\r\nCONNECTION: X-Auth-Abilities",
                "Connection: close, X-Auth-Subject\r\nX-Auth-Subject: evil",
                "Connection: close, X-Forwarded-Uri, X-Forwarded-Method, X-Original-URI, X-Original-Method, Host",
                "Connection: close, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP",
                "Connection: close\r\nKeep-Alive: X-Auth-Subject, evil\r\nProxy-Connection: X-Auth-Subject, evil",
                "Connection: close\r\nProxy-Authorization: evil",
                "Connection: close, TE\r\nTE: trailers, X-Auth-Subject, evil\r\nTrailer: X-Auth-Subject",
                "Connection: close, Keep-Alive, Proxy-Connection, Upgrade, Connection, X-Auth-Subject",
                "Connection: close, HTTP2-Settings\r\nHTTP2-Settings: evil",
                "Connection: close\r\nHTTP2-Settings: evil")) {
            assertArrives(kind, get(GOOD, lines));
            if (kind != Kind.CADDY) { // which announces trailers, and sends none
                assertThat(service.messages().get(0).values("Trailer")).isEmpty();
            }
            Message question = sanctum.messages().get(0);
            if (kind != Kind.APACHE) {
                assertThat(question.start()).contains(" /verify/orders:read ");
                String uri = kind == Kind.CADDY ? "X-Forwarded-Uri" : "X-Original-URI";
                String method = kind == Kind.CADDY ? "X-Forwarded-Method" : "X-Original-Method";
                assertThat(question.values(uri)).as(lines).containsExactly("/orders/7");
                assertThat(question.values(method)).as(lines).containsExactly("GET");
                assertThat(question.values("X-Forwarded-For")).as(lines).containsExactly("127.0.0.1");
            }
        }
    }

    /** nginx passes no Connection on, so that for the service a header that it named is one like any other. */
    @ParameterizedTest
    @EnumSource(names = "NGINX", mode = EnumSource.Mode.EXCLUDE)
    void whatConnectionNamesGoesNoFurther(Kind kind) {
        assertArrives(kind, get(GOOD, "Connection: close, X-Foo, x-bar", "X-Foo: evil", "X-Bar: evil", "x-foo: evil"));
        assertThat(sanctum.messages())
                .allSatisfy(question -> assertThat(question.headers()).noneMatch(line -> line.contains("evil")));
        assertArrives(kind, get(GOOD, "Connection: close, X-Method-Override", "X-Method-Override: evil"));
        assertNothingArrives(kind, get(GOOD, "Connection: close, Authorization"));
    }

    @ParameterizedTest
    @EnumSource
    void connectionDoesNotChangeWhereAMessageEnds(Kind kind) {
        String length = "Content-Length: " + SECOND.length();
        for (String named : List.of("Content-Length", "content-length, Host", "Transfer-Encoding, Content-Length")) {
            assertArrives(kind, post(SECOND, GOOD, "Connection: close, " + named, length));
            assertThat(service.messages().get(0).body()).isEqualTo(SECOND);
        }
        assertArrives(
                kind,
                post(
                        "2\r\nab\r\n0\r\n\r\n",
                        GOOD,
                        "Connection: close, Transfer-Encoding",
                        "Transfer-Encoding: chunked"));
        assertThat(service.messages().get(0).body()).isEqualTo("ab");
    }

    // ---- tunnels

    @ParameterizedTest
    @EnumSource
    void upgradeIsNoTunnelPastTheQuestion(Kind kind) {
        for (String upgrade : List.of(
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
                "Connection: keep-alive, uPgRaDe\r\nuPgrade: H2C",
                "Upgrade: h2c",
                "Connection: Upgrade\r\nUpgrade: h2c, websocket",
                "Connection: Upgrade\r\nUpgrade: websocket, h2c",
                "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: other",
                "Connection: Upgrade\r\nUpgrade: TLS/1.0",
                "Connection: Upgrade\r\nUpgrade: TLS/1.0, HTTP/1.1",
                "Connection: Upgrade\r\nUpgrade: HTTP/2.0",
                "Connection: Upgrade\r\nUpgrade: websocket/13",
                "Connection: Upgrade\r\nUpgrade: websockets",
                "Connection: Upgrade\r\nUpgrade: connect-udp",
                "Connection: Upgrade\r\nUpgrade:")) {
            assertRefusedOrHarmless(kind, get(GOOD, upgrade) + SECOND);
            assertRefusedOrHarmless(kind, post("ab", GOOD, "Content-Length: 2", upgrade) + SECOND);
            assertNothingArrives(kind, get(upgrade) + SECOND);
            assertThat(sanctum.messages())
                    .as(kind + ": " + upgrade)
                    .allSatisfy(
                            question -> assertThat(question.values("Upgrade")).isEmpty());
        }
    }

    private static final String WEBSOCKET = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";

    @ParameterizedTest
    @EnumSource(names = {"CADDY", "HAPROXY"})
    void websocketIsOpenedToWhoMay(Kind kind) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at(kind))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(get(GOOD, WEBSOCKET).getBytes(StandardCharsets.ISO_8859_1));
            String answer = "";
            while (!answer.endsWith("\r\n\r\n")) {
                answer += (char) socket.getInputStream().read();
            }
            assertThat(answer).startsWith("HTTP/1.1 101 ");
            socket.getOutputStream().write("a frame".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("heard".getBytes(StandardCharsets.ISO_8859_1));
        }
        assertThat(identity(service.messages().get(0))).containsExactly(OURS);
        assertThat(String.join(",", service.messages().get(0).values("Connection")))
                .isEqualToIgnoringCase("upgrade");
        assertThat(sanctum.messages()).hasSize(1);
        assertThat(sanctum.messages().get(0).values("Upgrade")).isEmpty();
        assertThat(sanctum.messages().get(0).values("Connection")).noneMatch("upgrade"::equalsIgnoreCase);

        assertNothingArrives(kind, get("Authorization: Bearer bad", WEBSOCKET) + SECOND);
    }

    /** Also where the first line and the second say different things, no more than a websocket comes of it. */
    @ParameterizedTest
    @EnumSource
    void twoUpgradesAreAtMostAWebsocket(Kind kind) {
        for (String upgrade : List.of("Upgrade: h2c\r\nUpgrade: websocket", "Upgrade: websocket\r\nUpgrade: h2c")) {
            service.forget();
            Raw.statuses(at(kind), get(GOOD, "Connection: Upgrade", upgrade));
            assertThat(service.messages())
                    .allSatisfy(arrived -> assertThat(arrived.values("Upgrade")).isSubsetOf("websocket"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX", "APACHE"})
    void websocketIsARequestLikeAnyOtherWhereNoneAreMeant(Kind kind) {
        assertRefusedOrHarmless(kind, get(GOOD, WEBSOCKET) + SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void connectOpensNoTunnel(Kind kind) {
        for (String target :
                List.of("localhost:80", "localhost:" + service.port(), "/orders/7", "http://localhost/orders/7")) {
            assertNothingArrives(kind, request("CONNECT", target, GOOD) + SECOND);
        }
    }

    /** HTTP/2 by prior knowledge: preface, empty settings, and a request with the token in HPACK's literals. */
    @ParameterizedTest
    @EnumSource
    void http2WithoutTlsIsNotSpoken(Kind kind) {
        String headers = literal(":method", "GET")
                + literal(":scheme", "http")
                + literal(":path", "/orders/7")
                + literal(":authority", "localhost")
                + literal("authorization", "Bearer good");
        String settings = "\0\0\0\4\0\0\0\0\0";
        String frame = "\0\0" + (char) headers.length() + "\1\5\0\0\0\1" + headers;
        assertNothingArrives(kind, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + frame);
    }

    private static String literal(String name, String value) {
        return "\0" + (char) name.length() + name + (char) value.length() + value;
    }

    // ---- names

    /** CGI and its heirs make an underscore of everything in a name that is neither letter nor digit. */
    @ParameterizedTest
    @EnumSource
    void namesThatServicesReadAsOthersAreDropped(Kind kind) {
        List<String> lines = new ArrayList<>(List.of(GOOD, "Connection: close", "X-Other: stays"));
        for (char separator : "_.!#$%&'*+^`|~".toCharArray()) {
            for (String name : List.of(
                    "X-Auth-Subject",
                    "x-auth-user",
                    "X-AUTH-ABILITIES",
                    "X-HTTP-METHOD-OVERRIDE",
                    "X-Forwarded-For",
                    "X-Original-URI",
                    "Remote-User")) {
                lines.add(name.replace('-', separator) + ": evil");
                lines.add(name.replaceFirst("-", "\\" + separator) + ": evil");
                lines.add(name + separator + ": evil");
                lines.add(separator + name + ": evil");
            }
        }
        // in small parts: every gateway has a limit to the number of headers
        for (int i = 3; i < lines.size(); i += 28) {
            List<String> part = new ArrayList<>(lines.subList(0, 3));
            part.addAll(lines.subList(i, Math.min(i + 28, lines.size())));
            assertArrives(kind, get(part.toArray(String[]::new)));
            assertThat(service.messages().get(0).values("X-Other")).containsExactly("stays");
        }
    }

    @ParameterizedTest
    @EnumSource
    void identityOfTheClientsOwnIsReplaced(Kind kind) {
        for (String lines : List.of(
                "X-Auth-Subject: evil\r\nx-auth-subject: evil\r\nX-AUTH-SUBJECT: evil",
                "X-Auth-Token-Id: evil\r\nX-Auth-Abilities: evil",
                "X-Auth-Actor: evil\r\nx-auth-ACTOR: evil",
                "x-AUTH-subject: evil\r\nConnection: x-auth-SUBJECT")) {
            assertArrives(kind, get(GOOD, lines, "Connection: close"));
        }
        if (kind != Kind.NGINX) { // which cannot say "and whatever begins like them"
            assertArrives(kind, get(GOOD, "X-Auth-Role: evil", "x-AUTHOR: evil", "Connection: close"));
        }
        for (String lines : List.of(
                "X-Auth-Subject : evil",
                "X-Auth-Subject\t: evil",
                " X-Auth-Subject: evil",
                "\u0000X-Auth-Subject: evil",
                "X-Auth-Subject\u0000: evil",
                ": evil")) {
            assertRefusedOrHarmless(kind, get(GOOD, lines, "Connection: close"));
        }
    }

    /** A line that goes on in the next one, and ends that some take for ends. */
    @ParameterizedTest
    @EnumSource
    void linesOfAHeadAreReadAlike(Kind kind) {
        for (String lines : List.of(
                "X-Foo: a\r\n X-Auth-Subject: user:2",
                "X-Foo: a\r\n\tX-Auth-Subject: user:2",
                "X-Foo: a\rX-Auth-Subject: user:2",
                "X-Foo: a\nX-Auth-Subject: user:2",
                "X-Foo: a\u000bX-Auth-Subject: user:2",
                "X-Foo: a\u0085X-Auth-Subject: user:2")) {
            assertRefusedOrHarmless(kind, get(GOOD, lines, "Connection: close"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherMethodIsRefusedUnderEachOfItsNames(Kind kind) {
        for (String name : List.of("X-HTTP-Method-Override", "x-http-method", "X-METHOD-OVERRIDE")) {
            assertNothingArrives(kind, post("", GOOD, "Connection: close", "Content-Length: 0", name + ": DELETE"));
        }
    }

    // ---- where a message ends

    @ParameterizedTest
    @EnumSource
    void everyRequestOfAConnectionIsAskedAbout(Kind kind) {
        assertArrives(kind, get(GOOD) + SECOND);
        assertNothingArrives(kind, get("Authorization: Bearer bad") + SECOND);
        String hidden = get(GOOD, "Connection: close"); // a body is no request, though it looks like a good one
        String length = "Content-Length: " + hidden.length();
        assertNothingArrives(kind, post(hidden, "Authorization: Bearer bad", length) + SECOND);
        assertThat(sanctum.messages())
                .filteredOn(question -> !question.start().contains("/oauth2/introspect"))
                .allSatisfy(question -> assertThat(question.body()).isEmpty());
        assertNothingArrives(kind, post(hidden, "Authorization: Bearer bad", length, "Expect: 100-continue") + SECOND);
        assertNothingArrives(
                kind, post("2\r\nab\r\n0\r\n\r\n", "Authorization: Bearer bad", "Transfer-Encoding: chunked") + SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void framingThatCanBeReadInTwoWaysHidesNoRequest(Kind kind) {
        String length = "Content-Length: " + SECOND.length();
        String end = "0\r\n\r\n";
        for (String attack : List.of(
                post(end, GOOD, "Content-Length: 4", "Transfer-Encoding: chunked") + SECOND,
                post(end + SECOND, GOOD, "Content-Length: " + (5 + SECOND.length()), "Transfer-Encoding: chunked"),
                post(SECOND, GOOD, "Content-Length: 0", length),
                post(SECOND, GOOD, length, "Content-Length: 0"),
                post(SECOND, GOOD, "Content-Length: 0, " + SECOND.length()),
                post(SECOND, GOOD, "Content-Length: +" + SECOND.length()),
                post(SECOND, GOOD, "Content_Length: " + SECOND.length()),
                post(SECOND, GOOD, length, "Transfer-Encoding: xchunked"),
                post(SECOND, GOOD, length, "Transfer-Encoding: identity"),
                post(end + SECOND, GOOD, "Content-Length: " + (5 + SECOND.length()), "Transfer-Encoding : chunked"),
                post(end + SECOND, GOOD, "Content-Length: " + (5 + SECOND.length()), "Transfer_Encoding: chunked"),
                post(end, GOOD, "Transfer-Encoding: chunked", "Transfer-Encoding: identity") + SECOND,
                post(end, GOOD, "Transfer-Encoding: chunked, identity") + SECOND,
                post(end, GOOD, "Transfer-Encoding:\u000bchunked") + SECOND,
                post("0;x\n\r\n\r\n", GOOD, "Transfer-Encoding: chunked") + SECOND,
                post(end, GOOD, "Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0") + SECOND,
                request("GET", "/orders/7", GOOD, length) + SECOND)) {
            assertRefusedOrHarmless(kind, attack);
        }
    }

    /** HAProxy hands them on, behind the body, where a service that does not look for them sees none. */
    @ParameterizedTest
    @EnumSource
    void trailersAreNoHeaders(Kind kind) {
        assertArrives(
                kind,
                post(
                        "2\r\nab\r\n0\r\nX-Auth-Subject: evil\r\nX_Auth_Subject: evil\r\n\r\n",
                        GOOD,
                        "Connection: close",
                        "Trailer: X-Auth-Subject",
                        "Transfer-Encoding: chunked"));
        assertThat(service.messages().get(0).body()).isEqualTo("ab");
        if (kind != Kind.HAPROXY) {
            assertThat(service.messages().get(0).trailers()).isEmpty();
        }
    }

    // ---- what Apache does not know

    /** mod_oauth2 says 401 of whatever it could not check. */
    @Test
    void apacheSays503WhereItCouldNotAsk() {
        GatewayProcess.assumeInstalled(Kind.APACHE);
        AtomicReference<String> introspection = new AtomicReference<>("");
        AtomicReference<String> verification = new AtomicReference<>("");
        try (Recorder ill = Recorder.start(question -> question.start().startsWith("POST /oauth2/introspect ")
                        ? introspection.get()
                        : verification.get());
                GatewayProcess gateway =
                        start(Kind.APACHE, "ill", ill, Map.of("CLIENT_SECRET", "secret", "timeout=5", "timeout=3"))) {
            String inactive = head("200 OK\r\nContent-Type: application/json", "{\"active\":false}");
            for (String unasked : List.of(
                    head("401 Unauthorized", ""), // its own secret is wrong
                    head("503 Service Unavailable", ""),
                    head("429 Too Many Requests", ""),
                    head("200 OK", "no JSON"),
                    "no HTTP\r\n\r\n",
                    "")) {
                introspection.set(unasked);
                verification.set(head("403 Forbidden", "")); // the server knows the token
                assertCouldNotAsk(gateway.port());
            }
            for (String away : List.of(head("503 Service Unavailable", ""), "")) {
                introspection.set(inactive);
                verification.set(away);
                assertCouldNotAsk(gateway.port());
            }
            introspection.set(inactive);
            verification.set(head("401 Unauthorized\r\nWWW-Authenticate: Bearer", ""));
            ill.forget();
            Reply no = Raw.send(
                    "127.0.0.1", gateway.port(), "GET", "/orders/7", GOOD, "Cookie: a=b", "Sec-Fetch-Mode: navigate");
            assertThat(no.status()).isEqualTo(401);
            assertThat(no.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(ill.messages()).hasSize(2);
            Message question = ill.messages().get(1);
            assertThat(question.start()).isEqualTo("GET /verify/* HTTP/1.1");
            assertThat(question.values("Authorization")).containsExactly("Bearer good");
            assertThat(question.values("Cookie")).isEmpty(); // a session is none of its business, nor is a page
            assertThat(question.values("Sec-Fetch-Mode")).isEmpty();
            ill.close();
            assertCouldNotAsk(gateway.port());
        }
        assertThat(service.messages()).isEmpty();
    }

    private static String head(String head, String body) {
        return "HTTP/1.1 " + head + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static void assertCouldNotAsk(int port) {
        Reply reply = Raw.send("127.0.0.1", port, "GET", "/orders/7", GOOD);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isEqualTo("1");
        assertThat(reply.header("WWW-Authenticate")).isEmpty();
    }

    @Test
    void clientsDoNotPutApachesQuestion() {
        for (String target : List.of("/.sanctum/why", "/.sanctum-away", "/.sanctum/", "/.sanctum", "/%2esanctum/why")) {
            assertThat(Raw.statuses(at(Kind.APACHE), request("GET", target, GOOD, "Connection: close")))
                    .as(target)
                    .containsAnyOf(403, 404);
        }
        assertThat(sanctum.messages()).isEmpty();
        assertThat(service.messages()).isEmpty();
    }
}
