package dev.sanctum4j.spring;

import dev.sanctum4j.spring.store.StartFailure;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Looks at the settings before an application starts: keys that once had another name, and Laravel's, are refused, for a
 * setting that means nothing would be noticed late.
 */
final class SanctumEnvironment implements EnvironmentPostProcessor {

    /** What keys are called now; the metadata says the same to IDEs. */
    static final Map<String, String> SUCCESSORS = Map.of(
            "sanctum.expiration", "sanctum.token.max-age",
            "sanctum.stateful", "sanctum.spa.stateful",
            "sanctum.token-prefix", "sanctum.token.prefix",
            "sanctum.spa.cookie-domain", "sanctum.spa.cookie.domain",
            "sanctum.spa.csrf-cookie", "sanctum.spa.cookie.csrf-name",
            "sanctum.spa.same-site", "sanctum.spa.cookie.same-site",
            "sanctum.cache.listen-url", "sanctum.jdbc.direct-url",
            "sanctum.endpoints.token-exchange", "sanctum.endpoints.password-token",
            "sanctum.endpoints.exchange-abilities", "sanctum.endpoints.password-token-abilities");

    /** What became of those that are gone. */
    static final Map<String, String> GONE = Map.of(
            "sanctum.events.accepted", "A TokenListener bean hears of every accepted token.",
            "sanctum.policy.max-name-length", "A name has at most 255 characters, as many as the column holds.");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        // Not now: Boot explains a failure only once there is a context
        application.addInitializers(context -> refuseOldKeys(context.getEnvironment()));
    }

    private static void refuseOldKeys(ConfigurableEnvironment environment) {
        Map<String, String> keys = new HashMap<>();
        Map<String, String> variables = new HashMap<>();
        Stream.concat(SUCCESSORS.keySet().stream(), GONE.keySet().stream()).forEach(old -> {
            keys.put(plain(old), old);
            variables(old).forEach(variable -> variables.put(variable, old));
        });
        // SANCTUM_SPA_COOKIE_DOMAIN is the new name as well
        SUCCESSORS.values().forEach(key -> variables(key).forEach(variables::remove));
        environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .map(source -> (EnumerablePropertySource<?>) source)
                .forEach(source -> {
                    boolean isVariables = source instanceof SystemEnvironmentPropertySource;
                    for (String name : source.getPropertyNames()) {
                        String old = isVariables
                                ? variables.get(name.toLowerCase(Locale.ROOT).replaceAll("(_\\d+)*_?$", ""))
                                : keys.get(plain(name));
                        if (old != null) {
                            throw refusal(name, old, source.getProperty(name));
                        }
                    }
                });
    }

    private static RuntimeException refusal(String name, String old, @Nullable Object value) {
        String successor = SUCCESSORS.get(old);
        String reason = "There is no key " + old + ". "
                + (successor == null ? GONE.get(old) : "It is called " + successor + " here.");
        return old.endsWith("-url") // Boot would show the value, which may have a password
                ? new StartFailure(reason, "Update your application's configuration.")
                : new InvalidConfigurationPropertyValueException(name, value, reason);
    }

    /** A key in whatever spelling, and without the index of a list. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("\\[.*", "").replaceAll("[-_]", "");
    }

    /** The two names of environment variables that Boot takes for a key. */
    private static Stream<String> variables(String key) {
        return Stream.of(key.replace("-", ""), key).map(form -> form.replaceAll("[.-]", "_"));
    }
}
