package dev.sanctum4j.server.web;

import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Lets only administrators in below {@code /api/admin}. A narrowed token carries no authority of its owner's, so it is the
 * owner who is asked for the role; what the token may be used for, its ability says. Sessions confirm the password before
 * they change something, programs have none to confirm.
 */
@Component
class AdminRule implements HandlerInterceptor, WebMvcConfigurer {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final SignIn signIn;

    AdminRule(SignIn signIn) {
        this.signIn = signIn;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/admin/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller == null
                || !(caller.getPrincipal() instanceof UserDetails owner)
                || owner.getAuthorities().stream().noneMatch(one -> "ROLE_ADMIN".equals(one.getAuthority()))) {
            throw new AccessDeniedException("administrators only");
        }
        if (!(caller instanceof TokenAuthentication) && !SAFE.contains(request.getMethod())) {
            signIn.requireConfirmed(request);
        }
        return true;
    }
}
