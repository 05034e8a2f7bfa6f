package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.FilterInvocation;
import org.springframework.security.web.access.PathPatternRequestTransformer;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/** As much of a request as there is before anybody makes it: for asking filter chains and their rules about a route. */
@Internal
public final class Probe extends HttpServletRequestWrapper {

    private static final Authentication NOBODY = new AnonymousAuthenticationToken(
            "probe", "anonymousUser", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

    private Probe(HttpServletRequest request) {
        super(request);
    }

    /**
     * A request for a route.
     *
     * @param path below the context path, with or without variables in braces
     */
    public static Probe of(String method, String path) {
        return new Probe(new PathPatternRequestTransformer()
                .transform(new FilterInvocation("", path.replaceAll("\\{[^/]*}", "1"), method).getHttpRequest()));
    }

    /** Below what the routes of controllers are; empty without a servlet path. */
    public static String servletPath(ObjectProvider<DispatcherServletPath> servlet) {
        return servlet.stream()
                .map(DispatcherServletPath::getPrefix)
                .findFirst()
                .orElse("");
    }

    /** Whether the rules of a chain let anybody make it. */
    public boolean isOpen(AuthorizationFilter rules) {
        AuthorizationResult result = rules.getAuthorizationManager().authorize(() -> NOBODY, this);
        return result == null || result.isGranted();
    }

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }
}
