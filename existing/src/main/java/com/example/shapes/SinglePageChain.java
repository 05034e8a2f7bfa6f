package com.example.shapes;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;

/** For a page of one's own: CSRF in a cookie, an empty 401, nothing but sessions. */
@Configuration(proxyBeanMethods = false)
public class SinglePageChain {

    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.requestMatchers("/admin/**")
                        .hasRole("ADMIN")
                        .requestMatchers("/open/**", "/api/public/**", "/v3/api-docs/**", "/error", "/actuator/health")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .cors(withDefaults())
                .csrf(CsrfConfigurer::spa)
                .formLogin(withDefaults())
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)))
                .build();
    }
}
