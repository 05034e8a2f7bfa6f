package dev.sanctum4j.samples.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.MappedSuperclass;
import java.util.Collection;
import java.util.List;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;

/** What customers and clerks have in common: an address, which may change, and a password. */
@MappedSuperclass
@SuppressWarnings("serial") // these people are in no session
abstract class Person implements UserDetails {

    @Column(unique = true)
    private String email = "";

    private String password = "";

    Person() {}

    Person(String email, String password) {
        this.email = email;
        this.password = password;
    }

    void moveTo(String address) {
        email = address;
    }

    @Override
    public String getUsername() {
        return email;
    }

    @Override
    public String getPassword() {
        return password;
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
        return List.of();
    }
}
