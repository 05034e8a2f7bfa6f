package dev.sanctum4j.server.oauth;

/** A client and its secret, which nobody can read again. Prints stars. Immutable and thread-safe. */
public final class NewClient {

    private final Client client;
    private final String secret;

    NewClient(Client client, String secret) {
        this.client = client;
        this.secret = secret;
    }

    /** The client. */
    public Client client() {
        return client;
    }

    /** The secret itself, to be shown once. */
    public String reveal() {
        return secret;
    }

    @Override
    public String toString() {
        return "NewClient[" + client.id() + ", ***]";
    }
}
