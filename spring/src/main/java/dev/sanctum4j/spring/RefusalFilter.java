package dev.sanctum4j.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.GenericFilterBean;

/**
 * Answers what a chain refuses to a request that brought a token of ours. What it refuses to anybody else goes on to the
 * chain's own handlers, which are left as they are.
 *
 * <p>Thread-safe.
 */
final class RefusalFilter extends GenericFilterBean {

    private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

    private final BearerToken.Places tokens;
    private final Refusals refusals;

    RefusalFilter(BearerToken.Places tokens, Refusals refusals) {
        this.tokens = tokens;
        this.refusals = refusals;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest sent = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        TakenToken.show(sent);
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException e) {
            if (!tokens.isTaken(sent) || answer.isCommitted() || !refused(sent, answer, e)) {
                throw e;
            }
        }
    }

    private boolean refused(HttpServletRequest request, HttpServletResponse response, Exception e) throws IOException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessDeniedException denied) {
                if (TRUST.isAuthenticated(SecurityContextHolder.getContext().getAuthentication())) {
                    refusals.handle(request, response, denied);
                } else {
                    refusals.commence(request, response, new InsufficientAuthenticationException("nobody", denied));
                }
                return true;
            }
            if (cause instanceof AuthenticationException unknown) {
                refusals.commence(request, response, unknown);
                return true;
            }
        }
        return false;
    }
}
