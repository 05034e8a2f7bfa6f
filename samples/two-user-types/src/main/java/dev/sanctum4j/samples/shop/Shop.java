package dev.sanctum4j.samples.shop;

import static dev.sanctum4j.spring.Sanctum.sanctum;

import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.RequiresAbility;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A shop with customers and staff: two kinds of owners, and a filter chain for each. */
@SpringBootApplication
@SuppressWarnings("serial") // these people are in no session
public class Shop {

    public static void main(String[] args) {
        SpringApplication.run(Shop.class, args);
    }

    /** Somebody with a password. */
    sealed interface Person extends UserDetails {

        String email();

        @Override
        default String getUsername() {
            return email();
        }

        @Override
        default String getPassword() {
            return "{noop}secret";
        }
    }

    record Customer(String email) implements Person {
        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return AuthorityUtils.createAuthorityList("ROLE_CUSTOMER");
        }
    }

    record Clerk(String email) implements Person {
        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return AuthorityUtils.createAuthorityList("ROLE_STAFF");
        }
    }

    /** Stands for two tables. */
    @Component
    static class People implements UserDetailsService {

        private final Map<String, Person> all = Stream.of(new Customer("ada@example.test"), new Clerk("bob@shop.test"))
                .collect(Collectors.toMap(Person::email, person -> person));

        <P extends Person> Optional<P> find(String email, Class<P> kind) {
            return Optional.ofNullable(all.get(email)).filter(kind::isInstance).map(kind::cast);
        }

        @Override
        public UserDetails loadUserByUsername(String email) {
            return find(email, Person.class).orElseThrow(() -> new UsernameNotFoundException("unknown"));
        }
    }

    // tag::two-loaders
    @Bean
    OwnerLoader customers(People people) {
        return OwnerLoader.of(
                "customer",
                Customer.class,
                Customer::email,
                email -> email,
                email -> people.find(email, Customer.class));
    }

    @Bean
    OwnerLoader staff(People people) {
        return OwnerLoader.of(
                "staff", Clerk.class, Clerk::email, email -> email, email -> people.find(email, Clerk.class));
    }
    // end::two-loaders

    // tag::two-chains
    @Bean
    SecurityFilterChain shopChain(HttpSecurity http) {
        return api(http, "/api/shop/**", "customer");
    }

    @Bean
    SecurityFilterChain officeChain(HttpSecurity http) {
        return api(http, "/api/office/**", "staff");
    }

    private static SecurityFilterChain api(HttpSecurity http, String paths, String ownerType) {
        return http.securityMatcher(paths)
                .with(sanctum(), tokens -> tokens.ownerTypes(ownerType))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(csrf -> csrf.disable()) // no cookie counts here
                .authorizeHttpRequests(routes -> routes.anyRequest().authenticated())
                .build();
    }
    // end::two-chains

    @RestController
    static class Routes {

        @GetMapping("/api/shop/orders")
        @RequiresAbility("orders:read")
        List<String> mine(@AuthenticationPrincipal Customer customer) {
            return List.of("tea for " + customer.email());
        }

        @GetMapping("/api/office/orders")
        @RequiresAbility("orders:read")
        List<String> everybodys(@AuthenticationPrincipal Clerk clerk) {
            return List.of("tea for ada@example.test", "coffee for " + clerk.email());
        }
    }
}
