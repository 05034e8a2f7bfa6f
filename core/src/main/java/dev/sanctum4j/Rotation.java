package dev.sanctum4j;

import java.util.List;

/**
 * What {@link TokenStore#rotate} did.
 *
 * @param token the new token
 * @param revoked the numbers of those that it revoked: the old token, and what that had issued
 */
public record Rotation(AccessToken token, List<TokenId> revoked) {}
