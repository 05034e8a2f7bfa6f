package dev.sanctum4j.test.spring;

import dev.sanctum4j.spring.SanctumConfigurer;
import dev.sanctum4j.spring.TokenAuthentication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.test.context.TestSecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets tests act in a chain, as far as the chain would let tokens in. */
final class ActingAsConfigurer extends AbstractHttpConfigurer<ActingAsConfigurer, HttpSecurity> {

    private final Actors actors;

    ActingAsConfigurer(Actors actors) {
        this.actors = actors;
    }

    @Override
    @SuppressWarnings("unchecked") // a configurer is looked up by its raw class
    public void configure(HttpSecurity http) {
        http.addFilterAfter(
                new ActingAsFilter(actors, http.getConfigurer(SanctumConfigurer.class)),
                SecurityContextHolderFilter.class);
    }

    private static final class ActingAsFilter extends OncePerRequestFilter {

        // What the starter notes on a request that brings a token, and whether it is of a first-party page.
        private static final String TOKEN_TAKEN = "sanctum.token-taken";
        private static final String FIRST_PARTY = "sanctum.first-party";

        private final Actors actors;
        private final @Nullable SanctumConfigurer chain;
        private final RequestAttributeSecurityContextRepository contexts =
                new RequestAttributeSecurityContextRepository();

        ActingAsFilter(Actors actors, @Nullable SanctumConfigurer chain) {
            this.actors = actors;
            this.chain = chain;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain rest)
                throws ServletException, IOException {
            Acting acting = Acting.in(request);
            Authentication caller = acting == null
                    ? TestSecurityContextHolder.getContext().getAuthentication()
                    : actors.authentication(acting);
            if (caller instanceof TokenAuthentication token) {
                request.setAttribute(TOKEN_TAKEN, true);
                request.setAttribute(FIRST_PARTY, false);
                boolean admitted = chain != null && chain.admits(token.token().owner());
                act(admitted ? token : null, request, response);
            } else if (caller instanceof Actors.Session session) {
                request.setAttribute(FIRST_PARTY, false); // no session is there to be read or checked
                CsrfFilter.skipRequest(request);
                act(session, request, response);
            }
            rest.doFilter(request, response);
        }

        private void act(@Nullable Authentication caller, HttpServletRequest request, HttpServletResponse response) {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(caller);
            SecurityContextHolder.setContext(context);
            contexts.saveContext(context, request, response); // for asynchronous and error dispatches
        }
    }
}
