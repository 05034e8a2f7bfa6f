package dev.sanctum4j.spring.ability;

import dev.sanctum4j.Internal;
import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.RequiresAnyAbility;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.method.MethodAuthorizationDeniedHandler;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * Finds what {@link RequiresAbility} and {@link RequiresAnyAbility} ask of a method: its own annotations, else its class's.
 *
 * <p>Thread-safe.
 */
@Internal
public final class AbilityMethods extends StaticMethodMatcherPointcut
        implements AuthorizationManager<MethodInvocation>, MethodAuthorizationDeniedHandler {

    /** What methods of a controller have that messages or GraphQL are routed to, which no interceptor of MVC sees. */
    private static final List<String> OTHER_ROUTES = List.of(
            "org.springframework.messaging.handler.annotation.MessageMapping",
            "org.springframework.messaging.simp.annotation.SubscribeMapping",
            "org.springframework.graphql.data.method.annotation.SchemaMapping",
            "org.springframework.graphql.data.method.annotation.BatchMapping");

    private final Map<Target, List<AbilityRule<MethodInvocation>>> rules = new ConcurrentHashMap<>();

    private final Map<Class<?>, Boolean> classes = new ConcurrentHashMap<>();

    private final Map<Class<?>, Boolean> controllers = new ConcurrentHashMap<>();

    private final Consumer<AbilityRule.Decision> refused;

    /** @param refused told of each call that is refused by a proxy */
    AbilityMethods(Consumer<AbilityRule.Decision> refused) {
        this.refused = refused;
    }

    private record Target(Method method, Class<?> type) {}

    /**
     * Whether a proxy has to ask, or nobody would. Every method of every bean is held against it when an application starts, so
     * what its class asks is looked up once. A controller needs no proxy for its routes, at which {@code AbilityInterceptor}
     * asks, nor for what its class asks, but for methods that others than MVC route to.
     */
    @Override
    public boolean matches(Method method, Class<?> type) {
        Method own = AopUtils.getMostSpecificMethod(method, type);
        boolean controller =
                controllers.computeIfAbsent(type, key -> AnnotatedElementUtils.hasAnnotation(key, Controller.class));
        if (controller && isRoute(own)) {
            return false;
        }
        return !of(own).isEmpty()
                || (!controller || isRoutedElsewhere(own)) && classes.computeIfAbsent(type, key -> !of(key).isEmpty());
    }

    private static boolean isRoute(Method method) {
        return AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class)
                || AnnotatedElementUtils.hasAnnotation(method, HttpExchange.class);
    }

    private static boolean isRoutedElsewhere(Method method) {
        MergedAnnotations all = MergedAnnotations.from(method, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY);
        return OTHER_ROUTES.stream().anyMatch(all::isPresent);
    }

    @Override
    public AbilityRule.@Nullable Decision authorize(
            Supplier<? extends @Nullable Authentication> authentication, MethodInvocation call) {
        Method method = call.getMethod();
        Object instance = call.getThis();
        return decide(
                method,
                instance == null ? method.getDeclaringClass() : AopUtils.getTargetClass(instance),
                authentication.get());
    }

    /** Says what is missing: whoever catches it may have no more to tell than its message. */
    @Override
    public @Nullable Object handleDeniedInvocation(MethodInvocation call, AuthorizationResult result) {
        if (result instanceof AbilityRule.Decision decision) {
            refused.accept(decision);
            throw decision.denied();
        }
        throw new AuthorizationDeniedException("Access Denied", result);
    }

    /** Whether {@code caller} may call a method; {@code null} if the method asks for nothing. */
    AbilityRule.@Nullable Decision decide(Method method, Class<?> type, @Nullable Authentication caller) {
        AbilityRule.Decision last = null;
        for (AbilityRule<MethodInvocation> rule :
                rules.computeIfAbsent(new Target(method, type), target -> rules(target.method(), target.type()))) {
            last = rule.decide(caller);
            if (!last.isGranted()) {
                return last;
            }
        }
        return last;
    }

    /** What a method asks for, rule by rule; all of them must hold. */
    public static List<AbilityRule<MethodInvocation>> rules(Method method, Class<?> type) {
        List<AbilityRule<MethodInvocation>> own = of(AopUtils.getMostSpecificMethod(method, type));
        return own.isEmpty() ? of(type) : own;
    }

    private static List<AbilityRule<MethodInvocation>> of(AnnotatedElement element) {
        List<AbilityRule<MethodInvocation>> found = new ArrayList<>();
        RequiresAbility all = AnnotatedElementUtils.findMergedAnnotation(element, RequiresAbility.class);
        if (all != null) {
            found.add(new AbilityRule<>(List.of(all.value()), false));
        }
        RequiresAnyAbility any = AnnotatedElementUtils.findMergedAnnotation(element, RequiresAnyAbility.class);
        if (any != null) {
            found.add(new AbilityRule<>(List.of(any.value()), true));
        }
        return found;
    }
}
