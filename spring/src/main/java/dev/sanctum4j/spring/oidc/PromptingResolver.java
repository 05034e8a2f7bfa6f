package dev.sanctum4j.spring.oidc;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;

/** As Spring Security asks a provider, but that in a {@link Round} it is to ask for a proof again, whoever is signed in there. */
final class PromptingResolver implements OAuth2AuthorizationRequestResolver {

    private final OAuth2AuthorizationRequestResolver usual;

    PromptingResolver(ClientRegistrationRepository registrations) {
        this.usual = new DefaultOAuth2AuthorizationRequestResolver(
                registrations, OAuth2AuthorizationRequestRedirectFilter.DEFAULT_AUTHORIZATION_REQUEST_BASE_URI);
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
        return prompting(usual.resolve(request), request);
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request, String registration) {
        return prompting(usual.resolve(request, registration), request);
    }

    private static @Nullable OAuth2AuthorizationRequest prompting(
            @Nullable OAuth2AuthorizationRequest asked, HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        Round round = Round.of(session);
        if (asked == null
                || session == null
                || round == null
                || !round.registration().equals(asked.getAttribute(OAuth2ParameterNames.REGISTRATION_ID))) {
            return asked;
        }
        round.on(asked.getState()).keep(session);
        return OAuth2AuthorizationRequest.from(asked)
                .additionalParameters(all -> {
                    all.put("prompt", "login");
                    all.put("max_age", "0");
                })
                .build();
    }
}
