package dev.sanctum4j;

import dev.sanctum4j.Verdict.Reason;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells several listeners, and keeps what they throw away from each other and from the request. */
record GuardedListener(List<TokenListener> listeners) implements TokenListener {

    GuardedListener {
        listeners = List.copyOf(listeners);
    }

    private static final System.Logger LOG = System.getLogger(TokenListener.class.getName());

    @Override
    public void issued(AccessToken token) {
        tell(listener -> listener.issued(token));
    }

    @Override
    public void changed(AccessToken token) {
        tell(listener -> listener.changed(token));
    }

    @Override
    public void accepted(AccessToken token) {
        tell(listener -> listener.accepted(token));
    }

    @Override
    public void rejected(Reason reason, @Nullable TokenId id) {
        tell(listener -> listener.rejected(reason, id));
    }

    @Override
    public void expired(TokenId id) {
        tell(listener -> listener.expired(id));
    }

    @Override
    public void revoked(TokenId id) {
        tell(listener -> listener.revoked(id));
    }

    @Override
    public void rotated(TokenId old, AccessToken token) {
        tell(listener -> listener.rotated(old, token));
    }

    @Override
    public void pruned(int count) {
        tell(listener -> listener.pruned(count));
    }

    @Override
    public void abilityDenied(AccessToken token, List<String> missing) {
        tell(listener -> listener.abilityDenied(token, missing));
    }

    @Override
    public void signedIn(@Nullable Owner owner, String name) {
        tell(listener -> listener.signedIn(owner, name));
    }

    @Override
    public void signedOut(@Nullable Owner owner, String name) {
        tell(listener -> listener.signedOut(owner, name));
    }

    @Override
    public void signInFailed(String name) {
        tell(listener -> listener.signInFailed(name));
    }

    @Override
    public void lockedOut(String name) {
        tell(listener -> listener.lockedOut(name));
    }

    private void tell(Consumer<TokenListener> event) {
        for (TokenListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Exception e) { // not only RuntimeException: other languages throw checked ones undeclared
                LOG.log(Level.WARNING, "A token listener failed; the request goes on", e);
            }
        }
    }
}
