package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One listener's failure is nobody else's. */
class TokenListenerTest {

    private static final AccessToken TOKEN = new TokenDraft(
                    Owner.of("user", 1), "ci", Abilities.of("a"), SecretHash.of("secret"), null, null, null, Map.of())
            .withId(TokenId.of(7));
    private static final List<TokenEvent> EVERY = List.of(
            new TokenEvent.Issued(TOKEN),
            new TokenEvent.Changed(TOKEN),
            new TokenEvent.Accepted(TOKEN),
            new TokenEvent.Rejected(Verdict.Reason.UNKNOWN, null),
            new TokenEvent.Revoked(TOKEN.id()),
            new TokenEvent.Rotated(TOKEN.id(), TOKEN),
            new TokenEvent.Pruned(3));

    @Test
    void everyEventReachesEveryListenerThoughTheFirstThrows() {
        List<TokenEvent> heard = new ArrayList<>();
        TokenListener all = TokenListener.all(List.of(
                event -> {
                    throw new IllegalStateException("listener is broken");
                },
                heard::add));

        EVERY.forEach(all::on);

        assertThat(heard).isEqualTo(EVERY);
        assertThat(EVERY).hasSameSizeAs(TokenEvent.class.getPermittedSubclasses());
    }
}
