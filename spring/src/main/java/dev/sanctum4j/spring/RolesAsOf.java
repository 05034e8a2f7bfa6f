package dev.sanctum4j.spring;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Implemented by the principal of a {@link LoadedOwner} whose roles are those that a provider told at a sign-in, and not those of now:
 * the page of tokens says of when they are.
 */
public interface RolesAsOf {

    /** When the roles were told; absent if they are those of now. */
    @Nullable
    Instant rolesAsOf();
}
