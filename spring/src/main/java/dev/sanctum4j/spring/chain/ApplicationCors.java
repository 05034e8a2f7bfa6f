package dev.sanctum4j.spring.chain;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.CorsFilter;

/**
 * The application's own CORS in our chain, so that its pages can read our refusals: of a source bean, else of MVC's mappings and annotations.
 * Asked only for requests that have an origin, for MVC looks for a handler each time.
 */
final class ApplicationCors extends CorsFilter {

    /** As Spring Security looks for them. */
    private static final List<String> SOURCES = List.of("corsConfigurationSource", "mvcHandlerMappingIntrospector");

    private final CorsConfigurationSource source;

    private ApplicationCors(CorsConfigurationSource source) {
        super(source);
        this.source = source;
    }

    static ApplicationCors of(BeanFactory beans) {
        Supplier<List<CorsConfigurationSource>> sources = SingletonSupplier.of(() -> SOURCES.stream()
                .filter(beans::containsBean)
                .map(name -> beans.getBean(name, CorsConfigurationSource.class))
                .toList());
        return new ApplicationCors(request -> first(sources.get().stream(), request));
    }

    private static @Nullable CorsConfiguration first(
            Stream<CorsConfigurationSource> sources, HttpServletRequest request) {
        return sources.map(source -> source.getCorsConfiguration(request))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.ORIGIN) == null;
    }

    /** Without a word of the application's the origin is not even parsed, for Spring fails on a malformed one. */
    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (CorsUtils.isPreFlightRequest(request) || source.getCorsConfiguration(request) != null) {
            super.doFilterInternal(request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }
}
