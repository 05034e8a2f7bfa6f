package com.example.helped;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes a bean of a class that only the method's body names. */
@Configuration(proxyBeanMethods = false)
public class Helped {

    @Bean
    Runnable work() {
        return Helper.work();
    }
}
