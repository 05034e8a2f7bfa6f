package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Loads the owner of a session anew for each request, as the token filter does: one who is disabled or gone is out at once,
 * a changed role counts at once, and a changed password ends the sessions that were made under the old one. A principal that no loader knows is left as it is.
 */
final class SessionOwnerFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(SessionOwnerFilter.class);

    private final FirstPartyRequests firstParty;
    private final Owners owners;
    private final ProblemWriter problems;
    private final RequestAttributeSecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    SessionOwnerFilter(FirstPartyRequests firstParty, Owners owners, ProblemWriter problems) {
        this.firstParty = firstParty;
        this.owners = owners;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (firstParty.matches(request)) {
            try {
                renew(request, response);
            } catch (TokenStoreException e) {
                Outage.tell(LOG, "The owner of a session could not be checked", e);
                problems.write(response, Problem.unavailable("Sessions cannot be checked at the moment."));
                return;
            } catch (ProblemException e) { // on its way up it would end at an error page, which asks for a password
                problems.write(response, e);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    private void renew(HttpServletRequest request, HttpServletResponse response) {
        Authentication session = SecurityContextHolder.getContext().getAuthentication();
        Owner owner = session == null ? null : owners.of(session).orElse(null);
        if (session == null || owner == null) {
            return;
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        Predicate<LoadedOwner> current = known -> known.knows(SignIn.credentialVersion(request.getSession(false)));
        owners.load(owner)
                .filter(current)
                .or(() -> owners.loadNow(owner).filter(current)) // the session may be the newer one
                .ifPresentOrElse(fresh -> context.setAuthentication(renewed(session, fresh)), () -> end(request));
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
    }

    private static Authentication renewed(Authentication session, LoadedOwner fresh) {
        List<GrantedAuthority> authorities = new ArrayList<>(fresh.authorities());
        session.getAuthorities().stream()
                .filter(FactorGrantedAuthority.class::isInstance) // by what the person signed in stays true
                .forEach(authorities::add);
        if (session instanceof UsernamePasswordAuthenticationToken || !REBUILT.get(session.getClass())) {
            return new Renewed(fresh, authorities, session.getDetails());
        }
        Authentication.Builder<?> same = session.toBuilder().authorities(all -> {
            all.clear();
            all.addAll(authorities);
        });
        Object principal = session.getPrincipal();
        if (principal != null && principal.getClass() == fresh.principal().getClass()) {
            same.principal(fresh.principal());
        } // else it is what the application asks for: a provider's word, or a passkey's
        return same.build();
    }

    /** Whether a kind of authentication makes another one of its own kind; the builder that all have makes one of another kind. */
    private static final ClassValue<Boolean> REBUILT = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return Stream.of(type.getMethods())
                    .anyMatch(method -> method.getName().equals("toBuilder") && method.getDeclaringClass() == type);
        }
    };

    /** Somebody as the application knows them, of the same name as with a token. */
    private static final class Renewed extends UsernamePasswordAuthenticationToken {

        private static final long serialVersionUID = 1L;

        private final String name;

        Renewed(LoadedOwner fresh, List<GrantedAuthority> authorities, @Nullable Object details) {
            super(fresh.principal(), null, authorities);
            super.setDetails(details);
            this.name = fresh.name();
        }

        @Override
        public String getName() {
            return name;
        }
    }

    private static void end(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
    }
}
