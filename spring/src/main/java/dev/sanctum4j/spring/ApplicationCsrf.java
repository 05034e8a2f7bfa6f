package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;

/**
 * The CSRF protection of the application's chain for any request, of which ours must not replace the cookie.
 *
 * <p>Thread-safe.
 */
@Internal
public final class ApplicationCsrf {

    private final OtherChains others;

    ApplicationCsrf(OtherChains others) {
        this.others = others;
    }

    /**
     * Lets it tell a page its token, in a cookie if it keeps one.
     *
     * @return whether there is such a chain, and it protects from CSRF
     */
    public boolean tell(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        Optional<CsrfFilter> filter = others.forAnyRequest().flatMap(chain -> chain.filter(CsrfFilter.class));
        if (filter.isEmpty()) {
            return false;
        }
        Trial.passes(filter.get(), request, response);
        if (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token) {
            var unused = token.getToken(); // makes it, and writes the cookie
        }
        return true;
    }
}
