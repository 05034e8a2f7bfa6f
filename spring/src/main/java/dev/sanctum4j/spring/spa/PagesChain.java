package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.ChainPart;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsUtils;

/** Sessions of first-party pages in our chain, with their CORS and their proof that a request is their own. */
final class PagesChain implements ChainPart {

    private static final PathPatternRequestMatcher.Builder PATHS = PathPatternRequestMatcher.withDefaults();

    private final boolean signIn;
    private final FirstPartyRequests firstParty;
    private final SessionOwnerFilter owners;
    private final Csrf csrf;
    private final Supplier<Stream<ChainPart>> parts;

    /** @param signIn whether pages sign in here */
    PagesChain(
            boolean signIn,
            FirstPartyRequests firstParty,
            SessionOwnerFilter owners,
            Csrf csrf,
            Supplier<Stream<ChainPart>> parts) {
        this.signIn = signIn;
        this.firstParty = firstParty;
        this.owners = owners;
        this.csrf = csrf;
        this.parts = parts;
    }

    @Override
    public List<RequestMatcher> open() {
        return signIn
                ? List.of(
                        PATHS.matcher(HttpMethod.GET, "/sanctum/csrf-cookie"),
                        PATHS.matcher(HttpMethod.POST, "/login"),
                        PATHS.matcher(HttpMethod.POST, "/logout"),
                        PATHS.matcher(HttpMethod.POST, "/user/confirm-password"))
                : List.of();
    }

    /** What a browser asks before it calls one of our endpoints for a page on another origin; the CORS filter answers it. */
    @Override
    public List<RequestMatcher> routes() {
        return List.of(request -> CorsUtils.isPreFlightRequest(request) && isServed(new Announced(request)));
    }

    private boolean isServed(HttpServletRequest request) {
        return Stream.concat(
                        open().stream(),
                        others().flatMap(part -> Stream.concat(part.open().stream(), part.routes().stream())))
                .anyMatch(endpoint -> endpoint.matches(request));
    }

    /** The request that a preflight announces. */
    private static final class Announced extends HttpServletRequestWrapper {

        Announced(HttpServletRequest preflight) {
            super(preflight);
        }

        @Override
        public String getMethod() {
            return getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        }
    }

    @Override
    public void configure(HttpSecurity http) {
        RequestMatcher sessionless = sessionless();
        http.securityContext(
                        contexts -> contexts.securityContextRepository(new FirstPartyContextRepository(firstParty)))
                .addFilter(FirstPartyCors.filter(firstParty))
                .addFilterAfter(owners, CsrfFilter.class);
        csrf.protect(
                http,
                request -> CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
                        && firstParty.matches(request)
                        && !sessionless.matches(request));
    }

    /** The open routes of others. Those of pages begin and end sessions. */
    private RequestMatcher sessionless() {
        List<RequestMatcher> open =
                others().flatMap(part -> part.open().stream()).toList();
        return open.isEmpty() ? request -> false : new OrRequestMatcher(open);
    }

    private Stream<ChainPart> others() {
        return parts.get().filter(part -> part != this);
    }
}
