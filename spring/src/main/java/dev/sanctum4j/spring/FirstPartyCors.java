package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;

/** CORS for the first-party pages and nobody else, with their cookies. */
final class FirstPartyCors implements CorsConfigurationSource {

    private static final Duration PREFLIGHT = Duration.ofHours(1);

    private final CorsConfiguration configuration;

    FirstPartyCors(FirstPartyRequests firstParty) {
        configuration = new CorsConfiguration() {
            @Override
            public @Nullable String checkOrigin(@Nullable String origin) {
                return origin != null && firstParty.listsOrigin(origin) ? origin : null;
            }
        };
        configuration.setAllowCredentials(true);
        configuration.setAllowedMethods(List.of("*"));
        configuration.setAllowedHeaders(List.of("*"));
        configuration.setExposedHeaders(List.of("Retry-After", "WWW-Authenticate"));
        configuration.setMaxAge(PREFLIGHT);
    }

    @Override
    public CorsConfiguration getCorsConfiguration(HttpServletRequest request) {
        return configuration;
    }
}
