package dev.sanctum4j.spring;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Implemented by {@code UserDetails} that know since when their account exists, so that a token of an earlier account of
 * the same name is refused.
 */
public interface AccountAge {

    /** When the account was created; absent if that is not known, which refuses nothing. */
    @Nullable
    Instant accountCreatedAt();
}
