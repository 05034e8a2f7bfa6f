package dev.sanctum4j.spring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the few loggers quiet that write whole requests, cookies or session ids at DEBUG, even where everything else is
 * logged. An application that wants them all the same sets their levels itself.
 */
final class QuietSecrets implements EnvironmentPostProcessor {

    private static final List<String> LOGGERS = List.of(
            "org.apache.catalina.connector.CoyoteAdapter",
            "org.apache.coyote.http11.Http11InputBuffer",
            "org.apache.tomcat.util.http.Parameters",
            "org.apache.tomcat.util.http.Rfc6265CookieProcessor",
            "org.springframework.jdbc.core.StatementCreatorUtils",
            "org.springframework.security.web.authentication.AnonymousAuthenticationFilter",
            "org.springframework.security.web.context.HttpSessionSecurityContextRepository",
            "org.springframework.messaging", // a frame of STOMP has headers too
            "org.springframework.session",
            "org.springframework.web.SimpLogging",
            "org.springframework.web.method.HandlerMethod",
            "org.springframework.web.socket");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> levels = new HashMap<>();
        LOGGERS.forEach(logger -> levels.put("logging.level." + logger, "info"));
        environment.getPropertySources().addLast(new MapPropertySource("sanctum-quiet-secrets", levels));
    }
}
