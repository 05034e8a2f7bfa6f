package dev.sanctum4j.server.pages;

import dev.sanctum4j.spring.http.ErrorWriter;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Says to a browser in words that an address does not exist. Everything else is answered as to programs: where there is a route, where a token was
 * sent, and whoever does not ask for HTML as browsers do where somebody goes to an address.
 *
 * <p>Thread-safe.
 */
@Component
class NothingThere implements ErrorWriter {

    private static final String MODE = "Sec-Fetch-Mode";

    private final ObjectProvider<RequestMappingHandlerMapping> routes;
    private final Frames frames;
    private final String policy;

    NothingThere(ObjectProvider<RequestMappingHandlerMapping> routes, Frames frames, Assets assets) {
        this.routes = routes;
        this.frames = frames;
        this.policy = PagesSecurity.policy(assets);
    }

    @Override
    public void write(HttpServletResponse response, Map<String, Object> body) throws IOException {
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                && isForPeople(attributes.getRequest())
                && List.of(401, 404).contains(response.getStatus())
                && !isRoute(attributes.getRequest())) {
            response.setStatus(HttpStatus.NOT_FOUND.value());
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, null);
            response.setHeader("Content-Security-Policy", policy);
            response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
            response.addHeader(HttpHeaders.VARY, MODE);
            response.setContentType("text/html;charset=UTF-8");
            response.getWriter().write(frames.nothing(Languages.of(attributes.getRequest())));
        } else {
            ProblemWriter.json(response, body);
        }
    }

    /**
     * Browsers say that somebody goes to an address; not on plain http, where they are known by asking for XHTML as well: programs ask for
     * text/html alone, and those of the JDK without having been told to.
     */
    private static boolean isForPeople(HttpServletRequest request) {
        String accepted = Objects.requireNonNullElse(request.getHeader(HttpHeaders.ACCEPT), "");
        String mode = request.getHeader(MODE);
        return List.of("GET", "HEAD").contains(request.getMethod())
                && accepted.contains("text/html")
                && (mode == null ? accepted.contains("application/xhtml+xml") : mode.equals("navigate"))
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null;
    }

    private boolean isRoute(HttpServletRequest request) {
        PathContainer path = RequestPath.parse(request.getRequestURI(), request.getContextPath())
                .pathWithinApplication();
        return routes.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .flatMap(NothingThere::patterns)
                .anyMatch(pattern -> pattern.matches(path));
    }

    private static Stream<PathPattern> patterns(RequestMappingInfo route) {
        PathPatternsRequestCondition paths = route.getPathPatternsCondition();
        return paths == null ? Stream.empty() : paths.getPatterns().stream();
    }
}
