package dev.sanctum4j;

/**
 * Is told what happens to tokens elsewhere: by other nodes, other programs, or by hand. What tells it is a feed, what listens
 * is a cache.
 *
 * <p>Must be thread-safe.
 */
public interface TokenChanges {

    /** A token was changed, revoked or deleted. */
    void changed(TokenId id);

    /** Any token may have been changed: too many to name, or the feed has missed something. */
    void anyChanged();

    /**
     * Everything that was committed before {@code nanoTime} has been told. A feed says so again and again; when it has
     * said nothing for a while, nothing can be trusted.
     *
     * @param nanoTime a moment of {@link System#nanoTime}
     * @param deletes whether that includes rows that were deleted
     */
    void heard(long nanoTime, boolean deletes);
}
