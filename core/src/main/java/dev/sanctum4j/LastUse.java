package dev.sanctum4j;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a token was last used, and from where.
 *
 * @param at to the second
 * @param from the address of the caller, cut to {@value #MAX_LENGTH} characters; absent if it is not known
 */
public record LastUse(Instant at, @Nullable String from) {

    private static final int MAX_LENGTH = 64;

    public LastUse {
        if (from != null && from.length() > MAX_LENGTH) {
            from = from.substring(0, MAX_LENGTH);
        }
    }
}
