package dev.sanctum4j;

/** The token that was to issue another is revoked, expired or gone meanwhile. Nothing was issued. */
public final class IssuerRevokedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    IssuerRevokedException(TokenId issuer) {
        super("token " + issuer + " is revoked or expired and issues nothing more");
    }
}
