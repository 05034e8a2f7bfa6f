package dev.sanctum4j.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.authentication.Http403ForbiddenEntryPoint;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.filter.GenericFilterBean;

/**
 * Answers what a chain refuses to a request that brought a token of ours. What it refuses to anybody else goes on to the
 * chain's own handlers, which are left as they are; but nobody is told by a bare 403 that there is no way in, as Spring Security does in a chain
 * without any, where the way in is a token.
 *
 * <p>Thread-safe.
 */
final class RefusalFilter extends GenericFilterBean {

    private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

    private final BearerToken.Places tokens;
    private final Refusals refusals;

    private final Supplier<Boolean> hasNoOtherWayIn;

    /** @param chains all of the application, to see whether the one of this filter knows another way in than a token */
    RefusalFilter(BearerToken.Places tokens, Refusals refusals, Supplier<Stream<SecurityFilterChain>> chains) {
        this.tokens = tokens;
        this.refusals = refusals;
        this.hasNoOtherWayIn = SingletonSupplier.of(() -> chains.get()
                .map(SecurityFilterChain::getFilters)
                .filter(filters -> filters.contains(this))
                .flatMap(List::stream)
                .anyMatch(filter -> filter instanceof ExceptionTranslationFilter translation
                        && translation.getAuthenticationEntryPoint() instanceof Http403ForbiddenEntryPoint));
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
            if (answer.isCommitted()
                    || !tokens.isTaken(sent) && !(isNobody() && hasNoOtherWayIn.get())
                    || !refused(sent, answer, e)) {
                throw e;
            }
        }
    }

    private static boolean isNobody() {
        return !TRUST.isAuthenticated(SecurityContextHolder.getContext().getAuthentication());
    }

    private boolean refused(HttpServletRequest request, HttpServletResponse response, Exception e) throws IOException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessDeniedException denied) {
                if (isNobody()) {
                    refusals.commence(request, response, new InsufficientAuthenticationException("nobody", denied));
                } else {
                    refusals.handle(request, response, denied);
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
