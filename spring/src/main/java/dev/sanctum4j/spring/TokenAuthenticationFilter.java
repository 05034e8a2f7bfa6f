package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a bearer header decide alone who makes a request: the security context is replaced and never merged with a session,
 * which is neither read nor changed. Without a bearer header it does nothing.
 *
 * <p>Thread-safe.
 */
final class TokenAuthenticationFilter extends OncePerRequestFilter {

    private static final String BEARER = TokenAuthenticationFilter.class.getName() + ".BEARER";

    private final Tokens tokens;
    private final Owners owners;
    private final Problems problems;
    private final Set<String> ownerTypes;
    private final boolean narrowedCarriesAuthorities;
    private final RequestAttributeSecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    /** @param ownerTypes the types that are let in; empty means all */
    TokenAuthenticationFilter(
            Tokens tokens,
            Owners owners,
            Problems problems,
            Set<String> ownerTypes,
            boolean narrowedCarriesAuthorities) {
        this.tokens = tokens;
        this.owners = owners;
        this.problems = problems;
        this.ownerTypes = Set.copyOf(ownerTypes);
        this.narrowedCarriesAuthorities = narrowedCarriesAuthorities;
    }

    /** Whether this request carries a bearer header, good or bad, so that no session counts. */
    static boolean isBearer(HttpServletRequest request) {
        return request.getAttribute(BEARER) != null || BearerHeader.of(request).kind() != BearerHeader.Kind.NONE;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        BearerHeader header = BearerHeader.of(request);
        switch (header.kind()) {
            case NONE -> chain.doFilter(request, response);
            case DUPLICATE -> problems.refuse(request, response, Problem.twoCredentials(), Reasons::twoHeaders);
            case MALFORMED ->
                problems.refuse(request, response, Problem.unauthenticated(true), Reasons::malformedBearer);
            case TOKEN -> {
                request.setAttribute(BEARER, true);
                Admission admission = new Admission();
                Verdict verdict;
                try {
                    verdict = tokens.authenticate(header.token(), admission::test);
                } catch (TokenStoreException e) {
                    logger.warn("A token could not be checked: " + e.getMessage());
                    problems.write(response, Problem.unavailable("Tokens cannot be checked at the moment."));
                    return;
                }
                if (verdict instanceof Verdict.Rejected rejected) {
                    problems.refuse(
                            request, response, Problem.unauthenticated(true), () -> Reasons.token(rejected.reason()));
                    return;
                }
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(admission.authentication((Verdict.Accepted) verdict));
                SecurityContextHolder.setContext(context);
                contexts.saveContext(context, request, response); // for asynchronous and error dispatches
                chain.doFilter(request, response);
            }
        }
    }

    /** Loads the owner while the token is checked, once. */
    private final class Admission {

        private @Nullable LoadedOwner owner;

        boolean test(AccessToken token) {
            if (ownerTypes.isEmpty() || ownerTypes.contains(token.owner().type())) {
                owner = owners.load(token).orElse(null);
            }
            return owner != null;
        }

        TokenAuthentication authentication(Verdict.Accepted accepted) {
            AccessToken token = accepted.token();
            LoadedOwner loaded = Objects.requireNonNull(owner, "a token is accepted only with its owner");
            return new TokenAuthentication(
                    token,
                    loaded,
                    narrowedCarriesAuthorities || token.abilities().lists("*"));
        }
    }
}
