package dev.sanctum4j.spring.http;

import dev.sanctum4j.Internal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 where a database could not be asked, in whatever filter or controller that shows. Stands first in the chain, and once
 * more before the filter of Spring Session, which writes sessions when the chain is through.
 */
@Internal
public final class OutageFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(OutageFilter.class);

    private final ProblemWriter problems;
    private final RequestMatcher ours;

    /** @param ours which requests are answered, asked after the outage only */
    public OutageFilter(ProblemWriter problems, RequestMatcher ours) {
        this.problems = problems;
        this.ours = ours;
    }

    /** The same for what a handler throws on a thread of its own. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (RuntimeException | ServletException e) {
            if (!Outage.is(e) || response.isCommitted() || !ours.matches(request)) {
                throw e;
            }
            Outage.tell(LOG, "A database could not be asked", e);
            problems.write(response, Outage.answer(e, "This cannot be answered at the moment."));
        }
    }
}
