package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.ResourceServers;
import dev.sanctum4j.spring.TokenChains;
import dev.sanctum4j.spring.http.WireJson;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * The endpoint in our chain, and what clients look for when they are refused there: RFC 9728 says that tokens are sent in a header
 * and where people make one. There is no authorization server, and clients that look for one find nothing, not a password box.
 *
 * <p>Where a chain of the application's is a resource server for this path, that chain keeps it, and its own metadata; ours takes what
 * comes with a token of ours, unless that chain takes those, too.
 *
 * <p>Thread-safe.
 */
final class McpRoutes implements ChainPart, HttpRequestHandler {

    private static final String METADATA = "/.well-known/oauth-protected-resource";

    /** Where clients look for an authorization server, before and behind the path of the resource. */
    private static final List<String> SERVERS =
            List.of("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration");

    private static final boolean HAS_SERVER = ClassUtils.isPresent(
            "org.springframework.security.oauth2.server.authorization.OAuth2Authorization",
            McpRoutes.class.getClassLoader());

    private final McpEndpoint endpoint;
    private final BearerToken.Places tokens;
    private final String tokenPage;
    private final Supplier<List<SecurityFilterChain>> resourceServers;
    private final List<RequestMatcher> open = new ArrayList<>();

    /** @param chains all of the application, to see which are resource servers */
    McpRoutes(
            McpEndpoint endpoint,
            PathPatternRequestMatcher.Builder paths,
            BearerToken.Places tokens,
            String tokenPage,
            Supplier<Stream<SecurityFilterChain>> chains) {
        this.endpoint = endpoint;
        this.tokens = tokens;
        this.tokenPage = tokenPage;
        this.resourceServers = SingletonSupplier.of(() -> chains.get()
                .filter(chain -> ResourceServers.isOne(chain.getFilters()))
                .toList());
        List<String> known = new ArrayList<>(metadata());
        if (!HAS_SERVER) { // whose own chain may be Boot's
            known.addAll(SERVERS);
            for (String path : endpoint.paths()) {
                SERVERS.forEach(server -> known.add(server + path));
                known.add(path + SERVERS.get(1));
            }
        }
        known.forEach(path -> {
            RequestMatcher matcher = paths.matcher(HttpMethod.GET, path);
            open.add(request -> matcher.matches(request) && isOurs(request));
        });
    }

    /** Where the metadata stand. */
    List<String> metadata() {
        return Stream.concat(Stream.of(""), endpoint.paths().stream())
                .map(path -> METADATA + path)
                .toList();
    }

    private boolean isOurs(HttpServletRequest request) {
        return resourceServers.get().stream()
                .filter(chain -> chain.matches(request))
                .findFirst()
                .map(chain ->
                        !TokenChains.takesTokens(chain) && tokens.isPresent(request) && !tokens.isForeign(request))
                .orElse(true);
    }

    @Override
    public List<RequestMatcher> open() {
        return List.copyOf(open);
    }

    @Override
    public List<RequestMatcher> routes() {
        return List.of(request -> endpoint.matches(request) && isOurs(request));
    }

    @Override
    public boolean isForPages(HttpServletRequest request) {
        return !endpoint.matches(request);
    }

    @Override
    public boolean limitsBodies(HttpServletRequest request) {
        return endpoint.matches(request);
    }

    @Override
    public @Nullable String wayIn(HttpServletRequest request) {
        if (!endpoint.matches(request)) {
            return null;
        }
        return tokenPage.isEmpty()
                ? "This needs a token: make one where your account is, and send it as Authorization: Bearer <token>."
                : "This needs a token: make one at " + tokenPage(request)
                        + ", and send it as Authorization: Bearer <token>.";
    }

    @Override
    public Map<String, String> challenge(HttpServletRequest request) {
        return endpoint.matches(request)
                ? Map.of("resource_metadata", base(request) + METADATA + endpoint.known())
                : Map.of();
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        String asked = endpoint.paths().stream()
                .filter(path -> request.getRequestURI().endsWith(METADATA + path))
                .findFirst()
                .orElse(endpoint.known());
        json.put("resource", endpoint.url(request, asked));
        json.put("bearer_methods_supported", List.of("header"));
        if (!tokenPage.isEmpty()) {
            json.put("resource_documentation", tokenPage(request));
        }
        WireJson.write(response, MediaType.APPLICATION_JSON_VALUE, json);
    }

    private String tokenPage(HttpServletRequest request) {
        return tokenPage.startsWith("/") ? base(request) + tokenPage : tokenPage;
    }

    private String base(HttpServletRequest request) {
        return ServletUriComponentsBuilder.fromContextPath(request).toUriString() + endpoint.prefix();
    }
}
