package dev.sanctum4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A token and the hash of its secret, between a store and {@link Tokens}. While it is kept in memory it also remembers until
 * when its use needs no noting, so that nothing else has to be looked up for that.
 *
 * <p>Thread-safe. Two are equal if their tokens and hashes are.
 */
public final class StoredToken {

    private final AccessToken token;
    private final @Nullable SecretHash hash;

    /** In seconds since 1970. What two threads write at once is the same, and what one overlooks is only noted again. */
    private long notedUntil = Long.MIN_VALUE;

    /**
     * A token as it is stored.
     *
     * @param token what may be shown
     * @param hash what its secret must hash to; {@code null} if the row holds no well-formed hash, and then nothing matches it
     */
    public StoredToken(AccessToken token, @Nullable SecretHash hash) {
        this.token = token;
        this.hash = hash;
    }

    /** What may be shown. */
    public AccessToken token() {
        return token;
    }

    /** What its secret must hash to; {@code null} if the row holds no well-formed hash, and then nothing matches it. */
    public @Nullable SecretHash hash() {
        return hash;
    }

    boolean isNoted(long second) {
        return second < notedUntil;
    }

    void notedUntil(long second) {
        notedUntil = second;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredToken that && token.equals(that.token) && Objects.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Objects.hash(token, hash);
    }

    @Override
    public String toString() {
        return "StoredToken[token=" + token + ", hash=" + hash + "]";
    }
}
