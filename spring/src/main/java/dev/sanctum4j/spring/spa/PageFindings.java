package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.http.Diagnosis.Finding;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.FactorAuthorizationDecision;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.MissingCsrfTokenException;

/** Why a first-party page was refused, in words: by which rule, and what would let it through. */
final class PageFindings implements Refusals.Pages {

    private static final String SITE = "Sec-Fetch-Site";

    private final List<String> stateful;
    private final FirstPartyRequests firstParty;
    private final SessionCookieName sessionCookie;
    private final String csrfCookie;
    private final Confirmations confirmations;

    PageFindings(
            SpaProperties settings,
            FirstPartyRequests firstParty,
            SessionCookieName sessionCookie,
            Confirmations confirmations) {
        this.confirmations = confirmations;
        this.stateful = settings.stateful();
        this.firstParty = firstParty;
        this.sessionCookie = sessionCookie;
        this.csrfCookie = settings.cookie().csrfName();
    }

    @Override
    public @Nullable Refusal refused(HttpServletRequest request, AccessDeniedException reason) {
        if (!(reason instanceof CsrfException)) {
            return lacking(request, reason);
        }
        boolean missing = reason instanceof MissingCsrfTokenException;
        return new Refusal(
                Csrf.mismatch(
                        missing
                                ? "There is no session with a CSRF token. GET /sanctum/csrf-cookie first and keep its cookies."
                                : "Send the value of the XSRF-TOKEN cookie in the header X-XSRF-TOKEN."),
                csrf(request, missing));
    }

    /** A session without a factor that the application asks of everybody is answered as one that has to confirm. */
    private @Nullable Refusal lacking(HttpServletRequest request, AccessDeniedException reason) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller == null
                || !PasswordCheck.isPerson(caller)
                || !(reason instanceof AuthorizationDeniedException denied)
                || !(denied.getAuthorizationResult() instanceof FactorAuthorizationDecision decision)) {
            return null;
        }
        Set<String> factors = decision.getFactorErrors().stream()
                .map(error -> error.getRequiredFactor().getAuthority())
                .collect(Collectors.toCollection(TreeSet::new));
        return factors.isEmpty()
                ? null
                : new Refusal(
                        confirmations.required(request, caller, factors),
                        new Finding(
                                "The session has no " + String.join(", ", factors) + ", or it is too old.",
                                "Sign in by that as well; @EnableMultiFactorAuthentication of the application asks for it."));
    }

    @Override
    public Finding unauthenticated(HttpServletRequest request) {
        if (stateful.isEmpty()) {
            return new Finding(
                    "No token was sent, and no pages are listed that may use a session.",
                    "Send 'Authorization: Bearer ...', or list your page's host in sanctum.spa.stateful.");
        }
        if (!firstParty.matches(request)) {
            return notFirstParty(request);
        }
        String name = sessionCookie.on(request);
        if (firstParty.sessionCookies(request) == 0) {
            return new Finding(
                    "The page is first-party, but its browser sent no cookie '" + name + "'.",
                    "Sign in first; send requests with credentials (fetch: credentials 'include', axios:"
                            + " withCredentials); let sanctum.spa.cookie.domain cover this host; do not set Secure on"
                            + " http." + forwarded(request));
        }
        if (!request.isRequestedSessionIdValid()) { // there may be a new one by now
            return new Finding(
                    "The session of the cookie '" + name + "' has ended, or lives in another store.",
                    "Sign in again; let all nodes share one session store.");
        }
        return new Finding(
                "Nobody is signed in by this session; or the account was disabled, or its password changed, since.",
                "POST /login first.");
    }

    /** Why a request is not taken for one of a listed page. */
    Finding notFirstParty(HttpServletRequest request) {
        if (firstParty.sessionCookies(request) > 1) {
            return new Finding(
                    "Two cookies '" + sessionCookie.on(request) + "' were sent, and one may have been planted.",
                    "GET /sanctum/csrf-cookie, which ends both, and sign in; after a change of sanctum.spa.cookie.domain or"
                            + " path the old cookie is still there.");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            return notListed("The Origin '" + origin + "'", request);
        }
        String site = request.getHeader(SITE);
        if (site != null && !site.equals("same-site")) {
            return site.equals("same-origin")
                    ? notListed("The request comes from this host itself, which", request)
                    : new Finding(
                            "Sec-Fetch-Site is '" + site + "': no page of yours sent this.",
                            "Call the API from a listed page, not from the address bar or a foreign page.");
        }
        String referer = request.getHeader(HttpHeaders.REFERER);
        return referer == null
                ? new Finding(
                        "No token was sent, and none of Origin, Sec-Fetch-Site and Referer, so no page is known.",
                        "Send 'Authorization: Bearer ...'; a server that renders pages passes Origin or Referer on.")
                : notListed("The Referer's host", request);
    }

    private Finding notListed(String what, HttpServletRequest request) {
        return new Finding(
                what + " is not listed in sanctum.spa.stateful, which is " + String.join(", ", stateful) + ".",
                "Add it there, with its port if it is not the scheme's own, and with http:// if it is plain http."
                        + forwarded(request));
    }

    /** Why a request of a listed page is refused with 419. */
    private Finding csrf(HttpServletRequest request, boolean missing) {
        boolean sent = request.getHeader(Csrf.HEADER) != null || request.getHeader("X-CSRF-TOKEN") != null;
        if (firstParty.sessionCookies(request) == 0) {
            return new Finding(
                    "No session cookie '" + sessionCookie.on(request) + "' was sent with the CSRF token.",
                    "GET /sanctum/csrf-cookie first, and send requests with credentials." + forwarded(request));
        }
        if (missing) {
            return new Finding(
                    "The session has ended, and its CSRF token with it.",
                    "Send the request again with the new cookie '" + csrfCookie + "'; sign in again if that is 401.");
        }
        return sent
                ? new Finding(
                        "The CSRF token sent is of another session, for instance of the one before sign-in.",
                        "Read the cookie '" + csrfCookie + "' anew for each request.")
                : new Finding(
                        "No CSRF token was sent.",
                        "Send the value of the cookie '" + csrfCookie + "' in the header X-XSRF-TOKEN (axios:"
                                + " withXSRFToken on another origin); if the page cannot read that cookie, let"
                                + " sanctum.spa.cookie.domain cover the page's host.");
    }

    static Finding noFetchMetadata() {
        return new Finding(
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
}
