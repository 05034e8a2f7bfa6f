package dev.sanctum4j.spring.http;

import dev.sanctum4j.Internal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Predicate;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body that says itself that it is too large, before anybody reads a form to look for a field of it: containers
 * hold megabytes, and write parts to the disk.
 */
@Internal
public final class BodyFilter extends OncePerRequestFilter {

    private final Predicate<HttpServletRequest> ours;
    private final ProblemWriter problems;

    /** @param ours which requests are for routes of ours */
    public BodyFilter(Predicate<HttpServletRequest> ours, ProblemWriter problems) {
        this.ours = ours;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > Limits.BODY && ours.test(request)) {
            problems.write(response, Limits.bodyTooLarge());
        } else {
            chain.doFilter(request, response);
        }
    }
}
