package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.OnTokensInUse;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** How pages sign in and what their sessions may do. Without {@code sanctum.spa.stateful} no request comes from such a page. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
            "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration",
            "org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SpaProperties.class)
@Import({
    FirstPartyRequests.class,
    PageFindings.class,
    PagesChain.class,
    PasswordCheck.class,
    SessionController.class,
    SignIn.class
})
@Conditional(OnTokensInUse.class)
public final class SanctumSpaAutoConfiguration {

    @Bean
    Diagnosis.SettingsCheck sanctumPageSettings(
            SpaProperties properties,
            ObjectProvider<CsrfTokenRepository> csrf,
            ObjectProvider<UrlBasedCorsConfigurationSource> cors,
            ApplicationContext context) {
        return () -> PageSettings.find(
                properties, csrf.getIfUnique(), cors.stream(), isInSpringSession(context), context.getEnvironment());
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
    LoginThrottle sanctumThrottle(ObjectProvider<Clock> clock) {
        return new LoginThrottle(clock.getIfUnique(Clock::systemUTC));
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

    /** Sessions can be listed where their repository has an index. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(FindByIndexNameSessionRepository.class)
    @ConditionalOnBean(FindByIndexNameSessionRepository.class)
    @Import({Sessions.class, SessionsController.class})
    static class IndexedSessions {}
}
