package dev.sanctum4j.samples.jpa;

import dev.sanctum4j.spring.OwnerLoader;
import java.security.Principal;
import java.util.UUID;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Customers have a UUID and clerks a number: their tokens go on when an address changes. */
@SpringBootApplication
@RestController
public class People {

    public static void main(String[] args) {
        SpringApplication.run(People.class, args);
    }

    // tag::jpa-owners
    @Bean
    OwnerLoader ownersOfCustomers(Customers customers) {
        return OwnerLoader.of("customer", Customer.class, Customer::id, UUID::fromString, customers::findById);
    }

    @Bean
    OwnerLoader ownersOfClerks(Clerks clerks) {
        return OwnerLoader.of("clerk", Clerk.class, Clerk::id, Long::valueOf, clerks::findById);
    }
    // end::jpa-owners

    @Bean
    UserDetailsService byEmail(Customers customers, Clerks clerks) {
        return email -> customers
                .findByEmail(email)
                .<UserDetails>map(customer -> customer)
                .or(() -> clerks.findByEmail(email))
                .orElseThrow(() -> new UsernameNotFoundException("unknown"));
    }

    @Bean
    ApplicationRunner firstPeople(Customers customers, Clerks clerks) {
        return arguments -> {
            customers.save(new Customer("ada@example.test", "{noop}secret"));
            clerks.save(new Clerk("bob@shop.test", "{noop}secret"));
        };
    }

    @GetMapping("/api/whoami")
    String whoami(Principal caller) {
        return caller.getName();
    }
}
