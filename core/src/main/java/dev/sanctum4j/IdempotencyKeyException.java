package dev.sanctum4j;

/** A token could not be issued under a key, see {@link Tokens#issueOnce(TokenRequest, String)}. Nothing was issued by this call. */
public final class IdempotencyKeyException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What hinders. */
    public enum Reason {
        /** Something else was asked for under this key. */
        REUSED,
        /** A token is being issued under it just now; ask again. */
        RUNNING,
        /** What was issued under it is revoked, or gone. */
        ENDED,
        /** The owner has used {@value IdempotencyKey#PER_OWNER} of them lately. */
        TOO_MANY,
        /** The store keeps no keys. Without one it issues as ever. */
        UNSUPPORTED
    }

    /**
     * For stores.
     *
     * @param message what hinders, in words that have neither the key nor a secret
     */
    public IdempotencyKeyException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What hinders. */
    public Reason reason() {
        return reason;
    }
}
