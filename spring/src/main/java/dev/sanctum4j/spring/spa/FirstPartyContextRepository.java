package dev.sanctum4j.spring.spa;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;

/** Reads and writes the session for first-party requests only; for all others a session cookie does not exist. */
final class FirstPartyContextRepository implements SecurityContextRepository {

    private final FirstPartyRequests firstParty;
    private final SecurityContextRepository request = new RequestAttributeSecurityContextRepository();
    private final SecurityContextRepository session =
            new DelegatingSecurityContextRepository(request, new HttpSessionSecurityContextRepository());

    FirstPartyContextRepository(FirstPartyRequests firstParty) {
        this.firstParty = firstParty;
    }

    private SecurityContextRepository repository(HttpServletRequest of) {
        return firstParty.matches(of) ? session : request;
    }

    @Override
    @Deprecated
    @SuppressWarnings("deprecation") // the interface still has it
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        return repository(holder.getRequest()).loadContext(holder);
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest of) {
        return repository(of).loadDeferredContext(of);
    }

    @Override
    public void saveContext(SecurityContext context, HttpServletRequest of, HttpServletResponse response) {
        repository(of).saveContext(context, of, response);
    }

    @Override
    public boolean containsContext(HttpServletRequest of) {
        return repository(of).containsContext(of);
    }
}
