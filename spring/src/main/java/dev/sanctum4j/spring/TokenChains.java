package dev.sanctum4j.spring;

import dev.sanctum4j.Internal;
import org.springframework.security.web.SecurityFilterChain;

/** Tells which filter chains take tokens. */
@Internal
public final class TokenChains {

    private TokenChains() {}

    /** Whether {@code sanctum()} was applied to a chain. */
    public static boolean takesTokens(SecurityFilterChain chain) {
        return chain.getFilters().stream().anyMatch(TokenAuthenticationFilter.class::isInstance);
    }
}
