package dev.sanctum4j.samples.jpa;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

interface Customers extends JpaRepository<Customer, UUID> {

    Optional<Customer> findByEmail(String email);
}
