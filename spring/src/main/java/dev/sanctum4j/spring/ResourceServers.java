package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import jakarta.servlet.Filter;
import java.util.List;

/** Tells chains that take bearer tokens of others by what Spring Security calls the filter, which need not be on the class path. */
@Internal
public final class ResourceServers {

    private static final String FILTER =
            "org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter";

    private ResourceServers() {}

    /** Whether a chain of these filters is a resource server. */
    public static boolean isOne(List<Filter> filters) {
        return filters.stream().anyMatch(ResourceServers::takesBearerTokens);
    }

    private static boolean takesBearerTokens(Filter filter) {
        for (Class<?> type = filter.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(FILTER)) {
                return true;
            }
        }
        return false;
    }
}
