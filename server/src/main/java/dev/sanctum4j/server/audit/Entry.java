package dev.sanctum4j.server.audit;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log.
 *
 * @param at when
 * @param event what, like {@code token_issued}
 * @param owner whose token or session it was about, if that is known
 * @param token which token, by its number
 * @param actor who used the token on its owner's behalf, in the words of whoever issued it; absent if the owner did
 * @param address where the request came from; absent for work of the server's own
 * @param detail what else there is to know; never a secret
 * @param times how often it happened since the one before it, up to {@code at}: more than once only for refusals
 */
record Entry(
        Instant at,
        String event,
        @Nullable Owner owner,
        @Nullable TokenId token,
        @Nullable String actor,
        @Nullable String address,
        @Nullable String detail,
        int times) {

    /** The same at another time, so many times. */
    Entry times(Instant latest, int times) {
        return new Entry(latest, event, owner, token, actor, address, detail, times);
    }
}
