package dev.sanctum4j.spring.ability;

import dev.sanctum4j.spring.AbilityRule;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Asks what a controller requires before its arguments are read, so that nobody without the ability gets as far as 400. */
final class AbilityInterceptor implements HandlerInterceptor {

    private final AbilityMethods methods = new AbilityMethods();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            AbilityRule.Decision decision = methods.decide(
                    method.getMethod(),
                    method.getBeanType(),
                    SecurityContextHolder.getContext().getAuthentication());
            if (decision != null) {
                decision.orThrow();
            }
        }
        return true;
    }
}
