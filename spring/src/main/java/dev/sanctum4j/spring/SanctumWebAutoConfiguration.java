package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Tokens;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** Our endpoints, each behind a property, and what controllers of the application's own may ask for. */
@AutoConfiguration(after = SanctumSecurityAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class SanctumWebAutoConfiguration {

    @Bean
    ProblemAdvice sanctumProblemAdvice(Problems problems) {
        return new ProblemAdvice(problems);
    }

    @Bean
    WebMvcConfigurer sanctumMvc() {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new CurrentTokenResolver());
            }

            @Override
            public void addInterceptors(InterceptorRegistry interceptors) {
                interceptors.addInterceptor(new AbilityInterceptor());
            }
        };
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    PasswordCheck sanctumPasswordCheck(
            ObjectProvider<AuthenticationManager> managers,
            AuthenticationConfiguration configuration,
            ObjectProvider<Clock> clock) {
        return new PasswordCheck(
                SingletonSupplier.of(() -> managers.getIfUnique(configuration::getAuthenticationManager)),
                new LoginThrottle(clock.getIfUnique(Clock::systemUTC)),
                Runtime.getRuntime().availableProcessors());
    }

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.tokens")
    TokensController sanctumTokensController(
            Tokens tokens, Owners owners, AbilityPolicy policy, ObjectProvider<JsonMapper> json) {
        return new TokensController(tokens, owners, policy, mapper(json));
    }

    @Bean
    @ConditionalOnBooleanProperty("sanctum.endpoints.token-exchange")
    TokenExchangeController sanctumTokenExchangeController(
            Tokens tokens,
            Owners owners,
            AbilityPolicy policy,
            PasswordCheck passwords,
            SanctumProperties properties,
            ObjectProvider<JsonMapper> json) {
        Abilities byDefault = Abilities.of(properties.endpoints().exchangeAbilities());
        return new TokenExchangeController(tokens, owners, policy, passwords, byDefault, mapper(json));
    }

    @Bean
    @Conditional(OnFirstPartyPages.class)
    @ConditionalOnBooleanProperty(name = "sanctum.endpoints.session", matchIfMissing = true)
    SessionController sanctumSessionController(
            FirstPartyRequests firstParty,
            SessionCsrf csrf,
            PasswordCheck passwords,
            SanctumProperties properties,
            ObjectProvider<JsonMapper> json) {
        return new SessionController(
                firstParty,
                csrf,
                passwords,
                new FirstPartyContextRepository(firstParty),
                properties.spa(),
                mapper(json));
    }

    private static JsonMapper mapper(ObjectProvider<JsonMapper> json) {
        return json.getIfAvailable(JsonMapper::shared);
    }
}
