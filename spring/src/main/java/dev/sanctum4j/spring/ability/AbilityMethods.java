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
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;

/**
 * Finds what {@link RequiresAbility} and {@link RequiresAnyAbility} ask of a method: its own annotations, else its class's.
 *
 * <p>Thread-safe.
 */
@Internal
public final class AbilityMethods implements AuthorizationManager<MethodInvocation> {

    /**
     * Matches where anything is asked. Every method of every bean is held against it when an application starts, so what its class asks
     * is looked up once.
     */
    static final Pointcut POINTCUT = new StaticMethodMatcherPointcut() {
        @Override
        public boolean matches(Method method, Class<?> type) {
            Method specific = AopUtils.getMostSpecificMethod(method, type);
            return asks(specific) || !specific.equals(method) && asks(method) || CLASSES.get(type);
        }
    };

    private static final ClassValue<Boolean> CLASSES = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return asks(type);
        }
    };

    private final Map<Target, List<AbilityRule<MethodInvocation>>> rules = new ConcurrentHashMap<>();

    private record Target(Method method, @Nullable Class<?> type) {}

    @Override
    public AbilityRule.@Nullable Decision authorize(
            Supplier<? extends @Nullable Authentication> authentication, MethodInvocation call) {
        Object instance = call.getThis();
        return decide(
                call.getMethod(), instance == null ? null : AopUtils.getTargetClass(instance), authentication.get());
    }

    /** Whether {@code caller} may call a method; {@code null} if the method asks for nothing. */
    AbilityRule.@Nullable Decision decide(Method method, @Nullable Class<?> type, @Nullable Authentication caller) {
        AbilityRule.Decision last = null;
        for (AbilityRule<MethodInvocation> rule :
                rules.computeIfAbsent(new Target(method, type), AbilityMethods::find)) {
            last = rule.decide(caller);
            if (!last.isGranted()) {
                return last;
            }
        }
        return last;
    }

    /** What a method asks for, rule by rule; all of them must hold. */
    public static List<AbilityRule<MethodInvocation>> rules(Method method, Class<?> type) {
        return find(new Target(method, type));
    }

    /** The names that a method asks for. */
    static List<String> abilities(Method method, Class<?> type) {
        return rules(method, type).stream()
                .flatMap(rule -> rule.abilities().stream())
                .toList();
    }

    private static boolean asks(AnnotatedElement element) {
        MergedAnnotations all = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        return all.isPresent(RequiresAbility.class) || all.isPresent(RequiresAnyAbility.class);
    }

    private static List<AbilityRule<MethodInvocation>> find(Target target) {
        Method method = target.type() == null
                ? target.method()
                : AopUtils.getMostSpecificMethod(target.method(), target.type());
        List<AbilityRule<MethodInvocation>> own = of(method);
        return own.isEmpty() ? of(target.type() == null ? method.getDeclaringClass() : target.type()) : own;
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
