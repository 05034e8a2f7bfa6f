package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * CSRF protection as clients of Sanctum know it: a token that belongs to the session, told to the page in a cookie that it
 * can read, and sent back in a header or a form field. The cookie alone proves nothing.
 *
 * <p>Thread-safe.
 */
final class SessionCsrf implements CsrfTokenRepository, CsrfTokenRequestHandler {

    /** An anonymous session holds nothing but this token, and not for long. */
    static final Duration ANONYMOUS = Duration.ofMinutes(10);

    private static final String ATTRIBUTE = SessionCsrf.class.getName() + ".TOKEN";
    private static final String HEADER = "X-XSRF-TOKEN";
    private static final String PARAMETER = "_token";

    private final SanctumProperties.Spa settings;
    private final LoginThrottle throttle;
    private final SecureRandom random = new SecureRandom();

    SessionCsrf(SanctumProperties.Spa settings, LoginThrottle throttle) {
        this.settings = settings;
        this.throttle = throttle;
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        byte[] chance = new byte[30];
        random.nextBytes(chance);
        return token(Base64.getUrlEncoder().withoutPadding().encodeToString(chance)); // survives a URL as it is
    }

    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        if (token == null) {
            HttpSession session = request.getSession(false);
            if (session != null) {
                session.removeAttribute(ATTRIBUTE);
            }
            writeCookie(request, response, "", Duration.ZERO);
            return;
        }
        HttpSession session = request.getSession(false);
        if (session == null) {
            if (throttle.session(request.getRemoteAddr()).isPresent()) {
                return; // the request is refused all the same, only without a session
            }
            session = request.getSession(true);
            session.setMaxInactiveInterval((int) ANONYMOUS.toSeconds());
        }
        session.setAttribute(ATTRIBUTE, token.getToken());
        tell(token.getToken(), request, response);
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        String known = known(request);
        return known == null ? null : token(known);
    }

    /**
     * Tells the token of this session, made now if it has none. Makes a session if there is none.
     *
     * @return whether it could: not if too many sessions were made from this address
     */
    boolean ensure(HttpServletRequest request, HttpServletResponse response) {
        String known = known(request);
        if (known == null) {
            saveToken(generateToken(request), request, response);
            return known(request) != null;
        }
        tell(known, request, response);
        return true;
    }

    /** Tells the page the token of its session again, if it has one. */
    void repeat(HttpServletRequest request, HttpServletResponse response) {
        String known = known(request);
        if (known != null) {
            tell(known, request, response);
        }
    }

    /** Does nothing: asking for the token here would make a session for everybody who passes by. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {}

    /** Any one that matches is enough: a stale {@code X-CSRF-TOKEN} must not hide a good {@code X-XSRF-TOKEN}. */
    @Override
    public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
        String last = null;
        for (String sent : sent(request)) {
            last = sent;
            if (MessageDigest.isEqual(
                    sent.getBytes(StandardCharsets.UTF_8), token.getToken().getBytes(StandardCharsets.UTF_8))) {
                return sent;
            }
        }
        return last;
    }

    private static List<String> sent(HttpServletRequest request) {
        List<String> sent = new ArrayList<>();
        for (String name : List.of(HEADER, "X-CSRF-TOKEN")) {
            String value = request.getHeader(name);
            if (value != null) {
                sent.add(value);
            }
        }
        String query = request.getQueryString();
        String type = request.getContentType();
        if (type != null
                && (type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/form-data"))
                && (query == null || !query.contains(PARAMETER))) {
            String value = request.getParameter(PARAMETER);
            if (value != null) {
                sent.add(value);
            }
        }
        return sent;
    }

    private static CsrfToken token(String value) {
        return new DefaultCsrfToken(HEADER, PARAMETER, value);
    }

    private static @Nullable String known(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(ATTRIBUTE) instanceof String known ? known : null;
    }

    private void tell(String value, HttpServletRequest request, HttpServletResponse response) {
        writeCookie(request, response, value, settings.sessionLifetime());
    }

    private void writeCookie(
            HttpServletRequest request, HttpServletResponse response, String value, Duration lifetime) {
        ResponseCookie.ResponseCookieBuilder cookie = ResponseCookie.from(settings.csrfCookie(), value)
                .path("/")
                .secure(request.isSecure())
                .sameSite(settings.sameSite())
                .maxAge(lifetime);
        if (!settings.cookieDomain().isEmpty()) {
            cookie.domain(settings.cookieDomain());
        }
        replaceCookie(response, settings.csrfCookie(), cookie.build().toString());
    }

    /** A response may tell the token twice, at sign-in for one; only the last counts. */
    private static void replaceCookie(HttpServletResponse response, String name, String line) {
        List<String> others = response.getHeaders(HttpHeaders.SET_COOKIE).stream()
                .filter(other -> !other.startsWith(name + "="))
                .toList();
        response.setHeader(HttpHeaders.SET_COOKIE, line);
        others.forEach(other -> response.addHeader(HttpHeaders.SET_COOKIE, other));
    }
}
