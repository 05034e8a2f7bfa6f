package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spa.FirstParty;
import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.PageHeaders;
import dev.sanctum4j.spring.Refusals;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.session.ConcurrentSessionFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sessions of the application at those of our endpoints that stand before its chain for any request: read and proved by that
 * chain's own filters, one by one. What they may, {@link EndpointRules} asks.
 *
 * <p>Thread-safe.
 */
final class EndpointSessions extends OncePerRequestFilter {

    /** By which Spring's filter knows that a context was loaded already; ours has found nobody. */
    private static final String LOADED = SecurityContextHolderFilter.class.getName() + ".APPLIED";

    private static final FirstParty SELF = FirstParty.of(List.of(FirstParty.SELF));
    private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

    private final Endpoints endpoints;
    private final OtherChains others;
    private final BearerToken.Places tokens;
    private final Refusals refusals;

    EndpointSessions(Endpoints endpoints, OtherChains others, BearerToken.Places tokens, Refusals refusals) {
        this.endpoints = endpoints;
        this.others = others;
        this.tokens = tokens;
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<OtherChains.Named> host = others.forAnyRequest();
        if (host.isEmpty() || !endpoints.takesCaller(request) || tokens.isPresent(request)) {
            chain.doFilter(request, response);
            return;
        }
        Optional<SecurityContextHolderFilter> contexts = host.get().filter(SecurityContextHolderFilter.class);
        if (contexts.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        SecurityContext ofPages = SecurityContextHolder.getContext();
        request.removeAttribute(LOADED);
        contexts.get()
                .doFilter(request, response, (same, answer) -> asked(host.get(), ofPages, request, response, chain));
    }

    private void asked(
            OtherChains.Named host,
            SecurityContext ofPages,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        Authentication caller = somebody();
        if (caller == null) {
            SecurityContextHolder.setContext(ofPages); // whom that chain does not know may have signed in by ours
            chain.doFilter(request, response);
            return;
        }
        if (!isCurrent(host, request, response)) {
            SecurityContextHolder.clearContext();
            chain.doFilter(request, response);
            return;
        }
        if (!CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request) || isProved(host, request, response)) {
            CsrfFilter.skipRequest(request); // ours would tell pages another token
            chain.doFilter(request, response);
        } else if (ofPages.getAuthentication() != null) {
            chain.doFilter(request, response); // a listed page proves itself by our means
        } else {
            refusals.unproved(request, response);
        }
    }

    private static @Nullable Authentication somebody() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        return TRUST.isAuthenticated(caller) ? caller : null;
    }

    /** An administrator may have ended the session by its chain's means. */
    private static boolean isCurrent(OtherChains.Named host, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Optional<ConcurrentSessionFilter> sessions = host.filter(ConcurrentSessionFilter.class);
        return sessions.isEmpty() || Trial.passes(sessions.get(), request, response);
    }

    /** By what browsers say of a page, or by the CSRF token of the chain, where that asks for one. */
    private static boolean isProved(OtherChains.Named host, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String origin = PageHeaders.one(request, HttpHeaders.ORIGIN);
        String fetchSite = PageHeaders.one(request, "Sec-Fetch-Site");
        if (SELF.admits(origin, fetchSite, null, PageHeaders.asked(request))) {
            return true;
        }
        Optional<CsrfFilter> csrf = host.filter(CsrfFilter.class);
        return csrf.isPresent() && Trial.passesByToken(csrf.get(), request, response);
    }
}
