package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import dev.sanctum4j.Verdict;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a bearer header decide alone who makes a request: the security context is replaced and never merged with a session,
 * which is neither read nor changed. Without a bearer header it does nothing; nor with one of another kind, where the chain is a
 * resource server besides.
 *
 * <p>Thread-safe.
 */
final class TokenAuthenticationFilter extends OncePerRequestFilter {

    private final BearerToken.Places tokens;
    private final TokenCheck check;
    private final Refusals refusals;
    private final Supplier<Boolean> besideOthers;
    private final RequestAttributeSecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    /** @param chains all of the application, to see whether the one of this filter takes bearer tokens of others, too */
    TokenAuthenticationFilter(
            BearerToken.Places tokens,
            TokenCheck check,
            Refusals refusals,
            Supplier<Stream<SecurityFilterChain>> chains) {
        this.tokens = tokens;
        this.check = check;
        this.refusals = refusals;
        this.besideOthers = SingletonSupplier.of(() -> chains.get()
                .map(SecurityFilterChain::getFilters)
                .filter(filters -> filters.contains(this))
                .anyMatch(ResourceServers::isOne));
    }

    /** Whether tokens of an owner are let in at all. */
    boolean admits(Owner owner) {
        return check.admits(owner);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        BearerToken sent = besideOthers.get() ? tokens.besideOthers(request) : tokens.in(request);
        switch (sent.kind()) {
            case NONE -> chain.doFilter(request, response);
            case DUPLICATE -> refusals.severalCredentials(request, response);
            case MALFORMED -> refusals.malformedCredentials(request, response);
            case FOREIGN -> refusals.token(request, response, TokenCheck.Result.refused(Verdict.Reason.MALFORMED));
            case TOKEN -> {
                tokens.taken(request);
                TokenCheck.Result result;
                try {
                    result = check.of(sent.text(), request);
                } catch (Throwable e) { // or an error page would ask for a password
                    refusals.failed(response, e);
                    return;
                }
                if (result.authentication() == null) {
                    refusals.token(request, response, result);
                    return;
                }
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(result.authentication());
                SecurityContextHolder.setContext(context);
                contexts.saveContext(context, request, response); // for asynchronous and error dispatches
                chain.doFilter(besideOthers.get() ? new TakenToken(request) : request, response);
            }
        }
    }
}
