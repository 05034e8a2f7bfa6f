package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Our paths, as far as no chain of the application's own claims them. */
final class UnclaimedRequests implements RequestMatcher {

    private final RequestMatcher ours;
    private final ApplicationContext context;
    private volatile @Nullable List<SecurityFilterChain> others;

    UnclaimedRequests(RequestMatcher ours, ApplicationContext context) {
        this.ours = ours;
        this.context = context;
    }

    @Override
    public boolean matches(HttpServletRequest request) {
        if (!ours.matches(request)) {
            return false;
        }
        for (SecurityFilterChain other : others()) {
            if (other.matches(request)) {
                return false;
            }
        }
        return true;
    }

    private List<SecurityFilterChain> others() {
        List<SecurityFilterChain> known = others;
        if (known == null) {
            known = context.getBeansOfType(SecurityFilterChain.class).entrySet().stream()
                    .filter(chain -> !chain.getKey().equals(SanctumSecurityAutoConfiguration.CHAIN)
                            && !chain.getKey().equals(SanctumSecurityAutoConfiguration.FALLBACK))
                    .map(Map.Entry::getValue)
                    .toList();
            others = known;
        }
        return known;
    }
}
