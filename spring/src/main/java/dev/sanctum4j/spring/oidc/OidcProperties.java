package dev.sanctum4j.spring.oidc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * People of OpenID providers.
 *
 * @param trustPrompt The registrations whose providers ask everybody again when prompt=login says so, and do not tell it in
 *     auth_time; with a provider that does not ask, a confirmation by it means nothing.
 * @param signedOutUri Where a provider sends people who have signed out there; it must know this address. They stay there unless set.
 */
@ConfigurationProperties("sanctum.oidc")
public record OidcProperties(
        @DefaultValue List<String> trustPrompt, @Nullable String signedOutUri) {}
