package dev.sanctum4j.samples.passkeys;

import static dev.sanctum4j.spring.Sanctum.sanctum;
import static org.springframework.security.config.Customizer.withDefaults;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.RequiresAbility;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** People who have passkeys, of Spring Security's; they are forgotten at the next start. */
@SpringBootApplication
@RestController
public class Passkeys {

    @Ability(value = "See your orders", group = "Orders")
    static final String READ = "orders:read";

    public static void main(String[] args) {
        SpringApplication.run(Passkeys.class, args);
    }

    // tag::passkeys
    @Bean
    SecurityFilterChain everything(HttpSecurity http, @Value("${passkeys.origin}") String origin) {
        return http.authorizeHttpRequests(routes -> routes.requestMatchers("/sanctum4j/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(withDefaults())
                .webAuthn(passkeys ->
                        passkeys.rpName("Passkeys").rpId("localhost").allowedOrigins(origin))
                .with(sanctum(), withDefaults())
                .build();
    }
    // end::passkeys

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(User.withUsername("ada@example.test")
                .password("{noop}correct horse battery staple")
                .build());
    }

    /** The page tells its CSRF token as pages of Spring's do; the element finds it there. */
    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    String page(CsrfToken csrf) {
        return """
                <!doctype html>
                <html lang="en">
                <meta name="_csrf" content="%s">
                <meta name="_csrf_header" content="%s">
                <title>Passkeys</title>
                <script type="module" src="/sanctum4j/tokens.js"></script>
                <sanctum-tokens sign-in-href="/login"></sanctum-tokens>
                </html>
                """.formatted(csrf.getToken(), csrf.getHeaderName());
    }

    @GetMapping("/api/orders")
    @RequiresAbility(READ)
    String orders() {
        return "orders";
    }
}
