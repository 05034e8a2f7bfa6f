package com.example.recipes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.WebSecurityCustomizer;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

/** Says of each path that is open that it is meant to be. */
@Configuration(proxyBeanMethods = false)
class OpenPaths {

    // tag::open-by-a-chain
    @Bean
    @Order(3)
    SecurityFilterChain open(HttpSecurity http) {
        return http.securityMatcher("/api/public/**")
                .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .cors(AbstractHttpConfigurer::disable) // MVC's mappings and annotations answer
                .csrf(AbstractHttpConfigurer::disable) // nothing here knows who asks
                .build();
    }
    // end::open-by-a-chain

    // tag::open-without-a-chain
    @Bean
    WebSecurityCustomizer withoutSecurity() {
        return web -> web.ignoring().requestMatchers("/api/nothing");
    }
    // end::open-without-a-chain
}
