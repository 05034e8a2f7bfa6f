package dev.sanctum4j.server.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.security.config.oauth2.client.CommonOAuth2Provider;
import org.springframework.security.oauth2.client.registration.ClientRegistration;

class ProviderConfigurationTest {

    private static ClientRegistration registration(String id) {
        return CommonOAuth2Provider.GOOGLE
                .getBuilder(id)
                .clientId("app")
                .clientSecret("secret")
                .build();
    }

    /** It has the keys of the provider, which are not asked for at each sign-in. */
    @Test
    void registrationHasOneDecoder() {
        var decoders = new ProviderConfiguration().idTokens();

        assertThat(decoders.createDecoder(registration("oidc")))
                .isSameAs(decoders.createDecoder(registration("oidc")))
                .isNotSameAs(decoders.createDecoder(registration("other")));
    }
}
