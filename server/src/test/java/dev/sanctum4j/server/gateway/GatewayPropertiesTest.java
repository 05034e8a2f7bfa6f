package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.server.gateway.OriginalRequest.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The keys, their defaults, and what contradicts itself. */
class GatewayPropertiesTest {

    private static GatewayProperties bind(Map<String, String> keys) {
        return new Binder(new MapConfigurationPropertySource(keys))
                .bindOrCreate("sanctum.gateway", GatewayProperties.class);
    }

    @Test
    void nothingIsBelievedUnlessConfigured() {
        assertThat(bind(Map.of()))
                .isEqualTo(new GatewayProperties(Source.NONE, List.of("127.0.0.0/8", "::1"), "", "", false));
    }

    @Test
    void everyKeyIsRead() {
        assertThat(bind(Map.of(
                        "sanctum.gateway.original-request", "x-forwarded",
                        "sanctum.gateway.trusted-proxies", "10.0.0.0/8,fd00::/8",
                        "sanctum.gateway.rules", "/etc/rules",
                        "sanctum.gateway.sign-in", "/login",
                        "sanctum.gateway.actor", "true")))
                .isEqualTo(new GatewayProperties(
                        Source.X_FORWARDED, List.of("10.0.0.0/8", "fd00::/8"), "/etc/rules", "/login", true));
        assertThat(bind(Map.of("sanctum.gateway.trusted-proxies", "")).trustedProxies())
                .isEmpty();
    }

    @Test
    void environmentNamesThemAsTheDocumentationDoes() {
        Map<String, Object> environment = Map.of(
                "SANCTUM_GATEWAY_ORIGINAL_REQUEST", "path",
                "SANCTUM_GATEWAY_TRUSTED_PROXIES", "10.0.0.7",
                "SANCTUM_GATEWAY_RULES", "/etc/rules",
                "SANCTUM_GATEWAY_SIGN_IN", "/login");
        Binder binder = new Binder(ConfigurationPropertySources.from(
                new SystemEnvironmentPropertySource("systemEnvironment", environment)));

        assertThat(binder.bindOrCreate("sanctum.gateway", GatewayProperties.class))
                .isEqualTo(new GatewayProperties(Source.PATH, List.of("10.0.0.7"), "/etc/rules", "/login", false));
    }

    @Test
    void contradictionsAreToldAtStart() {
        List<String> nobody = List.of();
        assertThatThrownBy(() -> new GatewayProperties(Source.NONE, nobody, "rules", "", false))
                .hasMessage(
                        "sanctum.gateway.rules is set, but sanctum.gateway.original-request does not say where to find"
                                + " the request; set it to x-original, x-forwarded or path");
        assertThatThrownBy(() -> new GatewayProperties(Source.NONE, nobody, "", "/login", false))
                .hasMessage("sanctum.gateway.sign-in is set, but sanctum.gateway.original-request does not say where to"
                        + " find the page to come back to; set it to x-original, x-forwarded or path");
        assertThatThrownBy(() -> new GatewayProperties(Source.PATH, nobody, "", "", false))
                .hasMessage("sanctum.gateway.original-request is path, which leaves no place for abilities in the path;"
                        + " set sanctum.gateway.rules");
        for (String elsewhere : List.of("//evil.example", "https://evil.example", "login", "/\\evil.example", "/a?b")) {
            assertThatThrownBy(() -> new GatewayProperties(Source.X_ORIGINAL, nobody, "", elsewhere, false))
                    .hasMessage("sanctum.gateway.sign-in must be a path on the host of the gateway, like /login, was '"
                            + elsewhere + "'");
        }
    }
}
