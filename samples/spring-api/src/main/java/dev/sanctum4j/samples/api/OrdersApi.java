package dev.sanctum4j.samples.api;

import dev.sanctum4j.spring.RequiresAbility;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

// tag::orders-api
@SpringBootApplication
@RestController
public class OrdersApi {

    private final List<String> orders = new CopyOnWriteArrayList<>(List.of("tea"));

    public static void main(String[] args) {
        SpringApplication.run(OrdersApi.class, args);
    }

    @GetMapping("/api/orders")
    @RequiresAbility("orders:read")
    List<String> orders() {
        return orders;
    }

    @PostMapping("/api/orders")
    @RequiresAbility("orders:write")
    List<String> order(@RequestBody Map<String, String> order) {
        orders.add(order.getOrDefault("item", "something"));
        return orders;
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ada@example.test").password("{noop}secret").build());
    }
}
// end::orders-api
