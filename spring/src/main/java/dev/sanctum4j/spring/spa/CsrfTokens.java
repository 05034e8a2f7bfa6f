package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.authentication.session.NullAuthenticatedSessionStrategy;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.UriUtils;

/**
 * CSRF protection as clients of Sanctum know it: a token, told to the page in a cookie that it can read, and sent back in a
 * header or a form field. Where the token is kept is the repository's affair, ours ({@link SessionCsrfTokens}) or the
 * application's.
 *
 * <p>Thread-safe.
 */
final class CsrfTokens implements Csrf, CsrfTokenRepository, CsrfTokenRequestHandler {

    private final CsrfTokenRepository repository;
    private final boolean ours;
    private final Cookies cookies;
    private final Duration lifetime;
    private final FirstPartyRequests firstParty;

    CsrfTokens(CsrfTokenRepository repository, Cookies cookies, Duration lifetime, FirstPartyRequests firstParty) {
        this.repository = repository;
        this.ours = repository instanceof SessionCsrfTokens;
        this.cookies = cookies;
        this.lifetime = lifetime;
        this.firstParty = firstParty;
    }

    @Override
    public void protect(HttpSecurity http, RequestMatcher unsafe) {
        http.csrf(settings -> settings.csrfTokenRepository(this)
                .csrfTokenRequestHandler(this)
                .sessionAuthenticationStrategy(new NullAuthenticatedSessionStrategy())
                .requireCsrfProtectionMatcher(unsafe));
    }

    @Override
    public void prepare(HttpServletRequest request, HttpServletResponse response) {
        CsrfToken known = repository.loadToken(request);
        if (known != null) {
            tell(known, request, response);
            return;
        }
        renew(request, response);
        if (!isThere(request)) {
            throw new ProblemException(Problem.tooMany(Duration.ofMinutes(1)));
        }
    }

    /** Ours keeps none for an address that has made too many sessions. */
    private boolean isThere(HttpServletRequest request) {
        return !ours || repository.loadToken(request) != null;
    }

    /** In a session of ours that nobody else may have made meanwhile; a repository of the application's has its own ways. */
    @Override
    public void offer(HttpServletRequest request, HttpServletResponse response) {
        if (ours && request.getSession(false) == null) {
            renew(request, response);
        }
    }

    @Override
    public boolean isKept(HttpServletRequest request) {
        return repository.loadToken(request) != null;
    }

    @Override
    public void renew(HttpServletRequest request, HttpServletResponse response) {
        saveToken(generateToken(request), request, response);
    }

    /** The next sign-in needs another token, and the page may send it at once: it is told one as with a 401. */
    @Override
    public void forget(HttpServletRequest request, HttpServletResponse response) {
        repository.saveToken(null, request, response);
        if (firstParty.matches(request)) {
            offer(request, response);
        }
        if (repository.loadToken(request) == null) {
            cookies.csrf(request, response, "", Duration.ZERO);
        }
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return repository.generateToken(request);
    }

    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        repository.saveToken(token, request, response);
        if (token == null) {
            cookies.csrf(request, response, "", Duration.ZERO);
        } else if (isThere(request)) {
            tell(token, request, response);
        }
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        return repository.loadToken(request);
    }

    /**
     * Tells pages their token on every answer, refusals included, so that they can recover. Does not ask for {@code token}:
     * that would make a session for everybody who passes by.
     */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
        CsrfToken known = firstParty.matches(request) ? repository.loadToken(request) : null;
        if (known != null) {
            tell(known, request, response);
            if (isReadByNobody(request)) {
                cookies.repeatSession(request, response);
            }
        }
    }

    /**
     * Whether something is read, and nobody has signed in by the session. Of many first requests several make one each; one that is
     * sent meanwhile with the first of these sets both cookies again, as Laravel does, or the browser would hold halves of two pairs.
     */
    private boolean isReadByNobody(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return ours
                && Csrf.isRead(request)
                && session != null
                && session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY) == null;
    }

    /** Any one that matches is enough: a stale {@code X-CSRF-TOKEN} must not hide a good {@code X-XSRF-TOKEN}. */
    @Override
    public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
        byte[] expected = token.getToken().getBytes(StandardCharsets.UTF_8);
        return sent(request, token.getHeaderName()).stream()
                .filter(sent -> MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), expected))
                .findFirst()
                .orElse(null);
    }

    private static Set<String> sent(HttpServletRequest request, String header) {
        Set<String> sent = new LinkedHashSet<>();
        for (String name : new LinkedHashSet<>(List.of(HEADER, "X-CSRF-TOKEN", header))) {
            String value = request.getHeader(name);
            if (value != null) {
                sent.add(value);
                sent.add(decoded(value)); // some clients send the cookie as they read it
            }
        }
        String type = request.getContentType();
        if (type != null
                && (type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/form-data"))
                && !RequestFields.queryNames(request.getQueryString()).contains(PARAMETER)) {
            String value = request.getParameter(PARAMETER);
            if (value != null) {
                sent.add(value);
            }
        }
        return sent;
    }

    private static String decoded(String value) {
        try {
            return UriUtils.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    private void tell(CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        if (!(repository instanceof CookieCsrfTokenRepository)) { // which tells it itself
            cookies.csrf(request, response, token.getToken(), lifetime);
        }
    }
}
