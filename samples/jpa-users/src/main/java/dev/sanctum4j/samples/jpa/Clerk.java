package dev.sanctum4j.samples.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

@Entity
class Clerk extends Person {

    private static final long serialVersionUID = 1L;

    @Id
    @GeneratedValue
    private @Nullable Long id;

    Clerk() {}

    Clerk(String email, String password) {
        super(email, password);
    }

    Long id() {
        return Objects.requireNonNull(id, "not stored yet");
    }
}
