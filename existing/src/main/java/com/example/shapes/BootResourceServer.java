package com.example.shapes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** No chain, and a decoder for which Boot brings one that takes JWTs. */
@Configuration(proxyBeanMethods = false)
public class BootResourceServer {

    @Bean
    JwtDecoder jwtDecoder() {
        return NimbusJwtDecoder.withSecretKey(ResourceServer.KEY).build();
    }
}
