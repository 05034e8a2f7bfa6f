package dev.sanctum4j.spring.chain;

import dev.sanctum4j.Internal;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.DeferredCsrfToken;

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

    /** Whether there is such a protection, so that it is not for us to tell pages a token unasked. */
    public boolean isThere() {
        return filter().isPresent();
    }

    private Optional<CsrfFilter> filter() {
        return others.forAnyRequest().flatMap(chain -> chain.filter(CsrfFilter.class));
    }

    /**
     * Lets it tell a page its token, if it keeps one in a cookie.
     *
     * @return whether it does; a page of another origin learns no other
     */
    public boolean tell(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        Optional<CsrfFilter> filter = filter();
        if (filter.isEmpty()) {
            return false;
        }
        Trial.passes(filter.get(), request, response);
        if (!(request.getAttribute(DeferredCsrfToken.class.getName()) instanceof DeferredCsrfToken deferred)) {
            return false;
        }
        String token = deferred.get().getToken(); // makes it, and writes the cookie
        Cookie[] sent = request.getCookies();
        return sent != null
                        && Stream.of(sent).anyMatch(cookie -> cookie.getValue().equals(token))
                || response.getHeaders(HttpHeaders.SET_COOKIE).stream().anyMatch(line -> line.contains("=" + token));
    }
}
