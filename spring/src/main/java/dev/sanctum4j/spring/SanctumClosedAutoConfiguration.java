package dev.sanctum4j.spring;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.OnTokensInUse;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Where tokens are not in use: {@code /api/**} is refused as far as no chain of the application claims it, so a path that was
 * forgotten is not left open. Nothing else of ours is there, and nobody is asked.
 */
@AutoConfiguration(
        after = {
            ServletWebSecurityAutoConfiguration.class, // ours would make Boot's own chains step back
            ManagementWebSecurityAutoConfiguration.class
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnTokensInUse.Not.class)
public final class SanctumClosedAutoConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    SecurityFilterChain sanctumClosedChain(
            HttpSecurity http, ConfigurableListableBeanFactory beans, Environment environment) {
        List<RequestMatcher> ours =
                Binder.get(environment).bindOrCreate("sanctum", SanctumProperties.class).paths().stream()
                        .map(path -> (RequestMatcher)
                                PathPatternRequestMatcher.withDefaults().matcher(path))
                        .toList();
        ProblemWriter problems = ProblemWriter.json();
        return http.securityMatcher(new UnclaimedRequests("sanctumClosedChain", ours, beans))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable)
                .securityContext(
                        contexts -> contexts.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                .exceptionHandling(errors -> errors.authenticationEntryPoint(
                        (request, response, reason) -> problems.write(response, Problem.unauthenticated(false))))
                .authorizeHttpRequests(routes -> routes.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .denyAll())
                .build();
    }
}
