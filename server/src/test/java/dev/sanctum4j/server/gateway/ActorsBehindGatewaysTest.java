package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.SanctumServer;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.gateway.GatewayProcess.Kind;
import dev.sanctum4j.server.gateway.Raw.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Who uses a token on its owner's behalf, told to a service by a server that is set to tell it; {@link GatewaysTest} has one that is not. */
class ActorsBehindGatewaysTest {

    private static final String[] LIES = {
        "X-Auth-Actor: evil", "x-auth-ACTOR: evil", "X_Auth_Actor: evil", "Connection: X-Auth-Actor"
    };

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = "APACHE", mode = EnumSource.Mode.EXCLUDE)
    void actorOfATokenIsToldAndNoOther(Kind kind) throws IOException {
        GatewayProcess.assumeInstalled(kind);
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", GatewaysTest::echo);
        service.start();
        String source = kind == Kind.CADDY ? "x-forwarded" : "x-original";
        try (ConfigurableApplicationContext server = new SpringApplicationBuilder(SanctumServer.class)
                        .properties(
                                "SANCTUM_DATABASE_URL=jdbc:h2:mem:actors-" + source + System.nanoTime(),
                                "sanctum.gateway.original-request=" + source,
                                "sanctum.gateway.rules=../docs/gateways/rules.txt",
                                "sanctum.gateway.actor=true",
                                "PORT=0",
                                "MANAGEMENT_PORT=0")
                        .run();
                GatewayProcess gateway = GatewayProcess.start(
                        kind,
                        folder.resolve(kind.name().toLowerCase(Locale.ROOT)),
                        "127.0.0.1:" + server.getEnvironment().getProperty("local.server.port"),
                        service.getAddress().getPort(),
                        kind == Kind.CADDY
                                ? Map.of(
                                        "copy_headers X-Auth-Subject", "copy_headers X-Auth-Actor X-Auth-Subject",
                                        "# header_up X-Auth-Actor", "header_up X-Auth-Actor")
                                : Map.of())) {
            Account ada = server.getBean(Accounts.class)
                    .create("Ada", "ada@example.test", "correct horse battery staple", Account.Role.USER)
                    .orElseThrow();
            Tokens tokens = server.getBean(Tokens.class);
            TokenRequest wanted = TokenRequest.of(ada.owner(), "run", "orders:read");
            String run = tokens.issue(wanted.actor("claude-code, run 8f3c: 100% ä"))
                    .plainText()
                    .reveal();
            String plain = tokens.issue(wanted).plainText().reveal();

            assertThat(actors(gateway, run))
                    .containsExactly("x-auth-actor: claude-code%2c%20run%208f3c:%20100%25%20%c3%a4");
            assertThat(actors(gateway, run, LIES))
                    .containsExactly("x-auth-actor: claude-code%2c%20run%208f3c:%20100%25%20%c3%a4");
            assertThat(actors(gateway, plain, LIES)).isSubsetOf("x-auth-actor:");
        } finally {
            service.stop(0);
        }
    }

    private static List<String> actors(GatewayProcess gateway, String token, String... lines) {
        String[] all = new String[lines.length + 1];
        System.arraycopy(lines, 0, all, 1, lines.length);
        all[0] = "Authorization: Bearer " + token;
        Reply reply = Raw.send("127.0.0.1", gateway.port(), "GET", "/orders/7", all);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.body()
                .lines()
                .map(line -> line.strip().toLowerCase(Locale.ROOT))
                .filter(line -> line.matches("x[-_]auth[-_]actor.*"))
                .toList();
    }
}
