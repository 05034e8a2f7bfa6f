package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * CSRF protection without a token, by what every browser of today says of a request itself: {@code Sec-Fetch-Site:
 * same-origin}, or an {@code Origin} that is listed. A {@code Referer} alone is not enough, nor is {@code same-site}: other
 * hosts of the same domain need not be ours.
 */
final class FetchMetadataCsrf implements Csrf {

    private final ProblemWriter problems;

    FetchMetadataCsrf(ProblemWriter problems) {
        this.problems = problems;
    }

    /** @param unsafe requests of listed pages only, so that a header which is present names one */
    @Override
    public void protect(HttpSecurity http, RequestMatcher unsafe) {
        http.csrf(AbstractHttpConfigurer::disable).addFilterBefore(new Guard(unsafe), CsrfFilter.class);
    }

    private final class Guard extends OncePerRequestFilter {

        private final RequestMatcher unsafe;

        Guard(RequestMatcher unsafe) {
            this.unsafe = unsafe;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            if (unsafe.matches(request)
                    && request.getHeader(HttpHeaders.ORIGIN) == null
                    && !"same-origin".equals(request.getHeader("Sec-Fetch-Site"))) {
                problems.refuse(
                        request,
                        response,
                        Csrf.mismatch(
                                "Neither Origin nor Sec-Fetch-Site: same-origin was sent, so the page that sent this is unknown."),
                        PageFindings::noFetchMetadata);
                return;
            }
            chain.doFilter(request, response);
        }
    }
}
