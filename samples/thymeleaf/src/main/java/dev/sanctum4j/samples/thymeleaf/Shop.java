package dev.sanctum4j.samples.thymeleaf;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.RequiresAbility;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;

/** Pages of Thymeleaf with a sign-in, sessions and CSRF tokens of their own; templates/tokens.html has the element. */
@SpringBootApplication
@Controller
public class Shop {

    @Ability("See your orders")
    static final String READ = "orders:read";

    public static void main(String[] args) {
        SpringApplication.run(Shop.class, args);
    }

    @GetMapping("/settings/tokens")
    String tokens() {
        return "tokens";
    }

    @GetMapping("/api/orders")
    @RequiresAbility(READ)
    @ResponseBody
    List<String> orders() {
        return List.of("tea");
    }

    @Bean
    SecurityFilterChain everything(HttpSecurity http) {
        return http.securityMatcher("/**") // one with a matcher keeps all routes, those of tokens too
                .authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .formLogin(withDefaults())
                .with(sanctum(), withDefaults())
                .build();
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(User.withUsername("ada@example.test")
                .password("{noop}correct horse battery staple")
                .build());
    }
}
