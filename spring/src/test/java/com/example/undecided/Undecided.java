package com.example.undecided;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** Has people in two places, and does nothing with the dependency. */
@SpringBootApplication
public class Undecided {

    @Bean
    UserDetailsService staff() {
        return new InMemoryUserDetailsManager();
    }

    @Bean
    UserDetailsService customers() {
        return new InMemoryUserDetailsManager();
    }
}
