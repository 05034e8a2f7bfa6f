package com.example.recipes;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.springframework.security.config.Customizer.withDefaults;

import com.example.shapes.ResourceServer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/** {@code ResourceServer} with one line more. */
@Configuration(proxyBeanMethods = false)
class ResourceServerWithTokens {

    @Bean
    JwtDecoder jwtDecoder() {
        return NimbusJwtDecoder.withSecretKey(ResourceServer.KEY).build();
    }

    // tag::chain-with-a-resource-server
    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
        return http.authorizeHttpRequests(
                        routes -> routes.requestMatchers("/open/**", "/api/public/**", "/v3/api-docs/**", "/error")
                                .permitAll()
                                .requestMatchers("/admin/**")
                                .hasAuthority("SCOPE_admin")
                                .requestMatchers("/actuator/**")
                                .hasAnyAuthority("SCOPE_admin", "ROLE_ADMIN")
                                .anyRequest()
                                .authenticated())
                .cors(withDefaults())
                .formLogin(withDefaults())
                .oauth2ResourceServer(resources -> resources.jwt(withDefaults()))
                .with(sanctum(), withDefaults())
                .build();
    }
    // end::chain-with-a-resource-server
}
