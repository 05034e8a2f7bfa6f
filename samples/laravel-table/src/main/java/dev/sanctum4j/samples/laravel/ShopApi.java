package dev.sanctum4j.samples.laravel;

import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.RequiresAbility;
import java.security.Principal;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder.BCryptVersion;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

// tag::laravel-table
/** Serves some routes beside a Laravel application, for its people and their tokens. */
@SpringBootApplication
@RestController
public class ShopApi {

    public static void main(String[] args) {
        SpringApplication.run(ShopApi.class, args);
    }

    @Bean
    OwnerLoader owners(ShopUsers users) {
        return OwnerLoader.of("user", ShopUser.class, ShopUser::id, Long::valueOf, users::findById);
    }

    @Bean
    UserDetailsService people(ShopUsers users) {
        return email -> users.findByEmail(email).orElseThrow(() -> new UsernameNotFoundException("unknown"));
    }

    @Bean
    PasswordEncoder passwords() {
        return new BCryptPasswordEncoder(BCryptVersion.$2Y, 12);
    }

    @GetMapping("/api/orders")
    @RequiresAbility("orders:read")
    String orders(Principal caller) {
        return "orders of " + caller.getName();
    }
}
// end::laravel-table
