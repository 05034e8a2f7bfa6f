package com.example.shapes;

import static org.springframework.security.config.Customizer.withDefaults;

import java.nio.charset.StandardCharsets;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/** Bearer tokens of another kind, beside a form. */
@Configuration(proxyBeanMethods = false)
public class ResourceServer {

    public static final SecretKey KEY =
            new SecretKeySpec("a key that is long enough for HS256".getBytes(StandardCharsets.UTF_8), "HmacSHA256");

    @Bean
    JwtDecoder jwtDecoder() {
        return NimbusJwtDecoder.withSecretKey(KEY).build();
    }

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
                .build();
    }
}
