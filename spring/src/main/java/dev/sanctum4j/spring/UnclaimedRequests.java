package dev.sanctum4j.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.function.SingletonSupplier;

/** Our paths, as far as no chain of the application's own claims them. */
final class UnclaimedRequests implements RequestMatcher {

    /** Where Boot declares the chains that it brings when the application has none. */
    private static final Set<String> DEFAULTS = Set.of(
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration");

    private final List<RequestMatcher> ours;
    private final ConfigurableListableBeanFactory beans;
    private final Supplier<List<SecurityFilterChain>> others;

    /** @param own the name of the chain that asks, which gives way to all others */
    UnclaimedRequests(String own, List<RequestMatcher> ours, ConfigurableListableBeanFactory beans) {
        this.ours = List.copyOf(ours);
        this.beans = beans;
        this.others = SingletonSupplier.of(() -> others(own));
    }

    @Override
    public boolean matches(HttpServletRequest request) {
        return ours.stream().anyMatch(path -> path.matches(request))
                && others.get().stream().noneMatch(chain -> chain.matches(request));
    }

    private List<SecurityFilterChain> others(String own) {
        return beans.getBeansOfType(SecurityFilterChain.class).entrySet().stream()
                .filter(chain -> !chain.getKey().equals(own) && !isDefault(chain.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Not by its name, which an application may give to a chain of its own. */
    private boolean isDefault(String chain) {
        Method method = beans.containsBeanDefinition(chain)
                        && beans.getMergedBeanDefinition(chain) instanceof RootBeanDefinition definition
                ? definition.getResolvedFactoryMethod()
                : null;
        return method != null
                && DEFAULTS.contains(method.getDeclaringClass().getName().replaceAll("\\$.*", ""));
    }
}
