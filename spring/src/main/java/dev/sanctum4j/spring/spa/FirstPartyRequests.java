package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Internal;
import dev.sanctum4j.spa.FirstParty;
import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.PageHeaders;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.http.HttpHeaders;

/** The requests that may use the session cookie: sent by a listed page, and without a bearer header. */
@Internal
public final class FirstPartyRequests {

    private static final String DECIDED = "sanctum.first-party";

    private final FirstParty rule;
    private final SessionCookieName sessionCookie;
    private final BearerToken.Places tokens;

    FirstPartyRequests(SpaProperties settings, SessionCookieName sessionCookie, BearerToken.Places tokens) {
        this.rule = rule(settings);
        this.sessionCookie = sessionCookie;
        this.tokens = tokens;
    }

    private static FirstParty rule(SpaProperties settings) {
        try {
            return FirstParty.of(settings.stateful());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.spa.stateful",
                    settings.stateful(),
                    e.getMessage() + ". List hosts only; a path has no meaning there, for cookies belong to hosts.");
        }
    }

    /** Whether a token decides about this request. */
    public boolean hasToken(HttpServletRequest request) {
        return tokens.isPresent(request);
    }

    /** Whether a request is one of them. */
    public boolean matches(HttpServletRequest request) {
        if (request.getAttribute(DECIDED) instanceof Boolean decided) {
            return decided;
        }
        boolean firstParty = isOfAListedPage(request) && sessionCookies(request) < 2;
        request.setAttribute(DECIDED, firstParty);
        return firstParty;
    }

    /** Whether it would be one of them, had it not two session cookies. */
    boolean hasTwoSessionCookies(HttpServletRequest request) {
        return sessionCookies(request) > 1 && isOfAListedPage(request);
    }

    private boolean isOfAListedPage(HttpServletRequest request) {
        return isSentByAListedPage(request) && !hasToken(request);
    }

    /** Asked first, for programs send none of these headers, and each header with a value costs the firewall a look at it. */
    private boolean isSentByAListedPage(HttpServletRequest request) {
        String origin = PageHeaders.one(request, HttpHeaders.ORIGIN);
        String fetchSite = PageHeaders.one(request, "Sec-Fetch-Site");
        String referer = PageHeaders.one(request, HttpHeaders.REFERER);
        return (origin != null || fetchSite != null || referer != null)
                && rule.admits(origin, fetchSite, referer, PageHeaders.asked(request));
    }

    /** How many session cookies were sent. Of two, a sibling host has planted one, and nobody can tell which. */
    int sessionCookies(HttpServletRequest request) {
        return Cookies.sent(request, sessionCookie.on(request)).size();
    }

    /** Whether a page of a listed origin asks, wherever this server is. */
    boolean isOfListedOrigin(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && rule.listsOrigin(origin);
    }
}
