package dev.sanctum4j.mcpapp;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Takes a guard away. */
@Configuration(proxyBeanMethods = false)
class Off {

    @Bean
    @ConditionalOnProperty("test.front-off")
    static BeanPostProcessor frontOff() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String name) {
                if (name.equals("sanctumMcpCalls") && bean instanceof FilterRegistrationBean<?> front) {
                    front.setEnabled(false);
                }
                return bean;
            }
        };
    }

    @Bean
    @ConditionalOnProperty("test.gate-off")
    static BeanDefinitionRegistryPostProcessor gateOff() {
        return registry -> registry.removeBeanDefinition("sanctumMcpGate");
    }
}
