package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token that a request brings: in the {@code Authorization} header, which is exactly one, with one scheme (in any case),
 * one space and one token (RFC 9110 §11.4, RFC 6750 §2.1), or in another place that the application reads.
 *
 * @param kind what was found
 * @param text the token; empty unless {@link Kind#TOKEN}
 */
@Internal
public record BearerToken(Kind kind, String text) {

    /** What the headers hold. */
    public enum Kind {
        /** No such header, or one of another scheme: not our business. */
        NONE,
        /** Two headers or more: nobody can say which was meant. */
        DUPLICATE,
        /** The scheme without one token after it. */
        MALFORMED,
        /** A token that cannot be ours, by its form. */
        FOREIGN,
        /** A token that may be ours. */
        TOKEN
    }

    private static final String SCHEME = "Bearer";

    private static final BearerToken NONE = new BearerToken(Kind.NONE, "");
    private static final BearerToken DUPLICATE = new BearerToken(Kind.DUPLICATE, "");
    private static final BearerToken FOREIGN = new BearerToken(Kind.FOREIGN, "");
    private static final BearerToken MALFORMED = new BearerToken(Kind.MALFORMED, "");

    /**
     * The places of a request where a token may be.
     *
     * <p>Thread-safe.
     */
    public static final class Places {

        private static final String TAKEN = "sanctum.token-taken";

        private final List<TokenReader> readers;
        private final TokenForms forms;

        Places(List<TokenReader> readers, TokenForms forms) {
            this.readers = List.copyOf(readers);
            this.forms = forms;
        }

        /** What a request brings, in a chain that takes no bearer tokens but ours. */
        BearerToken in(HttpServletRequest request) {
            BearerToken found = inHeader(request);
            return withReaders(
                    request, found.kind == Kind.TOKEN && !forms.mayBeOurs(found.text) ? FOREIGN : found, found);
        }

        /** What a request brings for us, in a chain that takes bearer tokens of others, too: theirs are none. */
        BearerToken besideOthers(HttpServletRequest request) {
            BearerToken found = inHeader(request);
            boolean ours = found.kind == Kind.DUPLICATE ? bringsOurs(request) : isOurs(found);
            return withReaders(request, ours ? found : NONE, found);
        }

        /** Whether the header of a request is a bearer token, and not ours by its form. */
        public boolean isForeign(HttpServletRequest request) {
            BearerToken found = inHeader(request);
            return found.kind == Kind.TOKEN && !isOurs(found);
        }

        private boolean isOurs(BearerToken token) {
            return token.kind == Kind.TOKEN && forms.isOurs(token.text);
        }

        /** Whether one of several headers does. */
        private boolean bringsOurs(HttpServletRequest request) {
            return Collections.list(request.getHeaders("Authorization")).stream()
                    .anyMatch(header -> isOurs(read(header)));
        }

        /** Where an application reads tokens, they are ours whatever they look like. */
        private BearerToken withReaders(HttpServletRequest request, BearerToken ours, BearerToken inHeader) {
            BearerToken found = ours;
            for (TokenReader reader : readers) {
                Optional<String> text = reader.read(request);
                if (text.isPresent()) {
                    if (inHeader.kind != Kind.NONE || found.kind != Kind.NONE) {
                        return DUPLICATE;
                    }
                    found = text.get().isEmpty() ? MALFORMED : new BearerToken(Kind.TOKEN, text.get());
                }
            }
            return found;
        }

        /** Notes that the token of this request was read, so that it counts in asynchronous and error dispatches too. */
        void taken(HttpServletRequest request) {
            request.setAttribute(TAKEN, true);
        }

        /** Whether the token of this request was read, and was ours to judge. */
        boolean isTaken(HttpServletRequest request) {
            return request.getAttribute(TAKEN) != null;
        }

        /** Whether this request brings a token, good or bad, so that no session counts. */
        public boolean isPresent(HttpServletRequest request) {
            return isTaken(request) || in(request).kind != Kind.NONE;
        }
    }

    private static BearerToken inHeader(HttpServletRequest request) {
        Enumeration<String> headers = request.getHeaders("Authorization");
        if (headers == null || !headers.hasMoreElements()) {
            return NONE;
        }
        String header = headers.nextElement();
        return headers.hasMoreElements() ? DUPLICATE : read(header);
    }

    /** What one header says. */
    public static BearerToken read(@Nullable String header) {
        if (header == null) {
            return NONE;
        }
        String value = header.strip();
        int scheme = SCHEME.length();
        if (!value.regionMatches(true, 0, SCHEME, 0, scheme)
                || value.length() > scheme && !separates(value.charAt(scheme))) {
            return NONE; // another scheme, or a longer word
        }
        if (value.length() < scheme + 2 || value.charAt(scheme) != ' ') {
            return MALFORMED;
        }
        for (int i = scheme + 1; i < value.length(); i++) {
            if (separates(value.charAt(i))) {
                return MALFORMED;
            }
        }
        return new BearerToken(Kind.TOKEN, utf8(value.substring(scheme + 1)));
    }

    private static boolean separates(char c) {
        return c == ' ' || c == '\t' || c == '\u00a0' || c == ',';
    }

    /** Servers hand header bytes over as Latin-1; a Laravel token prefix may be UTF-8. Plain ASCII, as most are, is not copied. */
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
        return "BearerToken[" + kind + "]";
    }
}
