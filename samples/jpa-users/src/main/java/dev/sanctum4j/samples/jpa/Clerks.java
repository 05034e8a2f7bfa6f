package dev.sanctum4j.samples.jpa;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface Clerks extends JpaRepository<Clerk, Long> {

    Optional<Clerk> findByEmail(String email);
}
