package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Diagnosis;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.CorsFilter;

/**
 * CORS for the first-party pages and nobody else, with their cookies. A request from another origin goes on without a word
 * about CORS: its browser withholds the answer, and a program that merely sends the header is served.
 */
final class FirstPartyCors extends DefaultCorsProcessor {

    private static final Duration PREFLIGHT = Duration.ofHours(1);

    private FirstPartyCors() {}

    static CorsFilter filter(FirstPartyRequests firstParty) {
        CorsFilter filter = new CorsFilter(request -> {
            String origin = request.getHeader(HttpHeaders.ORIGIN);
            return origin != null && firstParty.listsOrigin(origin) ? configuration(origin) : null;
        });
        filter.setCorsProcessor(new FirstPartyCors());
        return filter;
    }

    private static CorsConfiguration configuration(String origin) {
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOrigins(List.of(origin));
        configuration.setAllowCredentials(true);
        configuration.setAllowedMethods(List.of("*"));
        configuration.setAllowedHeaders(List.of("*"));
        configuration.setExposedHeaders(
                List.of(HttpHeaders.RETRY_AFTER, HttpHeaders.WWW_AUTHENTICATE, Diagnosis.HEADER));
        configuration.setMaxAge(PREFLIGHT);
        return configuration;
    }

    /** Without a configuration the origin is not ours: it is not even parsed, for Spring fails on a malformed one. */
    @Override
    public boolean processRequest(
            @Nullable CorsConfiguration configuration, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        if (configuration != null) {
            return super.processRequest(configuration, request, response);
        }
        boolean preflight = CorsUtils.isPreFlightRequest(request);
        if (preflight) {
            response.setStatus(HttpStatus.FORBIDDEN.value());
        }
        return !preflight;
    }
}
