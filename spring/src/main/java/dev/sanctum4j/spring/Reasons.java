package dev.sanctum4j.spring;

import dev.sanctum4j.Verdict;
import dev.sanctum4j.spring.Diagnosis.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Puts the rules into words: which one refused a request, and what would let it through. */
final class Reasons {

    private static final String SITE = "Sec-Fetch-Site";

    private final List<String> stateful;
    private final FirstPartyRequests firstParty;
    private final SessionCookieName sessionCookie;
    private final String csrfCookie;

    Reasons(SpaProperties settings, FirstPartyRequests firstParty, SessionCookieName sessionCookie) {
        this.stateful = settings.stateful();
        this.firstParty = firstParty;
        this.sessionCookie = sessionCookie;
        this.csrfCookie = settings.cookie().csrfName();
    }

    static Reason malformedBearer() {
        return new Reason(
                "The Authorization header is not 'Bearer', one space and one token.",
                "Send the token exactly as it was shown, without quotes or commas.");
    }

    static Reason twoHeaders() {
        return new Reason(
                "Two Authorization headers were sent.",
                "Send one; look for a proxy or an interceptor that adds its own.");
    }

    static Reason token(Verdict.Reason reason) {
        return switch (reason) {
            case MALFORMED ->
                new Reason("This is not a token: its form or its checksum is wrong.", "Copy the whole token again.");
            case UNKNOWN ->
                new Reason(
                        "No such token is stored.",
                        "Look whether it was issued by this application and this database.");
            case REVOKED -> new Reason("The token was revoked.", "Issue another one.");
            case EXPIRED ->
                new Reason(
                        "The token has expired, by its own expiry or by sanctum.token.max-age.", "Issue another one.");
            case OWNER ->
                new Reason(
                        "The token's owner is unknown to every OwnerLoader, disabled, or younger than the token; or this"
                                + " filter chain takes other owner types.",
                        "Look at the account, at OwnerLoader.type() and at ownerTypes(...).");
        };
    }

    /** Why nobody is signed in by a request without a token. */
    Reason unauthenticated(HttpServletRequest request) {
        if (stateful.isEmpty()) {
            return new Reason(
                    "No token was sent, and no pages are listed that may use a session.",
                    "Send 'Authorization: Bearer ...', or list your page's host in sanctum.spa.stateful.");
        }
        if (!firstParty.matches(request)) {
            return notFirstParty(request);
        }
        String name = sessionCookie.on(request);
        if (firstParty.sessionCookies(request) == 0) {
            return new Reason(
                    "The page is first-party, but its browser sent no cookie '" + name + "'.",
                    "Sign in first; send requests with credentials (fetch: credentials 'include', axios:"
                            + " withCredentials); let sanctum.spa.cookie.domain cover this host; do not set Secure on"
                            + " http." + forwarded(request));
        }
        if (request.getSession(false) == null) {
            return new Reason(
                    "The session of the cookie '" + name + "' has ended, or lives in another store.",
                    "Sign in again; let all nodes share one session store.");
        }
        return new Reason(
                "Nobody is signed in by this session; or the account was disabled, or its password changed, since.",
                "POST /login first.");
    }

    /** Why a request is not taken for one of a listed page. */
    Reason notFirstParty(HttpServletRequest request) {
        if (firstParty.sessionCookies(request) > 1) {
            return new Reason(
                    "Two cookies '" + sessionCookie.on(request) + "' were sent, and one may have been planted.",
                    "Delete the cookies of this site; after a change of sanctum.spa.cookie.domain or path the old"
                            + " cookie is still there.");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            return notListed("The Origin '" + origin + "'", request);
        }
        String site = request.getHeader(SITE);
        if (site != null && !site.equals("same-site")) {
            return site.equals("same-origin")
                    ? notListed("The request comes from this host itself, which", request)
                    : new Reason(
                            "Sec-Fetch-Site is '" + site + "': no page of yours sent this.",
                            "Call the API from a listed page, not from the address bar or a foreign page.");
        }
        String referer = request.getHeader(HttpHeaders.REFERER);
        return referer == null
                ? new Reason(
                        "No token was sent, and none of Origin, Sec-Fetch-Site and Referer, so no page is known.",
                        "Send 'Authorization: Bearer ...'; a server that renders pages passes Origin or Referer on.")
                : notListed("The Referer's host", request);
    }

    private Reason notListed(String what, HttpServletRequest request) {
        return new Reason(
                what + " is not listed in sanctum.spa.stateful, which is " + String.join(", ", stateful) + ".",
                "Add it there, with its port if it is not the scheme's own, and with http:// if it is plain http."
                        + forwarded(request));
    }

    /** Why a request of a listed page is refused with 419. */
    Reason csrf(HttpServletRequest request, boolean missing) {
        boolean sent = request.getHeader(CsrfTokens.HEADER) != null || request.getHeader("X-CSRF-TOKEN") != null;
        if (firstParty.sessionCookies(request) == 0) {
            return new Reason(
                    "No session cookie '" + sessionCookie.on(request) + "' was sent with the CSRF token.",
                    "GET /sanctum/csrf-cookie first, and send requests with credentials." + forwarded(request));
        }
        if (missing) {
            return new Reason(
                    "The session has ended, and its CSRF token with it.",
                    "Send the request again with the new cookie '" + csrfCookie + "'; sign in again if that is 401.");
        }
        return sent
                ? new Reason(
                        "The CSRF token sent is of another session, for instance of the one before sign-in.",
                        "Read the cookie '" + csrfCookie + "' anew for each request.")
                : new Reason(
                        "No CSRF token was sent.",
                        "Send the value of the cookie '" + csrfCookie + "' in the header X-XSRF-TOKEN (axios:"
                                + " withXSRFToken on another origin); if the page cannot read that cookie, let"
                                + " sanctum.spa.cookie.domain cover the page's host.");
    }

    static Reason noFetchMetadata() {
        return new Reason(
                "sanctum.spa.csrf is 'fetch-metadata', and the request has neither an Origin nor Sec-Fetch-Site:"
                        + " same-origin.",
                "Use https or localhost, where browsers send them, or sanctum.spa.csrf=token.");
    }

    /** Behind a proxy the request seems to be plain http, and to another host, unless its headers are believed. */
    private static String forwarded(HttpServletRequest request) {
        String proto = request.getHeader("X-Forwarded-Proto");
        return proto != null && !proto.toLowerCase(Locale.ROOT).equals(request.getScheme())
                ? " A proxy says this was " + (proto.equalsIgnoreCase("https") ? "https" : "another scheme")
                        + ", but its headers are not read: set server.forward-headers-strategy."
                : "";
    }

    static Reason forbidden(@Nullable String detail) {
        return new Reason(
                detail == null ? "Whoever is signed in may not do this." : detail,
                "Issue a token with the ability, or give its owner the role; a narrowed token carries no roles.");
    }
}
