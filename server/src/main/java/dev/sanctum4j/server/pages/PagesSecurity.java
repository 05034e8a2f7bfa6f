package dev.sanctum4j.server.pages;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/** Who may see the pages: everybody. They are the same for all and hold nothing; what they show they ask the API for. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PageProperties.class)
class PagesSecurity {

    /** What a page may load, and do. */
    static String policy(Assets assets) {
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" + assets.pictures()
                + "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                + " require-trusted-types-for 'script'; trusted-types 'none'";
    }

    @Bean
    SecurityFilterChain pages(HttpSecurity http, Assets assets) {
        String[] pages = {"/", "/login", "/settings/**", "/sanctum4j/**", "/diagnosis", "/doctor", "/connect"};
        return http.securityMatchers(
                        paths -> paths.requestMatchers(HttpMethod.GET, pages).requestMatchers(HttpMethod.HEAD, pages))
                .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable)
                        .contentSecurityPolicy(content -> content.policyDirectives(policy(assets))))
                .build();
    }
}
