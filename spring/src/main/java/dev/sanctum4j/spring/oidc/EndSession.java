package dev.sanctum4j.spring.oidc;

import dev.sanctum4j.spring.spa.SignOutElsewhere;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.util.UriComponentsBuilder;

/** The {@code end_session_endpoint} of the provider that somebody came from, if it has one (OpenID Connect RP-Initiated Logout). */
record EndSession(
        ClientRegistrationRepository registrations,
        @Nullable String signedOutUri) implements SignOutElsewhere {

    @Override
    public Optional<URI> of(Authentication who) {
        return who instanceof OAuth2AuthenticationToken signedIn && who.getPrincipal() instanceof OidcUser person
                ? registration(signedIn.getAuthorizedClientRegistrationId())
                        .map(ClientRegistration::getProviderDetails)
                        .map(details -> details.getConfigurationMetadata().get("end_session_endpoint"))
                        .map(endpoint -> UriComponentsBuilder.fromUriString(endpoint.toString())
                                .queryParam("id_token_hint", person.getIdToken().getTokenValue())
                                .queryParamIfPresent("post_logout_redirect_uri", Optional.ofNullable(signedOutUri))
                                .encode()
                                .build()
                                .toUri())
                : Optional.empty();
    }

    /** One that is asked for late may be away, and keeps nobody from signing out here. */
    private Optional<ClientRegistration> registration(String id) {
        try {
            return Optional.ofNullable(registrations.findByRegistrationId(id));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
