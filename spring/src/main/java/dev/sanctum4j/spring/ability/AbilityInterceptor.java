package dev.sanctum4j.spring.ability;

import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Asks what a controller requires before its arguments are read, so that nobody without the ability gets as far as 400. */
final class AbilityInterceptor implements HandlerInterceptor {

    private final AbilityMethods methods = new AbilityMethods(decision -> {});
    private final Supplier<Refusals> refusals;

    AbilityInterceptor(Supplier<Refusals> refusals) {
        this.refusals = refusals;
    }

    /** Answers a token itself: what is thrown here is the application's advice's to answer. */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (!(handler instanceof HandlerMethod method)) {
            return true;
        }
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        AbilityRule.Decision decision = methods.decide(method.getMethod(), method.getBeanType(), caller);
        if (decision == null || decision.isGranted()) {
            return true;
        }
        if (!(caller instanceof TokenAuthentication)) {
            throw decision.denied();
        }
        refusals.get().handle(request, response, decision.denied());
        return false;
    }
}
