package dev.sanctum4j.server.clients;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/**
 * A chain that knows neither sessions nor tokens: {@link OAuthController} asks clients for their own credentials, and what
 * describes the server is for everybody.
 */
@Configuration(proxyBeanMethods = false)
class ClientSecurity {

    @Bean
    SecurityFilterChain clientEndpoints(HttpSecurity http) {
        return http.securityMatcher(
                        "/oauth2/**",
                        "/openapi.json",
                        "/.well-known/oauth-protected-resource",
                        "/.well-known/oauth-authorization-server")
                .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }
}
