package dev.sanctum4j.spring.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;

/** A registration that is asked for late, of a provider that does not answer, keeps nobody from what takes no provider. */
class ProviderAwayTest {

    private static final ClientRegistrationRepository AWAY = id -> {
        throw new ProblemException(Problem.unavailable("away"));
    };

    private static OAuth2AuthenticationToken caller() {
        Instant now = Instant.now();
        OidcIdToken said = new OidcIdToken("token", now, now.plusSeconds(60), Map.of("sub", "ann"));
        return new OAuth2AuthenticationToken(
                new DefaultOidcUser(AuthorityUtils.NO_AUTHORITIES, said), AuthorityUtils.NO_AUTHORITIES, "oidc");
    }

    @Test
    void otherWaysToConfirmAreLeft() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.getSession();
        ProviderConfirmation provider =
                new ProviderConfirmation(AWAY, new OidcProperties(List.of(), null), null, null, Clock.systemUTC());

        assertThat(provider.ways(request, caller())).isEmpty();
    }

    @Test
    void signingOutLeadsNowhereElse() {
        assertThat(new EndSession(AWAY, null).of(caller())).isEmpty();
    }
}
