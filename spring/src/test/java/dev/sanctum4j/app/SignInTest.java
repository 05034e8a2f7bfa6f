package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** An application signs people in by other means than a password. */
@Import({SignInTest.Provider.class, StepUpTest.Time.class})
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:provider;DB_CLOSE_DELAY=-1",
            "sanctum.spa.confirm-within=15m",
            "sanctum.endpoints.session=true" // beside a chain of the application's own
        })
class SignInTest extends AppTest {

    private static final String TOKEN = "{\"name\":\"x\",\"abilities\":[\"a\"]}";

    @TestConfiguration(proxyBeanMethods = false)
    @RestController
    static class Provider {

        @Autowired
        App.People people;

        @Autowired
        SignIn signIn;

        @Autowired
        StepUpTest.MovedClock clock;

        @Bean
        SecurityFilterChain provider(HttpSecurity http) {
            return http.securityMatcher("/provider/**")
                    .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                    .build();
        }

        @GetMapping("/provider/callback")
        void callback(
                @RequestParam String factor,
                @RequestParam int minutesAgo,
                HttpServletRequest request,
                HttpServletResponse response) {
            Instant at = clock.instant().minus(Duration.ofMinutes(minutesAgo));
            List<GrantedAuthority> factors = List.of(
                    FactorGrantedAuthority.withFactor(factor).issuedAt(at).build());
            signIn.signIn(
                    request,
                    response,
                    UsernamePasswordAuthenticationToken.authenticated(
                            people.loadUserByUsername("ada@example.test"), null, factors),
                    true);
        }
    }

    @Autowired
    SignIn signIn;

    @Autowired
    StepUpTest.MovedClock clock;

    private void comeFromTheProvider(String factor, int minutesAgo) {
        Http.Answer answer = http.withCookies(
                "GET",
                "/provider/callback?factor=" + factor + "&minutesAgo=" + minutesAgo,
                "",
                "Sec-Fetch-Site: cross-site",
                "Referer: https://provider.example/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.cookies())
                .anyMatch(line -> line.startsWith("SESSION=") && line.contains("Max-Age=" + 30 * 24 * 3600));
    }

    @Test
    void personWhomAProviderKnowsIsSignedInWithoutAConfirmedPassword() {
        comeFromTheProvider("AUTHORIZATION_CODE", 0);

        assertThat(http.page("GET", "/api/whoami", "").json().get("name").asString())
                .isEqualTo("ada@example.test");
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(423);
        assertThat(http.page("POST", "/logout", "").status()).isEqualTo(204);
        assertThat(http.page("GET", "/api/whoami", "").status()).isEqualTo(401);
    }

    @Test
    void passkeyIsAConfirmationSinceItWasGiven() {
        comeFromTheProvider("WEBAUTHN", 14);
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);

        comeFromTheProvider("WEBAUTHN", 16);
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(423);
    }

    /** The session stays where somebody else signs in; what it knew of the one before is not theirs. */
    @Test
    void whatASessionRemembersOfASignInIsNotCarriedToTheNext() {
        String ada = "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"remember\":true}";
        http.page("GET", "/sanctum/csrf-cookie", "");
        Http.Answer remembered = http.page("POST", "/login", ada, "User-Agent: of Ada");
        assertThat(session(remembered)).contains("; Max-Age=");
        assertThat(http.page("POST", "/api/tokens", TOKEN).status()).isEqualTo(201);

        Http.Answer bob =
                http.page("POST", "/login", ada.replace("ada@", "bob@").replace("true", "false"), "User-Agent: of Bob");
        assertThat(bob.status()).isEqualTo(204);
        assertThat(session(bob)).doesNotContain("Max-Age");
        assertThat(session(http.page("POST", "/user/confirm-password", "{\"password\":\"" + App.PASSWORD + "\"}")))
                .doesNotContain("Max-Age");

        http.page("POST", "/login", ada, "User-Agent: of Ada");
        comeFromTheProvider("AUTHORIZATION_CODE", 0);
        assertThat(http.page("POST", "/api/tokens", TOKEN).status())
                .as("what was confirmed by a password before")
                .isEqualTo(423);
    }

    private static String session(Http.Answer answer) {
        return answer.cookies().stream()
                .filter(line -> line.startsWith("SESSION="))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingOfASignInThatMadeTheSessionBeforeStays() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader("User-Agent", "x".repeat(300));
        Authentication password = UsernamePasswordAuthenticationToken.authenticated(
                people.loadUserByUsername("ada@example.test"),
                null,
                List.of(FactorGrantedAuthority.withFactor("PASSWORD")
                        .issuedAt(clock.instant())
                        .build()));
        signIn.signIn(request, new MockHttpServletResponse(), password, true);
        Map<String, Object> first = memory(request);

        request.removeHeader("User-Agent");
        Authentication stranger = UsernamePasswordAuthenticationToken.authenticated("stranger", null, List.of());
        signIn.signIn(request, new MockHttpServletResponse(), stranger, false);

        assertThat(first)
                .containsKeys(
                        "sanctum.remembered",
                        "sanctum.device",
                        "sanctum.address",
                        "sanctum.credential_version",
                        "sanctum.password_confirmed_at");
        assertThat(memory(request)).containsOnlyKeys("sanctum.owner", "sanctum.address");
    }

    /** Nobody asked for that when signing in again, by a provider or a passkey, and the cookie would outlive the browser. */
    @Test
    void sessionIsRememberedNoLongerWhenItsPersonSignsInByOtherMeans() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        Authentication ada = UsernamePasswordAuthenticationToken.authenticated(
                people.loadUserByUsername("ada@example.test"), null, List.of());
        signIn.signIn(request, new MockHttpServletResponse(), ada, true);
        assertThat(memory(request)).containsKey("sanctum.remembered");

        signIn.begin(request, new MockHttpServletResponse(), ada);

        assertThat(memory(request)).doesNotContainKey("sanctum.remembered");
    }

    private static Map<String, Object> memory(MockHttpServletRequest request) {
        HttpSession session = Objects.requireNonNull(request.getSession(false));
        return Collections.list(session.getAttributeNames()).stream()
                .filter(name -> name.startsWith("sanctum.") && !name.contains("csrf"))
                .collect(Collectors.toMap(name -> name, session::getAttribute));
    }

    @Test
    void nobodyAndTokensAreNotSignedIn() {
        LoadedOwner ada = new LoadedOwner("ada", "ada", List.of(), true, null, null);
        for (Authentication who : List.of(
                TokenAuthentication.of(issue(ADA, "*").token(), ada, true),
                UsernamePasswordAuthenticationToken.unauthenticated("ada", "x"),
                new AnonymousAuthenticationToken("k", "anonymous", AuthorityUtils.createAuthorityList("ROLE_A")))) {
            MockHttpServletRequest request = new MockHttpServletRequest();

            assertThatThrownBy(() -> signIn.signIn(request, new MockHttpServletResponse(), who, false))
                    .hasMessage("only a person who is known by now signs in with a session");
            assertThat(request.getSession(false)).isNull();
        }
    }
}
