package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.spring.http.ProblemException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Hands the current {@link AccessToken} to controllers that declare one. A request without a token gets {@code null} where
 * the parameter is {@code Optional} or nullable, and 403 otherwise.
 */
final class CurrentTokenResolver implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.nestedIfOptional().getNestedParameterType() == AccessToken.class;
    }

    @Override
    public @Nullable Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        AccessToken token = SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication caller
                ? caller.token()
                : null;
        if (parameter.getParameterType() == Optional.class) {
            return Optional.ofNullable(token);
        }
        if (token == null && !parameter.isOptional()) {
            throw new ProblemException(Refusals.tokenRequired());
        }
        return token;
    }
}
