package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.spa.SignIn;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.ott.OneTimeTokenAuthenticationFilter;
import org.springframework.security.web.authentication.preauth.RequestAttributeAuthenticationFilter;
import org.springframework.security.web.authentication.preauth.RequestHeaderAuthenticationFilter;
import org.springframework.security.web.authentication.preauth.j2ee.J2eePreAuthenticatedProcessingFilter;
import org.springframework.security.web.authentication.preauth.x509.X509AuthenticationFilter;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationFilter;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What of a sign-in by Spring Security's filters proves that somebody is there now, and which of them are sign-ins at all. */
@Import(StepUpTest.Time.class)
@TestPropertySource(
        properties = {"spring.datasource.url=jdbc:h2:mem:stepup;DB_CLOSE_DELAY=-1", "sanctum.spa.confirm-within=15m"})
class ProofsTest extends AppTest {

    private static final Set<String> PERSONAL = Set.of("FACTOR_PASSWORD", "FACTOR_WEBAUTHN", "FACTOR_OTT");

    @Autowired
    StepUpTest.MovedClock clock;

    @Autowired
    SignIn signIn;

    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @AfterEach
    void end() {
        SecurityContextHolder.clearContext();
        RequestContextHolder.resetRequestAttributes();
    }

    /** All that this version of Spring Security knows. */
    private static List<String> factors() throws IllegalAccessException {
        List<String> all = new ArrayList<>();
        for (Field field : FactorGrantedAuthority.class.getFields()) {
            if (field.getName().endsWith("_AUTHORITY")) {
                all.add((String) field.get(null));
            }
        }
        assertThat(all).containsAll(PERSONAL).hasSizeGreaterThan(7);
        return all;
    }

    static List<String> personal() {
        return List.copyOf(PERSONAL);
    }

    /** And one of ours, and one that nobody knows. */
    static Stream<String> stampedOnArrival() throws IllegalAccessException {
        return Stream.concat(
                factors().stream().filter(one -> !PERSONAL.contains(one)),
                Stream.of("FACTOR_ACCESS_TOKEN", "FACTOR_OF_TOMORROW"));
    }

    private static GrantedAuthority factor(String name, Instant at) {
        return FactorGrantedAuthority.withAuthority(name).issuedAt(at).build();
    }

    private Authentication ada(GrantedAuthority... authorities) {
        return UsernamePasswordAuthenticationToken.authenticated(
                people.loadUserByUsername("ada@example.test"), null, List.of(authorities));
    }

    /** What a session says that was noted when it began, and one that nobody noted, as in an application that did not ask yet. */
    private List<Boolean> confirms(Authentication caller) {
        request.setSession(null);
        request.getSession(true);
        boolean unnoted = isConfirmed(caller);
        signIn.begin(request, response, caller);
        return List.of(unnoted, isConfirmed(caller));
    }

