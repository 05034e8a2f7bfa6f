package dev.sanctum4j.samples.laravel;

import java.util.Collection;
import java.util.List;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;

// tag::laravel-user
/** A row of Laravel's table, as somebody who is signed in. */
record ShopUser(long id, String email, String password) implements UserDetails {

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

    @Override
    public String toString() {
        return "user " + id; // a record's own would show the hash
    }
}
// end::laravel-user
