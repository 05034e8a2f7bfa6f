package dev.sanctum4j.spring.spa;

import jakarta.servlet.SessionCookieConfig;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.session.SessionIdGenerator;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.HttpSessionIdResolver;

/**
 * The session cookie, by {@code sanctum.spa.cookie.*}: through Spring Session where it keeps the sessions, else through the
 * servlet container, where Boot's own {@code server.servlet.session.cookie.*} have the last word.
 */
@AutoConfiguration(beforeName = "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnFirstPartyPages.class)
@EnableConfigurationProperties(SpaProperties.class)
public final class SanctumSessionAutoConfiguration {

    @Bean
    Cookies sanctumCookies(SpaProperties properties) {
        return new Cookies(properties.cookie());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({CookieSerializer.class, SessionIdGenerator.class})
    @ConditionalOnMissingBean({CookieSerializer.class, HttpSessionIdResolver.class, SessionIdGenerator.class})
    static class SpringSession {

        @Bean
        SessionCookie sanctumSessionCookie(Cookies cookies) {
            return new SessionCookie(cookies);
        }
    }

    @Bean
    ServletContextInitializer sanctumContainerCookie(SpaProperties properties, Environment environment) {
        org.springframework.boot.web.server.Cookie own = Binder.get(environment)
                .bindOrCreate("server.servlet.session.cookie", org.springframework.boot.web.server.Cookie.class);
        SpaProperties.Cookie ours = properties.cookie();
        return context -> {
            SessionCookieConfig cookie = context.getSessionCookieConfig();
            cookie.setHttpOnly(true);
            if (own.getName() == null) {
                cookie.setName(ours.sessionName());
            }
            if (own.getDomain() == null && !ours.domain().isEmpty()) {
                cookie.setDomain(ours.domain());
            }
            if (own.getPath() == null) {
                cookie.setPath(ours.path());
            }
            if (own.getSecure() == null && Boolean.TRUE.equals(ours.secure())) {
                cookie.setSecure(true);
            }
            if (own.getSameSite() == null) {
                cookie.setAttribute("SameSite", ours.sameSite().attribute());
            }
        };
    }
}
