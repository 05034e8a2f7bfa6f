package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.OnceHeader;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;

/**
 * CORS for the first-party pages and nobody else, with their cookies. A request from another origin goes on without a word
 * of ours about CORS: if the application has none either, its browser withholds the answer, and a program that merely sends the
 * header is served.
 */
final class FirstPartyCors extends CorsFilter {

    private static final Duration PREFLIGHT = Duration.ofHours(1);

    private final FirstPartyRequests firstParty;

    FirstPartyCors(FirstPartyRequests firstParty) {
        super(request -> configuration(request.getHeader(HttpHeaders.ORIGIN)));
        this.firstParty = firstParty;
    }

    private static CorsConfiguration configuration(String origin) {
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOrigins(List.of(origin));
        configuration.setAllowCredentials(true);
        configuration.setAllowedMethods(List.of("*"));
        configuration.setAllowedHeaders(List.of("*"));
        configuration.setExposedHeaders(
                List.of(HttpHeaders.RETRY_AFTER, HttpHeaders.WWW_AUTHENTICATE, Diagnosis.HEADER, OnceHeader.REPLAYED));
        configuration.setMaxAge(PREFLIGHT);
        return configuration;
    }

    /** An origin that is not ours is not even parsed by Spring, which fails on a malformed one. */
    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        if (firstParty.isOfListedOrigin(request)) {
            super.doFilterInternal(request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }
}
