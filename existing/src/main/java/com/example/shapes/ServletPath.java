package com.example.shapes;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** MVC below {@code /app}: rules are below it by themselves, pages must be named with it. */
@Configuration(proxyBeanMethods = false)
@Import(SignInPage.class)
public class ServletPath {

    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.requestMatchers(
                                "/signin",
                                "/open/**",
                                "/api/public/**",
                                "/v3/api-docs/**",
                                "/actuator/health/**",
                                "/error")
                        .permitAll()
                        .requestMatchers("/admin/**", "/actuator/**")
                        .hasRole("ADMIN")
                        .anyRequest()
                        .authenticated())
                .cors(withDefaults())
                .formLogin(form -> form.loginPage("/app/signin"))
                .httpBasic(withDefaults())
                .logout(logout -> logout.logoutUrl("/app/signout"))
                .build();
    }
}
