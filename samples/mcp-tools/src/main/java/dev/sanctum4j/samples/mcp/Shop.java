package dev.sanctum4j.samples.mcp;

import static dev.sanctum4j.spring.Sanctum.sanctum;

import dev.sanctum4j.spring.Ability;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** A shop whose orders people see on a page of theirs, and agents through the tools beside. */
@SpringBootApplication
public class Shop {

    @Ability(value = "See orders", group = "Orders")
    static final String READ = "orders:read";

    @Ability(value = "Place orders", group = "Orders")
    static final String PLACE = "orders:place";

    public static void main(String[] args) {
        SpringApplication.run(Shop.class, args);
    }

    /** Pages have a form to sign in by. Nothing is said of the tools: their endpoint takes tokens by itself. */
    @Bean
    SecurityFilterChain pages(HttpSecurity http) {
        return http.authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .formLogin(form -> form.defaultSuccessUrl("/tokens.html"))
                .csrf(CsrfConfigurer::spa)
                .with(sanctum(), Customizer.withDefaults())
                .build();
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ada").password("{noop}secret").build());
    }
}
