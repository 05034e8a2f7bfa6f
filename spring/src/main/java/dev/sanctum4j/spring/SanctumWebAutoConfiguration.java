package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** Our endpoints, each behind a property, and what controllers of the application's own may ask for. */
@AutoConfiguration(
        after = SanctumSecurityAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
            "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration",
            "org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class SanctumWebAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(AbilityCatalog.class);

    @Bean
    @ConditionalOnMissingBean
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
            LoginThrottle throttle,
            Events events) {
        return new PasswordCheck(
                SingletonSupplier.of(() -> managers.getIfUnique(configuration::getAuthenticationManager)),
                throttle,
                Runtime.getRuntime().availableProcessors(),
                events);
    }

    @Bean
    @ConditionalOnMissingBean
    AbilityCatalog abilityCatalog(ConfigurableApplicationContext context, SanctumProperties properties) {
        return new AbilityCatalog(
                () -> {
                    List<AbilityCatalog.Entry> all = new ArrayList<>(AbilityScan.constants(context));
                    properties
                            .abilities()
                            .described()
                            .forEach(one ->
                                    all.add(new AbilityCatalog.Entry(one.name(), one.description(), one.group())));
                    return all;
                },
                () -> {
                    Set<String> asked = new TreeSet<>(AbilityScan.required(context));
                    asked.addAll(Sanctum.asked());
                    return asked;
                },
                properties.abilities().closed());
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> sanctumUnusedAbilities(AbilityCatalog catalog) {
        return event -> catalog.unused()
                .forEach(name -> LOG.warn("The ability '{}' is described, but nothing asks for it", name));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty("sanctum.endpoints.tokens")
    AbilitiesController sanctumAbilitiesController(
            AbilityCatalog catalog, AbilityPolicy policy, Tokens tokens, TokenPolicy limits, Owners owners) {
        return new AbilitiesController(catalog, policy, tokens, limits, owners);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty("sanctum.endpoints.tokens")
    TokensController sanctumTokensController(
            Tokens tokens,
            Owners owners,
            AbilityPolicy policy,
            AbilityCatalog catalog,
            SignIn signIn,
            ObjectProvider<JsonMapper> json) {
        return new TokensController(tokens, owners, policy, catalog, signIn, mapper(json));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty("sanctum.endpoints.password-token")
    PasswordTokenController sanctumPasswordTokenController(
            Tokens tokens,
            Owners owners,
            AbilityPolicy policy,
            AbilityCatalog catalog,
            PasswordCheck passwords,
            SanctumProperties properties,
            ObjectProvider<JsonMapper> json) {
        Abilities byDefault = Abilities.of(properties.endpoints().passwordTokenAbilities());
        return new PasswordTokenController(tokens, owners, policy, catalog, passwords, byDefault, mapper(json));
    }

    @Bean
    @ConditionalOnMissingBean
    @Conditional(OnFirstPartyPages.class)
    @ConditionalOnBooleanProperty(name = "sanctum.endpoints.session", matchIfMissing = true)
    SessionController sanctumSessionController(
            FirstPartyRequests firstParty,
            Csrf csrf,
            PasswordCheck passwords,
            Owners owners,
            SignIn signIn,
            Problems problems,
            SessionCookieName sessionCookie,
            Events events,
            SanctumProperties properties,
            ObjectProvider<JsonMapper> json) {
        return new SessionController(
                firstParty,
                csrf,
                passwords,
                owners,
                signIn,
                problems,
                new FirstPartyContextRepository(firstParty),
                sessionCookie,
                events,
                properties.spa(),
                mapper(json));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("sanctum.broadcasting.key")
    BroadcastingController sanctumBroadcastingController(
            ObjectProvider<ChannelRule> rules, SanctumProperties properties, ObjectProvider<JsonMapper> json) {
        ChannelRule rule = rules.getIfUnique();
        if (rule == null || properties.broadcasting().secret().isEmpty()) {
            throw new MisconfigurationException(
                    "sanctum.broadcasting.key is set, but "
                            + (rule == null ? "there is no single ChannelRule bean." : "no secret is."),
                    "Declare who may join which channel in a bean, and set sanctum.broadcasting.secret.");
        }
        return new BroadcastingController(rule, properties.broadcasting(), mapper(json));
    }

    /** Sessions can be listed where their repository has an index. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(FindByIndexNameSessionRepository.class)
    @Conditional(OnFirstPartyPages.class)
    @ConditionalOnBooleanProperty(name = "sanctum.endpoints.session", matchIfMissing = true)
    static class Sessions {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(FindByIndexNameSessionRepository.class)
        SessionsController sanctumSessionsController(
                FindByIndexNameSessionRepository<? extends Session> sessions, Owners owners, SignIn signIn) {
            return new SessionsController(sessions, owners, signIn);
        }
    }

    private static JsonMapper mapper(ObjectProvider<JsonMapper> json) {
        return json.getIfAvailable(JsonMapper::shared);
    }
}
