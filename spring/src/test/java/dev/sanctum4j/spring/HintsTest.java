package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.cache.CacheState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

/** What a native image is told. */
class HintsTest {

    @Test
    void scriptsAndWhatBecomesJsonAreTold() {
        RuntimeHints hints = new RuntimeHints();
        new SanctumHints().registerHints(hints, null);

        assertThat(RuntimeHintsPredicates.resource()
                        .forResource("dev/sanctum4j/jdbc/postgresql/V1__personal_access_tokens.sql"))
                .accepts(hints);
        for (Class<?> json :
                List.of(SecretText.class, AbilityCatalog.Entry.class, CacheState.class, SanctumCache.State.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onType(json)).accepts(hints);
        }
    }
}
