package com.example.shapes;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** One chain for everything: form, Basic, remember-me, CSRF in the session. */
@Configuration(proxyBeanMethods = false)
public class AnyRequestChain {

    // tag::chain-before
    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.requestMatchers(
                                "/open/**",
                                "/api/public/**",
                                "/invitations/**",
                                "/v3/api-docs/**",
                                "/actuator/health/**",
                                "/actuator/info",
                                "/error")
                        .permitAll()
                        .requestMatchers("/admin/**", "/actuator/**")
                        .hasRole("ADMIN")
                        .anyRequest()
                        .authenticated())
                .cors(withDefaults())
                .formLogin(withDefaults())
                .httpBasic(withDefaults())
                .rememberMe(remember -> remember.key("shop"))
                .build();
    }
    // end::chain-before
}
