package dev.sanctum4j.server.cli;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens of a server, over HTTP, by one of them.
 *
 * <p>Thread-safe.
 */
final class RemoteTokens {

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,18}");

    private final Remote server;
    private final String bearer;

    /**
     * A token that was issued.
     *
     * @param id its number
     * @param text its text
     */
    record Issued(String id, String text) {

        @Override
        public String toString() {
            return "Issued[id=" + id + "]";
        }
    }

    RemoteTokens(Remote server, String bearer) {
        this.server = server;
        this.bearer = bearer;
    }

    /**
     * Issues one.
     *
     * @throws RefusedException if the server refuses it, or could not be asked
     */
    Issued issue(String name, String actor, List<String> abilities, Instant expiresAt) throws InterruptedException {
        String body = JsonMapper.shared()
                .writeValueAsString(Terminal.object(
                        "name", name, "actor", actor, "abilities", abilities, "expires_at", expiresAt.toString()));
        Remote.Answer answer;
        try {
            answer = server.send(server.request("/api/tokens", bearer)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
        } catch (IOException e) {
            throw server.unavailable(e);
        }
        String id = answer.json().path("id").asString("");
        String text = answer.json().path("token").asString("");
        if (answer.status() == 201 && ID.matcher(id).matches() && !text.isEmpty()) {
            return new Issued(id, text);
        }
        throw answer.refused();
    }

    /** Ends a token that was issued so. Returns whether it is over. */
    boolean end(Issued token) {
        return end(token.id(), 404); // with its parent, or before
    }

    /** Ends the token that this is by. Returns whether it is over. */
    boolean end() {
        return end("current", 401);
    }

    private boolean end(String which, int gone) {
        for (int tries = 0; tries < 3; tries++) {
            try {
                int status = server.send(
                                server.request("/api/tokens/" + which, bearer).DELETE())
                        .status();
                if (status == 204 || status == 401 || status == gone) {
                    return true;
                }
                Thread.sleep(200L << tries);
            } catch (IOException e) {
                // once more
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }
}
