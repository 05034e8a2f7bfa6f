package dev.sanctum4j.spring;

import dev.sanctum4j.cache.CacheState;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** What a native image cannot see: the scripts of the schema, and what becomes JSON inside of other values. */
final class SanctumHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        hints.resources().registerPattern("dev/sanctum4j/jdbc/**");
        new BindingReflectionHintsRegistrar()
                .registerReflectionHints(
                        hints.reflection(),
                        SecretText.class,
                        AbilityCatalog.Entry.class,
                        ChannelMember.class,
                        CacheState.class,
                        SanctumCache.State.class);
    }
}
