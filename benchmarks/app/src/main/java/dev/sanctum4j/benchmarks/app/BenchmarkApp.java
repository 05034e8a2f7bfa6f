package dev.sanctum4j.benchmarks.app;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers {@code GET /api/ping}, protected by what its one argument says: {@code open} lets everybody in, {@code token} takes
 * our tokens, {@code jwt} takes JWTs with HS256. What a caller has to send is printed once it is up. {@code plain} is what Boot
 * makes of the same starters, for start-up and memory; {@code empty} has no Spring Security at all.
 */
@SpringBootApplication
public class BenchmarkApp {

    private static final String PACKAGE = "dev.sanctum4j.";
    private static final String SECURITY = "org.springframework.boot.security.";
    private static final List<String> SESSIONS = List.of(
            "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
            "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration");

    /** Starts it. */
    public static void main(String[] args) {
        String mode = args[0];
        List<String> without = new ArrayList<>();
        ImportCandidates.load(AutoConfiguration.class, BenchmarkApp.class.getClassLoader())
                .forEach(name -> {
                    if (name.startsWith(PACKAGE) && !mode.equals("token")
                            || name.startsWith(SECURITY) && mode.equals("empty")) {
                        without.add(name);
                    }
                });
        if (!mode.equals("plain")) {
            without.addAll(SESSIONS);
        }
        SpringApplication application = new SpringApplication(BenchmarkApp.class);
        application.setAdditionalProfiles(mode);
        application.setDefaultProperties(Map.of(
                "spring.main.banner-mode", "off",
                "spring.datasource.url", "jdbc:h2:mem:benchmark;DB_CLOSE_DELAY=-1",
                "spring.autoconfigure.exclude", String.join(",", without),
                "server.port", System.getenv().getOrDefault("PORT", "8081"),
                "management.endpoints.web.exposure.include", "health,prometheus"));
        application.run();
    }

    /** Observing every filter costs more than any of the checks. The meters of the web server stay on, in all modes. */
    @Bean
    SecurityObservationSettings observations() {
        return SecurityObservationSettings.noObservations();
    }

    /** The route. */
    @RestController
    static class Ping {

        private static final Map<String, Boolean> PONG = Map.of("pong", true);

        @GetMapping("/api/ping")
        Map<String, Boolean> ping() {
            return PONG;
        }
    }

    private static HttpSecurity stateless(HttpSecurity http) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
    }

    private static void tell(String header) {
        System.out.println("HEADER " + header);
    }

    @Bean
    @Profile({"open", "empty"})
    ApplicationListener<ApplicationReadyEvent> noHeader() {
        return event -> tell("X-None: none");
    }

    @Configuration(proxyBeanMethods = false)
    @Profile("open")
    static class Open {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return stateless(http)
                    .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Profile("token")
    static class Token {

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ada").password("{noop}x").roles("USER").build());
        }

        @Bean
        ApplicationListener<ApplicationReadyEvent> header(Tokens tokens) {
            return event -> tell("Authorization: Bearer "
                    + tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "load", "*"))
                            .plainText()
                            .reveal());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Profile("jwt")
    static class Jwt {

        private final byte[] secret = new byte[32];

        Jwt() {
            new SecureRandom().nextBytes(secret);
        }

        @Bean
        JwtDecoder decoder() {
            return NimbusJwtDecoder.withSecretKey(new SecretKeySpec(secret, "HmacSHA256"))
                    .build();
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return stateless(http)
                    .authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .build();
        }

        @Bean
        ApplicationListener<ApplicationReadyEvent> header() throws JOSEException {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new JWTClaimsSet.Builder()
                            .subject("ada")
                            .claim("scope", "orders:read orders:write")
                            .expirationTime(Date.from(Instant.now().plus(30, ChronoUnit.DAYS)))
                            .build());
            jwt.sign(new MACSigner(secret));
            String text = jwt.serialize();
            return event -> tell("Authorization: Bearer " + text);
        }
    }
}
