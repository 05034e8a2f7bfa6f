package dev.sanctum4j.server.oauth;

/** An error in the form of RFC 6749 §5.2, which clients of OAuth expect. */
final class OAuthError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    private OAuthError(int status, String code, String description) {
        super(description, null, false, false);
        this.status = status;
        this.code = code;
    }

    static OAuthError invalidRequest(String description) {
        return new OAuthError(400, "invalid_request", description);
    }

    /** The same for a client that nobody knows and for a wrong secret. */
    static OAuthError invalidClient() {
        return new OAuthError(401, "invalid_client", "Send the name and the secret of a registered client.");
    }

    static OAuthError unsupportedTokenType() {
        return new OAuthError(400, "unsupported_token_type", "There are only access tokens here.");
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
