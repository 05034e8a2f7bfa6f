package dev.sanctum4j.server.oauth;

import dev.sanctum4j.server.web.AdminApi;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client, with its secret where that is new: in JSON, of the API and of the command line. */
public record RegisteredClient(
        String client_id,
        List<String> abilities,
        @Nullable String created_at,
        @Nullable String rotated_at,
        @Nullable String client_secret) {

    /** A client that is known. */
    public static RegisteredClient of(Client client) {
        return of(client, null);
    }

    /** A client with its secret, which is shown once. */
    public static RegisteredClient of(NewClient made) {
        return of(made.client(), made.reveal());
    }

    private static RegisteredClient of(Client client, @Nullable String secret) {
        return new RegisteredClient(
                client.id(),
                client.abilities().names(),
                AdminApi.time(client.createdAt()),
                AdminApi.time(client.rotatedAt()),
                secret);
    }

    @Override
    public String toString() {
        return "RegisteredClient[" + client_id + ", ***]";
    }
}
