package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.ResourceServers;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.util.function.SingletonSupplier;

/**
 * The filter chains beside ours: those of the application, and those that Boot brings while it has none.
 *
 * <p>Thread-safe.
 */
final class OtherChains {

    /** Where Boot declares its own; an application's may have their names. */
    private static final String BOOT = "org.springframework.boot.";

    private final Supplier<Known> known;

    /** @param own the name of ours */
    OtherChains(String own, ConfigurableListableBeanFactory beans) {
        known = SingletonSupplier.of(() -> {
            List<SecurityFilterChain> order = beans.getBeanProvider(SecurityFilterChain.class)
                    .orderedStream()
                    .toList();
            return Known.of(beans.getBeansOfType(SecurityFilterChain.class).entrySet().stream()
                    .filter(chain -> !chain.getKey().equals(own))
                    .sorted(Comparator.comparingInt(chain -> order.indexOf(chain.getValue())))
                    .map(chain -> new Named(chain.getKey(), chain.getValue(), isBoots(chain.getKey(), beans)))
                    .toList());
        });
    }

    /** What each request asks, and no request changes. */
    private record Known(
            List<Named> all, List<Named> withMatcher, Optional<Named> forAnyRequest, boolean bootTakesBearerTokens) {

        static Known of(List<Named> others) {
            List<Named> applications =
                    others.stream().filter(other -> !other.isBoots()).toList();
            return new Known(
                    applications,
                    applications.stream()
                            .filter(other -> !other.isForAnyRequest())
                            .toList(),
                    applications.stream().filter(Named::isForAnyRequest).findFirst(),
                    others.stream()
                            .anyMatch(other -> other.isBoots()
                                    && ResourceServers.isOne(other.chain().getFilters())));
        }
    }

    /** A chain, the name of its bean, and whether Boot brings it. */
    record Named(String name, SecurityFilterChain chain, boolean isBoots) {

        /** Whether it has no security matcher. */
        boolean isForAnyRequest() {
            return chain instanceof DefaultSecurityFilterChain known
                    && known.getRequestMatcher() instanceof AnyRequestMatcher;
        }

        /** Its filter of a type, of which a chain has one or none. */
        <F extends Filter> Optional<F> filter(Class<F> type) {
            return chain.getFilters().stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .findFirst();
        }
    }

    private static boolean isBoots(String chain, ConfigurableListableBeanFactory beans) {
        Method method = beans.containsBeanDefinition(chain)
                        && beans.getMergedBeanDefinition(chain) instanceof RootBeanDefinition definition
                ? definition.getResolvedFactoryMethod()
                : null;
        return method != null && method.getDeclaringClass().getName().startsWith(BOOT);
    }

    /** Whether the application has chains at all. */
    boolean exist() {
        return !known.get().all().isEmpty();
    }

    /** The application's chain for whatever no other one takes; empty if it has none. */
    Optional<Named> forAnyRequest() {
        return known.get().forAnyRequest();
    }

    /** The chain of the application's that takes a request by a security matcher; empty if none does. */
    Optional<Named> withMatcher(HttpServletRequest request) {
        return known.get().withMatcher().stream()
                .filter(other -> other.chain().matches(request))
                .findFirst();
    }

    /** The chain of the application's that takes a request; empty if none does. */
    Optional<Named> taking(HttpServletRequest request) {
        return known.get().all().stream()
                .filter(other -> other.chain().matches(request))
                .findFirst();
    }

    /** Whether a chain of the application's takes a request. */
    boolean take(HttpServletRequest request) {
        return taking(request).isPresent();
    }

    /** Whether Boot has made a resource server of an application without chains. */
    boolean bootTakesBearerTokens() {
        return known.get().bootTakesBearerTokens();
    }
}
