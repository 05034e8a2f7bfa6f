package dev.sanctum4j.spring;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;

/**
 * The owner of a token as the application knows it.
 *
 * @param principal what controllers get as {@code @AuthenticationPrincipal}
 * @param name what {@code Authentication.getName()} answers
 * @param authorities what the owner may do; carried by tokens with {@code *}
 * @param enabled whether the owner is let in at all
 * @param createdAt since when the account exists; a token older than that was another's. Absent if unknown
 */
public record LoadedOwner(
        Object principal,
        String name,
        Collection<? extends GrantedAuthority> authorities,
        boolean enabled,
        @Nullable Instant createdAt) {

    public LoadedOwner {
        authorities = List.copyOf(authorities);
    }
}
