package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.springframework.security.web.FilterInvocation;
import org.springframework.security.web.access.PathPatternRequestTransformer;

/** As much of a request as there is before anybody makes it: for asking filter chains and their rules about a route. */
@Internal
public final class Probe extends HttpServletRequestWrapper {

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

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }
}