    private boolean isConfirmed(Authentication caller) {
        SecurityContextHolder.setContext(new SecurityContextImpl(caller));
        try {
            signIn.requireConfirmed(request);
            return true;
        } catch (ProblemException e) {
            assertThat(e.getStatusCode().value()).isEqualTo(423);
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("personal")
    void whatTakesAPersonIsAProofForAsLongAsIsAskedFor(String name) {
        Authentication caller = ada(factor(name, clock.now));

        assertThat(confirms(caller)).containsOnly(true);
        clock.now = clock.now.plus(Duration.ofMinutes(15));
        assertThat(isConfirmed(caller)).isTrue();
        clock.now = clock.now.plusSeconds(1);
        assertThat(isConfirmed(caller)).isFalse();
        assertThat(confirms(caller)).containsOnly(false);
    }

    @ParameterizedTest
    @MethodSource("stampedOnArrival")
    void whatIsStampedOnArrivalIsNoProof(String name) {
        assertThat(confirms(ada(factor(name, clock.now)))).containsOnly(false);
    }

    /** Anybody may give a role that name; only what tells when counts. */
    @Test
    void nameOfAFactorAloneIsNoProof() {
        assertThat(confirms(ada(new SimpleGrantedAuthority("FACTOR_PASSWORD")))).containsOnly(false);
        assertThat(confirms(ada())).containsOnly(false);
    }

    /** Spring Security compares with the first of a name, and keeps those of the sign-in before. */
    @Test
    void newestFactorWins() {
        GrantedAuthority old = factor("FACTOR_PASSWORD", clock.now.minus(Duration.ofDays(1)));
        GrantedAuthority older = factor("FACTOR_WEBAUTHN", clock.now.minus(Duration.ofDays(2)));
        GrantedAuthority fresh = factor("FACTOR_PASSWORD", clock.now);
        GrantedAuthority arrived = factor("FACTOR_SAML_RESPONSE", clock.now);

        assertThat(confirms(ada(old, fresh, older))).containsOnly(true);
        assertThat(confirms(ada(fresh, older, old))).containsOnly(true);
        assertThat(confirms(ada(old, factor("FACTOR_OTT", clock.now)))).containsOnly(true);
        assertThat(confirms(ada(old, older, arrived))).containsOnly(false);
    }

    /** Another clock may be a little ahead; one that is far ahead would confirm for hours. */
    @ParameterizedTest
    @CsvSource({"0, true", "5000, true", "5001, false", "3600000, false"})
    void whatLiesAheadByMoreThanFiveSecondsTellsNothing(long millis, boolean confirms) {
        assertThat(confirms(ada(factor("FACTOR_PASSWORD", clock.now.plusMillis(millis)))))
                .containsOnly(confirms);
        assertThat(confirms(ada(
                        factor("FACTOR_PASSWORD", clock.now.plusMillis(millis)),
                        factor("FACTOR_OTT", clock.now.minusSeconds(60)))))
                .as("beside one that does")
                .containsOnly(true);
    }

    /** Where no pages are listed, nobody notes who signs in. */
    @Test
    void confirmationOfOnePersonIsNotThatOfTheNextInTheSameBrowser() {
        Authentication bob = UsernamePasswordAuthenticationToken.authenticated(
                people.loadUserByUsername("bob@example.test"), null, List.of());
        assertThat(isConfirmed(ada())).isFalse();

        signIn.confirmed(request);

        assertThat(isConfirmed(ada())).isTrue();
        assertThat(isConfirmed(bob)).isFalse();
        signIn.confirmed(request);
        assertThat(isConfirmed(bob)).isTrue();
        assertThat(isConfirmed(ada())).isFalse();
    }

    private void signedInBy(Class<?> filter, Authentication caller) {
        request.getSession(true);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request, response));
        application.publishEvent(new InteractiveAuthenticationSuccessEvent(caller, filter));
    }

    private List<String> noted() {
        return Collections.list(request.getSession(true).getAttributeNames()).stream()
                .filter(name -> name.startsWith("sanctum.") || name.contains("PRINCIPAL"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                UsernamePasswordAuthenticationFilter.class,
                OneTimeTokenAuthenticationFilter.class,
                OAuth2LoginAuthenticationFilter.class
            })
    void whoeverSignsInIsNoted(Class<?> filter) {
        signedInBy(filter, ada());

        assertThat(noted()).contains("sanctum.owner", "sanctum.address");
    }

    /** An application's own, as often as not. */
    static class OwnHeader extends RequestHeaderAuthenticationFilter {}

    @ParameterizedTest
    @ValueSource(
            classes = {
                RememberMeAuthenticationFilter.class,
                X509AuthenticationFilter.class,
                RequestHeaderAuthenticationFilter.class,
                RequestAttributeAuthenticationFilter.class,
                J2eePreAuthenticatedProcessingFilter.class,
                OwnHeader.class
            })
    void whoeverIsRememberedOrKnownToAProxyHasNotSignedIn(Class<?> filter) {
        signedInBy(filter, ada(factor("FACTOR_X509", clock.now)));

        assertThat(noted()).isEmpty();
        assertThat(isConfirmed(ada(factor("FACTOR_X509", clock.now)))).isFalse();
    }

    /** What is known of an earlier sign-in goes on, so that a cookie confirms nothing and forgets nothing. */
    @Test
    void whoeverIsRememberedLaterIsConfirmedByWhatWasBefore() {
        signedInBy(UsernamePasswordAuthenticationFilter.class, ada(factor("FACTOR_PASSWORD", clock.now)));
        clock.now = clock.now.plus(Duration.ofMinutes(10));
        signedInBy(RememberMeAuthenticationFilter.class, ada());

        assertThat(isConfirmed(ada())).isTrue();
        clock.now = clock.now.plus(Duration.ofMinutes(6));
        assertThat(isConfirmed(ada())).isFalse();
    }

    @Test
    void nobodyAndWhatNoRequestBroughtIsNotNoted() {
        signedInBy(
                UsernamePasswordAuthenticationFilter.class,
                new AnonymousAuthenticationToken("key", "nobody", AuthorityUtils.createAuthorityList("ROLE_NOBODY")));
        assertThat(noted()).isEmpty();
        RequestContextHolder.resetRequestAttributes();
        application.publishEvent(
                new InteractiveAuthenticationSuccessEvent(ada(), UsernamePasswordAuthenticationFilter.class));
        assertThat(noted()).isEmpty();
    }
}
