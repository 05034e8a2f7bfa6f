package dev.sanctum4j;

/**
 * A token just issued, and its text, once.
 *
 * @param token what may be shown from now on
 * @param plainText what is shown only now
 */
public record NewToken(AccessToken token, PlainTextToken plainText) {}
