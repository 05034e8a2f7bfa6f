package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A request whose token is ours and was read, without its header for the filters of a resource server in the same chain, which
 * would read it too. The application finds it where it was.
 */
final class TakenToken extends HttpServletRequestWrapper {

    private static final String HIDDEN = "sanctum.token-hidden";

    TakenToken(HttpServletRequest request) {
        super(request);
        request.setAttribute(HIDDEN, true);
    }

    /** From here on the header is there again. */
    static void show(HttpServletRequest request) {
        request.removeAttribute(HIDDEN);
    }

    private boolean isHidden(String name) {
        return name.equalsIgnoreCase(HttpHeaders.AUTHORIZATION) && getAttribute(HIDDEN) != null;
    }

    @Override
    public @Nullable String getHeader(String name) {
        return isHidden(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }
}
