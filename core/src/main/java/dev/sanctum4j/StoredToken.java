package dev.sanctum4j;

import org.jspecify.annotations.Nullable;

/**
 * A token and the hash of its secret, between a store and {@link Tokens}.
 *
 * @param token what may be shown
 * @param hash what its secret must hash to; absent if the row holds no well-formed hash, and then nothing matches it
 */
public record StoredToken(AccessToken token, @Nullable SecretHash hash) {}
