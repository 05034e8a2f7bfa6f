package dev.sanctum4j.spring.chain;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsUtils;

/**
 * What our chain takes: requests to our own endpoints, unless a chain of the application's claims them by a security matcher, and those to
 * our paths that no chain of the application's claims at all.
 *
 * <p>Thread-safe.
 */
final class UnclaimedRequests {

    private final Endpoints endpoints;
    private final List<RequestMatcher> paths;
    private final OtherChains others;
    private final RequestMatcher foreignToken;

    /** @param foreignToken tells requests with a bearer token that is not ours */
    private UnclaimedRequests(
            Endpoints endpoints, List<RequestMatcher> paths, OtherChains others, RequestMatcher foreignToken) {
        this.endpoints = endpoints;
        this.paths = List.copyOf(paths);
        this.others = others;
        this.foreignToken = foreignToken;
    }

    /** @param builder Boot's, which knows the servlet path, if MVC is there */
    static UnclaimedRequests of(
            List<String> paths,
            ObjectProvider<PathPatternRequestMatcher.Builder> builder,
            Endpoints endpoints,
            OtherChains others,
            RequestMatcher foreignToken) {
        PathPatternRequestMatcher.Builder path = builder.getIfUnique(PathPatternRequestMatcher::withDefaults);
        return new UnclaimedRequests(
                endpoints, paths.stream().<RequestMatcher>map(path::matcher).toList(), others, foreignToken);
    }

    /** Where nobody takes tokens: nothing, unless the application has chains, which then have left these paths out. */
    static UnclaimedRequests ofClosed(
            List<String> paths, ObjectProvider<PathPatternRequestMatcher.Builder> builder, OtherChains others) {
        PathPatternRequestMatcher.Builder path = builder.getIfUnique(PathPatternRequestMatcher::withDefaults);
        return new UnclaimedRequests(
                new Endpoints(Stream::empty),
                paths.stream()
                        .map(path::matcher)
                        .<RequestMatcher>map(one -> request -> others.exist() && one.matches(request))
                        .toList(),
                others,
                request -> false);
    }

    boolean matches(HttpServletRequest request) {
        return endpoints.matches(request) ? others.withMatcher(request).isEmpty() : takesPath(request);
    }

    /** Whether it is one of our paths, and nobody else's. */
    boolean takesPath(HttpServletRequest request) {
        return paths.stream().anyMatch(path -> path.matches(request))
                && !others.take(request)
                && (!CorsUtils.isPreFlightRequest(request) || endpoints.answersPreflight(request))
                && !(others.bootTakesBearerTokens() && foreignToken.matches(request));
    }
}
