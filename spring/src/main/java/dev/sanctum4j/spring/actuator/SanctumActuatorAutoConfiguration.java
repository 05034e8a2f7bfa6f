package dev.sanctum4j.spring.actuator;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.store.FeedLifecycle;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.SanctumAutoConfiguration;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** With the actuator: the endpoint {@code sanctum}, meters, and health if it is asked for. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = SanctumAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@EnableConfigurationProperties(SanctumProperties.class)
@RegisterReflectionForBinding({SanctumEndpoint.Cache.class, CacheState.class})
@Conditional(OnTokensInUse.class)
public final class SanctumActuatorAutoConfiguration {

    @Bean
    Counts sanctumCounts(ObjectProvider<ObservationRegistry> observations, SanctumProperties properties) {
        return new Counts(properties.observations() ? observations.getIfUnique() : null);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    SanctumEndpoint sanctumEndpoint(Counts counts, FeedLifecycle feed, ObjectProvider<Owners> owners) {
        return new SanctumEndpoint(counts, feed, owners.getIfAvailable());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Meters {

        @Bean
        MeterBinder sanctumCacheMeters(FeedLifecycle feed) {
            return registry -> {
                if (feed.state().tokens() == null) {
                    return;
                }
                gauge(feed, "sanctum.cache.trusted", state -> state.trusted() ? 1 : 0)
                        .description("1 while tokens are answered from memory, 0 while the feed lags too far behind")
                        .register(registry);
                gauge(feed, "sanctum.cache.entries", CacheState::entries)
                        .description("Tokens in memory")
                        .register(registry);
                gauge(feed, "sanctum.cache.max.stale", state -> seconds(state.maxStale()))
                        .description("How old an answer may be at the moment")
                        .baseUnit("seconds")
                        .register(registry);
                gauge(feed, "sanctum.cache.feed.lag", state -> seconds(state.feedLag()))
                        .description("How far the feed is behind")
                        .baseUnit("seconds")
                        .register(registry);
                for (ChangeFeed.Kind kind : ChangeFeed.Kind.values()) {
                    Gauge.builder("sanctum.cache.feed", feed, it -> it.state().feed() == kind ? 1 : 0)
                            .description("1 for how the feed learns of changes at the moment, 0 for the others")
                            .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                            .register(registry);
                }
                lookups(feed, "hit", CacheState::hits).register(registry);
                lookups(feed, "miss", CacheState::misses).register(registry);
            };
        }

        private static double of(FeedLifecycle feed, ToDoubleFunction<CacheState> value) {
            CacheState tokens = feed.state().tokens();
            return tokens == null ? 0 : value.applyAsDouble(tokens);
        }

        private static double seconds(@Nullable Duration duration) {
            return duration == null ? 0 : duration.toNanos() / 1e9;
        }

        private static Gauge.Builder<FeedLifecycle> gauge(
                FeedLifecycle feed, String name, ToDoubleFunction<CacheState> value) {
            return Gauge.builder(name, feed, it -> of(it, value));
        }

        private static FunctionCounter.Builder<FeedLifecycle> lookups(
                FeedLifecycle feed, String result, ToDoubleFunction<CacheState> value) {
            return FunctionCounter.builder("sanctum.cache.lookups", feed, it -> of(it, value))
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

        /** Asks the store for a token, whether there is such a one or not. A feed that is lost is told, and takes nothing down. */
        @Bean
        @ConditionalOnBean(TokenStore.class)
        @ConditionalOnBooleanProperty("management.health.sanctum.enabled")
        HealthIndicator sanctumHealthIndicator(TokenStore store, FeedLifecycle feed) {
            return () -> {
                Health.Builder health = Health.up();
                try {
                    store.findById(TokenId.of(1));
                } catch (TokenStoreException e) {
                    health = Health.down(e);
                }
                FeedLifecycle.State state = feed.state();
                if (state.tokens() != null && state.feed() != null) {
                    health.withDetail("feed", state.feed())
                            .withDetail("feedLag", String.valueOf(state.tokens().feedLag()))
                            .withDetail("trusted", state.tokens().trusted());
                }
                return health.build();
            };
        }
    }
}
