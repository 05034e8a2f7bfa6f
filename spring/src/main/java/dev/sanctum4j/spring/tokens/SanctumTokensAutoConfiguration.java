package dev.sanctum4j.spring.tokens;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.AbilityPreset;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import dev.sanctum4j.spring.ability.SanctumAbilityAutoConfiguration;
import dev.sanctum4j.spring.spa.PasswordCheck;
import dev.sanctum4j.spring.spa.SanctumSpaAutoConfiguration;
import dev.sanctum4j.spring.spa.SignIn;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.StoreProperties;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** The endpoints where people and programs manage their tokens, each behind a property. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = {SanctumAbilityAutoConfiguration.class, SanctumSpaAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnTokensInUse.class)
public final class SanctumTokensAutoConfiguration {

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.tokens")
    AbilitiesController sanctumAbilitiesController(
            AbilityCatalog catalog,
            Tokens tokens,
            Owners owners,
            ObjectProvider<AbilityPreset> presets,
            StoreProperties properties) {
        List<AbilityPreset> ready = presets.orderedStream().toList();
        return new AbilitiesController(
                catalog, tokens, owners, ready, properties.lastUsed().enabled());
    }

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.tokens")
    TokensController sanctumTokensController(
            Tokens tokens, Owners owners, TokenIssuing issuing, SignIn signIn, ObjectProvider<Clock> clock) {
        return new TokensController(tokens, owners, issuing, signIn, clock.getIfUnique(Clock::systemUTC));
    }

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.password-token")
    PasswordTokenController sanctumPasswordTokenController(
            Tokens tokens, Owners owners, TokenIssuing issuing, PasswordCheck passwords, SanctumProperties properties) {
        Abilities byDefault = Abilities.of(properties.endpoints().passwordTokenAbilities());
        return new PasswordTokenController(tokens, owners, issuing, passwords, byDefault);
    }

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.tokens")
    ChainPart sanctumTokensRoutes(ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        return new ChainPart() {
            @Override
            public List<RequestMatcher> routes() {
                PathPatternRequestMatcher.Builder path = paths.getIfUnique(PathPatternRequestMatcher::withDefaults);
                return List.of(path.matcher("/api/tokens/**"), path.matcher("/api/abilities"));
            }
        };
    }

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.password-token")
    ChainPart sanctumPasswordTokenRoute(ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        return new ChainPart() {
            @Override
            public List<RequestMatcher> open() {
                return List.of(paths.getIfUnique(PathPatternRequestMatcher::withDefaults)
                        .matcher(PasswordTokenController.PATH));
            }
        };
    }
}
