package dev.sanctum4j.test.spring;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.store.StoreProperties;
import dev.sanctum4j.test.TokenFactory;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.test.context.TestSecurityContextHolder;

/** What tests of an application get: somebody to act as, and tokens in memory where there is no database. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(
        beforeName = "dev.sanctum4j.spring.store.SanctumAutoConfiguration",
        afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(SanctumProperties.class)
@EnableConfigurationProperties({SanctumProperties.class, StoreProperties.class})
class SanctumTestAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean({TokenStore.class, DataSource.class})
    InMemoryTokenStore sanctumTestTokenStore() {
        return new InMemoryTokenStore();
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    TokenFactory sanctumTokenFactory(TokenStore store, ObjectProvider<Clock> clock) {
        return TokenFactory.of(store, clock.getIfUnique(Clock::systemUTC));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TestSecurityContextHolder.class)
    static class ActingConfiguration {

        @Bean
        Actors sanctumActors(
                ObjectProvider<OwnerLoader> loaders,
                SanctumProperties properties,
                StoreProperties store,
                ObjectProvider<Clock> clock) {
            return new Actors(
                    loaders.orderedStream().toList(),
                    properties.ownerType(),
                    store.token().narrowedCarriesAuthorities(),
                    clock.getIfUnique(Clock::systemUTC));
        }

        @Bean
        @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
        Customizer<HttpSecurity> sanctumActingAs(Actors actors) {
            return http -> http.with(new ActingAsConfigurer(actors), Customizer.withDefaults());
        }
    }
}
