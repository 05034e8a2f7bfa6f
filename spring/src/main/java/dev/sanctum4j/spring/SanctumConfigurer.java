package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.context.ApplicationContext;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Token authentication in a filter chain: {@code http.with(sanctum(), withDefaults())}. A bearer header then decides alone,
 * needs no CSRF token, and refusals are problems in JSON. Without one the chain works as it is configured otherwise.
 *
 * <p>Not thread-safe; used while the application starts.
 */
public final class SanctumConfigurer extends AbstractHttpConfigurer<SanctumConfigurer, HttpSecurity> {

    private final Set<String> ownerTypes = new LinkedHashSet<>();

    SanctumConfigurer() {}

    /** Lets only tokens of these owner types in; unless called, all types that have a loader. */
    public SanctumConfigurer ownerTypes(String... types) {
        ownerTypes.addAll(List.of(types));
        return this;
    }

    /** Whether this chain lets tokens of {@code owner} in. */
    public boolean admits(Owner owner) {
        return ownerTypes.isEmpty() || ownerTypes.contains(owner.type());
    }

    @Override
    public void init(HttpSecurity http) {
        Refusals refusals = bean(http, Refusals.class);
        RequestMatcher bearer = bean(http, BearerToken.Places.class)::isPresent;
        @SuppressWarnings("unchecked") // a configurer is looked up by its raw class
        CsrfConfigurer<HttpSecurity> csrf = http.getConfigurer(CsrfConfigurer.class);
        if (csrf != null) {
            csrf.ignoringRequestMatchers(bearer);
        }
        @SuppressWarnings("unchecked") // a configurer is looked up by its raw class
        ExceptionHandlingConfigurer<HttpSecurity> exceptions = http.getConfigurer(ExceptionHandlingConfigurer.class);
        if (exceptions != null) {
            exceptions.defaultAuthenticationEntryPointFor(refusals, bearer);
            exceptions.defaultAccessDeniedHandlerFor(refusals, bearer);
        }
    }

    @Override
    public void configure(HttpSecurity http) {
        http.addFilterBefore(
                new TokenAuthenticationFilter(
                        bean(http, BearerToken.Places.class),
                        bean(http, TokenCheck.class).onlyOf(ownerTypes),
                        bean(http, Refusals.class)),
                CsrfFilter.class);
    }

    private static <T> T bean(HttpSecurity http, Class<T> type) {
        return http.getSharedObject(ApplicationContext.class).getBean(type);
    }
}
