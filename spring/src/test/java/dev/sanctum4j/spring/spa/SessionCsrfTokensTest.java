package dev.sanctum4j.spring.spa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;

/** Sessions outlive a version: what is in them has names that stay, and those of the version before. */
class SessionCsrfTokensTest {

    private static final String BEFORE = "dev.sanctum4j.spring.SessionCsrfTokens.TOKEN";

    private final SessionCsrfTokens tokens = new SessionCsrfTokens(new LoginThrottle(Clock.systemUTC()), true);
    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final MockHttpSession session = new MockHttpSession();

    SessionCsrfTokensTest() {
        request.setSession(session);
    }

    private String loaded() {
        return Objects.requireNonNull(tokens.loadToken(request)).getToken();
    }

    private String saved() {
        var token = tokens.generateToken(request);
        tokens.saveToken(token, request, new MockHttpServletResponse());
        return token.getToken();
    }

    @Test
    void sessionOfTheVersionBeforeGoesOn() {
        session.setAttribute(BEFORE, "of old");

        assertThat(loaded()).isEqualTo("of old");
        String renewed = saved();
        assertThat(loaded()).isEqualTo(renewed);
    }

    @Test
    void nodesOfTheVersionBeforeShareTheSession() {
        assertThat(session.getAttribute(BEFORE)).isNull();
        assertThat(saved()).isEqualTo(session.getAttribute(BEFORE));

        session.setAttribute(BEFORE, "renewed there");

        assertThat(loaded()).isEqualTo("renewed there");
    }

    @Test
    void nameStaysWhereverTheClassGoes() {
        String value = saved();
        session.removeAttribute(BEFORE);

        assertThat(session.getAttribute("sanctum.csrf-token")).isEqualTo(value);
        assertThat(loaded()).isEqualTo(value);

        tokens.saveToken(null, request, new MockHttpServletResponse());
        assertThat(session.getAttributeNames().hasMoreElements()).isFalse();
    }
}
