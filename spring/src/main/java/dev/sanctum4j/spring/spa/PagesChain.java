package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.chain.ApplicationCsrf;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsUtils;

/** Sessions of first-party pages in our chain, with their CORS and their proof that a request is their own. */
@Conditional(OnFirstPartyPages.class)
final class PagesChain implements ChainPart {

    private final ObjectProvider<SessionController> signIn;
    private final ObjectProvider<SessionsController> sessions;
    private final PathPatternRequestMatcher.Builder path;
    private final FirstPartyRequests firstParty;
    private final SessionOwnerFilter owners;
    private final Csrf csrf;
    private final ApplicationCsrf applicationCsrf;
    private final Refusals refusals;
    private final ObjectProvider<ChainPart> parts;

    PagesChain(
            ObjectProvider<SessionController> signIn,
            FirstPartyRequests firstParty,
            Owners owners,
            ProblemWriter problems,
            Csrf csrf,
            ApplicationCsrf applicationCsrf,
            Refusals refusals,
            ObjectProvider<ChainPart> parts,
            ObjectProvider<SessionsController> sessions,
            ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        this.signIn = signIn;
        this.sessions = sessions;
        this.firstParty = firstParty;
        this.owners = new SessionOwnerFilter(firstParty, owners, problems);
        this.csrf = csrf;
        this.applicationCsrf = applicationCsrf;
        this.refusals = refusals;
        this.parts = parts;
        this.path = paths.getIfUnique(PathPatternRequestMatcher::withDefaults);
    }

    @Override
    public List<RequestMatcher> open() {
        List<RequestMatcher> routes = new ArrayList<>(List.of(path.matcher("/sanctum/csrf-cookie")));
        if (signIn.stream().findAny().isPresent()) {
            Stream.of("/login", "/logout", "/user/confirm-password")
                    .forEach(one -> routes.add(path.matcher(HttpMethod.POST, one))); // to GET there may be a form
        }
        return routes;
    }

    /** What a browser asks before it calls one of our endpoints for a page on another origin; the CORS filter answers it. */
    @Override
    public List<RequestMatcher> routes() {
        List<RequestMatcher> routes = new ArrayList<>(
                List.of(request -> CorsUtils.isPreFlightRequest(request) && isServed(new Announced(request))));
        if (sessions.stream().findAny().isPresent()) {
            routes.add(path.matcher("/api/sessions/**"));
        }
        return routes;
    }

    @Override
    public boolean answersPreflight(HttpServletRequest request) {
        return firstParty.isOfListedOrigin(request);
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
        // Of others: those of pages begin and end sessions.
        List<RequestMatcher> sessionless =
                others().flatMap(part -> part.open().stream()).toList();
        http.securityContext(
                        contexts -> contexts.securityContextRepository(new FirstPartyContextRepository(firstParty)))
                .addFilter(new FirstPartyCors(firstParty))
                .addFilterAfter(owners, CsrfFilter.class)
                .exceptionHandling(errors -> errors.authenticationEntryPoint(this::unauthenticated));
        csrf.protect(
                http,
                request -> CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)
                        && firstParty.matches(request)
                        && sessionless.stream().noneMatch(route -> route.matches(request)));
    }

    /** With the 401 a page gets what it needs to sign in, as from Laravel: clients of Sanctum live on it. */
    private void unauthenticated(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        if (isOffered(request)) {
            csrf.offer(request, response);
        }
        refusals.commence(request, response, reason);
    }

    private boolean isOffered(HttpServletRequest request) {
        return Csrf.isRead(request)
                && request.getHeader(HttpHeaders.UPGRADE) == null // no handshake of a socket
                && firstParty.matches(request)
                && others().allMatch(part -> part.isForPages(request))
                && !applicationCsrf.isThere();
    }

    private Stream<ChainPart> others() {
        return parts.stream().filter(part -> part != this);
    }
}
