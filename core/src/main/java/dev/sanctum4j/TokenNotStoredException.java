package dev.sanctum4j;

/**
 * The store answers, and did not take a change: the account of a database may not write, for one, or its disk is full. Over HTTP
 * this is 503, told apart from what could not be checked. Its message carries no secret.
 */
public final class TokenNotStoredException extends TokenStoreException {

    private static final long serialVersionUID = 1L;

    /**
     * Without a cause.
     *
     * @param message what could not be done
     */
    public TokenNotStoredException(String message) {
        super(message);
    }
}
