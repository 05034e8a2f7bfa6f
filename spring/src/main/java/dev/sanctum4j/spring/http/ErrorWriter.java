package dev.sanctum4j.spring.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * Writes the body of error answers, for applications with a form of their own; a bean. Status and headers are set before.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface ErrorWriter {

    /**
     * Writes one.
     *
     * @param response with its status set, and headers like {@code WWW-Authenticate} and {@code Retry-After}
     * @param body what would be written as {@code application/problem+json}: {@code type}, {@code title}, {@code status},
     *     {@code message}, and {@code detail}, {@code errors} or {@code required} where there is something to say
     */
    void write(HttpServletResponse response, Map<String, Object> body) throws IOException;
}
