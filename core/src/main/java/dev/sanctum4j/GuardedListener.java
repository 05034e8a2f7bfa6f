package dev.sanctum4j;

import dev.sanctum4j.Verdict.Reason;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Keeps what a listener throws away from the request. */
record GuardedListener(TokenListener listener) implements TokenListener {

    private static final System.Logger LOG = System.getLogger(TokenListener.class.getName());

    @Override
    public void issued(AccessToken token) {
        guard(() -> listener.issued(token));
    }

    @Override
    public void changed(AccessToken token) {
        guard(() -> listener.changed(token));
    }

    @Override
    public void accepted(AccessToken token) {
        guard(() -> listener.accepted(token));
    }

    @Override
    public void rejected(Reason reason, @Nullable TokenId id) {
        guard(() -> listener.rejected(reason, id));
    }

    @Override
    public void revoked(TokenId id) {
        guard(() -> listener.revoked(id));
    }

    @Override
    public void pruned(int count) {
        guard(() -> listener.pruned(count));
    }

    private static void guard(Runnable call) {
        try {
            call.run();
        } catch (Exception e) { // not only RuntimeException: other languages throw checked ones undeclared
            LOG.log(Level.WARNING, "A token listener failed; the request goes on", e);
        }
    }
}
