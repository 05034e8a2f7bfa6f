package dev.sanctum4j.spring;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The same limits for every owner, by properties. */
record PropertyPolicy(StoreProperties.Policy settings) implements TokenPolicy {

    @Override
    public @Nullable Duration defaultLifetime(Owner owner) {
        return settings.defaultLifetime();
    }

    @Override
    public @Nullable Duration maxLifetime(Owner owner) {
        return settings.maxLifetime();
    }

    @Override
    public @Nullable Duration idleExpiry(Owner owner) {
        return settings.idleExpiry();
    }

    @Override
    public int maxTokens(Owner owner) {
        Integer most = settings.maxTokens();
        return most == null ? Integer.MAX_VALUE : most;
    }
}
