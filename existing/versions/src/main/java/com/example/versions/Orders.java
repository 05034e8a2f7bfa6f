package com.example.versions;

import dev.sanctum4j.spring.RequiresAbility;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** An API with two routes, and somebody to call them. */
@SpringBootApplication
@RestController
public class Orders {

    @GetMapping("/api/orders")
    @RequiresAbility("orders:read")
    List<String> all() {
        return List.of("tea");
    }

    @PostMapping("/api/orders")
    @RequiresAbility("orders:write")
    String order() {
        return "ordered";
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ada@example.test").password("{noop}secret").build());
    }
}
