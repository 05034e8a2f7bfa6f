package dev.sanctum4j.spring;

import java.util.Optional;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;

/** Owners from the application's {@code UserDetailsService}; the id is the user name. */
record UserDetailsOwnerLoader(String type, UserDetailsService users) implements OwnerLoader {

    @Override
    public Optional<LoadedOwner> load(String id) {
        return Optional.of(LoadedOwner.of(users.loadUserByUsername(id)));
    }

    @Override
    public Optional<String> idOf(Object principal) {
        return principal instanceof UserDetails user ? Optional.of(user.getUsername()) : Optional.empty();
    }
}
