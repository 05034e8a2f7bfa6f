package dev.sanctum4j.spring;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.SecretHash;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * The owner of a token as the application knows it.
 *
 * @param principal what controllers get as {@code @AuthenticationPrincipal}
 * @param name what {@code Authentication.getName()} answers
 * @param authorities what the owner may do; carried by tokens with {@code *}
 * @param enabled whether the owner is let in at all
 * @param createdAt since when the account exists; a token older than that was another's. Absent if unknown
 * @param credentialVersion changes when the owner's password does, see {@link #versionOf}: a session that was made under
 *     another one is over. Absent if the owner has none
 * @param seenAt when a provider signed the owner in last: tokens of one who has not come back within
 *     {@code sanctum.owners.seen-within} wait for that. Absent if no provider does
 */
public record LoadedOwner(
        Object principal,
        String name,
        Collection<? extends GrantedAuthority> authorities,
        boolean enabled,
        @Nullable Instant createdAt,
        @Nullable String credentialVersion,
        @Nullable Instant seenAt) {

    public LoadedOwner {
        authorities = List.copyOf(authorities);
    }

    /** One whom no provider signs in. */
    public LoadedOwner(
            Object principal,
            String name,
            Collection<? extends GrantedAuthority> authorities,
            boolean enabled,
            @Nullable Instant createdAt,
            @Nullable String credentialVersion) {
        this(principal, name, authorities, enabled, createdAt, credentialVersion, null);
    }

    /** The same, whom a provider signed in last at that time. */
    public LoadedOwner seenAt(Instant time) {
        return new LoadedOwner(principal, name, authorities, enabled, createdAt, credentialVersion, time);
    }

    /**
     * The owner that a {@code UserDetails} stands for: let in unless it is disabled, locked or expired, as at sign-in. Since when
     * the account exists, one that is an {@link AccountAge} knows.
     */
    public static LoadedOwner of(UserDetails user) {
        return new LoadedOwner(
                user,
                user.getUsername(),
                user.getAuthorities(),
                user.isEnabled() && user.isAccountNonLocked() && user.isAccountNonExpired(),
                user instanceof AccountAge account ? account.accountCreatedAt() : null,
                versionOf(user.getPassword()));
    }

    /**
     * Whether a token was there before the account, and so belongs to another one that had the same id. Where either time is
     * unknown, nothing is said.
     */
    public boolean isYoungerThan(AccessToken token) {
        // A token is stamped with the whole second, so one made in the account's first second is the account's own.
        return token.createdAt() != null && isYoungerThan(token.createdAt());
    }

    /**
     * Whether a moment was before the account, and what is known of it belongs to another one that had the same id. Where it is unknown since when
     * the account exists, nothing is said.
     */
    public boolean isYoungerThan(Instant moment) {
        return createdAt != null && moment.getEpochSecond() < createdAt.getEpochSecond();
    }

    /** Whether who signed in under a version of the password is this owner still; one that nobody noted tells nothing. */
    public boolean knows(@Nullable String version) {
        return version == null || credentialVersion == null || credentialVersion.equals(version);
    }

    /**
     * The version of a password: a part of the hash of its hash, which tells nothing about either.
     *
     * @param passwordHash as it is stored; absent for owners without a password
     */
    public static @Nullable String versionOf(@Nullable String passwordHash) {
        return passwordHash == null ? null : SecretHash.of(passwordHash).toHex().substring(0, 16);
    }
}
