package dev.sanctum4j.server.gateway;

import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.util.WebUtils;

/** Lets gateways ask. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewayProperties.class)
class GatewayConfiguration {

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> peerAddresses() {
        return factory -> factory.addEngineValves(new PeerAddress());
    }

    /** Stands just before Spring Security, so that its filters see the question as it is meant. */
    @Bean
    FilterRegistrationBean<VerifyFilter> verifyFilter(GatewayProperties settings, ProblemWriter problems) {
        Rules rules = settings.rules().isEmpty() ? null : Rules.read(Path.of(settings.rules()));
        FilterRegistrationBean<VerifyFilter> filter = new FilterRegistrationBean<>(
                new VerifyFilter(settings, Proxies.of(settings.trustedProxies()), rules, problems));
        filter.setOrder(SecurityFilterProperties.DEFAULT_FILTER_ORDER - 1);
        return filter;
    }

    /** A gateway asks for a page, whose cookies are of the gateway's host. */
    @Bean
    ChainPart questions() {
        return new ChainPart() {
            @Override
            public boolean isForPages(HttpServletRequest request) {
                return WebUtils.getNativeRequest(request, Question.class) == null;
            }
        };
    }
}
