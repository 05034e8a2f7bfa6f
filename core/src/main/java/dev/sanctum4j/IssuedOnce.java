package dev.sanctum4j;

import org.jspecify.annotations.Nullable;

/**
 * The token of a key, see {@link Tokens#issueOnce(TokenRequest, String)}.
 *
 * @param token what may be shown
 * @param plainText what is shown only now; absent if the token was issued before, for then nobody can read it again
 */
public record IssuedOnce(AccessToken token, @Nullable PlainTextToken plainText) {

    /** Whether the token was there already. */
    public boolean replayed() {
        return plainText == null;
    }
}
