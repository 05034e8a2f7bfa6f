package dev.sanctum4j.spring.chain;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.core.PriorityOrdered;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Ours, before all others, whatever order those have: Spring Security lets no application start that has a chain behind one for any request,
 * and its own may be of the highest precedence. Ours steps aside wherever it must.
 */
record FirstChain(SecurityFilterChain chain) implements SecurityFilterChain, PriorityOrdered {

    @Override
    public boolean matches(HttpServletRequest request) {
        return chain.matches(request);
    }

    @Override
    public List<Filter> getFilters() {
        return chain.getFilters();
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE + 100;
    }
}
