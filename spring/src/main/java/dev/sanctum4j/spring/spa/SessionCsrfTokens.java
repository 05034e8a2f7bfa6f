package dev.sanctum4j.spring.spa;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.keygen.BytesKeyGenerator;
import org.springframework.security.crypto.keygen.KeyGenerators;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * CSRF tokens in the session. One that has to be made for nobody in particular lives in a session that holds nothing else,
 * and not for long; so many of those an address gets in a minute and no more.
 *
 * <p>Thread-safe.
 */
final class SessionCsrfTokens implements CsrfTokenRepository {

    static final Duration ANONYMOUS = Duration.ofMinutes(10);

    private static final String ATTRIBUTE = "sanctum.csrf-token";
    /**
     * Its name before. For one release it is written too, and read first: a node of the version before knows no other, and may
     * serve the same session.
     */
    private static final String BEFORE = "dev.sanctum4j.spring.SessionCsrfTokens.TOKEN";

    private static final int BYTES = 30; // 40 characters, as Laravel's

    private final LoginThrottle throttle;
    private final boolean passing;
    private final BytesKeyGenerator random = KeyGenerators.secureRandom(BYTES);

    /** @param passing whether sessions of nobody end early: whoever signs in by us gets another lifetime, and others would not */
    SessionCsrfTokens(LoginThrottle throttle, boolean passing) {
        this.throttle = throttle;
        this.passing = passing;
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return token(Base64.getUrlEncoder().withoutPadding().encodeToString(random.generateKey())); // survives a URL
    }

    /** Does nothing if this address has made too many sessions: whatever asked for the token is refused all the same. */
    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        HttpSession session = request.getSession(false);
        if (token == null) {
            if (session != null) {
                session.removeAttribute(ATTRIBUTE);
                session.removeAttribute(BEFORE);
            }
            return;
        }
        if (session == null) {
            if (throttle.refusesSession(request.getRemoteAddr())) {
                return;
            }
            session = request.getSession(true);
            if (passing) {
                session.setMaxInactiveInterval((int) ANONYMOUS.toSeconds());
            }
        }
        session.setAttribute(ATTRIBUTE, token.getToken());
        session.setAttribute(BEFORE, token.getToken());
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null) {
            return null;
        }
        Object known = session.getAttribute(BEFORE);
        return (known == null ? session.getAttribute(ATTRIBUTE) : known) instanceof String value ? token(value) : null;
    }

    private static CsrfToken token(String value) {
        return new DefaultCsrfToken(Csrf.HEADER, Csrf.PARAMETER, value);
    }
}
