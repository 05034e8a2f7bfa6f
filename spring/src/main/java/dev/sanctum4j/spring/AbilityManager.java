package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;

/** Asks whether the caller has all of some abilities, or any of them. */
record AbilityManager<T>(List<String> abilities, boolean any) implements AuthorizationManager<T> {

    AbilityManager {
        if (abilities.isEmpty()) {
            throw new IllegalArgumentException("name at least one ability");
        }
        abilities = List.copyOf(abilities);
    }

    @Override
    public AbilityDecision authorize(Supplier<? extends @Nullable Authentication> authentication, T object) {
        return decide(authentication.get());
    }

    AbilityDecision decide(@Nullable Authentication caller) {
        Abilities has = Sanctum.abilities(caller);
        List<String> missing = abilities.stream().filter(has::cannot).toList();
        boolean granted = any ? missing.size() < abilities.size() : missing.isEmpty();
        return new AbilityDecision(granted, missing, any);
    }
}
