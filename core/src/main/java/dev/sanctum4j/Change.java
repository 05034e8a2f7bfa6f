package dev.sanctum4j;

import java.util.List;

/**
 * What a change did.
 *
 * @param token the token as it now is
 * @param narrowed those that it issued and that lost abilities with it, as they now are
 */
public record Change(AccessToken token, List<AccessToken> narrowed) {

    public Change {
        narrowed = List.copyOf(narrowed);
    }
}
