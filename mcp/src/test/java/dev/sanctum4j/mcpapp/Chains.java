package dev.sanctum4j.mcpapp;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.web.SecurityFilterChain;

/** Chains of the application's, one at a time. */
@Configuration(proxyBeanMethods = false)
class Chains {

    @Bean
    @ConditionalOnProperty(name = "test.chain", havingValue = "forms")
    SecurityFilterChain forms(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .formLogin(Customizer.withDefaults())
                .build();
    }

    @Bean
    @ConditionalOnProperty(name = "test.chain", havingValue = "open")
    SecurityFilterChain open(HttpSecurity http) {
        return http.securityMatcher("/mcp")
                .csrf(csrf -> csrf.disable())
                .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .build();
    }

    @Bean
    @ConditionalOnProperty(name = "test.chain", havingValue = "jwt")
    SecurityFilterChain jwt(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(text -> {
                    if (!text.equals("good.jwt.text")) {
                        throw new JwtException("bad");
                    }
                    return Jwt.withTokenValue(text)
                            .header("alg", "none")
                            .subject("carl")
                            .build();
                })))
                .build();
    }
}
