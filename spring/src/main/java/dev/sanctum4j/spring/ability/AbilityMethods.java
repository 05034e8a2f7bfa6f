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
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;

/**
 * Finds what {@link RequiresAbility} and {@link RequiresAnyAbility} ask of a method: its own annotations, else its class's.
 *
 * <p>Thread-safe.
 */
@Internal
public final class AbilityMethods extends StaticMethodMatcherPointcut
        implements AuthorizationManager<MethodInvocation> {

    private final Map<Target, List<AbilityRule<MethodInvocation>>> rules = new ConcurrentHashMap<>();

    private final Map<Class<?>, Boolean> classes = new ConcurrentHashMap<>();

    private record Target(Method method, Class<?> type) {}

    /**
     * Whether anything is asked. Every method of every bean is held against it when an application starts, so what its class asks
     * is looked up once.
     */
    @Override
    public boolean matches(Method method, Class<?> type) {
        return !of(AopUtils.getMostSpecificMethod(method, type)).isEmpty()
                || classes.computeIfAbsent(type, key -> !of(key).isEmpty());
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
