package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Another place of a request where a token may be, beside {@code Authorization: Bearer}; a bean, and any number of them. A
 * request with tokens in two places is refused with 400. Never read the URL: it ends up in logs.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface TokenReader {

    /** The text of the token; empty if there is none here. Called more than once in a request. */
    Optional<String> read(HttpServletRequest request);

    /** Reads a header that holds nothing but the token, like {@code X-API-Key}. An empty one is a wrong token. */
    static TokenReader header(String name) {
        return request -> Optional.ofNullable(request.getHeader(name));
    }
}
