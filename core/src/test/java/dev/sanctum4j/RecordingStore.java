package dev.sanctum4j;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A store in memory that writes down what it is asked, and can be told to fail. */
final class RecordingStore implements TokenStore {

    final List<String> calls = new ArrayList<>();
    final List<Map<TokenId, Instant>> touches = new ArrayList<>();
    boolean failing;

    /** Called while last uses are being written. */
    Runnable touching = () -> {};

    private final TokenStore store = new InMemoryTokenStore();

    private void call(String what) {
        calls.add(what);
        if (failing) {
            throw new TokenStoreException("the store is away");
        }
    }

    @Override
    public Optional<AccessToken> insert(TokenDraft draft) {
        call("insert");
        return store.insert(draft);
    }

    @Override
    public Optional<StoredToken> findById(TokenId id) {
        call("findById");
        return store.findById(id);
    }

    @Override
    public Optional<StoredToken> findByHash(SecretHash hash) {
        call("findByHash");
        return store.findByHash(hash);
    }

    @Override
    public Optional<StoredToken> findOwn(Owner owner, SecretHash hash) {
        call("findOwn");
        return store.findOwn(owner, hash);
    }

    @Override
    public List<AccessToken> list(Owner owner) {
        call("list");
        return store.list(owner);
    }

    @Override
    public Optional<Change> update(TokenId id, UnaryOperator<AccessToken> change, Instant now) {
        call("update");
        return store.update(id, change, now);
    }

    @Override
    public List<TokenId> revoke(TokenId id, Instant now) {
        call("revoke");
        return store.revoke(id, now);
    }

    @Override
    public List<TokenId> revokeAll(Owner owner, @Nullable TokenId keep, Instant now) {
        call("revokeAll");
        return store.revokeAll(owner, keep, now);
    }

    @Override
    public void touch(Map<TokenId, LastUse> lastUsed) {
        call("touch");
        touches.add(lastUsed.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, use -> use.getValue().at())));
        touching.run();
        store.touch(lastUsed);
    }

    @Override
    public int prune(Instant expiredBefore, @Nullable Instant createdBefore, int limit) {
        call("prune " + expiredBefore + " " + createdBefore + " " + limit);
        return store.prune(expiredBefore, createdBefore, limit);
    }
}
