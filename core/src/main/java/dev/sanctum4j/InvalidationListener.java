package dev.sanctum4j;

/**
 * Is notified of changes of tokens that were made elsewhere: by other nodes, other programs, or by hand. What notifies it is
 * a feed, what listens is a cache.
 *
 * <p>Must be thread-safe.
 */
public interface InvalidationListener {

    /** A token was changed, revoked or deleted. */
    void invalidated(TokenId id);

    /** Any token may have been changed: too many to name, or the feed has missed something. */
    void invalidateAll();

    /**
     * The feed has notified of everything that was committed before {@code nanoTime}. It says so again and again; when it
     * has not for a while, nothing can be trusted.
     *
     * @param nanoTime a moment of {@link System#nanoTime}
     * @param deletes whether that includes rows that were deleted
     */
    void caughtUp(long nanoTime, boolean deletes);
}
