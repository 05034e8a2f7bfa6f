package dev.sanctum4j.docs;

import static dev.sanctum4j.spring.Sanctum.can;
import static dev.sanctum4j.spring.Sanctum.cannot;
import static dev.sanctum4j.spring.Sanctum.hasAbility;
import static dev.sanctum4j.spring.Sanctum.hasAnyAbility;
import static dev.sanctum4j.spring.Sanctum.sanctum;
import static dev.sanctum4j.test.spring.Acting.actingAs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.security.config.Customizer.withDefaults;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.spring.AdmissionRule;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.RequiresAnyAbility;
import dev.sanctum4j.spring.Sanctum;
import dev.sanctum4j.spring.TokenReader;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What {@code docs/from-sanctum.md} and the guides show, in one application. */
@SpringBootTest(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:from-sanctum",
            "sanctum.endpoints.tokens=true",
            "sanctum.endpoints.password-token=true",
            "sanctum.spa.stateful=self",
            "sanctum.endpoints.session=true" // beside a chain of the application's own
        })
@AutoConfigureMockMvc
class FromSanctumTest {

    private static final String ADA = "ada@example.test";

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Routes.class)
    static class App {

        final List<String> issued = new CopyOnWriteArrayList<>();

        @Bean
        InMemoryUserDetailsManager people() {
            return new InMemoryUserDetailsManager(
                    User.withUsername(ADA).password("{noop}secret").build());
        }

        // tag::own-chain
        @Bean
        SecurityFilterChain orders(HttpSecurity http) {
            return http.securityMatcher("/orders/**")
                    .with(sanctum(), withDefaults())
                    .authorizeHttpRequests(routes -> routes.requestMatchers(GET, "/orders")
                            .access(hasAbility("orders:read"))
                            .requestMatchers("/orders/status")
                            .access(hasAnyAbility("orders:read", "orders:status"))
                            .anyRequest()
                            .authenticated())
                    .build();
        }
        // end::own-chain

        // tag::another-header
        @Bean
        TokenReader apiKey() {
            return TokenReader.header("X-API-Key");
        }
        // end::another-header

        // tag::additional-check
        @Bean
        AdmissionRule fromItsOwnAddress() {
            return AdmissionRule.admitting((token, request) -> {
                String address = token.metadata().get("address");
                return address == null || request != null && address.equals(request.getRemoteAddr());
            });
        }
        // end::additional-check

        // tag::listening
        @EventListener
        void on(TokenEvent.Issued event) {
            issued.add(event.token().name() + " of " + event.token().owner());
        }
        // end::listening
    }

    @RestController
    static class Routes {

        private final Tokens tokens;
        private final SignIn signIn;
        private final InMemoryUserDetailsManager people;

        Routes(Tokens tokens, SignIn signIn, InMemoryUserDetailsManager people) {
            this.tokens = tokens;
            this.signIn = signIn;
            this.people = people;
        }

        record Server(int id, String owner) {}

        // tag::token-can
        @GetMapping("/api/servers")
        List<String> buttons() {
            List<String> buttons = new ArrayList<>(List.of("show"));
            if (can("server:update")) {
                buttons.add("update");
            }
            if (cannot("server:delete")) {
                buttons.add("ask an administrator to delete");
            }
            return buttons;
        }
        // end::token-can

        // tag::all-abilities
        @GetMapping("/api/orders")
        @RequiresAbility({"check-status", "place-orders"})
        String orders() {
            return "both";
        }
        // end::all-abilities

        // tag::any-ability
        @GetMapping("/api/status")
        @RequiresAnyAbility({"check-status", "place-orders"})
        String status() {
            return "either";
        }
        // end::any-ability

        // tag::policy
        boolean mayUpdate(Principal caller, Server server) {
            return caller.getName().equals(server.owner()) && can("server:update");
        }
        // end::policy

        @PutMapping("/api/servers/{id}")
        boolean update(Principal caller, @PathVariable int id) {
            return mayUpdate(caller, new Server(id, ADA));
        }

        // tag::current-token
        @GetMapping("/api/whoami")
        String whoami(Principal caller) {
            String by = Sanctum.currentToken().map(AccessToken::name).orElse("a session");
            return caller.getName() + " by " + by;
        }
        // end::current-token

        // tag::revoke-current
        @DeleteMapping("/api/sign-out")
        void signOut(AccessToken current) {
            tokens.revoke(current.id());
        }
        // end::revoke-current

        // tag::change-password
        @PostMapping("/api/password")
        void changePassword(
                Principal caller, @RequestParam String old, @RequestParam String wanted, HttpServletRequest request) {
            signIn.confirm(request, "old", old); // 422 if it is wrong, 429 after too many tries
            people.changePassword(old, "{noop}" + wanted);
            signIn.passwordChanged(request); // this session goes on, all others of the person are over
            tokens.revokeAll(Owner.of("user", caller.getName())); // and so are the tokens, if you want that
        }
        // end::change-password

        @GetMapping({"/orders", "/orders/status", "/orders/other"})
        String own() {
            return "own chain";
        }
    }

    private final Owner owner = Owner.of("user", ADA);

    @Autowired
    private Tokens tokens;

    @Autowired
    private MockMvc http;

    @Autowired
    private App app;

    @Autowired
    private InMemoryUserDetailsManager people;

    private String issue(String... abilities) {
        return tokens.issue(TokenRequest.of(owner, "laptop", abilities))
                .plainText()
                .reveal();
    }

    private MockHttpServletResponse send(MockHttpServletRequestBuilder request, String token) throws Exception {
        return http.perform(request.header("Authorization", "Bearer " + token))
                .andReturn()
                .getResponse();
    }

    @Test
    void issuing() throws Exception {
        // tag::issuing
        NewToken made = tokens.issue(TokenRequest.of(Owner.of("user", "ada@example.test"), "laptop", "*"));
        String shownOnce = made.plainText().reveal(); // pat_…
        // end::issuing

        assertThat(send(get("/api/whoami"), shownOnce).getContentAsString()).isEqualTo(ADA + " by laptop");
        assertThat(app.issued).contains("laptop of user:" + ADA);
    }

    @Test
    void listing() {
        issue("*");
        // tag::listing
        for (AccessToken token : tokens.list(owner)) {
            System.out.println(token.name() + ", last used " + token.lastUsedAt() + ", expires " + token.expiresAt());
        }
        // end::listing
        assertThat(tokens.list(owner)).isNotEmpty();
    }

    @Test
    void abilitiesNarrow() throws Exception {
        // tag::abilities
        NewToken deploy = tokens.issue(TokenRequest.of(owner, "deploy", "server:update"));
        // end::abilities

        String text = deploy.plainText().reveal();
        assertThat(send(get("/api/servers"), text).getContentAsString())
                .isEqualTo("[\"show\",\"update\",\"ask an administrator to delete\"]");
        assertThat(send(get("/api/servers"), issue()).getContentAsString())
                .isEqualTo("[\"show\",\"ask an administrator to delete\"]");
        assertThat(send(put("/api/servers/1"), text).getContentAsString()).isEqualTo("true");
        assertThat(send(put("/api/servers/1"), issue("server:read")).getContentAsString())
                .isEqualTo("false");
    }

    @Test
    void routesAskForAllAbilitiesOrForAny() throws Exception {
        String one = issue("check-status");

        assertThat(send(get("/api/orders"), one).getStatus()).isEqualTo(403);
        assertThat(send(get("/api/orders"), issue("check-status", "place-orders"))
                        .getStatus())
                .isEqualTo(200);
        assertThat(send(get("/api/status"), one).getStatus()).isEqualTo(200);
        assertThat(send(get("/api/status"), issue()).getStatus()).isEqualTo(403);
    }

    @Test
    void chainOfOnesOwnTakesTokens() throws Exception {
        assertThat(send(get("/orders"), issue("orders:read")).getStatus()).isEqualTo(200);
        assertThat(send(get("/orders"), issue("orders:status")).getStatus()).isEqualTo(403);
        assertThat(send(get("/orders/status"), issue("orders:status")).getStatus())
                .isEqualTo(200);
        assertThat(send(get("/orders/other"), issue()).getStatus()).isEqualTo(200);
        assertThat(send(get("/orders"), "nonsense").getStatus()).isEqualTo(401);
    }

    @Test
    void revoking() throws Exception {
        String first = issue("*");
        NewToken second = tokens.issue(TokenRequest.of(owner, "second", "*"));
        String third = issue("*");
        TokenId id = second.token().id();

        assertThat(send(delete("/api/sign-out"), first).getStatus()).isEqualTo(200);
        assertThat(send(get("/api/whoami"), first).getStatus()).isEqualTo(401);

        // tag::revoke-one
        tokens.find(id)
                .filter(token -> token.owner().equals(owner)) // never a number that came from outside alone
                .ifPresent(token -> tokens.revoke(token.id()));
        // end::revoke-one
        assertThat(send(get("/api/whoami"), second.plainText().reveal()).getStatus())
                .isEqualTo(401);

        // tag::revoke-all
        tokens.revokeAll(owner);
        // end::revoke-all
        assertThat(send(get("/api/whoami"), third).getStatus()).isEqualTo(401);
    }

    @Test
    void expiring() {
        // tag::expiring
        NewToken forAWeek = tokens.issue(TokenRequest.of(owner, "visitor", "*").lifetime(Duration.ofDays(7)));
        NewToken untilThen =
                tokens.issue(TokenRequest.of(owner, "visitor", "*").expiresAt(Instant.parse("2099-12-31T23:59:59Z")));
        // end::expiring
        assertThat(forAWeek.token().expiresAt()).isAfter(Instant.now().plus(Duration.ofDays(6)));
        assertThat(untilThen.token().expiresAt()).isEqualTo("2099-12-31T23:59:59Z");

        // tag::pruning
        int deleted = tokens.prune(Duration.ofHours(24));
        // end::pruning
        assertThat(deleted).isNotNegative();
    }

    @Test
    void notes() {
        // tag::metadata
        NewToken made = tokens.issue(TokenRequest.of(owner, "laptop", "*")
                .metadata(Map.of("device", "Firefox on Linux", "address", "192.0.2.7")));
        String device = made.token().metadata().get("device");
        // end::metadata
        assertThat(device).isEqualTo("Firefox on Linux");
    }

    @Test
    void tokenMayBeInAnotherHeader() throws Exception {
        assertThat(http.perform(get("/api/whoami").header("X-API-Key", issue("*")))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .isEqualTo(200);
    }

    @Test
    void additionalCheckRefuses() throws Exception {
        String here = tokens.issue(TokenRequest.of(owner, "here", "*").metadata(Map.of("address", "127.0.0.1")))
                .plainText()
                .reveal();
        String elsewhere = tokens.issue(
                        TokenRequest.of(owner, "elsewhere", "*").metadata(Map.of("address", "192.0.2.7")))
                .plainText()
                .reveal();

        assertThat(send(get("/api/whoami"), here).getStatus()).isEqualTo(200);
        assertThat(send(get("/api/whoami"), elsewhere).getStatus()).isEqualTo(401);
    }

    @Test
    void testing() throws Exception {
        // tag::acting-as
        http.perform(get("/api/status").with(actingAs("ada@example.test", "check-status")))
                .andExpect(status().isOk());
        // end::acting-as

        // tag::acting-as-all
        http.perform(get("/api/orders").with(actingAs("ada@example.test", "*"))).andExpect(status().isOk());
        // end::acting-as-all
    }

    @Test
    void checkingWithoutSpring() {
        String presented = issue("orders:read");
        // tag::checking
        boolean allowed = tokens.authenticate(presented) instanceof Accepted accepted
                && accepted.token().can("orders:read");
        // end::checking
        assertThat(allowed).isTrue();
    }

    @Test
    void sessionHasEveryAbilityAndAChangedPasswordEndsTheOthers() throws Exception {
        String token = issue("*");
        Page page = new Page();
        Page other = new Page();
        assertThat(page.signIn("secret").getStatus()).isEqualTo(204);
        assertThat(other.signIn("secret").getStatus()).isEqualTo(204);
        assertThat(page.send(get("/api/whoami")).getContentAsString()).isEqualTo(ADA + " by a session");
        assertThat(page.send(get("/api/orders")).getContentAsString()).isEqualTo("both");

        assertThat(page.send(post("/api/password").param("old", "wrong").param("wanted", "new"))
                        .getStatus())
                .isEqualTo(422);
        assertThat(page.send(post("/api/password").param("old", "secret").param("wanted", "new"))
                        .getStatus())
                .isEqualTo(200);

        assertThat(page.send(get("/api/whoami")).getStatus()).isEqualTo(200);
        assertThat(other.send(get("/api/whoami")).getStatus()).isEqualTo(401);
        assertThat(send(get("/api/whoami"), token).getStatus()).isEqualTo(401);
        assertThat(new Page().signIn("secret").getStatus()).isEqualTo(422);
        people.updateUser(User.withUsername(ADA).password("{noop}secret").build());
    }

    /** A page of this host, in a browser of its own. */
    private final class Page {

        private final MockHttpSession session = new MockHttpSession();
        private String xsrf = "";

        MockHttpServletResponse signIn(String password) throws Exception {
            send(get("/sanctum/csrf-cookie"));
            return send(post("/login")
                    .contentType(MediaType.APPLICATION_JSON)
                    .content("{\"email\":\"" + ADA + "\",\"password\":\"" + password + "\"}"));
        }

        MockHttpServletResponse send(MockHttpServletRequestBuilder request) throws Exception {
            MockHttpServletResponse answer = http.perform(request.session(session)
                            .header("Origin", "http://localhost")
                            .header("X-XSRF-TOKEN", xsrf))
                    .andReturn()
                    .getResponse();
            if (answer.getCookie("XSRF-TOKEN") != null) {
                xsrf = Objects.requireNonNull(answer.getCookie("XSRF-TOKEN")).getValue();
            }
            return answer;
        }
    }
}
