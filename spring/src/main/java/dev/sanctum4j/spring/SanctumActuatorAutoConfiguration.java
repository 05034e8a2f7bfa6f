package dev.sanctum4j.spring;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.cache.CacheState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** With the actuator: the endpoint {@code sanctum}, meters, and health if it is asked for. */
@AutoConfiguration(after = SanctumAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@EnableConfigurationProperties(SanctumProperties.class)
public final class SanctumActuatorAutoConfiguration {

    @Bean
    Counts sanctumCounts(ObjectProvider<ObservationRegistry> observations, SanctumProperties properties) {
        return new Counts(properties.observations() ? observations.getIfUnique() : null);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    SanctumEndpoint sanctumEndpoint(Counts counts, SanctumCache cache, ObjectProvider<Status> parts) {
        List<Status> all = new ArrayList<>(parts.orderedStream().toList());
        if (cache.isActive()) {
            all.add(new CacheStatus(cache));
        }
        return new SanctumEndpoint(counts, all);
    }

    /** Tokens and owners in memory, and the feed. */
    private record CacheStatus(SanctumCache cache) implements Status {

        @Override
        public String name() {
            return "cache";
        }

        @Override
        public SanctumCache.State details() {
            return cache.state();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Meters {

        @Bean
        MeterBinder sanctumCacheMeters(SanctumCache cache) {
            return registry -> {
                if (cache.state().tokens() == null) {
                    return;
                }
                gauge(cache, "sanctum.cache.trusted", state -> state.trusted() ? 1 : 0)
                        .description("1 while tokens are answered from memory, 0 while the feed is silent")
                        .register(registry);
                gauge(cache, "sanctum.cache.entries", CacheState::entries)
                        .description("Tokens in memory")
                        .register(registry);
                gauge(cache, "sanctum.cache.max.stale", state -> seconds(state.maxStale()))
                        .description("How old an answer may be at the moment")
                        .baseUnit("seconds")
                        .register(registry);
                gauge(cache, "sanctum.cache.silence", state -> seconds(state.silence()))
                        .description("Since when nothing was heard from the feed")
                        .baseUnit("seconds")
                        .register(registry);
                lookups(cache, "hit", CacheState::hits).register(registry);
                lookups(cache, "read", CacheState::reads).register(registry);
            };
        }

        private static double of(SanctumCache cache, ToDoubleFunction<CacheState> value) {
            CacheState tokens = cache.state().tokens();
            return tokens == null ? 0 : value.applyAsDouble(tokens);
        }

        private static double seconds(@Nullable Duration duration) {
            return duration == null ? 0 : duration.toNanos() / 1e9;
        }

        private static Gauge.Builder<SanctumCache> gauge(
                SanctumCache cache, String name, ToDoubleFunction<CacheState> value) {
            return Gauge.builder(name, cache, it -> of(it, value));
        }

        private static FunctionCounter.Builder<SanctumCache> lookups(
                SanctumCache cache, String result, ToDoubleFunction<CacheState> value) {
            return FunctionCounter.builder("sanctum.cache.lookups", cache, it -> of(it, value))
                    .description("Look-ups of tokens")
                    .tag("result", result);
        }

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
