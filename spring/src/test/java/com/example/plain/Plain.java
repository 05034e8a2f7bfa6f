package com.example.plain;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Knows nothing of us, though it has a type of a name of ours. */
@Configuration(proxyBeanMethods = false)
public class Plain {

    @Bean
    Tokens tokens() {
        return new Tokens(List.of());
    }

    @Bean
    int answer() {
        return 42;
    }

    record Tokens(List<String> all) {}
}
