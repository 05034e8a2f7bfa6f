package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spa.FirstParty;
import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.SanctumSecurityAutoConfiguration;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.Events;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** How pages sign in and what their sessions may do. Without {@code sanctum.spa.stateful} no request comes from such a page. */
@AutoConfiguration(
        after = SanctumSecurityAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
            "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration",
            "org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SpaProperties.class)
public final class SanctumSpaAutoConfiguration {

    @Bean
    Diagnosis.SettingsCheck sanctumPageSettings(
            SpaProperties properties,
            ObjectProvider<CsrfTokenRepository> csrf,
            ObjectProvider<UrlBasedCorsConfigurationSource> cors,
            ApplicationContext context) {
        return () -> {
            Map<String, CorsConfiguration> routes = new LinkedHashMap<>();
            cors.stream().forEach(source -> routes.putAll(source.getCorsConfigurations()));
            return PageSettings.find(
                    properties, csrf.getIfUnique(), routes, isInSpringSession(context), context.getEnvironment());
        };
    }

    @Bean
    SessionCookieName sanctumSessionCookieName(ApplicationContext context, ObjectProvider<Cookies> cookies) {
        return isInSpringSession(context) ? cookies.getObject()::sessionName : SessionCookieName::ofContainer;
    }

    /** Whether Spring Session keeps the sessions, with our cookie. */
    private static boolean isInSpringSession(ApplicationContext context) {
        return context.containsBean("springSessionRepositoryFilter") && context.containsBean("sanctumSessionCookie");
    }

    @Bean
    FirstPartyRequests sanctumFirstParty(
            SpaProperties properties, SessionCookieName sessionCookie, BearerToken.Places tokens) {
        return new FirstPartyRequests(rule(properties), sessionCookie, tokens);
    }

    private static FirstParty rule(SpaProperties properties) {
        try {
            return FirstParty.of(properties.stateful());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.spa.stateful",
                    properties.stateful(),
                    e.getMessage() + ". List hosts only; a path has no meaning there, for cookies belong to hosts.");
        }
    }

    @Bean
    LoginThrottle sanctumThrottle(ObjectProvider<Clock> clock) {
        return new LoginThrottle(clock.getIfUnique(Clock::systemUTC));
    }

    @Bean
    @Lazy
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
    PageFindings sanctumPageFindings(
            SpaProperties properties, FirstPartyRequests firstParty, SessionCookieName sessionCookie) {
        return new PageFindings(properties, firstParty, sessionCookie);
    }

    @Bean
    SignIn sanctumSignIn(
            ObjectProvider<Clock> clock,
            SpaProperties properties,
            Owners owners,
            ObjectProvider<PasswordCheck> passwords,
            ObjectProvider<Csrf> csrf,
            SessionCookieName sessionCookie,
            Events events) {
        return new SignIn(
                clock.getIfUnique(Clock::systemUTC),
                properties,
                owners,
                passwords::getObject,
                csrf::getIfAvailable,
                sessionCookie,
                events);
    }

    @Bean
    @Conditional(OnFirstPartyPages.class)
    Csrf sanctumCsrf(
            SpaProperties properties,
            ObjectProvider<CsrfTokenRepository> repositories,
            Cookies cookies,
            FirstPartyRequests firstParty,
            LoginThrottle throttle,
            ProblemWriter problems) {
        return switch (properties.csrf()) {
            case TOKEN ->
                new CsrfTokens(
                        repositories.getIfUnique(() -> new SessionCsrfTokens(throttle)),
                        cookies,
                        properties.sessionLifetime(),
                        firstParty);
            case FETCH_METADATA -> new FetchMetadataCsrf(problems);
        };
    }

    @Bean
    @Conditional(OnFirstPartyPages.class)
    ChainPart sanctumPagesChain(
            SanctumProperties properties,
            FirstPartyRequests firstParty,
            Owners owners,
            ProblemWriter problems,
            Csrf csrf,
            ObjectProvider<ChainPart> parts) {
        return new PagesChain(
                properties.endpoints().session(),
                firstParty,
                new SessionOwnerFilter(firstParty, owners, problems),
                csrf,
                parts::stream);
    }

    @Bean
    @Conditional(OnFirstPartyPages.class)
    @ConditionalOnBooleanProperty(name = "sanctum.endpoints.session", matchIfMissing = true)
    SessionController sanctumSessionController(
            FirstPartyRequests firstParty,
            Csrf csrf,
            PasswordCheck passwords,
            SignIn signIn,
            Diagnosis diagnosis,
            PageFindings findings) {
        return new SessionController(firstParty, csrf, passwords, signIn, diagnosis, findings);
    }

    /** Sessions can be listed where their repository has an index. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(FindByIndexNameSessionRepository.class)
    @ConditionalOnBean(FindByIndexNameSessionRepository.class)
    static class IndexedSessions {

        @Bean
        Sessions sanctumSessions(FindByIndexNameSessionRepository<? extends Session> repository) {
            return new Sessions(repository);
        }

        @Bean
        @Conditional(OnFirstPartyPages.class)
        @ConditionalOnBooleanProperty(name = "sanctum.endpoints.session", matchIfMissing = true)
        SessionsController sanctumSessionsController(Sessions sessions, Owners owners, SignIn signIn) {
            return new SessionsController(sessions, owners, signIn);
        }
    }
}
