package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.PersonMapper;
import dev.sanctum4j.spring.people.People;
import dev.sanctum4j.spring.people.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.event.AuthenticationSuccessEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.user.DefaultOAuth2User;
import org.springframework.security.oauth2.core.user.OAuth2User;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** People whom a provider signs in, and whom nobody else knows. Providers themselves are in tests of their own. */
@SpringBootTest(
        classes = PeopleTest.Shop.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:people;DB_CLOSE_DELAY=-1",
            "sanctum.people=on",
            "sanctum.owners.subject-claim.entra=oid",
            "sanctum.endpoints.tokens=true",
            "sanctum.diagnosis=true"
        })
class PeopleTest {

    private static final String ACME = "https://login.acme.test";
    private static final String OTHER = "https://login.other.test";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {

        final List<AccessEvent.OwnerAsleep> asleep = new ArrayList<>();

        @EventListener
        void on(AccessEvent.OwnerAsleep event) {
            asleep.add(event);
        }

        @Bean
        StepUpTest.MovedClock clock() {
            return new StepUpTest.MovedClock();
        }

        @Bean
        ClientRegistrationRepository registrations() {
            return new InMemoryClientRegistrationRepository(
                    registration("acme", ACME), registration("other", OTHER), registration("entra", ACME), github());
        }

        @Bean
        Me me() {
            return new Me();
        }
    }

    @RestController
    static class Me {

        @GetMapping("/api/me")
        Map<String, Object> me(Authentication caller) {
            return Map.of(
                    "name", caller.getName(),
                    "principal", caller.getPrincipal().getClass().getSimpleName(),
                    "authorities", AuthorityUtils.authorityListToSet(caller.getAuthorities()));
        }
    }

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext application;

    @Autowired
    Shop shop;

    @Autowired
    StepUpTest.MovedClock clock;

    @Autowired
    People people;

    @Autowired
    Owners owners;

    @Autowired
    Tokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    Http http;

    @BeforeEach
    void begin() {
        http = new Http(port);
        jdbc.update("delete from sanctum_people");
        shop.asleep.clear();
    }

    private static ClientRegistration registration(String id, String issuer) {
        return ClientRegistration.withRegistrationId(id)
                .clientId("shop")
                .clientSecret("secret")
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUri("{baseUrl}/login/oauth2/code/{registrationId}")
                .scope("openid")
                .authorizationUri(issuer + "/authorize")
                .tokenUri(issuer + "/token")
                .jwkSetUri(issuer + "/keys")
                .build();
    }

    private static ClientRegistration github() {
        return ClientRegistration.withClientRegistration(registration("github", "https://github.test"))
                .scope("read:user")
                .userInfoUri("https://api.github.test/user")
                .userNameAttributeName("id")
                .build();
    }

