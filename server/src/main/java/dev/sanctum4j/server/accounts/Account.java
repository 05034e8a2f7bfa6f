package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Owner;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may sign in.
 *
 * @param id the stable key, which tokens refer to
 * @param name what to call them
 * @param email what they sign in with, in lower case
 * @param password the hash of their password
 * @param role what they may do
 * @param disabledAt since when they may not sign in; absent if they may
 * @param createdAt when the account was created; absent if that is not known, as of a Laravel's
 * @param updatedAt when it was changed last; absent likewise
 */
public record Account(
        long id,
        String name,
        String email,
        String password,
        Role role,
        @Nullable Instant disabledAt,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt) {

    /** The type of people as owners of tokens. */
    static final String TYPE = "user";

    /** What stands in place of the hash of a password that nobody has: no password matches it. */
    static final String NO_PASSWORD = "!";

    /** Whether there is a password to sign in with; people whom a provider has brought have none. */
    public boolean hasPassword() {
        return !password.equals(NO_PASSWORD);
    }

    /** This account as an owner of tokens. */
    public Owner owner() {
        return owner(id);
    }

    static Owner owner(long id) {
        return Owner.of(TYPE, id);
    }

    /** What an account may do. */
    public enum Role {
        /** Everything. */
        ADMIN,
        /** Its own things. */
        USER;

        /** As it is written for people and programs: {@code admin}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return "Account[" + id + ", " + role + "]";
    }
}
