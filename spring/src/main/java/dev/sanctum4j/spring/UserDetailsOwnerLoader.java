package dev.sanctum4j.spring;

import java.util.Optional;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Owners from the application's {@code UserDetailsService}; the id is the user name. */
record UserDetailsOwnerLoader(String type, UserDetailsService users) implements OwnerLoader {

    @Override
    public Optional<LoadedOwner> load(String id) {
        try {
            UserDetails user = users.loadUserByUsername(id);
            return Optional.of(new LoadedOwner(
                    user,
                    user.getUsername(),
                    user.getAuthorities(),
                    user.isEnabled() && user.isAccountNonLocked() && user.isAccountNonExpired(),
                    user instanceof AccountAge account ? account.accountCreatedAt() : null,
                    LoadedOwner.versionOf(user.getPassword())));
        } catch (UsernameNotFoundException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> idOf(Object principal) {
        return principal instanceof UserDetails user ? Optional.of(user.getUsername()) : Optional.empty();
    }
}
