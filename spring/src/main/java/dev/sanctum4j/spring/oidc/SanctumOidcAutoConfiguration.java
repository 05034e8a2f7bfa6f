package dev.sanctum4j.spring.oidc;

import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.Diagnosis.Finding;
import dev.sanctum4j.spring.spa.SanctumSpaAutoConfiguration;
import dev.sanctum4j.spring.spa.SignIn;
import dev.sanctum4j.spring.spa.SignOutElsewhere;
import dev.sanctum4j.spring.store.OnTokensInUse;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** What people of OpenID providers can do, where the application has an OAuth2 client; nothing without one. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(
        after = SanctumSpaAutoConfiguration.class,
        afterName =
                "org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(ClientRegistrationRepository.class)
@ConditionalOnBean(ClientRegistrationRepository.class)
@EnableConfigurationProperties(OidcProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumOidcAutoConfiguration {

    @Bean
    SignOutElsewhere sanctumEndSession(ClientRegistrationRepository registrations, OidcProperties properties) {
        return new EndSession(registrations, properties.signedOutUri());
    }

    /** Where a confirmation is asked for at all. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("sanctum.spa.confirm-within")
    static class Confirming {

        @Bean
        ProviderConfirmation sanctumProviderConfirmation(
                ClientRegistrationRepository registrations,
                OidcProperties properties,
                Owners owners,
                SignIn signIn,
                ObjectProvider<Clock> clock) {
            return new ProviderConfirmation(
                    registrations, properties, owners, signIn, clock.getIfUnique(Clock::systemUTC));
        }

        @Bean
        @ConditionalOnMissingBean(OAuth2AuthorizationRequestResolver.class)
        PromptingResolver sanctumPromptingResolver(ClientRegistrationRepository registrations) {
            return new PromptingResolver(registrations);
        }

        @Bean
        ConfirmController sanctumConfirmController(ProviderConfirmation provider) {
            return new ConfirmController(provider);
        }

        @Bean
        ChainPart sanctumConfirmRoute(ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
            return new ChainPart() {
                @Override
                public List<RequestMatcher> routes() {
                    return List.of(paths.getIfUnique(PathPatternRequestMatcher::withDefaults)
                            .matcher(ConfirmController.PATH + "**"));
                }
            };
        }

        @Bean
        Diagnosis.SettingsCheck sanctumTrustedPrompts(OidcProperties properties) {
            return () -> properties.trustPrompt().stream()
                    .map(one -> new Finding(
                            "sanctum.oidc.trust-prompt has '" + one
                                    + "': whoever comes back from it counts as confirmed,"
                                    + " though it does not tell when they gave a proof.",
                            "Try it: sign in there, and confirm. If it does not ask, take it off; if it can tell auth_time,"
                                    + " as an optional claim for instance, let it."))
                    .toList();
        }
    }
}
