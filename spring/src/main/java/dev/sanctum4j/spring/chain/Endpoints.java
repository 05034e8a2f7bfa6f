package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.ChainPart;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.function.SingletonSupplier;

/**
 * The routes of all features, which are ours whatever chains an application has for everything else. No {@link RequestMatcher}: as
 * a bean it would be one more for whoever injects the application's.
 *
 * <p>Thread-safe.
 */
final class Endpoints {

    private final Supplier<List<ChainPart>> parts;
    private final Supplier<List<RequestMatcher>> open;
    private final Supplier<List<RequestMatcher>> routes;

    Endpoints(Supplier<Stream<ChainPart>> parts) {
        this.parts = SingletonSupplier.of(() -> parts.get().toList());
        this.open = SingletonSupplier.of(() ->
                this.parts.get().stream().flatMap(part -> part.open().stream()).toList());
        this.routes = SingletonSupplier.of(() -> this.parts.get().stream()
                .flatMap(part -> part.routes().stream())
                .toList());
    }

    boolean matches(HttpServletRequest request) {
        return isOpen(request) || takesCaller(request);
    }

    /** Whether what is sent there is limited as for all of ours, and by no feature otherwise. */
    boolean limits(HttpServletRequest request) {
        return matches(request) && parts.get().stream().noneMatch(part -> part.limitsBodies(request));
    }

    /** Whether anybody may ask, so that no session is looked at. */
    boolean isOpen(HttpServletRequest request) {
        return open.get().stream().anyMatch(route -> route.matches(request));
    }

    /** Whether a route takes somebody, by token or by session. */
    boolean takesCaller(HttpServletRequest request) {
        return routes.get().stream().anyMatch(route -> route.matches(request));
    }

    /** Whether a feature answers what a browser asks before it calls for a page of another origin. */
    boolean answersPreflight(HttpServletRequest request) {
        return parts.get().stream().anyMatch(part -> part.answersPreflight(request));
    }
}
