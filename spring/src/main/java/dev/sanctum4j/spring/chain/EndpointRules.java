package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.TokenChains;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.FactorAuthorizationDecision;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Lets callers pass who are somebody, and whom the application's chain for any request would not refuse, where our endpoints stand
 * before it: sessions always, and tokens where that chain takes them.
 *
 * <p>Thread-safe.
 */
final class EndpointRules implements AuthorizationManager<RequestAuthorizationContext> {

    private static final AuthorizationDecision ADMITTED = new AuthorizationDecision(true);
    private static final AuthorizationDecision REFUSED = new AuthorizationDecision(false);

    private final Endpoints endpoints;
    private final OtherChains others;
    private final AuthorizationManager<? super RequestAuthorizationContext> somebody;

    /** @param somebody what the application asks of everybody who is signed in, as a second factor */
    EndpointRules(
            Endpoints endpoints,
            OtherChains others,
            AuthorizationManager<? super RequestAuthorizationContext> somebody) {
        this.somebody = somebody;
        this.endpoints = endpoints;
        this.others = others;
    }

    @Override
    public @Nullable AuthorizationResult authorize(
            Supplier<? extends @Nullable Authentication> caller, RequestAuthorizationContext context) {
        AuthorizationResult known = somebody.authorize(caller, context);
        if (known instanceof FactorAuthorizationDecision && caller.get() instanceof TokenAuthentication) {
            known = ADMITTED; // a token is nobody's factor, so it can be asked for none
        }
        OtherChains.Named host = others.forAnyRequest().orElse(null);
        if (known != null && !known.isGranted() || host == null || !endpoints.takesCaller(context.getRequest())) {
            return known;
        }
        if (caller.get() instanceof TokenAuthentication token) {
            if (!TokenChains.takesTokens(host.chain())) {
                return known;
            }
            if (!TokenChains.admits(host.chain(), token.token().owner())) {
                return REFUSED;
            }
        }
        return host.filter(AuthorizationFilter.class)
                .map(rules -> rules.getAuthorizationManager().authorize(caller, context.getRequest()))
                .orElse(known);
    }
}
