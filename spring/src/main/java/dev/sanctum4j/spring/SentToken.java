package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;

/**
 * The token that a request brings, in the bearer header or in another place that the application reads.
 *
 * <p>Thread-safe.
 */
final class SentToken {

    private static final String TAKEN = SentToken.class.getName();

    private final List<TokenReader> readers;

    SentToken(List<TokenReader> readers) {
        this.readers = List.copyOf(readers);
    }

    /** What is there. */
    BearerHeader in(HttpServletRequest request) {
        BearerHeader found = BearerHeader.of(request);
        for (TokenReader reader : readers) {
            Optional<String> text = reader.read(request);
            if (text.isPresent()) {
                if (found.kind() != BearerHeader.Kind.NONE) {
                    return BearerHeader.DUPLICATE;
                }
                found = BearerHeader.ofToken(text.get());
            }
        }
        return found;
    }

    /** Notes that the token of this request was read, so that it counts in asynchronous and error dispatches too. */
    void taken(HttpServletRequest request) {
        request.setAttribute(TAKEN, true);
    }

    /** Whether this request brings a token, good or bad, so that no session counts. */
    boolean isPresent(HttpServletRequest request) {
        return request.getAttribute(TAKEN) != null || in(request).kind() != BearerHeader.Kind.NONE;
    }
}
