package dev.sanctum4j.spring;

import java.util.Map;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Keys that once had another name, and Laravel's: a setting that means nothing would be noticed late. */
final class RenamedKeys {

    /** What they are called now; the metadata says the same to IDEs. */
    static final Map<String, String> SUCCESSORS = Map.of(
            "sanctum.expiration", "sanctum.token.max-age",
            "sanctum.stateful", "sanctum.spa.stateful",
            "sanctum.token-prefix", "sanctum.token.prefix",
            "sanctum.spa.cookie-domain", "sanctum.spa.cookie.domain",
            "sanctum.spa.csrf-cookie", "sanctum.spa.cookie.csrf-name",
            "sanctum.spa.same-site", "sanctum.spa.cookie.same-site",
            "sanctum.endpoints.token-exchange", "sanctum.endpoints.password-token",
            "sanctum.endpoints.exchange-abilities", "sanctum.endpoints.password-token-abilities");

    /** What became of those that are gone. */
    static final Map<String, String> GONE = Map.of(
            "sanctum.events.accepted", "A TokenListener bean hears of every accepted token.",
            "sanctum.policy.max-name-length", "A name has at most 255 characters, as many as the column holds.");

    private RenamedKeys() {}

    /**
     * Looks for them everywhere but among environment variables, where {@code SANCTUM_SPA_COOKIE_DOMAIN} is the same for
     * the old name and the new.
     *
     * @throws MisconfigurationException if there is one
     */
    static void refuse(Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (!(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                SUCCESSORS.forEach((old, successor) -> refuse(source, old, "It is called " + successor + " here."));
                GONE.forEach((old, instead) -> refuse(source, old, instead));
            }
        }
    }

    private static void refuse(ConfigurationPropertySource source, String old, String instead) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(old);
        ConfigurationProperty found = source.getConfigurationProperty(name);
        if (found == null) {
            found = source.getConfigurationProperty(name.append("[0]"));
        }
        if (found != null) {
            throw new MisconfigurationException(
                    "There is no key " + old + (found.getOrigin() == null ? "." : " (" + found.getOrigin() + ")."),
                    instead);
        }
    }
}
