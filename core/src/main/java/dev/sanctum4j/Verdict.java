package dev.sanctum4j;

/**
 * The answer about a presented token. That the store could not be asked is no answer but a {@link TokenStoreException}.
 */
public sealed interface Verdict {

    /**
     * The token is genuine and valid now.
     *
     * @param token the token
     */
    record Accepted(AccessToken token) implements Verdict {}

    /**
     * The token is refused. Callers outside are told the same for every reason.
     *
     * @param reason why, for logs and metrics
     */
    record Rejected(Reason reason) implements Verdict {}

    /** Why a token is refused. */
    enum Reason {
        /** Not a token by its form, or its checksum is wrong. The store was not asked. */
        MALFORMED,
        /** No such token, or the secret does not belong to the id. */
        UNKNOWN,
        /** It was revoked. */
        REVOKED,
        /** Its own expiry has passed, or it is older than the maximum age. */
        EXPIRED,
        /** Its owner is gone, disabled, younger than the token, or not of a kind that is let in here. */
        OWNER
    }
}
