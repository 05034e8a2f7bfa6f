package dev.sanctum4j.server.pages;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import org.springframework.http.HttpHeaders;

/** The languages that a browser asks for. */
final class Languages {

    private Languages() {}

    /** The dearest first; none where it does not say, whatever this machine speaks. */
    static Enumeration<Locale> of(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.ACCEPT_LANGUAGE) == null
                ? Collections.emptyEnumeration()
                : request.getLocales();
    }
}