    /** What a session has of somebody; the issuer and the subject are claims of the ID token. */
    private OAuth2AuthenticationToken session(String registration, OAuth2User user, String... roles) {
        List<GrantedAuthority> all = new ArrayList<>(AuthorityUtils.createAuthorityList(roles));
        all.add(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.AUTHORIZATION_CODE_AUTHORITY));
        return new OAuth2AuthenticationToken(user, all, registration);
    }

    private static OAuth2User user(String issuer, Map<String, Object> more) {
        Map<String, Object> claims = new LinkedHashMap<>(more);
        claims.put("iss", issuer);
        return new DefaultOidcUser(
                AuthorityUtils.NO_AUTHORITIES,
                new OidcIdToken("a.b.c", Instant.EPOCH, Instant.EPOCH.plusSeconds(60), claims));
    }

    private static OAuth2User user(String issuer, String subject) {
        return user(issuer, Map.of("sub", subject, "name", "Ann Lee", "email", "ann@acme.test"));
    }

    /** As Spring Security tells of it, once the provider has said yes and before there is a session. */
    private OAuth2AuthenticationToken signIn(String registration, OAuth2User user, String... roles) {
        OAuth2AuthenticationToken session = session(registration, user, roles);
        application.publishEvent(new AuthenticationSuccessEvent(login(registration, session)));
        return session;
    }

    private OAuth2LoginAuthenticationToken login(String registration, OAuth2AuthenticationToken session) {
        Collection<GrantedAuthority> authorities = session.getAuthorities();
        OAuth2AuthorizationRequest asked = OAuth2AuthorizationRequest.authorizationCode()
                .clientId("shop")
                .authorizationUri(ACME)
                .build();
        OAuth2AuthorizationResponse answered = OAuth2AuthorizationResponse.success("code")
                .redirectUri("https://shop.test")
                .build();
        return new OAuth2LoginAuthenticationToken(
                application.getBean(ClientRegistrationRepository.class).findByRegistrationId(registration),
                new OAuth2AuthorizationExchange(asked, answered),
                session.getPrincipal(),
                authorities,
                new OAuth2AccessToken(
                        OAuth2AccessToken.TokenType.BEARER, "at", Instant.EPOCH, Instant.EPOCH.plusSeconds(60)));
    }

    private Owner owner(OAuth2AuthenticationToken session) {
        return owners.of(session).orElseThrow();
    }

    private Person person(OAuth2AuthenticationToken session) {
        return people.find(owner(session).id()).orElseThrow();
    }

    private NewToken token(Owner owner) {
        return tokens.issue(TokenRequest.of(owner, "ci", "*"));
    }

    private Http.Answer me(NewToken token) {
        return http.get("/api/me", AppTest.bearer(token));
    }

    @Test
    void tokenCarriesTheNameAndTheRolesOfTheLastSignInAndAPersonAsItsPrincipal() {
        NewToken token = token(owner(signIn("acme", user(ACME, "ann"), "ROLE_CLERK", "ROLE_ADMIN")));

        assertThat(me(token).body())
                .contains("\"name\":\"ann\"", "\"principal\":\"Person\"", "\"ROLE_ADMIN\"", "\"ROLE_CLERK\"")
                .contains("FACTOR_ACCESS_TOKEN")
                .doesNotContain("FACTOR_AUTHORIZATION_CODE");
        clock.now = clock.now.plusSeconds(60);
        Person back = person(signIn("acme", user(ACME, "ann"), "ROLE_CLERK", "x\rROLE_ADMIN", "y\nROLE_ADMIN"));
        assertThat(me(token).body()).doesNotContain("ROLE_ADMIN").contains("ROLE_CLERK");
        assertThat(back.seenAt()).isEqualTo(clock.now);
        assertThat(back.createdAt()).isEqualTo(clock.now.minusSeconds(60));
        assertThat(back.authorities()).containsExactly("ROLE_CLERK"); // and by which factor she came is no role
        assertThat(back.displayName()).isEqualTo("Ann Lee");
        assertThat(back.email()).isEqualTo("ann@acme.test");
        assertThat(back).hasToString("Person[" + back.id() + "]");
    }

    @Test
    void sameSubjectAndAddressOfAnotherIssuerIsAnotherPerson() {
        Owner ann = owner(signIn("acme", user(ACME, "ann")));

        assertThat(owner(signIn("other", user(OTHER, "ann")))).isNotEqualTo(ann);
        assertThat(owner(signIn("acme", user(ACME, "ann")))).isEqualTo(ann);
        assertThat(owner(signIn("acme", user(ACME, "ANN")))).isNotEqualTo(ann);
        assertThat(ann.type()).isEqualTo("user");
        assertThat(ann.id()).doesNotContain("ann");
    }

    @Test
    void claimOfTheSettingIsWhoSomebodyIs() {
        OAuth2User here = user(ACME, Map.of("sub", "pairwise-1", "oid", "7f1f"));
        OAuth2User there = user(ACME, Map.of("sub", "pairwise-2", "oid", "7f1f"));

        Person person = person(signIn("entra", here));

        assertThat(person.subject()).isEqualTo("7f1f");
        assertThat(owner(signIn("entra", there)).id()).isEqualTo(person.id());
    }

    @Test
    void withoutTheClaimNobodyIsSignedIn() {
        assertThatThrownBy(() -> signIn("entra", user(ACME, "ann")))
                .isInstanceOf(OAuth2AuthenticationException.class)
                .hasMessage(
                        "The provider of the registration 'entra' does not say who this is: the claim 'oid' is neither a text nor a whole number");
        assertThatThrownBy(() -> signIn("acme", user(ACME, "ann ")))
                .isInstanceOf(OAuth2AuthenticationException.class)
                .hasMessageEndingWith("no blanks around them");
        assertThat(jdbc.queryForObject("select count(*) from sanctum_people", Integer.class))
                .isZero();
        assertThat(owners.of(session("entra", user(ACME, "ann")))).isEmpty();
    }

    @Test
    void withoutOpenIdConnectThePageToSignInOnIsTheIssuer() {
        OAuth2User octocat = new DefaultOAuth2User(
                AuthorityUtils.NO_AUTHORITIES, Map.of("id", 583231, "login", "octocat", "name", 7), "id");

        Person person = person(signIn("github", octocat));

        assertThat(person.issuer()).isEqualTo("https://github.test/authorize");
        assertThat(person.subject()).isEqualTo("583231");
        assertThat(person.displayName()).isNull();
    }

    @Test
    void tokensSleepWhenThePersonDoesNotComeBackAndWakeWhenSheDoes() {
        Owner ann = owner(signIn("acme", user(ACME, "ann")));
        NewToken token = token(ann);
        Instant seen = clock.now;
        clock.now = seen.plus(Duration.ofDays(30));
        assertThat(me(token).status()).isEqualTo(200);

        clock.now = clock.now.plusSeconds(1);
        for (int i = 0; i < 3; i++) {
            Http.Answer answer = me(token);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("Sanctum-Diagnosis")).contains("asleep").contains("Sign in again");
        }
        assertThat(shop.asleep).containsExactly(new AccessEvent.OwnerAsleep(ann, seen));
        assertThat(owners.asleepFrom(ann)).hasValue(seen.plus(Duration.ofDays(30)));

        signIn("acme", user(ACME, "ann"));
        assertThat(me(token).status()).isEqualTo(200);
        assertThat(shop.asleep).hasSize(1);
    }

    /** What happens without her, a refresh in the background or a session that goes on, says nothing about her. */
    @Test
    void nothingButASignInByTheProviderCounts() {
        OAuth2AuthenticationToken session = signIn("acme", user(ACME, "ann"));
        NewToken token = token(owner(session));
        clock.now = clock.now.plus(Duration.ofDays(31));

        application.publishEvent(new AuthenticationSuccessEvent(session));
        application.publishEvent(new InteractiveAuthenticationSuccessEvent(session, getClass()));

        assertThat(me(token).status()).isEqualTo(401);
    }

    @Test
    void policyTellsThePageUntilWhenTokensAreAwake() {
        Owner ann = owner(signIn("acme", user(ACME, "ann")));
        NewToken token = tokens.issue(TokenRequest.of(ann, "page", "*", "tokens:manage"));

        assertThat(http.get("/api/tokens/policy", AppTest.bearer(token))
                        .json()
                        .get("asleep_from")
                        .asString())
                .isEqualTo(clock.now.plus(Duration.ofDays(30)).toString().replace("Z", ".000000Z"));
    }

    @Test
    void policyTellsThePageOfWhenTheRolesAre() {
        Owner ann = owner(signIn("acme", user(ACME, "ann"), "ROLE_CLERK"));
        NewToken token = tokens.issue(TokenRequest.of(ann, "page", "*", "tokens:manage"));
        Instant seen = clock.now;
        clock.now = seen.plus(Duration.ofDays(3));

        assertThat(rolesAsOf(token)).isEqualTo(seen.toString().replace("Z", ".000000Z"));
        signIn("acme", user(ACME, "ann"));
        assertThat(rolesAsOf(token)).isEqualTo(clock.now.toString().replace("Z", ".000000Z"));
    }

    private String rolesAsOf(NewToken token) {
        return http.get("/api/tokens/policy", AppTest.bearer(token))
                .json()
                .get("roles_as_of")
                .asString();
    }

    @Test
    void whoIsDisabledIsNotLetInByTheProviderEither() {
        Owner ann = owner(signIn("acme", user(ACME, "ann")));
        NewToken token = token(ann);

        assertThat(people.disable(ann.id())).isTrue();
        assertThat(people.disable(ann.id())).isFalse();

        assertThatThrownBy(() -> signIn("acme", user(ACME, "ann"))).isInstanceOf(DisabledException.class);
        Http.Answer answer = me(token);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("Sanctum-Diagnosis")).doesNotContain("asleep");
        clock.now = clock.now.plus(Duration.ofDays(31));
        assertThat(me(token).header("Sanctum-Diagnosis")).doesNotContain("asleep");
        assertThat(shop.asleep).isEmpty();
        assertThat(people.enable(ann.id())).isTrue();
        signIn("acme", user(ACME, "ann"));
        assertThat(me(token).status()).isEqualTo(200);
    }

    @Test
    void whoCannotBeWrittenDownIsNotSignedIn() {
        jdbc.execute("alter table sanctum_people rename to away");
        try {
            assertThatThrownBy(() -> signIn("acme", user(ACME, "ann")))
                    .isInstanceOf(InternalAuthenticationServiceException.class);
        } finally {
            jdbc.execute("alter table away rename to sanctum_people");
        }
    }

    /** An application whose people have ids of their own. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithUsers {

        @Bean
        PersonMapper mapper() {
            return person -> person.getName().equals("ann") ? Optional.of(Owner.of("user", 7)) : Optional.empty();
        }

        @Bean
        ClientRegistrationRepository registrations() {
            return new InMemoryClientRegistrationRepository(registration("acme", ACME));
        }
    }

    @Test
    void whereTheApplicationMapsPeopleTheTableIsNotUsed() {
        try (var context = new SpringApplicationBuilder(WithUsers.class)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=jdbc:h2:mem:mapped",
                        "sanctum.people=on",
                        "sanctum.endpoints.session=true")
                .run()) {
            assertThat(context.getBeansOfType(People.class)).isEmpty();
            Owners mapped = context.getBean(Owners.class);
            assertThat(mapped.of(session("acme", user(ACME, "ann")))).hasValue(Owner.of("user", 7));
            assertThat(mapped.of(session("acme", user(ACME, "bob")))).isEmpty();
        }
    }

    @Test
    void withoutTheTableNothingStarts() {
        String url = "jdbc:h2:mem:nopeople;DB_CLOSE_DELAY=-1";
        JdbcSchema.of(new DriverManagerDataSource(url, "sa", ""), "personal_access_tokens")
                .createIfMissing();

        assertThatThrownBy(() -> new SpringApplicationBuilder(Shop.class)
                        .properties(
                                "server.port=0",
                                "spring.datasource.url=" + url,
                                "sanctum.people=on",
                                "sanctum.endpoints.tokens=true",
                                "sanctum.jdbc.initialize-schema=never")
                        .run())
                .hasStackTraceContaining("sanctum.people is on, but the table sanctum_people is missing");
    }
}
