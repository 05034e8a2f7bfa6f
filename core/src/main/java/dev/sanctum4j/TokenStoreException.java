package dev.sanctum4j;

/**
 * The store could not be asked or could not answer: neither yes nor no. Over HTTP this is 503, never 401. Its message
 * carries no secret.
 */
public class TokenStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Without a cause.
     *
     * @param message what could not be done
     */
    public TokenStoreException(String message) {
        super(message);
    }

    /**
     * With a cause, which must not carry a secret either.
     *
     * @param message what could not be done
     * @param cause why
     */
    public TokenStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
