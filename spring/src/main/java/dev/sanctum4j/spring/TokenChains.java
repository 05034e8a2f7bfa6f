package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import dev.sanctum4j.Owner;
import org.springframework.security.web.SecurityFilterChain;

/** Tells which filter chains take tokens. */
@Internal
public final class TokenChains {

    private TokenChains() {}

    /** Whether {@code sanctum()} was applied to a chain. */
    public static boolean takesTokens(SecurityFilterChain chain) {
        return chain.getFilters().stream().anyMatch(TokenAuthenticationFilter.class::isInstance);
    }

    /** Whether a chain lets tokens of an owner in; not asked of one that takes none. */
    public static boolean admits(SecurityFilterChain chain, Owner owner) {
        return chain.getFilters().stream()
                .filter(TokenAuthenticationFilter.class::isInstance)
                .map(TokenAuthenticationFilter.class::cast)
                .allMatch(filter -> filter.admits(owner));
    }
}
