package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code Authorization} header of a request says about a bearer token: exactly one header, one scheme (in any
 * case), one space, one token (RFC 9110 §11.4, RFC 6750 §2.1).
 *
 * @param kind what was found
 * @param token the text after the scheme; empty unless {@link Kind#TOKEN}
 */
record BearerHeader(Kind kind, String token) {

    enum Kind {
        /** No such header, or one of another scheme: not our business. */
        NONE,
        /** Two headers or more: nobody can say which was meant. */
        DUPLICATE,
        /** The scheme without one token after it. */
        MALFORMED,
        /** A token. */
        TOKEN
    }

    private static final String SCHEME = "Bearer";
    private static final BearerHeader NONE = new BearerHeader(Kind.NONE, "");
    static final BearerHeader DUPLICATE = new BearerHeader(Kind.DUPLICATE, "");
    private static final BearerHeader MALFORMED = new BearerHeader(Kind.MALFORMED, "");

    static BearerHeader of(HttpServletRequest request) {
        Enumeration<String> headers = request.getHeaders("Authorization");
        if (headers == null || !headers.hasMoreElements()) {
            return NONE;
        }
        String header = headers.nextElement();
        return headers.hasMoreElements() ? DUPLICATE : read(header);
    }

    /** A token from another place, where it stands alone. */
    static BearerHeader ofToken(String text) {
        return text.isEmpty() ? MALFORMED : new BearerHeader(Kind.TOKEN, text);
    }

    static BearerHeader read(@Nullable String header) {
        if (header == null) {
            return NONE;
        }
        String value = header.strip();
        if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return NONE;
        }
        String rest = value.substring(SCHEME.length());
        if (!rest.isEmpty() && !isBlank(rest.charAt(0)) && rest.charAt(0) != ',') {
            return NONE; // a longer word
        }
        if (rest.length() < 2 || rest.charAt(0) != ' ') {
            return MALFORMED;
        }
        String token = rest.substring(1);
        for (int i = 0; i < token.length(); i++) {
            if (token.charAt(i) == ',' || isBlank(token.charAt(i))) {
                return MALFORMED;
            }
        }
        return new BearerHeader(Kind.TOKEN, utf8(token));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\u00a0';
    }

    /** Servers hand header bytes over as Latin-1; a Laravel token prefix may be UTF-8. */
    private static String utf8(String text) {
        boolean latin1 = false;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return text;
            }
            latin1 |= text.charAt(i) > 0x7f;
        }
        return latin1 ? new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8) : text;
    }

    @Override
    public String toString() {
        return "BearerHeader[" + kind + "]";
    }
}
