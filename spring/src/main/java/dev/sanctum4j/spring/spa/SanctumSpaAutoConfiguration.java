package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.OnTokensInUse;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** How pages sign in and what their sessions may do. Without {@code sanctum.spa.stateful} no request comes from such a page. */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
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
    CsrfCookieController.class,
    SessionController.class,
    SessionThrottle.class,
    SignIn.class,
    TwoSessionCookies.class
})
@Conditional(OnTokensInUse.class)
public final class SanctumSpaAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(SanctumSpaAutoConfiguration.class);

    @Bean
    Diagnosis.SettingsCheck sanctumPageSettings(
            SpaProperties properties,
            ObjectProvider<CsrfTokenRepository> csrf,
            ObjectProvider<UrlBasedCorsConfigurationSource> cors,
            ApplicationContext context) {
        return () -> PageSettings.find(
                properties, csrf.getIfUnique(), cors.stream(), isOurs(context), context.getEnvironment());
    }

    @Bean
    SessionCookieName sanctumSessionCookieName(ApplicationContext context, ObjectProvider<Cookies> cookies) {
        if (!context.containsBean("springSessionRepositoryFilter")) {
            return SessionCookieName::ofContainer;
        }
        if (isOurs(context)) {
            return cookies.getObject()::sessionName;
        }
        String own = CookieChanges.own(context.getEnvironment()).getName();
        return request -> own == null ? "SESSION" : own;
    }

    /** Whether Spring Session keeps the sessions, with our cookie. */
    private static boolean isOurs(ApplicationContext context) {
        return context.containsBean("springSessionRepositoryFilter")
                && context.containsBean(SanctumSessionAutoConfiguration.COOKIE);
    }

    /** Where the application has chains of its own, pages sign in by these, unless it says otherwise. */
    @Bean
    @Conditional(OnFirstPartyPages.class)
    @ConditionalOnMissingBean(SessionController.class)
    @ConditionalOnProperty(name = "sanctum.endpoints.session", matchIfMissing = true)
    SmartInitializingSingleton sanctumSessionEndpointsNotice() {
        return () -> LOG.info(
                "/login, /logout and /user/confirm-password of Sanctum4j are not served, for the application has"
                        + " filter chains of its own: sanctum.endpoints.session=true serves them, and false ends this line.");
    }

    @Bean
    Confirmations sanctumConfirmations(
            SpaProperties properties,
            Owners owners,
            ListableBeanFactory beans,
            ObjectProvider<PasswordCheck> passwords,
            ObjectProvider<SecurityFilterChain> chains,
            ObjectProvider<Confirmation> more) {
        return new Confirmations(properties, owners, isSignedInByUs(beans), passwords, chains, more);
    }

    /** By itself, for whoever starts the application without serving anybody. */
    @Bean
    SmartInitializingSingleton sanctumConfirmationCheck(Confirmations confirmations) {
        return confirmations::check;
    }

    @Bean
    @Conditional(OnFirstPartyPages.class)
    BrowserSignIns sanctumBrowserSignIns(SignIn signIn, SpaProperties properties, ListableBeanFactory beans) {
        return new BrowserSignIns(
                signIn, isSignedInByUs(beans) ? Optional.of(properties.sessionLifetime()) : Optional.empty());
    }

    @Bean
    @Lazy // some megabytes, and many an application signs nobody in
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
            ProblemWriter problems,
            ListableBeanFactory beans) {
        return switch (properties.csrf()) {
            case TOKEN ->
                new CsrfTokens(
                        repositories.getIfUnique(() -> new SessionCsrfTokens(throttle, isSignedInByUs(beans))),
                        cookies,
                        properties.sessionLifetime(),
                        firstParty);
            case FETCH_METADATA -> new FetchMetadataCsrf(problems);
        };
    }

    private static boolean isSignedInByUs(ListableBeanFactory beans) {
        return beans.getBeanNamesForType(SessionController.class, false, false).length > 0;
    }

    /** Sessions can be listed where their repository has an index. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(FindByIndexNameSessionRepository.class)
    @ConditionalOnBean(FindByIndexNameSessionRepository.class)
    @Import({SessionLimit.class, Sessions.class, SessionsController.class})
    static class IndexedSessions {}
}
