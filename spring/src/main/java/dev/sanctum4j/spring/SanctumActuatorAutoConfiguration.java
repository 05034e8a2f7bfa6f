package dev.sanctum4j.spring;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.cache.CachingTokenStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** With the actuator: the endpoint {@code sanctum}, meters, and health if it is asked for. */
@AutoConfiguration(after = SanctumAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
class SanctumActuatorAutoConfiguration {

    @Bean
    Counts sanctumCounts(ObjectProvider<ObservationRegistry> observations, SanctumProperties properties) {
        return new Counts(properties.observations() ? observations.getIfUnique() : null);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    SanctumEndpoint sanctumEndpoint(Counts counts, ObjectProvider<TokenStore> stores, ObjectProvider<Status> parts) {
        List<Status> all = new ArrayList<>(parts.orderedStream().toList());
        if (stores.getIfAvailable() instanceof CachingTokenStore cache) {
            all.add(new CacheStatus(cache));
        }
        return new SanctumEndpoint(counts, all);
    }

    /** The cache and, by what it hears, the feed. */
    private record CacheStatus(CachingTokenStore cache) implements Status {

        @Override
        public String name() {
            return "cache";
        }

        @Override
        public CacheState details() {
            return cache.state();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Meters {

        @Bean
        MeterBinder sanctumMeters(Counts counts) {
            return registry -> {
                counts.checks()
                        .forEach(same -> FunctionTimer.builder(
                                        "sanctum.token.checks",
                                        same,
                                        all -> all.count().sum(),
                                        all -> all.nanos().sum(),
                                        TimeUnit.NANOSECONDS)
                                .description("Checks of presented tokens, with their owners")
                                .tag("outcome", same.outcome())
                                .tag("reason", same.reason())
                                .register(registry));
                counts.happened()
                        .forEach((name, count) -> FunctionCounter.builder("sanctum.events", count, LongAdder::sum)
                                .description("What happened to tokens and sessions")
                                .tag("event", name)
                                .register(registry));
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class OnRequest {

        /** Asks the store for a token, whether there is such a one or not. */
        @Bean
        @ConditionalOnBean(TokenStore.class)
        @ConditionalOnBooleanProperty("management.health.sanctum.enabled")
        HealthIndicator sanctumHealthIndicator(TokenStore store) {
            return () -> {
                try {
                    store.findById(TokenId.of(1));
                    return Health.up().build();
                } catch (TokenStoreException e) {
                    return Health.down(e).build();
                }
            };
        }
    }
}
