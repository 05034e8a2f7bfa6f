package dev.sanctum4j.samples.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;

@Entity
class Customer extends Person {

    private static final long serialVersionUID = 1L;

    @Id
    private UUID id = UUID.randomUUID();

    Customer() {}

    Customer(String email, String password) {
        super(email, password);
    }

    UUID id() {
        return id;
    }
}
