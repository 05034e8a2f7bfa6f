package dev.sanctum4j.samples.orders;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.RequiresAbility;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What the sample pages talk to: orders that are forgotten at the next start, each person's own. */
@SpringBootApplication
@RestController
public class Orders {

    @Ability(value = "See your orders", group = "Orders")
    static final String READ = "orders:read";

    @Ability(value = "Place orders", group = "Orders")
    static final String WRITE = "orders:write";

    private final Map<String, List<Order>> orders = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    public static void main(String[] args) {
        SpringApplication.run(Orders.class, args);
    }

    record Order(long id, String item) {}

    record NewOrder(String item) {}

    @GetMapping("/api/user")
    Map<String, String> user(Principal caller) {
        return Map.of("id", caller.getName(), "name", "Ada", "email", caller.getName());
    }

    @GetMapping("/api/orders")
    @RequiresAbility(READ)
    Map<String, List<Order>> orders(Principal caller) {
        return Map.of("orders", orders.getOrDefault(caller.getName(), List.of()));
    }

    @PostMapping("/api/orders")
    @RequiresAbility(WRITE)
    @ResponseStatus(HttpStatus.CREATED)
    Order order(Principal caller, @RequestBody NewOrder wanted) {
        Order order = new Order(number.incrementAndGet(), wanted.item());
        orders.computeIfAbsent(caller.getName(), name -> new CopyOnWriteArrayList<>())
                .add(order);
        return order;
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(User.withUsername("ada@example.test")
                .password("{noop}correct horse battery staple")
                .build());
    }

    /** The elements are the same for everybody, and ask the API for what they show. */
    @Bean
    SecurityFilterChain elements(HttpSecurity http) {
        return http.securityMatcher("/sanctum4j/**")
                .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .build();
    }
}
