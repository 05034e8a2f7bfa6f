package dev.sanctum4j.spring.spa;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.MethodMetadata;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Holds where people sign in by our endpoints: if {@code sanctum.endpoints.session} says so, or says nothing and the
 * application has no filter chain of its own, by which they would sign in.
 */
final class OnSessionEndpoints extends SpringBootCondition implements ConfigurationCondition {

    private static final String PROPERTY = "sanctum.endpoints.session";

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Boolean said = context.getEnvironment().getProperty(PROPERTY, Boolean.class);
        ConditionMessage.Builder message = ConditionMessage.forCondition("session endpoints");
        if (said != null) {
            return new ConditionOutcome(said, message.because(PROPERTY + " is " + said));
        }
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        return chains(beans).anyMatch(chain -> isOfTheApplication(chain, beans))
                ? ConditionOutcome.noMatch(message.because("the application has filter chains of its own"))
                : ConditionOutcome.match(message.because("the application has no filter chain of its own"));
    }

    private static Stream<String> chains(@Nullable ConfigurableListableBeanFactory beans) {
        return beans == null
                ? Stream.empty()
                : Stream.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                        beans, SecurityFilterChain.class, true, false));
    }

    /** Neither ours nor one that Boot brings where there is no other. */
    private static boolean isOfTheApplication(String chain, @Nullable ConfigurableListableBeanFactory beans) {
        BeanDefinition definition =
                beans != null && beans.containsBeanDefinition(chain) ? beans.getBeanDefinition(chain) : null;
        MethodMetadata method =
                definition instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
        String declared = method == null ? "" : method.getDeclaringClassName();
        return !declared.startsWith("org.springframework.boot.") && !declared.startsWith("dev.sanctum4j.spring.");
    }
}
