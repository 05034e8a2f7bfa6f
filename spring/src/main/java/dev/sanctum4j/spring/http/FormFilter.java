package dev.sanctum4j.spring.http;

import static java.util.Objects.requireNonNullElse;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Predicate;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads forms within limits before a filter or the container reads them without: those that are too large, and those that do not
 * say how large they are. For routes whose controllers read {@link RequestFields}.
 *
 * <p>Thread-safe.
 */
public final class FormFilter extends OncePerRequestFilter {

    /** Where it belongs: behind what sets an encoding, and before sessions and whatever looks for a field of a form. */
    public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 49;

    private final Predicate<HttpServletRequest> routes;
    private final ProblemWriter problems;

    /** @param routes which requests are for such a route */
    public FormFilter(Predicate<HttpServletRequest> routes, ProblemWriter problems) {
        this.routes = routes;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long length = request.getContentLengthLong();
        String type = requireNonNullElse(request.getContentType(), "").toLowerCase(Locale.ROOT);
        boolean inParts = type.startsWith("multipart/");
        HttpServletRequest read = request;
        try {
            if ((length < 0 || length > Limits.BODY)
                    && (inParts || type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE))
                    && routes.test(request)) {
                read = ReadForm.of(request, inParts);
            }
        } catch (ProblemException e) {
            problems.write(response, e);
            return;
        }
        chain.doFilter(read, response);
    }
}
