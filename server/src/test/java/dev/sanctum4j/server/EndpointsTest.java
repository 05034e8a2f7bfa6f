package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.Endpoints.Answer;
import dev.sanctum4j.server.Endpoints.Credential;
import dev.sanctum4j.server.Endpoints.Endpoint;
import dev.sanctum4j.server.Endpoints.Visit;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.oauth.Clients;
import dev.sanctum4j.spring.broadcasting.ChannelMember;
import dev.sanctum4j.spring.broadcasting.ChannelRule;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** One table of decisions, asked through every endpoint (R29); what is refused at one is refused at all (R9). */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:endpoints;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + EndpointsTest.PASSWORD,
            "management.server.port=0",
            "sanctum.gateway.original-request=x-original",
            "sanctum.oidc.issuer=http://localhost:1",
            "sanctum.oidc.client-id=nobody",
            "sanctum.broadcasting.key=key",
            "sanctum.broadcasting.secret=secret",
            "sanctum.approval.issuer=https://api.example.test"
        })
class EndpointsTest implements Visit.People {

    static final String PASSWORD = "correct horse battery staple";
    private static final String ADMIN = "admin@localhost";

    /** The server has no channels of its own. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Channels {

        @Bean
        ChannelRule channels() {
            return (caller, channel) -> Optional.of(ChannelMember.of(caller.getName()));
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Tokens tokens;

    @Autowired
    private Clients clients;

    @Autowired
    private TokenStore store;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private ApplicationContext context;

    private static @Nullable Client session;
    private static @Nullable String client;

    static Collection<Endpoint> endpoints() {
        return Endpoints.ALL;
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void everybodyGetsWhatTheTableSays(Endpoint endpoint) throws Exception {
        Map<Credential, Answer> expected = new EnumMap<>(Credential.class);
        Map<Credential, Answer> got = new EnumMap<>(Credential.class);
        for (Credential credential : Credential.values()) {
            if (!endpoint.takesTokens() || credential.isToken()) {
                expected.put(credential, endpoint.expects(credential));
                got.put(credential, endpoint.way().ask(new Visit(credential, port, this)));
            }
        }

        assertThat(got).isEqualTo(expected);
    }

    /** R29: whoever tries a bait learns nothing from it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/user",
                "/api/tokens/current",
                "/api/admin/people",
                "/api/tokens",
                "/verify",
                "/verify/orders:read"
            })
    void canaryIsAnsweredLikeATokenThatDoesNotExist(String path) throws Exception {
        assertThat(told(Credential.CANARY, path))
                .isEqualTo(told(Credential.UNKNOWN_TOKEN, path))
                .startsWith("401");
    }

    private String told(Credential credential, String path) throws Exception {
        HttpResponse<String> answer = new Visit(credential, port, this)
                .send("GET", path, Endpoints.ABILITY, "X-Original-Method", "GET", "X-Original-URI", "/orders");
        Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        headers.remove("date");
        return answer.statusCode() + " " + headers + " " + answer.body();
    }

    /** Its cookies would be those of another host. */
    @Test
    void gatewayIsGivenNoSessionForAPage() {
        for (String method : List.of("GET", "HEAD")) {
            HttpResponse<String> answer = new Client(port)
                    .get(
                            "/verify",
                            "Origin",
                            "http://localhost:" + port,
                            "X-Original-Method",
                            method,
                            "X-Original-URI",
                            "/orders");
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void everyRouteHasALineInTheTable() {
        Set<String> mapped = new TreeSet<>();
        for (HandlerMapping mapping :
                context.getBeansOfType(HandlerMapping.class).values()) {
            if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
                methods.getHandlerMethods().keySet().forEach(info -> mapped.addAll(names(info)));
            } else if (mapping instanceof RouterFunctionMapping functions) {
                assertThat(functions.getRouterFunction())
                        .as("routes that this test cannot list")
                        .isNull();
            } else {
                assertThat(mapping)
                        .as("a kind of routes that this test does not know")
                        .isInstanceOf(AbstractUrlHandlerMapping.class); // files
            }
        }
        Set<String> known = new TreeSet<>();
        Endpoints.OPEN.values().forEach(known::addAll);
        Endpoints.ALL.stream()
                .map(Endpoint::mapping)
                .filter(name -> name.contains(" /"))
                .forEach(known::add);

        assertThat(known)
                .as("see Endpoints: every route needs a line there, and every line a route")
                .containsExactlyInAnyOrderElementsOf(mapped);
    }

    private static Collection<String> names(RequestMappingInfo info) {
        Set<String> methods = new TreeSet<>();
        info.getMethodsCondition().getMethods().forEach(method -> methods.add(method.name()));
        return info.getPatternValues().stream()
                .flatMap(path ->
                        (methods.isEmpty() ? Set.of("*") : methods).stream().map(method -> method + " " + path))
                .toList();
    }

    @Override
    public String token(Credential kind, String ability) {
        Owner owner = Owner.of(
                "user",
                switch (kind) {
                    case STAR_OF_A_USER -> person("user@example.test").id();
                    case OWNER_DISABLED -> person("disabled@example.test").id();
                    case CANARY -> 999_999_999L;
                    default -> person(ADMIN).id();
                });
        if (kind == Credential.OWNER_DISABLED) {
            accounts.enable(Long.parseLong(owner.id()));
        }
        TokenRequest wanted = switch (kind) {
            case WITHOUT_ABILITY -> TokenRequest.of(owner, "endpoint", ability + "s", "other");
            case WITH_ABILITY, CHILD -> TokenRequest.of(owner, "endpoint", ability);
            case WITH_MANAGE -> TokenRequest.of(owner, "endpoint", "tokens:manage");
            case CANARY -> TokenRequest.of(owner, "endpoint", "*", "tokens:manage");
            default -> TokenRequest.of(owner, "endpoint", "*");
        };
        if (kind == Credential.ISSUER_REVOKED || kind == Credential.CHILD) {
            AccessToken issuer = tokens.issue(TokenRequest.of(owner, "issuer", "*", "tokens:manage"))
                    .token();
            NewToken child = tokens.issue(wanted, issuer);
            if (kind == Credential.ISSUER_REVOKED) {
                tokens.revoke(issuer.id());
            }
            return child.plainText().reveal();
        }
        NewToken made = (kind == Credential.CANARY ? Tokens.of(store) : tokens).issue(wanted); // of nobody, on purpose
        switch (kind) {
            case REVOKED -> tokens.revoke(made.token().id());
            case EXPIRED ->
                jdbc.update(
                        "update personal_access_tokens set expires_at = ? where id = ?",
                        Timestamp.from(Instant.EPOCH.plusSeconds(86_400)),
                        made.token().id().value());
            case OWNER_DISABLED -> accounts.disable(Long.parseLong(owner.id()));
            default -> {}
        }
        String text = made.plainText().reveal();
        if (kind == Credential.UNKNOWN_TOKEN) {
            jdbc.update(
                    "delete from personal_access_tokens where id = ?",
                    made.token().id().value());
        }
        return text;
    }

    private Account person(String email) {
        return accounts.findByEmail(email)
                .or(() -> accounts.create("Somebody", email, PASSWORD, Account.Role.USER))
                .orElseThrow();
    }

    /** The same as long as it is one: signing in is throttled. */
    @Override
    public Client session() {
        if (session == null || session.page("GET", "/api/user", "").statusCode() != 200) {
            session = new Client(port);
            assertThat(session.signIn(ADMIN, PASSWORD)).isEqualTo(204);
        }
        return session;
    }

    @Override
    public String client() {
        if (client == null) {
            client = clients.add("endpoints", Abilities.NONE).orElseThrow().reveal();
        }
        return "Basic " + Base64.getEncoder().encodeToString(("endpoints:" + client).getBytes(StandardCharsets.UTF_8));
    }
}
