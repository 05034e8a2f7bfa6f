package dev.sanctum4j.spring.ability;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Internal;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Probe;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.TokenChains;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/**
 * Finds the abilities that the rules of filter chains ask of a route. Spring Security does not tell its rules, so they are
 * tried: by a caller who has nothing, and is given what it is refused for until it is let in.
 */
@Internal
public final class ChainRules {

    private static final Logger LOG = LoggerFactory.getLogger(ChainRules.class);
    private static final int MOST = 16;
    private static final AccessToken NOBODY = new AccessToken(
            TokenId.of(1),
            Owner.of("probe", "probe"),
            "probe",
            Abilities.NONE,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of());

    private final List<SecurityFilterChain> chains;
    private final String servletPath;

    private ChainRules(List<SecurityFilterChain> chains, String servletPath) {
        this.chains = chains;
        this.servletPath = servletPath;
    }

    /** The chains of an application, which has its routes below a servlet path or none. */
    public static ChainRules of(BeanFactory beans) {
        return new ChainRules(
                beans.getBeanProvider(SecurityFilterChain.class).orderedStream().toList(),
                Probe.servletPath(beans.getBeanProvider(DispatcherServletPath.class)));
    }

    /**
     * What the chain of a route does with it.
     *
     * @param takesTokens whether its callers may send tokens
     * @param isOpen whether it lets anybody in; {@code false} if that cannot be tried
     * @param rules which abilities it asks for, rule by rule; all of them must hold
     */
    public record Route(boolean takesTokens, boolean isOpen, List<AbilityRule<HttpServletRequest>> rules) {

        private static final Route NONE = new Route(false, false, List.of());
    }

    /**
     * What is asked at a route. A rule that looks at more than the path, the method and the caller cannot be tried and is not
     * told.
     *
     * @param path without the servlet path, with or without variables in braces
     */
    public Route of(String method, String path) {
        Probe request = Probe.of(method, servletPath + path);
        Route route = Route.NONE;
        try {
            for (SecurityFilterChain chain : chains) {
                if (chain.matches(request)) {
                    route = new Route(TokenChains.takesTokens(chain), false, List.of());
                    return with(chain, request, route.takesTokens());
                }
            }
        } catch (
                RuntimeException e) { // a rule of the application's own, which asks a request for what this one has not
            LOG.debug("The rules for {} {} cannot be tried: {}", method, path, e.toString());
        }
        return route;
    }

    private static Route with(SecurityFilterChain chain, Probe request, boolean takesTokens) {
        for (Filter filter : chain.getFilters()) {
            if (filter instanceof AuthorizationFilter rules) {
                return new Route(takesTokens, request.isOpen(rules), tried(rules.getAuthorizationManager(), request));
            }
        }
        return new Route(takesTokens, true, List.of());
    }

    private static List<AbilityRule<HttpServletRequest>> tried(
            AuthorizationManager<HttpServletRequest> manager, HttpServletRequest request) {
        List<AbilityRule<HttpServletRequest>> found = new ArrayList<>();
        Set<String> abilities = new LinkedHashSet<>();
        Set<GrantedAuthority> authorities = new LinkedHashSet<>();
        for (int i = 0; i < MOST; i++) {
            TokenAuthentication caller = TokenAuthentication.of(
                    NOBODY.with("probe", Abilities.of(abilities)),
                    new LoadedOwner("probe", "probe", authorities, true, null, null),
                    true);
            AuthorizationResult result = manager.authorize(() -> caller, request);
            if (result == null || result.isGranted()) {
                break;
            } else if (result instanceof AbilityRule.Decision asked && abilities.addAll(asked.missing())) {
                found.add(new AbilityRule<>(asked.missing(), asked.any()));
            } else if (!(result instanceof AuthorityAuthorizationDecision role)
                    || !authorities.addAll(role.getAuthorities())) {
                break;
            }
        }
        return found;
    }
}
