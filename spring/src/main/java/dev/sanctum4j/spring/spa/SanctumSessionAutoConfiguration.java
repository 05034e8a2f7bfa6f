package dev.sanctum4j.spring.spa;

import jakarta.servlet.SessionCookieConfig;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.session.autoconfigure.DefaultCookieSerializerCustomizer;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.session.SessionIdGenerator;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.HttpSessionIdResolver;

/**
 * What {@code sanctum.spa.cookie.*} change of the application's session cookie, and nothing else: through Spring Session where it
 * keeps the sessions, else through the servlet container; {@code server.servlet.session.cookie.*} have the last word. A name
 * of ours in Spring Session is a cookie of ours.
 */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(beforeName = "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnFirstPartyPages.class)
@EnableConfigurationProperties(SpaProperties.class)
public final class SanctumSessionAutoConfiguration {

    /** Our cookie in Spring Session. */
    static final String COOKIE = "sanctumSessionCookie";

    @Bean
    Cookies sanctumCookies(SpaProperties properties) {
        return new Cookies(properties.cookie());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({CookieSerializer.class, SessionIdGenerator.class})
    @ConditionalOnProperty("sanctum.spa.cookie.session-name")
    @ConditionalOnMissingBean({CookieSerializer.class, HttpSessionIdResolver.class, SessionIdGenerator.class})
    static class OursInSpringSession {

        @Bean(COOKIE)
        SessionCookie sanctumSessionCookie(Cookies cookies) {
            return new SessionCookie(cookies);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({DefaultCookieSerializerCustomizer.class, CookieSerializer.class})
    static class TheirsInSpringSession {

        @Bean
        DefaultCookieSerializerCustomizer sanctumSpringSessionCookie(
                SpaProperties properties, Environment environment) {
            CookieChanges changes = CookieChanges.of(properties, environment);
            return cookie -> {
                changes.domain().ifPresent(cookie::setDomainName);
                changes.path().ifPresent(cookie::setCookiePath);
                changes.sameSite().ifPresent(cookie::setSameSite);
                changes.secure().ifPresent(cookie::setUseSecureCookie);
            };
        }
    }

    @Bean
    ServletContextInitializer sanctumContainerCookie(SpaProperties properties, Environment environment) {
        CookieChanges changes = CookieChanges.of(properties, environment);
        return context -> {
            SessionCookieConfig cookie = context.getSessionCookieConfig();
            changes.name().ifPresent(name -> {
                cookie.setName(name);
                cookie.setHttpOnly(true);
            });
            changes.domain().ifPresent(cookie::setDomain);
            changes.path().ifPresent(cookie::setPath);
            changes.sameSite().ifPresent(value -> cookie.setAttribute("SameSite", value));
            changes.secure().ifPresent(cookie::setSecure);
        };
    }
}
