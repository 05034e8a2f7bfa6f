package dev.sanctum4j.spring.ability;

import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.store.OnTokensInUse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.security.authorization.method.AuthorizationManagerBeforeMethodInterceptor;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Finds what methods ask for, lets nobody else in, and knows all abilities by name. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Import(SanctumAbilityAutoConfiguration.ProxyRegistrar.class)
@RegisterReflectionForBinding(AbilityCatalog.Entry.class)
@Conditional(OnTokensInUse.class)
public final class SanctumAbilityAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(AbilityCatalog.class);

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AuthorizationManagerBeforeMethodInterceptor sanctumAbilityInterceptor(ObjectProvider<Refusals> refusals) {
        AbilityMethods methods =
                new AbilityMethods(decision -> refusals.ifAvailable(answers -> answers.tell(decision)));
        return new AuthorizationManagerBeforeMethodInterceptor(methods, methods);
    }

    /** Without a proxy creator the annotations would mean nothing. How it makes proxies, the application says. */
    static final class ProxyRegistrar implements ImportBeanDefinitionRegistrar {

        @Override
        public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        }
    }

    /** For every mapping of MVC: an application that brings its own, or all of MVC, would ask no configurer. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static InstantiationAwareBeanPostProcessor sanctumAbilityRoutes(ObjectProvider<Refusals> refusals) {
        return new InstantiationAwareBeanPostProcessor() {
            @Override
            public boolean postProcessAfterInstantiation(Object bean, String name) {
                if (bean instanceof RequestMappingInfoHandlerMapping mapping) {
                    mapping.setInterceptors(new AbilityInterceptor(refusals::getObject));
                }
                return true;
            }
        };
    }

    @Bean
    @ConditionalOnMissingBean
    AbilityCatalog sanctumAbilityCatalog(
            ConfigurableApplicationContext context,
            SanctumProperties properties,
            ObjectProvider<AbilityCatalog.Source> sources) {
        return new AbilityCatalog(
                () -> AbilityScan.described(context, properties),
                () -> AbilityScan.asked(context),
                () -> sources.orderedStream()
                        .flatMap(source -> source.entries().stream())
                        .toList());
    }

    /** Nothing is issued that the catalogue does not know, if it is closed. */
    @Bean
    @ConditionalOnBooleanProperty("sanctum.abilities.closed")
    TokenPolicy sanctumClosedCatalog(AbilityCatalog catalog) {
        return new TokenPolicy() {
            @Override
            public boolean knows(String ability) {
                return catalog.knows(ability);
            }
        };
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> sanctumUnusedAbilities(AbilityCatalog catalog) {
        return event -> {
            catalog.keep();
            if (event.getApplicationContext() instanceof WebServerApplicationContext) { // a command has no routes
                catalog.unused()
                        .forEach(name -> LOG.warn("The ability '{}' is described, but nothing asks for it", name));
            }
        };
    }
}
