package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Diagnosis;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Conditional;

/**
 * What becomes of two session cookies in one request: one is planted by a sibling host, or is left from before a change of
 * domain or path. Nobody can tell which, so none counts, and both end with the answer to where a page begins.
 *
 * <p>Thread-safe.
 */
@Conditional(OnFirstPartyPages.class)
final class TwoSessionCookies {

    private final FirstPartyRequests firstParty;
    private final Cookies cookies;
    private final SessionCookieName name;
    private final Diagnosis diagnosis;
    private final PageFindings findings;

    TwoSessionCookies(
            FirstPartyRequests firstParty,
            Cookies cookies,
            SessionCookieName name,
            Diagnosis diagnosis,
            PageFindings findings) {
        this.firstParty = firstParty;
        this.cookies = cookies;
        this.name = name;
        this.diagnosis = diagnosis;
        this.findings = findings;
    }

    /**
     * Ends both, and the CSRF tokens beside them, if a listed page has sent two.
     *
     * @return whether it has
     */
    boolean end(HttpServletRequest request, HttpServletResponse response, int status) {
        if (!firstParty.hasTwoSessionCookies(request)) {
            return false;
        }
        cookies.expire(name.on(request), request, response);
        diagnosis.refused(request, response, status, () -> findings.notFirstParty(request));
        return true;
    }
}
