package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.csrf.CsrfFilter;

/**
 * Token authentication in a filter chain: {@code http.with(sanctum(), withDefaults())}. A bearer header then decides alone,
 * needs no CSRF token, and what refuses it is a problem in JSON. Without one the chain works as it is configured otherwise.
 *
 * <p>Not thread-safe; used while the application starts.
 */
public final class SanctumConfigurer extends AbstractHttpConfigurer<SanctumConfigurer, HttpSecurity> {

    private final Set<String> ownerTypes = new LinkedHashSet<>();

    /** One as {@code Sanctum.sanctum()} makes it: for owners of every type. */
    public SanctumConfigurer() {}

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
        @SuppressWarnings("unchecked") // a configurer is looked up by its raw class
        CsrfConfigurer<HttpSecurity> csrf = http.getConfigurer(CsrfConfigurer.class);
        BearerToken.Places tokens = beans(http, BearerToken.Places.class).getIfAvailable();
        if (csrf != null && tokens != null) {
            csrf.ignoringRequestMatchers(tokens::isTaken);
        }
    }

    /** Adds nothing where there is nobody to check tokens, as in a slice test of an application's. */
    @Override
    public void configure(HttpSecurity http) {
        TokenCheck check = beans(http, TokenCheck.class).getIfAvailable();
        if (check == null) {
            return;
        }
        BearerToken.Places tokens = beans(http, BearerToken.Places.class).getObject();
        Refusals refusals = beans(http, Refusals.class).getObject();
        ObjectProvider<SecurityFilterChain> chains = beans(http, SecurityFilterChain.class);
        http.addFilterBefore(
                new TokenAuthenticationFilter(tokens, check.onlyOf(ownerTypes), refusals, chains::stream),
                CsrfFilter.class);
        http.addFilterAfter(new RefusalFilter(tokens, refusals, chains::stream), ExceptionTranslationFilter.class);
    }

    private static <T> ObjectProvider<T> beans(HttpSecurity http, Class<T> type) {
        return http.getSharedObject(ApplicationContext.class).getBeanProvider(type);
    }
}
