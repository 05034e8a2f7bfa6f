package com.example.recipes;

import dev.sanctum4j.spring.http.ErrorWriter;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Gives our errors the form that the shop's have. */
@Configuration(proxyBeanMethods = false)
class ShopErrorForm {

    // tag::errors-in-your-form
    @Bean
    ErrorWriter errors(JsonMapper json) {
        return (response, body) -> {
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            json.writeValue(response.getOutputStream(), Map.of("shop", body.get("message")));
        };
    }
    // end::errors-in-your-form
}
