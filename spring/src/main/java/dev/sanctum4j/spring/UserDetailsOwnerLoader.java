package dev.sanctum4j.spring;

import java.util.Optional;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.util.ClassUtils;

/** Owners from the application's {@code UserDetailsService}; the id is the user name. */
record UserDetailsOwnerLoader(String type, UserDetailsService users) implements OwnerLoader {

    @Override
    public Optional<LoadedOwner> load(String id) {
        return Optional.of(LoadedOwner.of(users.loadUserByUsername(id)));
    }

    @Override
    public Optional<String> idOf(Object principal) {
        if (principal instanceof UserDetails user) {
            return Optional.of(user.getUsername());
        }
        return PASSKEYS && Passkey.isOf(principal) ? Optional.of(Passkey.name(principal)) : Optional.empty();
    }

    private static final boolean PASSKEYS = ClassUtils.isPresent(
            "org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity",
            UserDetailsOwnerLoader.class.getClassLoader());

    /** Whoever signed in by a passkey, by Spring Security, which has asked the same service under the same name. */
    private static final class Passkey {

        static boolean isOf(Object principal) {
            return principal instanceof PublicKeyCredentialUserEntity;
        }

        static String name(Object principal) {
            return ((PublicKeyCredentialUserEntity) principal).getName();
        }
    }
}
